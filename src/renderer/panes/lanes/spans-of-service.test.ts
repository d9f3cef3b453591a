import { describe, expect, it } from "vitest";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { spansOfProcesses } from "./spans-of-service.js";

const spans: SpanColumns = {
  truncated: true,
  counts: Uint32Array.of(1, 7, 1),
  process: Uint16Array.of(1, 2, 1),
  startNs: Float64Array.of(10, 20, 30),
  endNs: Float64Array.of(15, 25, NaN),
  lane: Uint16Array.of(0, 1, 2),
  kind: Uint8Array.of(0, 1, 2),
  status: Uint8Array.of(0, 1, 2),
  names: ["a", "", "c"],
  spanIds: ["1", "", "3"],
  traceIds: ["t1", "", "t3"],
  parentSpanIds: ["", "", "1"],
  attributes: ["{}", "", '{"x":1}'],
};

describe("spans of some processes", () => {
  it("keep everything that was known of them", () => {
    expect(spansOfProcesses(spans, (process) => process === 1)).toEqual({
      truncated: true,
      counts: Uint32Array.of(1, 1),
      process: Uint16Array.of(1, 1),
      startNs: Float64Array.of(10, 30),
      endNs: Float64Array.of(15, NaN),
      lane: Uint16Array.of(0, 2),
      kind: Uint8Array.of(0, 2),
      status: Uint8Array.of(0, 2),
      names: ["a", "c"],
      spanIds: ["1", "3"],
      traceIds: ["t1", "t3"],
      parentSpanIds: ["", "1"],
      attributes: ["{}", '{"x":1}'],
    });
  });

  it("are the same columns where all are wanted", () => {
    expect(spansOfProcesses(spans, () => true)).toBe(spans);
  });
});
