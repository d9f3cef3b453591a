import { describe, expect, it } from "vitest";
import type { WriteEntry } from "../../../shared/protocol/engine-calls.js";
import { historyRows, numericSteps } from "./history-rows.js";

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

describe("historyRows", () => {
  it("puts the newest first, marks the last writer and what is yet to come", () => {
    const text = historyRows(writes, atSeq(4, 200n)).map(
      (row) => `${row.newText}${row.isLastWriter ? "*" : ""}${row.isFuture ? ">" : ""}`,
    );
    expect(text).toEqual(["8>", "7>", "6*", "5"]);
  });

  it("counts every write of an instant when the playhead is merely at that instant", () => {
    expect(historyRows(writes, atInstant(200n)).find((row) => row.isLastWriter)?.newText).toBe("7");
  });

  it("names the place in the code and the span", () => {
    const [row] = historyRows(
      [
        writeOf(1, 1n, 5, {
          location: { file: "/app/src/ledger.ts", line: 88, column: 5, functionName: "debit" },
          span: { spanId: "s", traceId: "t", name: "POST /debit" },
        }),
      ],
      atInstant(1n),
    );
    expect([row?.place, row?.placeInFull, row?.spanName]).toEqual([
      "ledger.ts:88 debit",
      "/app/src/ledger.ts:88:5",
      "POST /debit",
    ]);
  });
});

describe("numericSteps", () => {
  it("are the new values when all are numbers", () => {
    expect(numericSteps(writes.slice(0, 2), "a.balance", 100n)).toEqual([
      { atNs: 0, value: 5 },
      { atNs: 100, value: 6 },
    ]);
  });

  it("are none when a value is not a number or belongs to another path", () => {
    expect([numericSteps([writeOf(1, 1n, "x")], "a.balance", 0n), numericSteps(writes, "a", 0n)]).toEqual([[], []]);
  });
});
