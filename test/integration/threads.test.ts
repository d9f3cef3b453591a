// Worker threads of a recorded program: each is recorded as a process of its own, below the thread that started it, and
// the program prints and ends as it does alone.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lineageTexts } from "./lineage-text.js";
import { runBoth } from "./run-both.js";

const program = (name: string): string => join(import.meta.dirname, "../programs/lineage", name);

describe("worker threads", () => {
  it("are recorded each by itself, and run as they run alone", async () => {
    const { plain, recorded, programs } = await runBoth([program("threads.mjs")]);
    expect(recorded).toEqual(plain);
    expect(plain.code).toBe(0);
    const codes = [0, 0, 7, 8, 1, 1, 1, 0, 0, 0, 0, 0].map((code) => `process 0 > thread ${code}`);
    expect(lineageTexts(programs)).toEqual(["process 0", ...codes, "process 0 > thread 0 > thread 0"].toSorted());
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
