import { describe, expect, it } from "vitest";
import { markRow } from "./rows.js";

describe("a mark", () => {
  const mark = { kind: "gap", process: 1, instant: 5n, since: 2n, label: "why" } as const;
  const rowOf = (reason: string, lost: number) => {
    const { json, text } = markRow({ ...mark, reason, lost }, { start: 0n });
    return [json, text.replace(/^.*why/, "")];
  };
  const json = (reason: string) => ({ ...mark, reason, lost: 0 });

  it("says what was lost, and not of what was left out or evicted that it was", () => {
    expect(rowOf("queue-full", 25)).toEqual([{ ...json("queue-full"), lost: 25 }, "  25 records lost"]);
    expect(rowOf("filtered", 25)).toEqual([{ ...json("filtered"), leftOut: 25 }, "  25 records left out"]);
    expect(rowOf("evicted", 1)).toEqual([{ ...json("evicted"), evicted: 1 }, "  1 record evicted"]);
    expect(rowOf("suspended", 0)).toEqual([json("suspended"), ""]);
  });
});
