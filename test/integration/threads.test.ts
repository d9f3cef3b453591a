// Worker threads of a recorded program: each is recorded as a process of its own, below the thread that started it, and
// the program prints and ends as it does alone.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProgramSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const program = (name: string): string => join(import.meta.dirname, "../programs/lineage", name);

/** "main 0 > thread 8": how each ended, below the one that started it. */
function lines(programs: readonly ProgramSeen[]): string[] {
  const byRun = new Map(programs.map((one) => [one.hello?.runId, one]));
  const lineOf = (one: ProgramSeen): string => {
    const parent = byRun.get(one.hello?.parentRunId);
    const { thread } = one.hello ?? {};
    const what = thread === undefined ? "main" : `thread`;
    return `${parent === undefined ? "" : `${lineOf(parent)} > `}${what} ${one.bye?.exitCode}`;
  };
  return programs.map(lineOf).toSorted();
}

describe("worker threads", () => {
  it("are recorded each by itself, and run as they run alone", async () => {
    const { plain, recorded, programs } = await runBoth([program("threads.mjs")]);
    expect(recorded).toEqual(plain);
    expect(plain.code).toBe(0);
    const codes = [0, 0, 7, 8, 1, 1, 1, 0, 0, 0, 0, 0].map((code) => `main 0 > thread ${code}`);
    expect(lines(programs)).toEqual(["main 0", ...codes, "main 0 > thread 0 > thread 0"].toSorted());
    // What was printed in a thread is recorded there.
    const said = programs.flatMap(({ hello, logs }) =>
      logs.flatMap(({ body }) => (body.startsWith("leaving") && hello?.thread !== undefined ? [body] : [])),
    );
    expect(said.toSorted()).toEqual(
      [
        "exit 7",
        "exit-code 8",
        "inner 0",
        "nested 0",
        "throw 1",
        "undefined 0",
        "undefined 0",
        "undefined 0",
        "undefined 0",
      ]
        .map((text) => `leaving ${text}`)
        .toSorted(),
    );
  });
});
