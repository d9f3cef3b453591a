// A small engine's end of the agent socket: accepts agents, acknowledges batches, and keeps every record with names
// resolved, so that tests of the agent can say what a program recorded in a few words.
import { type Server, type Socket, createServer } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { readRecords } from "../../src/shared/protocol/agent-record-codec.js";
import {
  type Bye,
  type ChildEnded,
  FrameSplitter,
  type Hello,
  frameHeader,
  frameTypes,
  readFromAgent,
} from "../../src/shared/protocol/agent-wire.js";
import { type Attributes } from "../../src/shared/trace/attributes.js";

export interface SpanSeen {
  readonly number: number;
  readonly parent: number;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceId: string;
  readonly kind: string;
  name: string;
  status: string | undefined;
  attributes: Attributes;
}

export interface LogSeen {
  readonly source: string;
  readonly severity: number;
  readonly body: string;
  readonly span: number;
  readonly attributes: Attributes;
}

const runtimeNames: ReadonlySet<string> = new Set(["nodejs.eventloop.block", "v8js.gc"]);

/** Everything one program told. */
export class ProgramSeen {
  hello: Hello | undefined;
  bye: Bye | undefined;
  /** Its connection is closed. */
  isGone = false;
  /** What it saw of its children's ends. */
  readonly childrenEnded: ChildEnded[] = [];
  readonly records: AgentRecord[] = [];
  /** What the program did; how often its loop is blocked or its garbage collected depends on the machine. */
  readonly spans: SpanSeen[] = [];
  readonly runtimeSpans: SpanSeen[] = [];
  readonly logs: LogSeen[] = [];
  readonly events: { readonly name: string; readonly span: number; readonly attributes: Attributes }[] = [];
  readonly metrics: { readonly name: string; readonly unit: string; readonly value: number }[] = [];
  readonly #names = new Map<number, string>();
  readonly #series = new Map<number, { readonly name: string; readonly unit: string }>();

  add(record: AgentRecord): void {
    this.records.push(record);
    const nameOf = (id: number): string => this.#names.get(id) ?? `(undefined ${id})`;
    switch (record.kind) {
      case "string":
        this.#names.set(record.id, record.text);
        return;
      case "series":
        this.#series.set(record.id, { name: nameOf(record.name), unit: record.unit === 0 ? "" : nameOf(record.unit) });
        return;
      case "event":
        this.events.push({ name: nameOf(record.name), span: record.span, attributes: { ...record.attributes } });
        return;
      case "metric":
        this.metrics.push({ ...(this.#series.get(record.series) ?? { name: "?", unit: "?" }), value: record.value });
        return;
      case "log": {
        const { severity, body, span } = record;
        this.logs.push({ source: nameOf(record.source), severity, body, span, attributes: { ...record.attributes } });
        return;
      }
      case "span-start":
        (runtimeNames.has(nameOf(record.name)) ? this.runtimeSpans : this.spans).push({
          number: record.span,
          parent: record.parent,
          spanId: hex(record.spanId),
          parentSpanId: hex(record.parentSpanId),
          traceId: hex(record.traceId),
          kind: record.spanKind,
          name: nameOf(record.name),
          status: undefined,
          attributes: { ...record.attributes },
        });
        return;
      case "span-end": {
        const span = [...this.spans, ...this.runtimeSpans].find(({ number }) => number === record.span);
        if (span === undefined) return;
        span.status = record.status;
        if (record.name !== 0) span.name = nameOf(record.name);
        span.attributes = { ...span.attributes, ...record.attributes };
        return;
      }
      default:
        return;
    }
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export interface AgentListener {
  readonly socketPath: string;
  readonly programs: readonly ProgramSeen[];
  /** Environment that makes a program report here. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, "../..");
export const agentFile = join(root, "out/agent/agent.cjs");

/** `answer` decides what an agent hears to its hello. */
export async function listenForAgents(
  token: string,
  answer: "welcome" | "refused" = "welcome",
): Promise<AgentListener> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-agent-"));
  const socketPath =
    process.platform === "win32" ? `\\\\.\\pipe\\${folder.replaceAll("\\", "-")}` : join(folder, "a.sock");
  const programs: ProgramSeen[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    serve(socket, programs, answer);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(socketPath, resolve));
  return {
    socketPath,
    programs,
    environment: {
      HINDCAST_SOCKET: socketPath,
      HINDCAST_TOKEN: token,
      NODE_OPTIONS: `--require "${agentFile.replaceAll("\\", "\\\\")}"`,
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serve(socket: Socket, programs: ProgramSeen[], answer: "welcome" | "refused"): void {
  const splitter = new FrameSplitter();
  const program = new ProgramSeen();
  const send = (type: number, message: object): void => {
    const body = Buffer.from(JSON.stringify(message));
    if (socket.writable) socket.write(Buffer.concat([frameHeader(type, body.length), body]));
  };
  let lastBatch = 0;
  socket.on("close", () => (program.isGone = true));
  socket.on("data", (chunk) => {
    for (const frame of splitter.push(chunk)) {
      const message = readFromAgent(frame, (body) => JSON.parse(Buffer.from(body).toString("utf8")) as unknown);
      if (message.kind === "hello") {
        program.hello = message;
        programs.push(program);
        if (answer === "welcome") send(frameTypes.welcome, { kind: "welcome", wireVersion: message.wireVersion });
        else send(frameTypes.refused, { kind: "refused", code: "bad-token" });
      } else if (message.kind === "bye") program.bye = message;
      else if (message.kind === "child-ended") program.childrenEnded.push(message);
      else if (message.kind === "batch") {
        if (message.batch !== lastBatch + 1) throw new Error(`batch ${message.batch} after ${lastBatch}`);
        lastBatch = message.batch;
        for (const record of readRecords(message.records)) program.add(record);
        send(frameTypes.ack, { kind: "ack", batch: message.batch });
      }
    }
  });
}
