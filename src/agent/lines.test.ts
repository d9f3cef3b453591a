import { describe, expect, it } from "vitest";
import { linesLeftOutAttribute, stepsFrom } from "../shared/trace/call-lines.js";
import { Guest, saveOriginals } from "./guest.js";
import { LineRecorder, Stepped, mostSteps } from "./lines.js";

/** A recorder whose statements cost `stepMs` each, by a clock of its own. */
function recorderWith(stepMs: number, share = { share: 0.1, mostMs: 10 }) {
  const clock = { ms: 0 };
  const offs: unknown[] = [];
  let isCosting = false;
  const lines = new LineRecorder({
    guest: new Guest(saveOriginals()),
    now: () => {
      // The second look at the clock is when a statement has been told of.
      if (isCosting) clock.ms += stepMs;
      isCosting = false;
      return clock.ms;
    },
    share,
    noteOff: (about) => offs.push(about),
  });
  lines.positionOf = (site) => ({ file: "/a.js", line: site, column: 1, functionName: "f" });
  const run = (call: Stepped, site: number, locals: Readonly<Record<string, unknown>> = {}): boolean => {
    if (!lines.isWanted(call)) return false;
    const names = Object.keys(locals).join(",");
    const values = Object.values(locals);
    const [first] = values;
    // Turned on while the values are looked at.
    void first;
    const before = lines.positionOf;
    lines.positionOf = (at) => {
      isCosting = true;
      lines.positionOf = before;
      return before(at);
    };
    lines.step(call, site, names, values);
    return true;
  };
  return { clock, offs, run };
}

const changesOf = (call: Stepped): unknown =>
  stepsFrom(call.steps?.attributes ?? {}).map(({ line, changed }) => [line, changed]);
const leftOutOf = (call: Stepped): unknown => call.steps?.attributes[linesLeftOutAttribute];

describe("the statements of a call", () => {
  it("are told with those variables that are others than before, objects by what is in them", () => {
    const { run } = recorderWith(0);
    const call = new Stepped();
    const list = [1];
    run(call, 1, { a: 1, list, f: () => 1, none: undefined });
    run(call, 2, { a: 1, list });
    list.push(2);
    run(call, 3, { a: 2, list, none: null });
    run(call, 4, { a: undefined, list: "x", none: null, nan: NaN });
    run(call, 5, { a: undefined, list: "x", nan: NaN });
    expect(changesOf(call)).toEqual([
      [1, { a: 1, list: [1] }],
      [2, {}],
      [3, { a: 2, list: [1, 2], none: null }],
      [4, { a: "[undefined]", list: "x", nan: NaN }],
      [5, {}],
    ]);
  });

  it("run none of the program's code", () => {
    const { run } = recorderWith(0);
    const call = new Stepped();
    const trap = () => {
      throw new Error("the program's code ran");
    };
    const proxy = new Proxy({}, { get: trap, ownKeys: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap });
    run(call, 1, {
      proxy,
      getter: Object.defineProperty({}, "x", { get: trap, enumerable: true }),
      own: { toJSON: trap },
    });
    expect(changesOf(call)).toEqual([[1, { proxy: "[Proxy]", getter: { x: "[Getter]" }, own: {} }]]);
  });

  it("are told up to so many of one call; the others are counted", () => {
    const { run } = recorderWith(0);
    const call = new Stepped();
    for (let at = 0; at < mostSteps + 5; at++) run(call, at);
    expect([stepsFrom(call.steps?.attributes ?? {}).length, leftOutOf(call)]).toEqual([mostSteps, 5]);
    const long = new Stepped();
    let told = 0;
    for (let at = 0; at < 100; at++) if (run(long, at, { text: String(at).padEnd(200, "x") })) told++;
    // Each of 206 units; not one more beyond 16,384.
    expect([told, leftOutOf(long)]).toEqual([80, 20]);
  });

  it("are told again once there is time for it, and it is said when there is none", () => {
    const { clock, offs, run } = recorderWith(4);
    const calls = [new Stepped(), new Stepped()] as const;
    // Of ten milliseconds each takes four, and gives back a tenth of them.
    expect([1, 2, 3, 4, 5].map((at) => run(calls[0], at))).toEqual([true, true, true, false, false]);
    expect([leftOutOf(calls[0]), offs]).toEqual([2, [{ reason: "budget", share: 0.1, mostMs: 10 }]]);
    clock.ms += 100;
    let refused = 0;
    while (!run(calls[1], 1)) refused++;
    // The clock is not looked at each time.
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(300);
    expect(leftOutOf(calls[1])).toBe(refused);
    expect(offs).toHaveLength(1);
  });
});
