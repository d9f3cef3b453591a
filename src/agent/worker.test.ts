import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { type Server, type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import { readRecords } from "../shared/protocol/agent-record-codec.js";
import { FrameSplitter, frameHeader, frameTypes, readFromAgent } from "../shared/protocol/agent-wire.js";
import { SpanContext } from "./context.js";
import { Recorder } from "./recorder.js";
import { RingMemory, RingWriter, control, leaver, link } from "./ring.js";
import { EngineLink } from "./worker.js";

/** An engine's end that notes what it hears, one word each, and acknowledges what it is told to. */
class Listener {
  readonly heard: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  acknowledges = true;
  answer: "welcome" | "refused" = "welcome";
  /** Batches that it was said, by number. */
  readonly batches = new Map<number, AgentRecord[]>();
  onBatch = (_number: number): void => undefined;

  constructor(readonly path: string) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      const splitter = new FrameSplitter();
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("data", (chunk) => {
        for (const frame of splitter.push(chunk)) this.#hear(socket, frame);
      });
    });
  }

  get connections(): number {
    return this.#sockets.size;
  }

  pause(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  open = () => new Promise<void>((resolve) => void this.#server.listen(this.path, resolve));

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  #hear(socket: Socket, frame: { type: number; body: Uint8Array }): void {
    const send = (type: number, message: object) => {
      const body = Buffer.from(JSON.stringify(message));
      socket.write(Buffer.concat([frameHeader(type, body.length), body]));
    };
    const message = readFromAgent(frame, (body) => JSON.parse(Buffer.from(body).toString()) as unknown);
    if (message.kind === "batch") {
      this.heard.push(`batch ${message.batch}: ${eventsIn(message.records)}`);
      this.batches.set(message.batch, readRecords(message.records));
      this.onBatch(message.batch);
      if (this.acknowledges) send(frameTypes.ack, { kind: "ack", batch: message.batch });
    } else if (message.kind === "clock") this.heard.push(`clock ${message.round}: ${message.clockMs}`);
    else if (message.kind !== "child-ended") {
      this.heard.push(message.kind === "bye" ? `bye ${message.exitCode} ${message.written}` : `hello ${message.runId}`);
      if (message.kind === "bye") return;
      if (this.answer === "welcome") send(frameTypes.welcome, { kind: "welcome", wireVersion: 1 });
      else send(frameTypes.refused, { kind: "refused", code: "bad-token" });
    }
  }
}

const eventsIn = (records: Uint8Array): string =>
  readRecords(records)
    .flatMap((record) => (record.kind === "event" ? [JSON.stringify(record.attributes["n"])] : []))
    .join(" ");

const folder = mkdtempSync(join(tmpdir(), "hindcast-link-"));
const socketPath = process.platform === "win32" ? `\\\\.\\pipe\\hindcast-link-${process.pid}` : join(folder, "a.sock");
const listeners: Listener[] = [];
const links: EngineLink[] = [];

afterEach(async () => {
  for (const engineLink of links.splice(0)) engineLink.giveUp();
  for (const listener of listeners.splice(0)) await listener.close();
  rmSync(socketPath, { force: true });
});

async function listening(acknowledges: boolean, answer: "welcome" | "refused" = "welcome"): Promise<Listener> {
  const listener = new Listener(socketPath);
  listener.acknowledges = acknowledges;
  listener.answer = answer;
  await listener.open();
  listeners.push(listener);
  return listener;
}

/** `hostPid`: who would start the engine anew. */
function linked(hostPid?: number) {
  const memory = RingMemory.allocate(1 << 16);
  const recorder = new Recorder(
    new RingWriter(memory),
    new SpanContext(),
    () => 1,
    () => expect.fail("a fault"),
  );
  const facts = {
    kind: "hello" as const,
    wireVersion: 1,
    token: "",
    agentVersion: "",
    runId: "run",
    pid: 1,
    parentPid: 1,
    timeOriginMs: performance.timeOrigin,
    argv: [],
    execArgv: [],
    cwd: "",
    serviceName: "",
    nodeVersion: "",
    v8Version: "",
    platform: "",
    arch: "",
    hostName: "",
    settings: { level: "requests" as const, include: [], exclude: [], writes: true },
  };
  const engineLink = new EngineLink({
    memory: memory.shared,
    socketPath,
    hostPid,
    facts,
    hasStacks: false,
  });
  links.push(engineLink);
  engineLink.start();
  return { recorder, engineLink, memory };
}

async function eventually(check: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !check(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(check()).toBe(true);
}

describe("EngineLink", () => {
  it("tells a program that waits for room that the engine gets on when it takes what is sent, before it acknowledges it", async () => {
    const listener = await listening(false);
    const { recorder, memory } = linked();
    const signs = (): number => Atomics.load(memory.control, control.gettingOn);
    await eventually(() => listener.heard.length === 1 && signs() > 0);
    const before = signs();
    recorder.event("e", { n: 1 });
    await eventually(() => listener.batches.size === 1 && signs() > before);
  });

  it("sends again, under the same number, what was not acknowledged before the connection broke", async () => {
    const first = await listening(false);
    const { recorder } = linked();
    recorder.event("e", { n: 1 });
    await eventually(() => first.heard.length === 2);
    await first.close();
    listeners.length = 0;
    recorder.event("e", { n: 2 });
    const second = await listening(true);
    await eventually(() => second.heard.length === 3);
    expect(first.heard).toEqual(["hello run", "batch 1: 1"]);
    expect(second.heard).toEqual(["hello run", "batch 1: 1", "batch 2: 2"]);
  });

  it("does not send again what was acknowledged", async () => {
    const first = await listening(true);
    const { recorder } = linked();
    recorder.event("e", { n: 1 });
    await eventually(() => first.heard.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await first.close();
    listeners.length = 0;
    recorder.event("e", { n: 2 });
    const second = await listening(true);
    await eventually(() => second.heard.length === 2);
    expect(second.heard).toEqual(["hello run", "batch 2: 2"]);
  });

  it("keeps what it has until there is an engine", async () => {
    const { recorder, memory } = linked();
    recorder.event("e", { n: 1 });
    await eventually(() => Atomics.load(memory.control, control.link) === link.absent);
    const listener = await listening(true);
    await eventually(() => listener.heard.length === 2);
    expect(listener.heard).toEqual(["hello run", "batch 1: 1"]);
    expect(Atomics.load(memory.control, control.link)).toBe(link.connected);
  });

  it("is waited for as long as there is somebody who starts it anew, and no longer", async () => {
    const linkOf = ({ memory }: ReturnType<typeof linked>) => Atomics.load(memory.control, control.link);
    const expecting = linked(process.pid);
    await eventually(() => linkOf(expecting) === link.lost);

    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const first = await listening(false);
    const alone = linked(gone);
    await eventually(() => linkOf(alone) === link.connected);
    await first.close();
    listeners.length = 0;
    await eventually(() => linkOf(alone) === link.absent);
  });

  it("says bye after the last record and is done when the engine has read it", async () => {
    const listener = await listening(true);
    const { recorder, engineLink, memory } = linked();
    for (let n = 0; n < 3; n++) recorder.event("e", { n });
    memory.facts[1] = recorder.counts.written;
    memory.facts[0] = 7;
    Atomics.store(memory.control, control.exitCodeKnown, 1);
    Atomics.store(memory.control, control.stop, 1);
    engineLink.stop();
    await eventually(() => Atomics.load(memory.control, control.done) === 1);
    expect(listener.heard).toEqual(["hello run", "batch 1: 0 1 2", "bye 7 4"]);
  });

  it.skipIf(process.platform === "win32")(
    "leaves behind what was not acknowledged and its good-bye, and says nothing more to an engine that goes on",
    async () => {
      const listener = await listening(false);
      const { recorder, engineLink, memory } = linked();
      recorder.event("e", { n: 1 });
      await eventually(() => listener.heard.length === 2);
      recorder.event("e", { n: 2 });
      memory.facts[1] = recorder.counts.written;
      Atomics.store(memory.control, control.stop, 1);
      Atomics.store(memory.control, control.lossTold, 1);
      engineLink.leaveBehind();
      expect([Atomics.load(memory.control, control.leaver), Atomics.load(memory.control, control.done)]).toEqual([
        leaver.worker,
        1,
      ]);
      const left: string[] = [];
      const path = join(folder, "left-run");
      for (const frame of new FrameSplitter().push(readFileSync(path))) {
        const told = readFromAgent(frame, (body) => JSON.parse(Buffer.from(body).toString()) as unknown);
        left.push(told.kind === "batch" ? `batch ${told.batch}: ${eventsIn(told.records)}` : told.kind);
        if (told.kind === "bye") expect(told).toMatchObject({ written: 3, dropped: 0 });
      }
      rmSync(path);
      expect(left).toEqual(["hello", "batch 1: 1", "batch 2: 2", "bye"]);
      engineLink.stop();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(listener.heard).toEqual(["hello run", "batch 1: 1"]);
    },
  );

  it.skipIf(process.platform === "win32")(
    "counts once what it can neither leave whole nor know to be with the engine",
    async () => {
      const listener = await listening(false);
      const { recorder, engineLink, memory } = linked();
      await eventually(() => listener.heard.length === 1);
      listener.pause();
      const text = "x".repeat(1000);
      for (let n = 1; n <= 3000; n++) {
        recorder.event("e", { n, text });
        if (n % 20 === 0) engineLink.flush();
      }
      memory.facts[1] = recorder.counts.written;
      Atomics.store(memory.control, control.stop, 1);
      Atomics.store(memory.control, control.lossTold, 1);
      // Some of what waited for the kernel together is with the engine then, and the agent was not told.
      listener.onBatch = (number) => void (number === 60 && engineLink.leaveBehind());
      listener.resume();
      await eventually(() => listener.batches.size >= 60);
      await eventually(() => listener.connections === 0);
      const path = join(folder, "left-run");
      let left = 0;
      for (const frame of new FrameSplitter().push(readFileSync(path))) {
        const told = readFromAgent(frame, (body) => JSON.parse(Buffer.from(body).toString()) as unknown);
        if (told.kind !== "batch" || listener.batches.has(told.batch)) continue;
        listener.batches.set(told.batch, readRecords(told.records));
        left++;
      }
      rmSync(path);
      const records = [...listener.batches.values()].flat();
      const gaps = records.flatMap((record) => (record.kind === "gap" ? [record.of.events] : []));
      const events = records.filter(({ kind }) => kind === "event").length;
      expect([left > 0, gaps.length > 0]).toEqual([true, true]);
      expect(gaps.reduce((sum, lost) => sum + lost, events)).toBe(3000);
    },
  );

  it("leaves it to the program's thread when that has waited no longer", async () => {
    const listener = await listening(false);
    const { recorder, engineLink, memory } = linked();
    recorder.event("e", { n: 1 });
    await eventually(() => listener.heard.length === 2);
    Atomics.store(memory.control, control.lossTold, 1);
    Atomics.store(memory.control, control.leaver, leaver.program);
    engineLink.leaveBehind();
    expect(readdirSync(folder).filter((name) => name.startsWith("left"))).toEqual([]);
    expect(Atomics.load(memory.control, control.done)).toBe(0);
  });

  it("stops for good when it is refused", async () => {
    const listener = await listening(true, "refused");
    const { recorder, memory } = linked();
    recorder.event("e", { n: 1 });
    await eventually(() => Atomics.load(memory.control, control.link) === link.refused);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(listener.heard).toEqual(["hello run"]);
  });
});
