import { describe, expect, it } from "vitest";
import { CancelSource, Cancelled, neverCancelled, throwIfCancelled } from "./cancel.js";

describe("cancelling", () => {
  it("tells everybody once who still listens, and at once who comes too late", () => {
    const told: string[] = [];
    const source = new CancelSource();
    source.onAbort(() => told.push("one"));
    const forget = source.onAbort(() => told.push("two"));
    forget();
    expect([source.aborted, told]).toEqual([false, []]);
    source.abort();
    source.abort();
    source.onAbort(() => told.push("late"));
    expect([source.aborted, told]).toEqual([true, ["one", "late"]]);
    expect(() => throwIfCancelled(source)).toThrow(Cancelled);
  });

  it("never happens to what cannot be cancelled", () => {
    neverCancelled.onAbort(() => expect.unreachable())();
    expect(() => throwIfCancelled(neverCancelled)).not.toThrow();
  });
});
