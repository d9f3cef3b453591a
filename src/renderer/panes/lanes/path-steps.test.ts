import { describe, expect, it } from "vitest";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { type OneRequest, pathOnLanes, pathSteps } from "./path-steps.js";

const columns = (ids: string, process: readonly number[], startNs: readonly number[], endNs: readonly number[]) => ({
  truncated: false,
  process: Uint16Array.from(process),
  startNs: Float64Array.from(startNs),
  endNs: Float64Array.from(endNs),
  lane: new Uint16Array(process.length),
  kind: new Uint8Array(process.length),
  status: new Uint8Array(process.length),
  names: [...ids].map((id) => `span ${id}`),
  spanIds: [...ids],
  traceIds: process.map(() => "t"),
  parentSpanIds: process.map(() => ""),
  attributes: process.map(() => "{}"),
});
/** b is of a process whose clock is 30 behind. */
const request: Pick<OneRequest, "spans" | "movedNs" | "criticalRow" | "criticalFromNs" | "criticalToNs"> = {
  spans: columns("abc", [1, 2, 1], [0, 20, 70], [100, 60, 90]),
  movedNs: Float64Array.of(0, 30, 0),
  criticalRow: Uint32Array.of(0, 1, 0, 2, 0),
  criticalFromNs: Float64Array.of(0, 20, 60, 70, 90),
  criticalToNs: Float64Array.of(20, 60, 70, 90, 100),
};
const rest = { truncated: false, depth: new Uint16Array(3), parent: new Float64Array(3), callers: [], others: 0, logSpan: new Uint32Array(0), writesTotal: 0 }; // prettier-ignore
const nothing = new Float64Array(0);
const one: OneRequest = {
  ...rest,
  ...request,
  logs: { first: 0, total: 0, process: new Uint16Array(0), seq: nothing, timeNs: nothing, severity: new Uint8Array(0), bodies: [], attributes: [], sources: [], spanIds: [], traceIds: [] }, // prettier-ignore
  writes: { process: new Uint16Array(0), seq: nothing, timeNs: nothing, span: new Uint32Array(0), operations: [], keys: [], values: [], locations: [] }, // prettier-ignore
};

describe("the critical path on the lanes", () => {
  it("says what each span had of the request to itself", () => {
    expect(pathSteps(one).map(({ name, ns, share, movedNs }) => `${name} ${ns} ${share} ${movedNs}`)).toEqual([
      "span a 40 0.4 0",
      "span b 40 0.4 30",
      "span c 20 0.2 0",
    ]);
  });

  it("lies on the bars as they were recorded, and not on those that are not here", () => {
    const here: SpanColumns = columns("ab", [1, 2], [0, -10], [100, 30]);
    const placed = {
      spans: here,
      order: { indices: Uint32Array.of(0, 1), rows: Uint32Array.of(0, 1) },
      topsPx: Float32Array.of(6, 50),
      openUntilNs: 100,
      callers: Int32Array.of(-1, -1),
    };
    const view = { fromNs: 0, toNs: 100, widthPx: 200 };
    const path = pathOnLanes(one, placed, new Map([["a", 0], ["b", 1]]), view); // prettier-ignore
    expect(path.map((place) => (place === undefined ? "-" : `${place.topPx}:${place.startPx}-${place.endPx}`))).toEqual(
      ["6:0-40", "50:-20-60", "6:120-140", "-", "6:180-200"],
    );
  });
});
