// An agent made of nothing but the wire contract: it sends records as fast as the engine takes them. For recordings whose
// records a benchmark has to choose.
import { once } from "node:events";
import { type Socket, connect } from "node:net";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { writeRecord } from "../../src/shared/protocol/agent-record-codec.js";
import {
  FrameSplitter,
  type Hello,
  frameHeader,
  frameTypes,
  readFromEngine,
  wireVersion,
} from "../../src/shared/protocol/agent-wire.js";
import { ByteWriter } from "../../src/shared/protocol/bytes.js";

/** Batches on their way: the engine never waits for the next. */
const mostUnanswered = 16;

export class WireAgent {
  readonly #splitter = new FrameSplitter();
  #acknowledged = 0;
  #isWelcome = false;
  #isClosed = false;
  #sent = 0;
  #wake: (() => void) | undefined;

  private constructor(readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      for (const frame of this.#splitter.push(chunk)) {
        const told = readFromEngine(frame, (body): unknown => JSON.parse(Buffer.from(body).toString("utf8")));
        if (told.kind === "ack") this.#acknowledged = told.batch;
        if (told.kind === "welcome") this.#isWelcome = true;
      }
      this.#wake?.();
    });
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  /** Batches that the engine says are in the file. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** `environment` is what a program would be started with. */
  static async greet(
    environment: Readonly<Record<string, string>>,
    timeOriginMs: number,
    runId = "0123456789abcdef0123456789abcdef",
  ): Promise<WireAgent> {
    const socket = connect(environment["HINDCAST_SOCKET"] ?? "");
    await once(socket, "connect");
    const agent = new WireAgent(socket);
    agent.#control(frameTypes.hello, helloOf(environment["HINDCAST_TOKEN"] ?? "", timeOriginMs, runId));
    await agent.#until(() => agent.#isWelcome);
    return agent;
  }

  /** Resolves when there is room for the next. */
  async send(records: readonly AgentRecord[]): Promise<void> {
    const out = new ByteWriter();
    out.u32(++this.#sent);
    out.f64(records.at(-1)?.seq ?? 0);
    for (const record of records) writeRecord(out, record);
    this.#frame(frameTypes.batch, out.bytes.subarray(0, out.at));
    await this.#until(() => this.#sent - this.#acknowledged < mostUnanswered);
  }

  /** Resolves when everything that was sent is in the file. */
  settled(): Promise<void> {
    return this.#until(() => this.#acknowledged === this.#sent);
  }

  /** The same, and no more comes. */
  async bye(clockMs: number, written: number): Promise<void> {
    await this.settled();
    this.#control(frameTypes.bye, { kind: "bye", clockMs, exitCode: 0, written, dropped: 0 });
    if (!this.#isClosed) await once(this.socket, "close");
  }

  #control(type: number, message: unknown): void {
    this.#frame(type, Buffer.from(JSON.stringify(message)));
  }

  #frame(type: number, body: Uint8Array): void {
    this.socket.write(Buffer.concat([frameHeader(type, body.length), body]));
  }

  async #until(isIt: () => boolean): Promise<void> {
    while (!isIt()) {
      if (this.#isClosed) throw new Error("the engine closed the connection");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const helloOf = (token: string, timeOriginMs: number, runId: string): Hello => ({
  kind: "hello",
  wireVersion,
  token,
  agentVersion: "0.0.0",
  runId,
  pid: 4711,
  parentPid: 1,
  timeOriginMs,
  clockMs: 0,
  argv: ["node", "bench"],
  execArgv: [],
  cwd: "/",
  serviceName: "bench",
  nodeVersion: process.versions.node,
  v8Version: process.versions.v8,
  platform: process.platform,
  arch: process.arch,
  hostName: "here",
  settings: { level: "metrics", include: [], exclude: [], writes: true },
});
