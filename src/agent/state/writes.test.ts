import { describe, expect, it } from "vitest";
import { createStateTracker } from "./index.js";
import { WritesOnly, liveText, recordedText, unhurried } from "./recorded-state.test-support.js";

function watched(value: unknown, slotsPerLook = 1e9) {
  const sink = new WritesOnly();
  const tracker = createStateTracker(sink, { ...unhurried, slotsPerLook });
  const notes = tracker.writeNotes((site) => site);
  tracker.track("s", value);
  sink.forget();
  const text = (): string => sink.writes.map(({ operation, location }) => `${operation.kind}@${location}`).join(" ");
  return { sink, tracker, notes, text, isExact: () => recordedText(sink.graph, "s") === liveText(value) };
}

describe("a write that is told", () => {
  it("is recorded with its place and as seen when it happened", () => {
    const value: Record<string, unknown> = { a: 1 };
    const { sink, notes, text } = watched(value);
    value["a"] = 2;
    notes.property(value, "a", 7);
    expect(text()).toBe("set@7");
    expect(sink.writes[0]?.afterMs).toBeNaN();
  });

  it("is nothing when the value is what it was, or the object is not tracked", () => {
    const value = { a: 1, list: [] };
    const { notes, text } = watched(value);
    notes.property(value, "a", 1);
    notes.property({ a: 1 }, "a", 1);
    notes.method(value.list, "pop", undefined, undefined, 1);
    notes.property(undefined, "a", 1);
    notes.property(new Proxy({}, {}), "a", 1);
    expect(text()).toBe("");
  });

  it("adopts what it brings in before it is recorded itself", () => {
    const value: { list: unknown[] } = { list: [] };
    const { notes, text, isExact } = watched(value);
    value.list.push({ deep: [new Map([[{}, 1]])] });
    notes.method(value.list, "push", undefined, 1, 3);
    expect(text()).toBe("contents@3 contents@3 contents@3 contents@3 splice@3");
    expect(isExact()).toBe(true);
  });

  it("knows an element of a list by a whole number alone", () => {
    const list: unknown[] & Record<string, unknown> = Object.assign<unknown[], Record<string, unknown>>([1, 2, 3], {
      "1.5": 0,
    });
    const value = { list };
    const { notes, isExact } = watched(value);
    for (const key of ["1.5", "2.5", "1e3"]) {
      value.list[key] = key;
      notes.property(value.list, key, 1);
      expect(isExact(), key).toBe(true);
    }
    Reflect.deleteProperty(value.list, "1.5");
    notes.property(value.list, 1.5, 1);
    expect(isExact()).toBe(true);
  });

  it("brings up what was changed unseen in the same collection", () => {
    const value = { list: [1, 2, 3], map: new Map([["a", 1]]) };
    const { notes, isExact } = watched(value);
    value.list.push(4);
    value.list.pop();
    value.list.pop();
    notes.method(value.list, "pop", undefined, 3, 1);
    value.map.set("unseen", 1);
    value.map.set("b", 2);
    notes.method(value.map, "set", "b", value.map, 1);
    expect(isExact()).toBe(true);
  });

  it("on a long array costs what it changes, not what the array holds", () => {
    const value = { list: Array.from({ length: 50_000 }, (_, n) => n) };
    const { sink, notes, isExact } = watched(value);
    const elementsOf = (): number =>
      sink.writes.reduce(
        (sum, { operation }) => sum + (operation.kind === "splice" ? operation.elements.length : 1e9),
        0,
      );
    value.list.push(1);
    notes.method(value.list, "push", undefined, 1, 1);
    value.list.shift();
    notes.method(value.list, "shift", undefined, 1, 1);
    value.list.unshift(1, 2);
    notes.method(value.list, "unshift", undefined, 1, 1);
    const removed = value.list.splice(100, 2, 9);
    notes.method(value.list, "splice", 100, removed, 1);
    value.list[500] = -1;
    notes.property(value.list, 500, 1);
    expect(elementsOf()).toBe(5);
    expect(isExact()).toBe(true);
  });

  it("to a private field is kept through later statements of the whole object", () => {
    const value: Record<string, unknown> = { a: 1, b: 2 };
    const { sink, tracker, notes } = watched(value);
    const secret = { n: 1 };
    notes.privateField(value, "#secret", secret, 1);
    delete value["a"];
    value["a"] = 1;
    tracker.boundary();
    const last = sink.writes.at(-1)?.operation;
    expect(
      last?.kind === "contents" && "entries" in last.contents && last.contents.entries.map(([key]) => key),
    ).toEqual(["b", "a", "#secret"]);
    secret.n = 2;
    notes.property(secret, "n", 1);
    expect(sink.writes.at(-1)?.operation.kind).toBe("set");
  });

  it("to a private field of an array is kept, of a Map said not to be", () => {
    const value = { list: [1], map: new Map([["a", 1]]) };
    const { sink, notes } = watched(value);
    notes.privateField(value.list, "#n", 7, 1);
    expect(sink.writes.at(-1)?.operation).toMatchObject({ kind: "set", key: "#n" });
    notes.privateField(value.map, "#n", 7, 1);
    notes.privateField(value.map, "#n", 8, 1);
    const [, contents, ...more] = sink.writes.slice(-2).map(({ operation }) => operation);
    expect(contents).toMatchObject({ contents: { kind: "map", className: "Map (own properties not captured)" } });
    expect(more).toEqual([]);
    notes.method(value.map, "set", "b", undefined, 1);
    expect(recordedText(sink.graph, "s")).toContain("own properties not captured");
  });

  it("that moves an object behind a look half done does not make it forgotten", () => {
    const moved = { n: 1 };
    const first: Record<string, unknown> = {};
    const last: Record<string, unknown> = { moved };
    const value = { first, last };
    const { sink, tracker, notes, isExact } = watched(value, 1);
    tracker.boundary();
    tracker.boundary(); // the root and `first` have been looked at, `last` has not
    first["moved"] = moved;
    notes.property(first, "moved", 1);
    delete last["moved"];
    notes.property(last, "moved", 1);
    tracker.boundary();
    tracker.boundary();
    moved.n = 2;
    sink.forget();
    notes.property(moved, "n", 9);
    expect(sink.kinds()).toBe("set");
    expect(isExact()).toBe(true);
  });

  it("stops being recorded when tracking stops", () => {
    const value = { a: 1 };
    const { tracker, notes, text } = watched(value);
    tracker.stop();
    value.a = 2;
    notes.property(value, "a", 1);
    tracker.boundary();
    tracker.lookAtEverything();
    expect([tracker.isActive, text()]).toEqual([false, ""]);
  });
});
