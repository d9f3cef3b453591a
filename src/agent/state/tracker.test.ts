import { describe, expect, it } from "vitest";
import { createStateTracker } from "./index.js";
import { WritesOnly, liveText, recordedText, unhurried } from "./recorded-state.test-support.js";

const tracked = (value: unknown, limits = {}) => {
  const sink = new WritesOnly();
  const tracker = createStateTracker(sink, {
    ...unhurried,
    slotsPerLook: 1e9,
    ...limits,
  });
  tracker.track("s", value);
  return { sink, tracker, recorded: () => recordedText(sink.graph, "s") };
};

describe("track", () => {
  it("records every kind of value as it is", () => {
    class Point {
      x = 1;
    }
    const cyclic: Record<string, unknown> = { a: -0, b: NaN, c: 10n, d: undefined, e: null, f: "\ud800", 7: 1, 3: 2 };
    cyclic["self"] = cyclic;
    const values: unknown[] = [
      cyclic,
      [1, , 3],
      Object.assign([1, 2], { extra: true }),
      new Map<unknown, unknown>([[{ k: 1 }, new Set([1, NaN])]]),
      new Date(5),
      new Date(NaN),
      new Uint8Array([1, 2]),
      new Point(),
      Object.assign(Object.create(null), { x: 1 }),
      Symbol("s"),
      "text",
    ];
    for (const value of values) expect(tracked(value).recorded()).toBe(liveText(value));
  });

  it("says where a Map, Set, Date or buffer has properties of its own, which are not captured", () => {
    class Registry extends Map<string, number> {
      version = 1;
    }
    const labelled = <Value extends object>(value: Value): Value => Object.assign(value, { label: "x" });
    const said = " (own properties not captured)";
    expect(tracked(new Registry([["a", 1]])).recorded()).toBe(`Registry${said}("a"=>1)`);
    expect(tracked(labelled(new Set([1]))).recorded()).toBe(`Set${said}(1)`);
    expect(tracked(labelled(new Date(5))).recorded()).toBe(`Date${said}(5)`);
    expect(tracked(labelled(new Uint8Array([1]))).recorded()).toContain(`Uint8Array${said}`);
    expect(tracked(labelled(new ArrayBuffer(1))).recorded()).toContain(`ArrayBuffer${said}`);

    const later = { map: new Map([["a", 1]]), set: new Set([1]), date: new Date(0), bytes: new Uint8Array(1) };
    const { tracker, recorded } = tracked(later);
    expect(recorded()).not.toContain(said);
    for (const value of Object.values(later)) labelled(value);
    tracker.boundary();
    expect(recorded().split(said)).toHaveLength(5);
    for (const value of Object.values(later)) Reflect.deleteProperty(value, "label");
    tracker.boundary();
    expect(recorded()).toBe(liveText(later));
  });

  it("records the contents of all objects before the scope", () => {
    const shared = { n: 1 };
    const { sink } = tracked({ a: shared, b: [shared] });
    expect(sink.kinds()).toBe("contents contents contents scope");
  });

  it("says nothing new for the same value and records another one", () => {
    const value = { n: 1 };
    const { sink, tracker, recorded } = tracked(value);
    sink.forget();
    tracker.track("s", value);
    expect(sink.kinds()).toBe("");
    tracker.track("s", 5);
    expect(recorded()).toBe("5");
  });
});

describe("boundary", () => {
  it("finds each change with the smallest operation that says it", () => {
    const value = { o: { a: 1, b: 2 }, l: [1, 2, 3, 4], m: new Map([["k", 1]]), s: new Set([1]), d: new Date(0) };
    const { sink, tracker, recorded } = tracked(value);
    const after = (change: () => void): string => {
      sink.forget();
      change();
      tracker.boundary();
      expect(recorded()).toBe(liveText(value));
      return sink.kinds();
    };
    expect(after(() => undefined)).toBe("");
    expect(after(() => (value.o.a = 2))).toBe("set");
    expect(after(() => Reflect.deleteProperty(value.o, "a"))).toBe("delete");
    expect(after(() => Object.assign(value.o, { a: 2 }))).toBe("set");
    expect(after(() => (Reflect.deleteProperty(value.o, "b"), Object.assign(value.o, { b: 2 })))).toBe("contents");
    expect(after(() => value.l.splice(1, 2, 9))).toBe("splice");
    expect(after(() => value.l.reverse())).toBe("splice");
    expect(after(() => value.m.set("j", 2))).toBe("map-set");
    expect(after(() => value.m.delete("k") && value.m.set("k", 1))).toBe("contents");
    expect(after(() => value.m.clear())).toBe("clear");
    expect(after(() => value.s.add(2).delete(1))).toBe("set-delete set-add");
    expect(after(() => value.d.setTime(9))).toBe("contents");
  });

  it("marks a found change with the clock of the look before it", () => {
    const value = { n: 1 };
    const { sink, tracker } = tracked(value);
    tracker.boundary();
    const lookedBy = sink.nowMs;
    value.n = 2;
    tracker.boundary();
    const found = sink.writes.at(-1);
    expect(found?.operation.kind).toBe("set");
    expect(found?.afterMs).toBeGreaterThan(0);
    expect(found?.afterMs).toBeLessThanOrEqual(lookedBy);
  });

  it("goes round within its budget and still finds everything", () => {
    const value = Array.from({ length: 500 }, (_, n) => ({ n }));
    const { tracker, recorded } = tracked(value, { slotsPerLook: 50 });
    for (const item of value) item.n++;
    let looks = 0;
    while (recorded() !== liveText(value)) {
      if (looks++ > 100) throw new Error("never found");
      tracker.boundary();
    }
    expect(looks).toBeGreaterThan(5);
  });

  it("begins with no further object when its time is up, and goes on at the next boundary", () => {
    const value = Array.from({ length: 100 }, (_, n) => ({ n }));
    // The sink's clock goes on by one each time it is read.
    const { tracker, recorded } = tracked(value, { lookMs: 10 });
    for (const item of value) item.n++;
    let looks = 0;
    while (recorded() !== liveText(value)) {
      if (looks++ > 30) throw new Error("never found");
      tracker.boundary();
    }
    expect(looks).toBeGreaterThan(8);
  });

  it("forgets what is no longer reachable and adopts it anew with its id when it returns", () => {
    const part = { n: 1 };
    const value: { part?: { n: number } } = { part };
    const { sink, tracker, recorded } = tracked(value);
    delete value.part;
    tracker.boundary();
    tracker.boundary();
    part.n = 2;
    sink.forget();
    tracker.boundary();
    expect(sink.kinds()).toBe("");
    value.part = part;
    tracker.boundary();
    expect(sink.kinds()).toBe("contents set");
    expect(recorded()).toBe(liveText(value));
  });
});

describe("hostile values", () => {
  it("are never run", () => {
    const ran: string[] = [];
    const trap = new Proxy({}, new Proxy({}, { get: (_, name) => (ran.push(String(name)), undefined) }));
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    const throwing = {
      get value() {
        ran.push("getter");
        throw new Error("getter");
      },
      toJSON() {
        ran.push("toJSON");
      },
    };
    class Odd extends Map<unknown, unknown> {
      override get size() {
        ran.push("size");
        return 0;
      }
      override [Symbol.iterator]() {
        ran.push("iterator");
        return super[Symbol.iterator]();
      }
    }
    const value = {
      trap,
      revoked,
      throwing,
      odd: new Odd([[1, 2]]),
      frozen: Object.freeze([1]),
      child: Object.create(trap),
    };
    const list: unknown[] = [1];
    Object.defineProperty(list, 0, { enumerable: true, get: () => ran.push("element") });
    const { recorded, tracker } = tracked({ ...value, list });
    tracker.boundary();
    expect(ran).toEqual([]);
    expect(recorded()).toBe(
      'Object{"trap":<proxy Proxy>,"revoked":<proxy Proxy>,"throwing":Object{"value":<getter get value()>,' +
        '"toJSON":<opaque function toJSON>},"odd":Odd(1=>2),"frozen":Array[1],"child":{},"list":Array[<getter get 0()>]}',
    );
  });

  it("are opaque when they hold nothing that can be read", () => {
    const value = [
      Promise.resolve(),
      new WeakMap(),
      /a+/gi,
      function named() {},
      process.stdout,
      new (class Store {})(),
    ];
    expect(tracked(value).recorded()).toBe(
      `Array[<opaque Promise>,<opaque WeakMap>,<opaque /a+/gi>,<opaque function named>,<opaque ${
        process.stdout.constructor.name
      }>,Store{}]`,
    );
  });

  it("beyond the budget are said to be", () => {
    const value = { list: new Array(20).fill(0), text: "x".repeat(20), bytes: new Uint8Array(20), small: [1] };
    const { tracker, recorded } = tracked(value, { slots: 10, stringLength: 3, bytes: 2 });
    expect(recorded()).toBe(
      'Object{"list":<too-large Array>,"text":cut(xxx…20),"bytes":Uint8Array(0 0/20),"small":Array[1]}',
    );
    const heavy = Array.from({ length: 9 }, () => "y".repeat(100));
    expect(tracked({ heavy }, { contentBytes: 900 }).recorded()).toBe(
      'Object{"heavy":Array (too large to capture)<opaque>}',
    );
    expect(tracked({ heavy }, { contentBytes: 1000 }).recorded()).toBe(liveText({ heavy }));
    value.small.length = 4_000_000_000;
    tracker.boundary();
    expect(recorded()).toContain('"small":Array (too large to capture)<opaque>');
    value.small.length = 1;
    tracker.boundary();
    expect(recorded()).toContain('"small":Array[1]');
  });
});

describe("what one operation brings in", () => {
  const nested = (depth: number): object => (depth === 0 ? { end: true } : { next: nested(depth - 1) });
  // The sink's clock goes on by one each time it is read.
  const inSlices = { lookMs: 10, readShare: 1, slotsAtOnce: 100 };
  const missing = (text: string): number => text.match(/MISSING/g)?.length ?? 0;

  it("is captured at once when it is small, however long that takes", () => {
    const { tracker, recorded } = tracked({ list: [nested(20), nested(20)] }, { ...inSlices, lookMs: 0 });
    expect([tracker.unread, missing(recorded())]).toEqual([0, 0]);
  });

  it("is otherwise read for a limited time, then in slices, and is not captured until it was read", () => {
    const value = { list: [nested(200), nested(200), nested(200)] };
    const { sink, tracker, recorded } = tracked(value, inSlices);
    expect(missing(recorded())).toBe(3);
    const whole = liveText(value);
    let slices = 0;
    while (tracker.unread > 0) {
      const before = sink.writes.length;
      tracker.boundary();
      expect(sink.writes.length - before).toBeLessThan(20);
      slices++;
    }
    expect(slices).toBeGreaterThan(20);
    expect(recorded()).toBe(whole);
    expect(tracker.leftOut).toBe(0);
  });

  it("waits for plenty of room", () => {
    const { sink, tracker } = tracked({ list: [nested(200)] }, inSlices);
    sink.hasPlenty = false;
    sink.forget();
    for (let n = 0; n < 5; n++) tracker.boundary();
    expect(sink.kinds()).toBe("");
    sink.hasPlenty = true;
    while (tracker.unread > 0) tracker.boundary();
    expect(sink.kinds()).toContain("contents");
  });

  it("is read at the end as far as there is time, and what is not is counted", () => {
    const value = { list: [nested(300), nested(300)] };
    const whole = tracked(value, inSlices);
    whole.tracker.lookAtEverything();
    expect([whole.recorded(), whole.tracker.leftOut]).toEqual([liveText(value), 0]);
    const cut = tracked(value, { ...inSlices, atEndMs: 100 });
    cut.tracker.lookAtEverything();
    expect(missing(cut.recorded())).toBe(2);
    expect(cut.tracker.leftOut).toBe(2);
  });

  it("is nothing that anybody waits for once it is gone again", () => {
    const value: Record<string, unknown> = { list: [nested(300)] };
    const { sink, tracker, recorded } = tracked(value, { ...inSlices, slotsPerLook: 1e9 });
    delete value["list"];
    for (let n = 0; n < 10; n++) tracker.boundary();
    sink.forget();
    while (tracker.unread > 0) tracker.boundary();
    expect([sink.kinds(), recorded()]).toEqual(["", "Object{}"]);
  });

  it("is not captured beyond as many objects as are followed, which are counted", () => {
    const { tracker, recorded } = tracked({ list: [nested(1), nested(1), nested(1)] }, { objects: 4 });
    expect(recorded().match(/<too-large Object>/g)).toHaveLength(3);
    expect(tracker.leftOut).toBe(3);
  });
});

describe("looking at what is tracked", () => {
  it("takes little where it finds nothing, and more again where it finds something", () => {
    const value = { n: 0 };
    const { sink, tracker } = tracked(value, { lookShare: 0.05, leastLookShare: 0.005 });
    const looksIn = (boundaries: number, change: () => void): number => {
      const before = tracker.slices;
      for (let n = 0; n < boundaries; n++) {
        sink.nowMs += 10;
        change();
        tracker.boundary();
      }
      return tracker.slices - before;
    };
    const [changes, nothing] = [() => void value.n++, () => undefined];
    const often = looksIn(2000, changes);
    looksIn(1000, nothing);
    expect(looksIn(2000, nothing)).toBeLessThan(often / 5);
    looksIn(1000, changes);
    expect(looksIn(2000, changes)).toBeGreaterThan(often / 2);
  });
});
