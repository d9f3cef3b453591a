import { afterAll, describe, expect, it } from "vitest";
import { frameTypes } from "../shared/protocol/agent-wire.js";
import { TestEngine } from "./engine.test-support.js";
import { SocketAgent, helloOf } from "./socket-agent.test-support.js";

const engine = new TestEngine(20);
afterAll(() => engine.dispose());

const nowMs = (): number => performance.timeOrigin + performance.now();
const runId = (process: number): string => `${process}`.padStart(8, "0").padEnd(32, "0");

/** An agent whose clock is ahead by so much, and which answers each question after a while. */
async function agentAhead(process: number, aheadMs: number, at: { socketPath: string; token: string }) {
  const timeOriginMs = Math.floor(nowMs() + aheadMs) - 1000;
  const clockMs = (): number => nowMs() + aheadMs - timeOriginMs;
  const hello = helloOf({ token: at.token, runId: runId(process), pid: process, timeOriginMs, clockMs: clockMs() });
  const agent = await SocketAgent.greet(at.socketPath, hello);
  for (let round = 1; round <= 5; round++) {
    await agent.until((told) => told.kind === "ask-clock" && told.round === round);
    agent.control(frameTypes.clock, { kind: "clock", round, clockMs: clockMs() });
  }
  return { agent, clockMs };
}

describe("the clocks of recorded processes", () => {
  it("are compared with the engine's, while recording and in the file", async () => {
    const { summary, ...at } = await engine.record();
    const { recordingId } = summary;
    const ahead = [0, 3_600_000, -250.5];
    const agents = [];
    for (const [index, ms] of ahead.entries()) agents.push(await agentAhead(index + 1, ms, at));
    for (const { agent, clockMs } of agents) await agent.bye(clockMs(), 0);
    const saved = await engine.call("recording.stop", { recordingId });
    for (const [index, ms] of ahead.entries()) {
      const clock = saved.processes[index]?.clock;
      const error = Number(clock?.offsetNs ?? 0n) - ms * 1e6;
      // Both clocks are told to a microsecond at best.
      expect(Math.abs(error)).toBeLessThanOrEqual(Number(clock?.uncertaintyNs ?? -1n) + 2000);
    }
  });

  it("cannot be what no clock says", async () => {
    const { socketPath, token } = await engine.record("implausible.hindcast");
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    await agent.until((told) => told.kind === "ask-clock");
    agent.frame(frameTypes.clock, Buffer.from(`{"kind":"clock","round":1,"clockMs":1e999}`));
    await agent.closed();
  });
});
