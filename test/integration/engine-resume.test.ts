// The engine's process killed at any moment, and its host: recordings go on in the next engine or to the program's end, with
// nothing lost of what was sent and nothing doubled.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RecordMaker, SocketAgent, batchBody, helloOf } from "../../src/engine/socket-agent.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { frameHeader, frameTypes, leftFileName } from "../../src/shared/protocol/agent-wire.js";
import type { CallArgs, CallResult, EngineCallName } from "../../src/shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../../src/shared/protocol/recording-summary.js";
import type { Call } from "../../src/shared/protocol/rpc.js";
import { objectId } from "../../src/shared/trace/value.js";
import { Place } from "./hindcast-process.js";

const entry = fileURLToPath(new URL("../../out/node/engine-process.js", import.meta.url));

const frameOf = (type: number, body: Uint8Array): Uint8Array => Buffer.concat([frameHeader(type, body.length), body]);
const controlFrame = (type: number, message: object): Uint8Array => frameOf(type, Buffer.from(JSON.stringify(message)));

const nothingWrong = { missing: [], doubled: [] };
function compared<Value>(sent: readonly Value[], received: readonly Value[]): { missing: Value[]; doubled: Value[] } {
  const [known, seen] = [new Set(received), new Set<Value>()];
  const doubled = received.filter((one) => seen.has(one) || (seen.add(one), false));
  return { missing: sent.filter((one) => !known.has(one)).slice(0, 10), doubled: doubled.slice(0, 10) };
}

/** Does with batches what the protocol asks for: keeps each until it is acknowledged, sends it again after a reconnect. */
class LastingAgent {
  readonly #kept = new Map<number, readonly AgentRecord[]>();
  #lastBatch = 0;
  #socket: SocketAgent | undefined;
  #isOver = false;
  #trouble = "";
  readonly running: Promise<void>;

  constructor(
    readonly socketPath: string,
    readonly token: string,
    readonly runId: string,
  ) {
    this.running = this.#run();
  }

  send(records: readonly AgentRecord[]): void {
    this.#kept.set(++this.#lastBatch, records);
    this.#socket?.batch(this.#lastBatch, records);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        const hello = helloOf({ token: this.token, runId: this.runId });
        const socket = await SocketAgent.greet(this.socketPath, hello);
        for (const [number, records] of this.#kept) socket.batch(number, records);
        this.#socket = socket;
        await socket.closed();
        for (const batch of socket.acks()) this.#kept.delete(batch);
      } catch (error) {
        // No engine at the moment, or one that refuses it.
        this.#trouble = String(error);
      }
      this.#socket = undefined;
      await wait(20);
    }
  }

  get #open(): readonly number[] {
    const acks = new Set(this.#socket?.acks() ?? []);
    return [...this.#kept.keys()].filter((batch) => !acks.has(batch));
  }

  async allAcknowledged(): Promise<void> {
    for (const deadline = Date.now() + 40_000; this.#open.length > 0; await wait(10)) {
      if (Date.now() < deadline) continue;
      const connection = this.#socket === undefined ? `not connected: ${this.#trouble}` : "connected";
      throw new Error(`${this.#open.length} of ${this.#lastBatch} not acknowledged, ${connection}`);
    }
  }

  vanish(): void {
    this.#isOver = true;
    this.#socket?.socket.destroy();
  }
}

describe("a recording whose engine is killed", () => {
  let folder: string;
  let engine: EngineChild;
  let call: Call;
  let builtMs: number;

  beforeEach(() => {
    builtMs = statSync(entry).mtimeMs;
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    mkdirSync(join(folder, "tmp"));
    vi.stubEnv("TMPDIR", join(folder, "tmp"));
    const environment = { ...process.env, XDG_DATA_HOME: join(folder, "data"), XDG_STATE_HOME: join(folder, "state") };
    engine = new EngineChild({ entry, environment });
    call = steadyCallTo(engine);
  });
  afterEach(async () => {
    await engine.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask<Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<CallResult<Name>> {
    const answer = await call(name, args);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer.value;
  }

  async function record(): Promise<{
    readonly summary: RecordingSummary;
    readonly socketPath: string;
    readonly token: string;
    readonly agent: (runId: string) => LastingAgent;
  }> {
    const created = await ask("recording.create", { path: join(folder, "a.hindcast"), capture: {} });
    const { HINDCAST_SOCKET: socketPath = "", HINDCAST_TOKEN: token = "" } = created.environment;
    const agent = (runId: string): LastingAgent => new LastingAgent(socketPath, token, runId);
    return { summary: created.summary, socketPath, token, agent };
  }

  async function kill(): Promise<void> {
    const { pid } = engine;
    process.kill(pid ?? 0, "SIGKILL");
    while (engine.pid === pid) await wait(5);
  }

  /** Engines that another run builds meanwhile, from sources of another wire or file format, do not go on: that is named, too. */
  async function allAcknowledged(agents: readonly LastingAgent[], recordingId: string): Promise<void> {
    try {
      await Promise.all(agents.map((one) => one.allAcknowledged()));
    } catch (error) {
      const build = statSync(entry).mtimeMs === builtMs ? "the same build" : "built anew meanwhile";
      const summary = await call("recording.summary", { recordingId });
      throw new Error(`${String(error)}; the engine (${build}) says ${inspect(summary, { depth: 5 })}`, {
        cause: error,
      });
    }
  }

  async function bodiesOf(recordingId: string): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const page = await ask("logs.page", { recordingId, first: bodies.length, limit: 2000 });
      bodies.push(...page.bodies);
      if (page.bodies.length === 0) return bodies;
    }
  }

  it.each([11])("has every batch once, whenever that happens (seed %i)", async (seed) => {
    const random = randomFrom(seed);
    const { summary, agent } = await record();
    const agents = [agent("one"), agent("two")];
    const makers = agents.map(() => new RecordMaker());
    const sent: string[] = [];
    let isOver = false;
    const producing = (async () => {
      for (let batch = 1; !isOver; batch++) {
        for (const [at, one] of agents.entries()) {
          const bodies = Array.from({ length: 50 }, (_, line) => `${at}/${batch}/${line}`);
          sent.push(...bodies);
          one.send(
            bodies.flatMap(
              (body) => makers[at]?.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} }) ?? [],
            ),
          );
        }
        await wait(5);
      }
    })();
    for (let kills = 0; kills < 4; kills++) {
      await wait(random() * 700);
      await kill();
    }
    isOver = true;
    await producing;
    await allAcknowledged(agents, summary.recordingId);
    const { recordingId } = await ask("recording.stop", { recordingId: summary.recordingId });
    expect(recordingId).toBe(summary.recordingId);
    expect(compared(sent, await bodiesOf(recordingId))).toEqual(nothingWrong);
    for (const one of agents) one.vanish();
  });

  it.skipIf(process.platform === "win32")(
    "reads what a program left that ended while no engine was there",
    async () => {
      const { summary, socketPath, token } = await record();
      const { recordingId } = summary;
      const [hello, maker] = [helloOf({ token, runId: "1".repeat(32) }), new RecordMaker()];
      const line = (body: string) => maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} });
      const [first, second] = [[line("1")], [line("2")]];
      const agent = await SocketAgent.greet(socketPath, hello);
      agent.batch(1, first);
      await agent.acknowledged(1);
      process.kill(engine.pid ?? 0, "SIGSTOP");
      const left = [
        controlFrame(frameTypes.hello, hello),
        frameOf(frameTypes.batch, batchBody(1, first)),
        frameOf(frameTypes.batch, batchBody(2, second)),
        controlFrame(frameTypes.bye, { kind: "bye", clockMs: 50, exitCode: 4, written: 9, dropped: 1 }),
      ];
      writeFileSync(join(dirname(socketPath), leftFileName(hello.runId)), Buffer.concat(left), { mode: 0o600 });
      await kill();
      const ended = async () => (await ask("recording.summary", { recordingId })).processes.map((one) => one.ended);
      await expect.poll(ended, { timeout: 20_000 }).toMatchObject([{ exitCode: 4 }]);
      expect(await bodiesOf(recordingId)).toEqual(["1", "2"]);
      const saved = await ask("recording.stop", { recordingId });
      expect(saved.processes.map(({ endUnknown, dropped }) => [endUnknown, dropped])).toEqual([[false, 8]]);
    },
  );

  it("knows names, places, series, scopes, and spans that were open", async () => {
    const { summary, agent } = await record();
    const { recordingId } = summary;
    const [one, maker] = [agent("one"), new RecordMaker()];
    const ids = { traceId: new Uint8Array(16).fill(1), spanId: new Uint8Array(8).fill(2) };
    const target = objectId(1);
    const write = { kind: "write", span: 1, location: 1, afterMs: Number.NaN } as const;
    const entries = [["n", { kind: "primitive", value: 1 }]] as const;
    one.send([
      maker.make({ kind: "string", id: 1, text: "tick" }),
      maker.make({ kind: "string", id: 2, text: "app.js" }),
      maker.make({ kind: "location", id: 1, file: 2, line: 3, column: 4, functionName: 0 }),
      maker.make({ kind: "series", id: 1, name: 1, unit: 0, attributes: {} }),
      maker.make({
        kind: "span-start",
        span: 1,
        parent: 0,
        name: 1,
        spanKind: "server",
        ...ids,
        parentSpanId: new Uint8Array(8),
        attributes: { first: 1 },
      }),
      maker.make({
        ...write,
        operation: { kind: "contents", target, contents: { kind: "object", className: "Object", entries } },
      }),
      maker.make({ ...write, operation: { kind: "scope", scope: "state", value: { kind: "object", id: target } } }),
    ]);
    await one.allAcknowledged();
    await kill();
    one.send([
      maker.make({ kind: "event", name: 1, span: 1, attributes: {} }),
      maker.make({ kind: "metric", series: 1, value: 7 }),
      maker.make({ kind: "string", id: 3, text: "tick" }),
      maker.make({
        ...write,
        operation: { kind: "set", target, key: "n", value: { kind: "primitive", value: 2 } },
      }),
      maker.make({ kind: "span-end", span: 1, name: 0, status: "ok", attributes: { second: 2 } }),
    ]);
    await one.allAcknowledged();
    await ask("recording.stop", { recordingId });
    one.vanish();

    const { counts, scopes, processes } = await ask("recording.summary", { recordingId });
    expect(counts).toEqual({ events: 1, spans: 1, logs: 0, metrics: 1, writes: 3, lost: 0 });
    expect([scopes.length, processes.length]).toEqual([1, 1]);
    const all = { from: 0n, to: 2n ** 62n, limit: 10 };
    expect((await ask("events.range", { recordingId, ...all })).names).toEqual(["tick"]);
    const spans = await ask("spans.range", { recordingId, ...all });
    expect([spans.names, spans.attributes]).toEqual([["tick"], ['{"first":1,"second":2}']]);
    const series = await ask("metrics.list", { recordingId });
    expect(series.map(({ name }) => name)).toEqual(["tick"]);
    const at = { kind: "seq", process: 1, seq: 99 } as const;
    expect((await ask("state.at", { recordingId, process: 1, scope: "state", at })).value).toEqual({ n: 2 });
    const last = await ask("state.lastWriter", { recordingId, process: 1, scope: "state", path: "n", at });
    expect(last.write?.location).toEqual({ file: "app.js", line: 3, column: 4, functionName: undefined });
  });

  it("says that the end of a program that did not come back is not known", async () => {
    const { summary, agent } = await record();
    const one = agent("one");
    one.send([new RecordMaker().make({ kind: "log", severity: 9, span: 0, source: 0, body: "x", attributes: {} })]);
    await one.allAcknowledged();
    const killed = kill();
    one.vanish();
    await killed;
    const { recordingId, processes } = await ask("recording.stop", { recordingId: summary.recordingId });
    expect(processes.map(({ ended, endUnknown }) => [ended?.exitCode, endUnknown])).toEqual([[undefined, true]]);
    const marks = await ask("timeline.marks", { recordingId });
    expect(marks.map(({ kind }) => kind).sort()).toEqual(["end", "gap", "start"]);
  });

  it("keeps every note that was answered, while it is recorded and once it is saved", async () => {
    const { summary, agent } = await record();
    const one = agent("one");
    one.send([new RecordMaker().make({ kind: "log", severity: 9, span: 0, source: 0, body: "x", attributes: {} })]);
    await one.allAcknowledged();
    const { recordingId, path, start } = summary;
    const put = (text: string) => ask("notes.put", { recordingId, note: { from: start, text, label: "note" } });
    const texts = async (id: string): Promise<readonly string[]> =>
      (await ask("notes.list", { recordingId: id })).notes.map(({ text }) => text);
    await put("while it is recorded");
    await kill();
    expect(await texts(recordingId)).toEqual(["while it is recorded"]);
    one.vanish();
    await ask("recording.stop", { recordingId });
    await put("once it is saved");
    await kill();
    const again = await ask("recording.open", { path });
    expect(await texts(again.recordingId)).toEqual(["while it is recorded", "once it is saved"]);
  });

  it("says why it cannot go on", async () => {
    const { summary, agent } = await record();
    const one = agent("one");
    await one.allAcknowledged();
    rmSync(summary.path);
    await kill();
    one.vanish();
    const stopped = await call("recording.stop", { recordingId: summary.recordingId });
    expect(stopped.ok ? "ok" : stopped.error.code).toBe("no-such-file");
  });
});

describe.skipIf(process.platform !== "linux")("hindcast record", () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.remove());

  const program = `
    import { event } from "hindcast";
    import { writeFileSync, existsSync } from "node:fs";
    let n = 0;
    const timer = setInterval(() => {
      for (let at = 0; at < 100; at++) event("tick", { n: ++n });
      if (n === 100) writeFileSync("started", "");
      if (!existsSync("enough") || n % 1000 !== 0) return;
      clearInterval(timer);
      writeFileSync("sent", String(n));
    }, 5);`;

  async function numbersIn(file: string): Promise<number[]> {
    const instance = await DuckDBInstance.create(place.path(file), { access_mode: "READ_ONLY" });
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(`SELECT (attributes->>'n')::INTEGER AS n FROM event ORDER BY n`);
    const numbers = read.getRowObjects().map(({ n }) => Number(n));
    connection.closeSync();
    instance.closeSync();
    return numbers;
  }
  const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);
  /** A program's records are committed into the file now. */
  const more = async (name: string): Promise<void> => {
    const bytes = (): number => statSync(place.path(name), { throwIfNoEntry: false })?.size ?? 0;
    for (let changes = 0, before = bytes(); changes < 3; await wait(20)) {
      if (bytes() !== before) changes++;
      before = bytes();
    }
  };
  const appears = async (name: string): Promise<void> => {
    while (!existsSync(place.path(name))) await wait(20);
  };

  it("goes on when its engine is killed: received is what was sent", async () => {
    writeFileSync(place.path("app.mjs"), program);
    const running = place.start(["record", "-o", "a.hindcast", "--", process.execPath, "app.mjs"]);
    await appears("started");
    for (let kills = 0; kills < 2; kills++) {
      process.kill(place.pidOf(/engine-process/), "SIGKILL");
      // At the end the program would not wait for an engine that is not there.
      await more("a.hindcast.wal");
    }
    writeFileSync(place.path("enough"), "");
    const { code, err } = await running.ended;
    expect([code, err]).toEqual([0, ""]);
    const sent = Number(readFileSync(place.path("sent"), "utf8"));
    expect(compared(upTo(sent), await numbersIn("a.hindcast"))).toEqual(nothingWrong);
    expect([place.leftRunning(), place.leftBehind()]).toEqual([[], []]);
  });

  it("killed itself leaves the program, and an engine that records it to its end", async () => {
    writeFileSync(place.path("app.mjs"), program);
    const running = place.start(["record", "-o", "a.hindcast", "--", process.execPath, "app.mjs"]);
    await appears("started");
    running.child.kill("SIGKILL");
    await wait(500);
    writeFileSync(place.path("enough"), "");
    await appears("sent");
    while (place.leftRunning().length > 0) await wait(50);
    const sent = Number(readFileSync(place.path("sent"), "utf8"));
    expect(compared(upTo(sent), await numbersIn("a.hindcast"))).toEqual(nothingWrong);
    expect([existsSync(place.path("a.hindcast.wal")), place.leftBehind()]).toEqual([false, []]);
  });
});
