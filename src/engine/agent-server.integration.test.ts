import { once } from "node:events";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AgentRecord, noneLost } from "../shared/protocol/agent-records.js";
import { frameHeader, frameTypes, wireVersion } from "../shared/protocol/agent-wire.js";
import { TestEngine } from "./engine.test-support.js";
import { LiveRecording } from "./live-recording.js";
import { RecordingWriter } from "./store/recording-writer.js";
import { RecordMaker, SocketAgent, batchBody, helloOf } from "./socket-agent.test-support.js";

const frameOf = (type: number, body: Uint8Array): Uint8Array => Buffer.concat([frameHeader(type, body.length), body]);

describe("the agents' socket", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await engine.dispose();
  });

  const bodiesOf = async (recordingId: string): Promise<string[]> =>
    (await engine.call("logs.page", { recordingId, first: 0, limit: 2000 })).bodies;
  const log = (maker: RecordMaker, body: string) =>
    maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} });

  it("can be reached by this user only", async () => {
    const { socketPath } = await engine.record();
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(socketPath)).mode & 0o777).toBe(0o700);
  });

  it("acknowledges a batch when it can be read back", async () => {
    const { summary, socketPath, token } = await engine.record();
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    agent.batch(1, [log(new RecordMaker(), "first")]);
    await agent.acknowledged(1);
    expect(await bodiesOf(summary.recordingId)).toEqual(["first"]);
  });

  it("acknowledges no sooner than the durability window has it, and at once what a program said good-bye to", async () => {
    const slow = new TestEngine(60_000);
    try {
      const { socketPath, token } = await slow.record();
      const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
      agent.batch(1, [log(new RecordMaker(), "first")]);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(agent.acks()).toEqual([]);
      await agent.bye(5, 0);
      expect(agent.acks()).toEqual([1]);
    } finally {
      await slow.dispose();
    }
  });

  it("acknowledges nothing of what could not be committed, and refuses the good-bye", async () => {
    const { socketPath, token } = await engine.record();
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    await expect.poll(() => engine.notices.some(({ kind }) => kind === "recording-changed")).toBe(true);
    vi.spyOn(RecordingWriter.prototype, "commit").mockRejectedValue(new Error("FATAL Error: could not write"));
    agent.batch(1, [log(new RecordMaker(), "first")]);
    await expect.poll(() => engine.notices.some(({ kind }) => kind === "recording-failed")).toBe(true);
    agent.batch(2, [log(new RecordMaker(), "second")]);
    await agent.bye(5, 0);
    expect([agent.acks(), agent.refusal()]).toEqual([[], "cannot-write"]);
  });

  it("takes from agents no more than it can hold while nothing can be written, and all of it afterwards", async () => {
    const { summary, socketPath, token } = await engine.record();
    const { recordingId } = summary;
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    await expect.poll(() => engine.notices.some(({ kind }) => kind === "recording-changed")).toBe(true);
    const commit = vi.spyOn(RecordingWriter.prototype, "commit").mockRejectedValue(new Error("IO Error: disk full"));
    const received = vi.spyOn(LiveRecording.prototype, "received");
    const maker = new RecordMaker();
    const [batches, lines] = [80, 500];
    for (let batch = 1; batch <= batches; batch++)
      agent.batch(
        batch,
        Array.from({ length: lines }, () => log(maker, "x")),
      );
    await expect.poll(() => engine.notices.some(({ kind }) => kind === "recording-failed")).toBe(true);
    await wait(1500);
    // Five thousand rows, or two or four times as many where commits went well before; and what came with the last in one piece.
    const taken = received.mock.calls.length;
    expect([taken >= 10, taken <= 44, agent.acks()]).toEqual([true, true, []]);
    commit.mockRestore();
    await agent.acknowledged(batches);
    const { counts, engine: load } = await engine.call("recording.summary", { recordingId });
    expect(counts.logs).toBe(batches * lines);
    expect(load?.mostWaitingRows).toBeGreaterThanOrEqual(3000);
  });

  it("acknowledges at the end what is committed, also to a program that is not read from any more", async () => {
    const { summary, socketPath, token } = await engine.record();
    const { recordingId } = summary;
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    vi.spyOn(LiveRecording.prototype, "shouldPause", "get").mockReturnValue(true);
    vi.spyOn(LiveRecording.prototype, "whenRoom").mockReturnValue(new Promise(() => undefined));
    agent.batch(1, [log(new RecordMaker(), "first")]);
    await expect.poll(() => bodiesOf(recordingId)).toEqual(["first"]);
    expect(agent.acks()).toEqual([]);
    await engine.call("recording.stop", { recordingId });
    await agent.closed();
    expect(agent.acks()).toEqual([1]);
  });

  it("takes a batch that is sent again once, also over a new connection", async () => {
    const { summary, socketPath, token } = await engine.record();
    const maker = new RecordMaker();
    const [one, two, three] = [[log(maker, "1")], [log(maker, "2")], [log(maker, "3")]];
    const before = await SocketAgent.greet(socketPath, helloOf({ token }));
    before.batch(1, one);
    before.batch(2, two);
    await before.acknowledged(2);
    const after = await SocketAgent.greet(socketPath, helloOf({ token }));
    before.socket.destroy();
    after.batch(2, two);
    after.batch(3, three);
    await after.acknowledged(3);
    expect(after.acks()).toEqual([2, 3]);
    expect(await bodiesOf(summary.recordingId)).toEqual(["1", "2", "3"]);
    const { processes } = await engine.call("recording.summary", { recordingId: summary.recordingId });
    expect(processes.map(({ ended }) => ended)).toEqual([undefined]);
  });

  it("has acknowledged everything when it closes the connection of a program that said good-bye", async () => {
    const { socketPath, token } = await engine.record();
    const maker = new RecordMaker();
    for (const runId of ["1", "2", "3"]) {
      const agent = await SocketAgent.greet(socketPath, helloOf({ token, runId: runId.padStart(32, "0") }));
      agent.batch(1, [log(maker, "1")]);
      agent.batch(2, [log(maker, "2")]);
      await agent.bye(5, 0);
      expect(agent.acks()).toEqual([1, 2]);
    }
  });

  it("reads to its end what a program sent that is gone before it is told of an acknowledgement", async () => {
    const { summary, socketPath, token } = await engine.record();
    const maker = new RecordMaker();
    const batch = (number: number, records: readonly AgentRecord[]): Uint8Array =>
      frameOf(frameTypes.batch, batchBody(number, records));
    const hello = frameOf(frameTypes.hello, Buffer.from(JSON.stringify(helloOf({ token }))));
    const gate = new Int32Array(new SharedArrayBuffer(8));
    const program = new Worker(
      `const { workerData: { hello, first, last, gate, socketPath } } = require("node:worker_threads");
      const socket = require("node:net").connect(socketPath, () => socket.write(hello));
      socket.once("data", () => socket.write(first, () => {
        Atomics.wait(gate, 0, 0);
        socket.write(last);
        socket.destroy();
      }));
      socket.on("close", () => { Atomics.store(gate, 1, 1); Atomics.notify(gate, 1); });`,
      {
        eval: true,
        workerData: { hello, first: batch(1, [log(maker, "1")]), last: batch(2, [log(maker, "2")]), gate, socketPath },
      },
    );
    const received = LiveRecording.prototype.received;
    vi.spyOn(LiveRecording.prototype, "received").mockImplementation(async function (this: LiveRecording, ...given) {
      const isCommitted = await Reflect.apply(received, this, given);
      // Between the commit and its acknowledgement the program sends its last batch and is gone.
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      Atomics.wait(gate, 1, 0, 10_000);
      return isCommitted;
    });
    await once(program, "exit");
    await expect.poll(() => bodiesOf(summary.recordingId)).toEqual(["1", "2"]);
  });

  it("refuses a wrong token and another version with a code", async () => {
    const { socketPath, token } = await engine.record();
    const refusalOf = async (hello: unknown): Promise<string | undefined> => {
      const agent = await SocketAgent.connect(socketPath);
      agent.control(frameTypes.hello, hello);
      await agent.closed();
      return agent.refusal();
    };
    expect(await refusalOf(helloOf({ token: `${token}0` }))).toBe("bad-token");
    expect(await refusalOf(helloOf({ token: "" }))).toBe("bad-token");
    expect(await refusalOf({ kind: "hello", wireVersion: wireVersion + 1, whatElse: "it says" })).toBe("wire-version");
  });

  it("cuts off who breaks the rules, and the others do not notice", async () => {
    const { summary, socketPath, token } = await engine.record();
    const { recordingId } = summary;
    const good = await SocketAgent.greet(socketPath, helloOf({ token }));
    const maker = new RecordMaker();

    const rude: ((agent: SocketAgent) => void)[] = [
      (agent) => agent.socket.write(Buffer.from("GET / HTTP/1.1\r\n\r\n")),
      (agent) => agent.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1])),
      (agent) => agent.frame(frameTypes.hello, Buffer.from("{")),
      (agent) => agent.control(frameTypes.hello, { ...helloOf({ token }), timeOriginMs: 1e300 }),
      (agent) => agent.batch(1, [log(new RecordMaker(), "without hello")]),
    ];
    for (const act of rude) {
      const agent = await SocketAgent.connect(socketPath);
      act(agent);
      await agent.closed();
    }
    const ruderLater: ((agent: SocketAgent) => void)[] = [
      (agent) => agent.frame(frameTypes.batch, new Uint8Array([1, 0, 0, 0, 7, 7, 7])),
      (agent) => agent.frame(99, new Uint8Array(3)),
      (agent) =>
        agent.batch(1, [
          maker.make({ kind: "log", severity: 9, span: 0, source: 0, body: "x", attributes: {} }, 1e200),
        ]),
      (agent) =>
        agent.batch(1, [
          log(maker, "bad batch"),
          maker.make({ kind: "gap", reason: "ring-full", lost: NaN, of: noneLost }),
        ]),
    ];
    for (const [index, act] of ruderLater.entries()) {
      const agent = await SocketAgent.greet(socketPath, helloOf({ token, runId: `rude${index}` }));
      act(agent);
      await agent.closed();
    }

    good.batch(1, [log(new RecordMaker(), "still here")]);
    await good.acknowledged(1);
    expect(await bodiesOf(recordingId)).toEqual(["still here"]);
  });

  it("marks the end of a process: with its exit code, or as not known", async () => {
    const { summary, socketPath, token } = await engine.record();
    const { recordingId } = summary;
    const maker = new RecordMaker();
    const leaving = await SocketAgent.greet(socketPath, helloOf({ token, runId: "a", serviceName: "leaving" }));
    const crashing = await SocketAgent.greet(
      socketPath,
      helloOf({ token, runId: "b", serviceName: "crashing", pid: 2 }),
    );
    crashing.batch(1, [
      maker.make({
        kind: "span-start",
        span: 1,
        parent: 0,
        name: 0,
        spanKind: "server",
        traceId: new Uint8Array(16).fill(1),
        spanId: new Uint8Array(8).fill(2),
        parentSpanId: new Uint8Array(8),
        attributes: {},
      }),
      maker.make({ kind: "gap", reason: "ring-full", lost: 7, of: noneLost }),
    ]);
    await crashing.acknowledged(1);
    crashing.socket.destroy();
    await leaving.bye(50, 3);
    const saved = await engine.call("recording.stop", { recordingId });

    expect(
      saved.processes.map(({ serviceName, ended, category }) => ({ serviceName, exitCode: ended?.exitCode, category })),
    ).toEqual([
      { serviceName: "leaving", exitCode: 3, category: 1 },
      { serviceName: "crashing", exitCode: undefined, category: 2 },
    ]);
    const marks = await engine.call("timeline.marks", { recordingId });
    expect(marks.map(({ kind, process, lost, label }) => `${kind} ${process} ${lost} ${label}`).sort()).toEqual([
      "end 1 0 ended with 3",
      "end 2 0 connection lost: how it ended is not known",
      "gap 2 0 records may be missing: the connection was lost, how many is not known",
      "gap 2 7 records dropped: the program was faster than the recorder",
      "start 1 0 leaving (pid 4711)",
      "start 2 0 crashing (pid 2)",
    ]);
    const spans = await engine.call("spans.range", { recordingId, from: saved.start, to: saved.end, limit: 10 });
    expect([...spans.endNs]).toEqual([NaN]);
    expect(saved.counts.lost).toBe(7);
  });

  it("marks how a process ended as its parent saw it, while it stays known that its end is not here", async () => {
    const { summary, socketPath, token } = await engine.record();
    const { recordingId, path } = summary;
    for (const pid of [1, 2]) {
      const killed = await SocketAgent.greet(socketPath, helloOf({ token, runId: `run${pid}`, pid }));
      killed.batch(1, [log(new RecordMaker(), "one")]);
      await killed.acknowledged(1);
      killed.socket.destroy();
    }
    const saved = await engine.call("recording.stop", { recordingId, ended: { pid: 2, signal: "SIGKILL" } });
    await engine.call("recording.close", { recordingId });
    const again = await engine.call("recording.open", { path });
    for (const { processes } of [saved, again])
      expect(processes.map(({ pid, ended, endUnknown }) => [pid, ended?.signal, endUnknown])).toEqual([
        [1, undefined, true],
        [2, "SIGKILL", true],
      ]);
    const marks = await engine.call("timeline.marks", { recordingId: again.recordingId });
    expect(marks.filter(({ kind }) => kind === "end").map(({ process, label }) => `${process} ${label}`)).toEqual([
      "1 connection lost: how it ended is not known",
      "2 ended by SIGKILL",
    ]);
  });

  it("marks what is missing at the end of a process, by what its bye says", async () => {
    const { summary, socketPath, token } = await engine.record();
    const { recordingId } = summary;
    const tell = async (runId: string, pid: number, written: number, dropped: number): Promise<void> => {
      const agent = await SocketAgent.greet(socketPath, helloOf({ token, runId, pid }));
      const maker = new RecordMaker();
      agent.batch(1, [log(maker, "one"), maker.make({ kind: "gap", reason: "ring-full", lost: 3, of: noneLost })]);
      await agent.acknowledged(1);
      agent.control(frameTypes.bye, { kind: "bye", clockMs: 50, exitCode: 0, written, dropped });
      await agent.closed();
    };
    await tell("whole", 1, 2, 3);
    await tell("short", 2, 12, 8);
    const staying = await SocketAgent.greet(socketPath, helloOf({ token, runId: "staying", pid: 3 }));
    const live = await engine.call("recording.summary", { recordingId });
    const saved = await engine.call("recording.stop", { recordingId });
    await staying.closed();
    expect([live, saved].map(({ counts, processes }) => [counts.lost, ...processes.map((one) => one.dropped)])).toEqual(
      [
        [21, 3, 18, 0],
        [21, 3, 18, 0],
      ],
    );
    const marks = await engine.call("timeline.marks", { recordingId });
    expect(
      marks
        .filter(({ kind }) => kind !== "start")
        .map(({ process, lost, label }) => `${process} ${lost} ${label}`)
        .sort(),
    ).toEqual([
      "1 0 ended with 0",
      "1 3 records dropped: the program was faster than the recorder",
      "2 0 ended with 0",
      "2 15 records dropped: the program ended before they could be sent",
      "2 3 records dropped: the program was faster than the recorder",
      "3 0 recording ended, the program went on",
    ]);
  });
});
