// What a recording says of who started which of its processes and threads, while it is made and when it is read.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { frameTypes } from "../shared/protocol/agent-wire.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { TestEngine } from "./engine.test-support.js";
import { SocketAgent, helloOf } from "./socket-agent.test-support.js";

const run = (digit: number): string => String(digit).repeat(32);

const shown = ({ processes }: Pick<RecordingSummary, "processes">): unknown[] =>
  processes.map(({ process, kind, parent, thread, clusterWorker, start, ended }) => [
    process,
    kind,
    parent,
    thread ?? clusterWorker,
    Number(start % 1_000_000_000n) / 1e6,
    ended?.signal ?? ended?.exitCode,
  ]);

describe("processes and threads of a recording", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine();
  });
  afterEach(() => engine.dispose());

  it("have the parent and kind that they told, and the end that their parent saw", async () => {
    const { summary, socketPath, token } = await engine.record();
    const { recordingId, path } = summary;
    const about = { token, timeOriginMs: 1_795_000_000_000, clockMs: 50 };
    const primary = await SocketAgent.greet(socketPath, helloOf({ ...about, runId: run(1), pid: 10 }));
    const worker = await SocketAgent.greet(
      socketPath,
      helloOf({ ...about, runId: run(2), pid: 11, parentPid: 10, parentRunId: run(1), clusterWorker: 4 }),
    );
    const thread = await SocketAgent.greet(
      socketPath,
      helloOf({ ...about, runId: run(3), pid: 11, parentRunId: run(2), thread: { id: 2, name: "adder" }, beganMs: 25 }),
    );
    // By its pid alone.
    const child = await SocketAgent.greet(socketPath, helloOf({ ...about, runId: run(4), pid: 12, parentPid: 10 }));
    // Not its child: of another recorded process it can say nothing.
    child.control(frameTypes.childEnded, { kind: "child-ended", pid: 11, exitCode: 9 });
    await child.bye(60, 1);
    // Killed: neither it nor its thread says good-bye.
    worker.socket.destroy();
    thread.socket.destroy();
    primary.control(frameTypes.childEnded, { kind: "child-ended", pid: 11, signal: "SIGKILL" });
    await primary.bye(70, 0);
    const expected = [
      [1, "process", undefined, undefined, 0, 0],
      [2, "cluster worker", 1, 4, 0, "SIGKILL"],
      [3, "worker thread", 2, { id: 2, name: "adder" }, 25, "SIGKILL"],
      [4, "process", 1, undefined, 0, 1],
    ];
    await expect.poll(async () => shown(await engine.call("recording.summary", { recordingId }))).toEqual(expected);
    await engine.call("recording.stop", { recordingId });
    await engine.call("recording.close", { recordingId });
    const read = await engine.call("recording.open", { path });
    expect(shown(read)).toEqual(expected);
  });
});
