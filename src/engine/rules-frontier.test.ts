import { describe, expect, it } from "vitest";
import { Frontier } from "./rules-frontier.js";

const second = 1_000_000_000n;

describe("Frontier", () => {
  const at = (lastSeen: bigint, isRunning = true, process = 1) => ({ process, lastSeen: lastSeen * second, isRunning });

  it("is a second behind the slowest process that runs", () => {
    const frontier = new Frontier(() => 0);
    expect(frontier.after([])).toBeUndefined();
    expect(frontier.after([at(90n), at(80n, true, 2), at(5n, false, 3)])).toBe(79n * second);
    expect(frontier.after([at(90n), at(80n, false, 2)])).toBe(89n * second);
    expect(frontier.after([at(90n, false), at(80n, false, 2)])).toBe(89n * second);
  });

  it("waits ten seconds for a process of which nothing comes, however far it is behind one of which something does", () => {
    let nowMs = 0;
    const frontier = new Frontier(() => nowMs);
    expect(frontier.after([at(500n), at(80n, true, 2)])).toBe(79n * second);
    nowMs = 9000;
    expect(frontier.after([at(509n), at(81n, true, 2)])).toBe(80n * second);
    nowMs = 18_000;
    expect(frontier.after([at(518n), at(81n, true, 2)])).toBe(80n * second);
    nowMs = 19_500;
    expect(frontier.after([at(519n), at(81n, true, 2)])).toBe(518n * second);
    expect(frontier.after([at(519n), at(82n, true, 2)])).toBe(81n * second);
  });
});
