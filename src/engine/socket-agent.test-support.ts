// An agent made of nothing but the wire contract: says hello, sends batches of records, waits for acknowledgements.
import { once } from "node:events";
import { type Socket, connect } from "node:net";
import type { AgentRecord, AgentRecordBody } from "../shared/protocol/agent-records.js";
import { writeRecord } from "../shared/protocol/agent-record-codec.js";
import {
  FrameSplitter,
  type Hello,
  type ToAgent,
  frameHeader,
  frameTypes,
  readFromEngine,
  wireVersion,
} from "../shared/protocol/agent-wire.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import { seq } from "../shared/trace/time.js";

export const helloOf = (more: Partial<Hello> = {}): Hello => ({
  kind: "hello",
  wireVersion,
  token: "",
  agentVersion: "0.0.0",
  runId: "0123456789abcdef0123456789abcdef",
  pid: 4711,
  parentPid: 1,
  timeOriginMs: 1_795_000_000_000.25,
  clockMs: 0,
  argv: ["node", "app.js"],
  execArgv: [],
  cwd: "/srv/app",
  serviceName: "app",
  nodeVersion: "20.0.0",
  v8Version: "11",
  platform: "linux",
  arch: "x64",
  hostName: "here",
  settings: { level: "requests", include: [], exclude: [], writes: true },
  ...more,
});

/** Records numbered from 1, a millisecond apart unless said otherwise. */
export class RecordMaker {
  #seq = 0;

  make(body: AgentRecordBody, clockMs?: number): AgentRecord {
    const number = ++this.#seq;
    return { ...body, seq: seq(number), clockMs: clockMs ?? number };
  }
}

export function batchBody(batch: number, records: readonly AgentRecord[], lastSeq?: number): Uint8Array {
  const out = new ByteWriter();
  out.u32(batch);
  out.f64(lastSeq ?? records.at(-1)?.seq ?? 0);
  for (const record of records) writeRecord(out, record);
  return out.bytes.slice(0, out.at);
}

export class SocketAgent {
  readonly #splitter = new FrameSplitter();
  readonly #told: ToAgent[] = [];
  readonly #listeners = new Set<() => void>();
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      for (const frame of this.#splitter.push(chunk))
        this.#told.push(readFromEngine(frame, (body): unknown => JSON.parse(Buffer.from(body).toString("utf8"))));
      this.#tell();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      this.#tell();
    });
  }

  static async connect(socketPath: string): Promise<SocketAgent> {
    const socket = connect(socketPath);
    await once(socket, "connect");
    return new SocketAgent(socket);
  }

  /** Connected and welcomed. */
  static async greet(socketPath: string, hello: Hello): Promise<SocketAgent> {
    const agent = await SocketAgent.connect(socketPath);
    agent.control(frameTypes.hello, hello);
    await agent.until((told) => told.kind === "welcome");
    return agent;
  }

  control(type: number, message: unknown): void {
    this.frame(type, Buffer.from(JSON.stringify(message)));
  }

  frame(type: number, body: Uint8Array): void {
    this.socket.write(Buffer.concat([frameHeader(type, body.length), body]));
  }

  batch(number: number, records: readonly AgentRecord[]): void {
    this.frame(frameTypes.batch, batchBody(number, records));
  }

  acknowledged(batch: number): Promise<void> {
    return this.until((told) => told.kind === "ack" && told.batch === batch);
  }

  acks(): number[] {
    return this.#told.flatMap((told) => (told.kind === "ack" ? [told.batch] : []));
  }

  refusal(): string | undefined {
    for (const told of this.#told) if (told.kind === "refused") return told.code;
    return undefined;
  }

  async bye(clockMs: number, exitCode?: number): Promise<void> {
    this.control(frameTypes.bye, { kind: "bye", clockMs, exitCode, written: 0, dropped: 0 });
    await this.closed();
  }

  closed(): Promise<void> {
    return this.#wait(() => this.isClosed);
  }

  /** Rejects when the connection closes before. */
  async until(isIt: (told: ToAgent) => boolean): Promise<void> {
    await this.#wait(() => this.isClosed || this.#told.some(isIt));
    if (!this.#told.some(isIt)) throw new Error("the connection was closed");
  }

  async #wait(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      await new Promise<void>((resolve) => {
        const listener = (): void => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
