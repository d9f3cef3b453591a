import { describe, expect, it } from "vitest";
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import { historyRows, lastWriterAt, numericSteps, pathBelow } from "./history-rows.js";

function writeOf(seq: number, instant: bigint, value: unknown, more: Partial<WriteEntry> = {}): WriteEntry {
  return {
    process: 1,
    seq,
    instant,
    scope: "accounts",
    path: "a.balance",
    operation: "set",
    new: value,
    oldText: "",
    newText: String(value),
    ...more,
  };
}

// Two writes share an instant, as they may.
const writes = [writeOf(1, 100n, 5), writeOf(4, 200n, 6), writeOf(5, 200n, 7), writeOf(9, 300n, 8)];
const atSeq = (seq: number, instant: bigint) => ({ process: 1, seq, instant });
const atInstant = (instant: bigint) => ({ process: 1, seq: undefined, instant });

describe("lastWriterAt", () => {
  const valueAt = (moment: Parameters<typeof lastWriterAt>[1]) => writes[lastWriterAt(writes, moment)]?.newText;

  it("is the write the playhead stands on, also among several of one instant", () => {
    expect([valueAt(atSeq(4, 200n)), valueAt(atSeq(5, 200n))]).toEqual(["6", "7"]);
  });

  it("counts every write of an instant when the playhead is merely at that instant", () => {
    expect([valueAt(atInstant(200n)), valueAt(atInstant(99n))]).toEqual(["7", undefined]);
  });

  it("goes by time when the playhead stands on a record of another process", () => {
    expect(valueAt({ process: 2, seq: 1, instant: 250n })).toBe("7");
  });
});

describe("historyRows", () => {
  it("puts the newest first", () => {
    expect(historyRows(writes).map((row) => row.newText)).toEqual(["8", "7", "6", "5"]);
  });

  it("names the place in the code and the span", () => {
    const [row] = historyRows([
      writeOf(1, 1n, 5, {
        location: { file: "/app/src/ledger.ts", line: 88, column: 5, functionName: "debit" },
        span: { spanId: "s", traceId: "t", name: "POST /debit" },
      }),
    ]);
    expect([row?.place, row?.placeInFull, row?.spanName]).toEqual([
      "ledger.ts:88 debit",
      "/app/src/ledger.ts:88:5",
      "POST /debit",
    ]);
  });
});

describe("numericSteps", () => {
  it("are the new values when all are numbers, also where an ancestor was written", () => {
    expect(
      numericSteps(
        [writeOf(1, 100n, 5, { path: "a" }), writeOf(4, 200n, 6), writeOf(5, 300n, undefined)],
        "a.balance",
        100n,
      ),
    ).toEqual([
      { atNs: 0, value: 5 },
      { atNs: 100, value: 6 },
    ]);
  });

  it("are none when a value is not a number", () => {
    expect(numericSteps([writeOf(1, 1n, 5), writeOf(2, 2n, "x")], "a.balance", 0n)).toEqual([]);
  });

  it("are none where writes are of values below: those are other numbers", () => {
    expect(numericSteps([writeOf(1, 1n, 5), writeOf(2, 2n, 6)], "a", 0n)).toEqual([]);
  });
});

describe("pathBelow", () => {
  it("names where below the asked path a write was", () => {
    const at = (path: string) => writeOf(1, 1n, 5, { path });
    expect([
      pathBelow(at("a.b"), "a"),
      pathBelow(at("a[0]"), "a"),
      pathBelow(at("a"), "a"),
      pathBelow(at(""), "a"),
    ]).toEqual(["b", "[0]", "", ""]);
  });
});
