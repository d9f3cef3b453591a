// A recording that one engine makes is read by others meanwhile: what they are told is what that engine says, they change nothing
// about how it is made, and whoever knocks without being meant is let go.
import { readFileSync, readdirSync } from "node:fs";
import { type Socket, connect } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordMaker, SocketAgent, helloOf } from "../../src/engine/socket-agent.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import { createCodec } from "../../src/shared/protocol/codec.js";
import type { CallArgs, CallResult, EngineCallName, EngineNotice } from "../../src/shared/protocol/engine-calls.js";
import { type Call, connectToEngine } from "../../src/shared/protocol/rpc.js";
import { Place } from "./hindcast-process.js";

const entry = fileURLToPath(new URL("../../out/node/engine-process.js", import.meta.url));
const summaryText = v.object({
  state: v.string(),
  engine: v.object({ cpuSeconds: v.number(), cpuShare: v.number(), waitingRows: v.number() }),
  counts: v.object({ logs: v.number() }),
});

let place: Place;
let engines: EngineChild[];
beforeEach(() => {
  place = new Place();
  engines = [];
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  place.remove();
});

function newEngine(): EngineChild {
  // Engines find each other's recordings in the folder for temporary files.
  const engine = new EngineChild({ entry, environment: place.environment });
  engines.push(engine);
  return engine;
}

const asked =
  (call: Call) =>
  async <Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<CallResult<Name>> => {
    const answer = await call(name, args);
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
    return answer.value;
  };

/** An engine that records three lines, a span, a metric and a tracked value. */
async function recordingEngine(name: string) {
  const engine = newEngine();
  const call = steadyCallTo(engine);
  const ask = asked(call);
  const path = place.path(name);
  const { summary, environment } = await ask("recording.create", { path, capture: {} });
  const agent = await SocketAgent.greet(
    environment["HINDCAST_SOCKET"] ?? "",
    helloOf({ token: environment["HINDCAST_TOKEN"] ?? "" }),
  );
  const maker = new RecordMaker();
  let batch = 0;
  const log = async (body: string): Promise<void> => {
    agent.batch(++batch, [maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} })]);
    await agent.acknowledged(batch);
  };
  const value = { kind: "primitive", value: 7 } as const;
  agent.batch(++batch, [
    maker.make({
      kind: "write",
      span: 0,
      location: 0,
      afterMs: Number.NaN,
      operation: { kind: "scope", scope: "s", value },
    }),
  ]);
  for (const body of ["one", "two", "three"]) await log(body);
  return { engine, call, ask, path, agent, log, recordingId: summary.recordingId };
}

/** What only this user can read: where the door of the one recording that is being made is. */
function doorIn(): { readonly socketPath: string; readonly token: string } {
  const folder = join(place.root, "tmp");
  const owners = v.object({ recording: v.object({ door: v.object({ socketPath: v.string(), token: v.string() }) }) });
  for (const name of readdirSync(folder)) {
    const read = v.safeParse(owners, JSON.parse(readFileSync(join(folder, name, "owners.json"), "utf8")));
    if (read.success) return read.output.recording.door;
  }
  throw new Error("no door");
}

function framed(body: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.writeUInt32LE(body.length, 0);
  bytes.writeUInt8(1, 4);
  bytes.set(body, 5);
  return bytes;
}

/** Whether it is cut off, and what it was told before. */
async function cutOff(socket: Socket): Promise<number> {
  let told = 0;
  socket.on("data", (chunk: Buffer) => (told += chunk.length));
  socket.on("error", () => undefined);
  await once(socket, "close");
  return told;
}

describe("a recording that another process makes", () => {
  it("is read by commands: how recording goes, rows, state, and a copy", async () => {
    const program = `const { track } = require("hindcast"); const state = track("s", { n: 1 });
      console.log("first"); setInterval(() => { state.n++; console.log("tick", state.n); }, 50); process.stdin.resume()`;
    const recording = place.start(["record", "-o", "a.hindcast", "--", "node", "-e", program]);
    await recording.printed(/tick 4/);
    const infoOf = async () =>
      v.parse(summaryText, JSON.parse((await place.run(["info", "a.hindcast", "--json"])).out));
    await expect.poll(async () => (await infoOf()).counts.logs, { timeout: 20_000 }).toBeGreaterThan(3);
    const live = await infoOf();
    expect(live.state).toBe("live");
    expect(live.engine.cpuSeconds).toBeGreaterThan(0);
    const info = await place.run(["info", "a.hindcast"]);
    expect([info.code, info.err]).toEqual([0, ""]);
    expect(info.out).toMatch(/recording takes \d+ % of a core now; [\d,]+ rows? (?:is|are) not in the file yet/);
    const logs = await place.run(["logs", "a.hindcast", "--limit", "2"]);
    expect(logs.out).toMatch(/first\n.*tick 2\n$/);
    const state = await place.run(["state", "a.hindcast", "--scope", "s", "--at", "+10m", "--json"]);
    expect(state.out).toMatch(/"n": ?\d+/);
    expect((await place.run(["copy", "a.hindcast", "-o", "copy.hindcast"])).code).toBe(0);
    recording.child.stdin.end();
    recording.child.kill("SIGINT");
    await recording.ended;
    const saved = await infoOf();
    expect(saved.state).toBe("saved");
    expect(saved.counts.logs).toBeGreaterThanOrEqual(live.counts.logs);
    expect((await place.run(["logs", "copy.hindcast", "--limit", "1"])).out).toContain("first");
    expect(place.leftBehind()).toEqual([]);
  });

  it("is answered as its own engine answers, tells what changes, and cannot be ended from there", async () => {
    const { ask, path, log, recordingId } = await recordingEngine("b.hindcast");
    const other = newEngine();
    const transport = await other.connect();
    if (transport === undefined) throw new Error("no engine");
    const client = connectToEngine(transport, createCodec());
    const notices: EngineNotice[] = [];
    client.onNotice((notice) => notices.push(notice));
    const askOther = asked(client.call);
    const opened = await askOther("recording.open", { path });
    expect([opened.recordingId, opened.state, opened.counts.logs]).toEqual([recordingId, "live", 3]);
    expect([opened.elsewhere, (await ask("recording.summary", { recordingId })).elsewhere]).toEqual([true, undefined]);
    const page = { recordingId, first: 0, limit: 10 };
    const atNow = { recordingId, process: 1, scope: "s", at: { kind: "instant", instant: opened.end } } as const;
    expect(await askOther("logs.page", page)).toEqual(await ask("logs.page", page));
    expect(await askOther("state.at", atNow)).toEqual(await ask("state.at", atNow));
    const whole = { recordingId, from: opened.start, to: opened.end };
    expect(await askOther("calls.tree", whole)).toEqual(await ask("calls.tree", whole));
    expect(await askOther("sources.list", { recordingId })).toEqual(await ask("sources.list", { recordingId }));
    await log("four");
    expect((await askOther("logs.page", page)).bodies).toEqual(["one", "two", "three", "four"]);
    const changed = () =>
      notices.some((notice) => notice.kind === "recording-changed" && notice.summary.counts.logs === 4);
    await expect.poll(changed, { timeout: 10_000 }).toBe(true);

    const error = { code: "recorded-elsewhere" };
    expect(await client.call("recording.stop", { recordingId })).toMatchObject({ ok: false, error });
    expect(await client.call("recording.pause", { recordingId, paused: true })).toMatchObject({ ok: false, error });
    expect((await ask("recording.summary", { recordingId })).state).toBe("live");

    // What was made there is over: it is not there any more under that id, and is a file like others.
    await ask("recording.stop", { recordingId });
    expect((await askOther("recording.summary", { recordingId })).state).toBe("saved");
    await ask("recording.close", { recordingId });
    await askOther("recording.close", { recordingId });
    expect(await client.call("recording.summary", { recordingId })).toMatchObject({
      ok: false,
      error: { code: "recording-closed" },
    });
    expect((await askOther("recording.open", { path })).state).toBe("saved");
  });

  it("is let go of by who is killed while reading it, and by who makes it when that is killed", async () => {
    const { engine, ask, path, recordingId } = await recordingEngine("c.hindcast");
    const other = newEngine();
    const askOther = asked(steadyCallTo(other));
    await askOther("recording.open", { path });
    process.kill(other.pid ?? 0, "SIGKILL");
    // Held by nobody but its own engine: closed there, it is closed.
    await expect
      .poll(async () => askOther("recording.open", { path }).then(() => true), { timeout: 20_000 })
      .toBe(true);
    process.kill(engine.pid ?? 0, "SIGKILL");
    await expect
      .poll(async () => (await ask("recording.summary", { recordingId })).state, { timeout: 20_000 })
      .toBe("live");
    const again = newEngine();
    const askAgain = asked(steadyCallTo(again));
    expect((await askAgain("recording.open", { path })).recordingId).toBe(recordingId);
    expect((await askAgain("logs.page", { recordingId, first: 0, limit: 10 })).bodies).toEqual(["one", "two", "three"]);
    process.kill(again.pid ?? 0, "SIGKILL");
    await ask("recording.stop", { recordingId });
    await ask("recording.close", { recordingId });
    const closed = async () => steadyCallTo(engine)("recording.summary", { recordingId });
    await expect.poll(closed, { timeout: 20_000 }).toMatchObject({ ok: false, error: { code: "recording-closed" } });
  });

  it("does not answer who knows no token, is of another version, or talks nonsense", async () => {
    const { ask, recordingId } = await recordingEngine("d.hindcast");
    const { version } = await ask("engine.versions", {});
    const { socketPath, token } = doorIn();
    const greeting = (told: object): Uint8Array => framed(Buffer.from(JSON.stringify(told)));
    const knocks: (Uint8Array | undefined)[] = [
      greeting({ token: "0".repeat(64), version }),
      greeting({ token, version: "0.0.0" }),
      greeting({ version }),
      framed(Buffer.from("hello")),
      framed(new Uint8Array(0)),
      Buffer.from([255, 255, 255, 255, 1, 0]),
      // Says nothing.
      undefined,
    ];
    const told = await Promise.all(
      knocks.map(async (bytes) => {
        const socket = connect(socketPath);
        if (bytes !== undefined) socket.write(bytes);
        return cutOff(socket);
      }),
    );
    expect(told).toEqual(knocks.map(() => 0));
    // Who was let in and then talks nonsense loses the connection, and nobody else notices.
    const inside = connect(socketPath);
    inside.write(greeting({ token, version }));
    await once(inside, "data");
    inside.write(framed(Buffer.from("nonsense")));
    inside.write(Buffer.from([255, 255, 255, 255, 1, 0]));
    await cutOff(inside);
    expect((await ask("logs.page", { recordingId, first: 0, limit: 10 })).bodies).toEqual(["one", "two", "three"]);
  });
});
