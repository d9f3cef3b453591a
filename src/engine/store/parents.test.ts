import { describe, expect, it } from "vitest";
import { type Relative, parentsOf } from "./parents.js";

/** A process by its number; its run is named after it, its pid is ten times that. */
function one(process: number, start: number, hello: Partial<Relative["hello"]> = {}, ended?: number): Relative {
  return {
    process,
    hello: { runId: `run ${process}`, pid: process * 10, parentPid: 1, hostName: "here", ...hello },
    start: BigInt(start),
    ended: ended === undefined ? undefined : { at: BigInt(ended) },
  };
}

const found = (...all: readonly Relative[]): unknown => Object.fromEntries(parentsOf(all));

describe("parentsOf", () => {
  it("believes the run that a child was told of, whatever the pids", () => {
    expect(found(one(1, 0), one(2, 0), one(3, 5, { parentRunId: "run 1", parentPid: 20 }))).toEqual({ 3: 1 });
  });

  it("names no parent for a child of a run that is not in the recording", () => {
    expect(found(one(1, 0), one(2, 5, { parentRunId: "another", parentPid: 10 }))).toEqual({});
  });

  it("goes by the pid where no run was told: of the latest that ran when the child began", () => {
    const [first, again] = [one(1, 0, { pid: 7 }, 10), one(2, 20, { pid: 7 })];
    expect(found(first, again, one(3, 5, { parentPid: 7 }), one(4, 30, { parentPid: 7 }))).toEqual({ 3: 1, 4: 2 });
    expect(found(first, one(3, 15, { parentPid: 7 }))).toEqual({});
  });

  it("takes no thread and no process of another machine for the one with that pid", () => {
    const thread = one(1, 0, { pid: 7, thread: { id: 2 } });
    expect(found(thread, one(2, 0, { pid: 7, hostName: "there" }), one(3, 5, { parentPid: 7 }))).toEqual({});
  });
});
