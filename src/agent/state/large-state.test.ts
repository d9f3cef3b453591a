// State too large for one go: read, compared and recorded in slices while the program goes on changing it. After every slice and
// every write that was told, what is recorded is either what the program has or is said not to be captured.
import { describe, expect, it } from "vitest";
import type { CapturedValue } from "../../shared/trace/value.js";
import { createStateTracker } from "./index.js";
import { WritesOnly, liveText, recordedText } from "./recorded-state.test-support.js";

type Value = unknown;
type Random = (below: number) => number;

const randomFrom = (seed: number): Random => {
  let state = seed;
  return (below) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296) * below);
};

/** The clock goes on by one whenever it is asked, so a slice is a few objects or pieces. */
const inSlices = { lookMs: 3, lookShare: 1, leastLookShare: 1, readShare: 1, slotsPerLook: 400, slotsAtOnce: 50 };

const isRest = (value: CapturedValue): boolean => value.kind === "unavailable" && value.because === "not-recorded";

/** Nothing, or where what is recorded is not what there is. "more" stands for what is said not to be captured yet. */
function lieIn(
  sink: WritesOnly,
  value: CapturedValue | undefined,
  live: Value,
  path: string,
  seen = new Set<Value>(),
): string[] {
  if (value === undefined) return [`${path}: nothing is recorded`];
  if (typeof live !== "object" || live === null)
    return value.kind === "primitive" && Object.is(value.value, live) ? [] : [`${path}: ${JSON.stringify(value)}`];
  if (value.kind !== "object") return [`${path}: ${value.kind}`];
  const contents = sink.graph.contentsOf(value.id);
  if (contents === undefined || seen.has(live)) return [];
  seen.add(live);
  const each = (recorded: readonly (readonly [string, CapturedValue, Value])[]): string[] =>
    recorded.flatMap(([key, one, there]) => lieIn(sink, one, there, `${path}.${key}`, seen));
  const sizes = (recorded: number, there: number, isAll: boolean): string[] =>
    isAll ? (recorded === there ? [] : [`${path}: ${recorded} of ${there}`]) : [];
  if (contents.kind === "array" && Array.isArray(live)) {
    const known = contents.elements.filter((one) => !isRest(one));
    const isAll = known.length === contents.elements.length;
    return [...sizes(known.length, live.length, isAll), ...each(known.map((one, at) => [String(at), one, live[at]]))];
  }
  if (contents.kind === "map" && live instanceof Map) {
    const known = contents.pairs.filter(([key]) => !isRest(key));
    const isAll = known.length === contents.pairs.length;
    const names = known.map(([key]) => (key.kind === "primitive" ? key.value : undefined));
    return [
      ...sizes(known.length, live.size, isAll),
      ...names.flatMap((name) => (live.has(name) ? [] : [`${path}: no ${String(name)}`])),
      ...(isAll && String(names) !== String([...live.keys()]) ? [`${path}: in another order`] : []),
      ...each(known.map(([, one], at) => [String(names[at]), one, live.get(names[at])])),
    ];
  }
  if (contents.kind === "set" && live instanceof Set) {
    const known = contents.members.filter((one) => !isRest(one));
    const names = known.map((one) => (one.kind === "primitive" ? one.value : undefined));
    const isAll = known.length === contents.members.length;
    return [
      ...sizes(known.length, live.size, isAll),
      ...names.flatMap((name) => (live.has(name) ? [] : [`${path}: no ${String(name)}`])),
    ];
  }
  if (contents.kind !== "object") return [`${path}: ${contents.kind}`];
  const known = contents.entries.filter(([, one]) => !isRest(one));
  const entries = new Map<string, Value>(Object.entries(live));
  const isAll = known.length === contents.entries.length;
  return [
    ...sizes(known.length, entries.size, isAll),
    ...known.flatMap(([name]) => (entries.has(name) ? [] : [`${path}: no ${name}`])),
    ...each(known.map(([name, one]) => [name, one, entries.get(name)])),
  ];
}

interface World {
  readonly map: Map<string, Value>;
  readonly set: Set<number>;
  readonly list: Value[];
  readonly record: Record<string, Value>;
}

const leaf = (random: Random): Value =>
  random(4) === 0 ? { n: random(100), deep: { list: [random(9), { end: random(9) }] } } : random(1000);

function worldOf(random: Random): World {
  const some = () => 1100 + random(1500);
  return {
    map: new Map(Array.from({ length: some() }, (_, at) => [`k${at}`, leaf(random)])),
    set: new Set(Array.from({ length: some() }, (_, at) => at * 3)),
    list: Array.from({ length: some() }, () => leaf(random)),
    record: Object.fromEntries(Array.from({ length: some() }, (_, at) => [`p${at}`, leaf(random)])),
  };
}

/** Changes the world at random; told as instrumented code tells it, or not at all. */
function changer(world: World, random: Random, notes: ReturnType<ReturnType<typeof createStateTracker>["writeNotes"]>) {
  const { map, set, list, record } = world;
  /** Taken out of the world, and put back later. */
  const away: Value[] = [];
  const call = (isTold: boolean, object: object, name: string, first: Value, work: () => Value): void => {
    if (isTold) notes.before(object, name, first);
    const result = work();
    if (isTold) notes.method(object, name, first, result, 0);
  };
  const key = () => `${random(8) === 0 ? "new" : "k"}${random(3000)}`;
  const property = (isTold: boolean, object: object, name: string, isDeletion: boolean): void => {
    if (isTold && isDeletion) notes.before(object, "-", name);
    if (isDeletion) Reflect.deleteProperty(object, name);
    else Reflect.set(object, name, leaf(random));
    if (isTold) notes.property(object, name, 0);
  };
  const element = (isTold: boolean): void => {
    const at = random(list.length + 1);
    if (isTold) notes.before(list, "=", undefined);
    list[at] = leaf(random);
    if (isTold) notes.property(list, at, 0);
  };
  const changes: ((isTold: boolean) => void)[] = [
    (isTold) => {
      const name = key();
      const value = random(3) === 0 ? [...map.values()][random(map.size)] : leaf(random);
      call(isTold, map, "set", name, () => map.set(name, value));
    },
    (isTold) => {
      const name = key();
      call(isTold, map, "delete", name, () => map.delete(name));
      if (random(2) === 0) call(isTold, map, "set", name, () => map.set(name, random(9)));
    },
    (isTold) => {
      const member = random(6000);
      call(isTold, set, "add", member, () => set.add(member));
      call(isTold, set, "delete", member - 3, () => set.delete(member - 3));
    },
    (isTold) => {
      const one = leaf(random);
      call(isTold, list, "push", one, () => list.push(one, 1));
    },
    (isTold) => call(isTold, list, "shift", undefined, () => list.shift()),
    (isTold) => call(isTold, list, "pop", undefined, () => list.pop()),
    (isTold) => call(isTold, list, "unshift", 1, () => list.unshift(1, leaf(random))),
    (isTold) => {
      const start = random(list.length);
      call(isTold, list, "splice", start, () => list.splice(start, random(4) === 0 ? random(400) : 1, leaf(random), 7));
    },
    element,
    (isTold) => property(isTold, record, `${random(8) === 0 ? "q" : "p"}${random(3000)}`, random(3) === 0),
    (isTold) => {
      const name = `p${random(3000)}`;
      property(isTold, record, name, true);
      property(isTold, record, name, false);
    },
    (isTold) => {
      const name = key();
      const inner = map.get(name);
      if (typeof inner === "object") away.push(inner);
      call(isTold, map, "delete", name, () => map.delete(name));
    },
    (isTold) => {
      const [name, inner] = [key(), away.pop()];
      if (inner !== undefined) call(isTold, map, "set", name, () => map.set(name, inner));
    },
    (isTold) => {
      const inner = [...map.values()][random(map.size)];
      if (typeof inner === "object" && inner !== null) property(isTold, inner, "n", false);
    },
  ];
  const rare: ((isTold: boolean) => void)[] = [
    (isTold) => call(isTold, list, "reverse", undefined, () => list.reverse()),
    (isTold) => call(isTold, map, "clear", undefined, () => map.clear()),
    (isTold) => {
      const more = Array.from({ length: 1200 }, () => 1);
      call(isTold, list, "push", 1, () => list.push(...more));
    },
  ];
  return (isTold: boolean): void =>
    (random(150) === 0 ? rare[random(rare.length)] : changes[random(changes.length)])?.(isTold);
}

function trackedWorld(seed: number, limits = {}) {
  const random = randomFrom(seed);
  const sink = new WritesOnly();
  const tracker = createStateTracker(sink, { ...inSlices, ...limits });
  const world = worldOf(random);
  const change = changer(
    world,
    random,
    tracker.writeNotes(() => 1),
  );
  tracker.track("world", world);
  const lies = () => lieIn(sink, sink.graph.scopes().get("world"), world, "world").slice(0, 3);
  const settle = (): void => {
    for (let look = 0; look < 20_000 && (tracker.unread > 0 || look < 600); look++) tracker.boundary();
  };
  return { random, sink, tracker, world, change, lies, settle };
}

const seeds = Array.from({ length: 10 }, (_, at) => at + 1);

describe("state that is too large for one go", () => {
  it.each(seeds)("is true or not captured yet after every write that is told, and then whole (seed %i)", (seed) => {
    const { random, sink, tracker, world, change, lies, settle } = trackedWorld(seed);
    expect(tracker.unread).toBeGreaterThan(0);
    for (let round = 0; round < 120; round++) {
      for (let n = random(6); n > 0; n--) change(true);
      if (round % 5 === 0) expect(lies()).toEqual([]);
      for (let n = random(4); n > 0; n--) tracker.boundary();
      if (round % 5 === 2) expect(lies()).toEqual([]);
    }
    // Nothing was left to be found: it is whole as soon as it was read.
    while (tracker.unread > 0) tracker.boundary();
    expect(recordedText(sink.graph, "world")).toBe(liveText(world));
    settle();
    expect(recordedText(sink.graph, "world")).toBe(liveText(world));
    sink.forget();
    settle();
    expect(sink.kinds()).toBe("");
  });

  it.each(seeds)("is found to be what it is after writes nobody told about (seed %i)", (seed) => {
    const { random, sink, tracker, world, change, settle } = trackedWorld(seed);
    for (let round = 0; round < 60; round++) {
      for (let n = random(3); n > 0; n--) change(random(3) > 0);
      for (let n = random(6); n > 0; n--) tracker.boundary();
    }
    settle();
    tracker.lookAtEverything();
    tracker.lookAtEverything();
    expect(recordedText(sink.graph, "world")).toBe(liveText(world));
  });

  const trackedValue = (value: object) => {
    const sink = new WritesOnly();
    const tracker = createStateTracker(sink, inSlices);
    tracker.track("s", value);
    const read = (): void => {
      while (tracker.unread > 0) tracker.boundary();
    };
    return { sink, tracker, read, notes: tracker.writeNotes(() => 1), recorded: () => recordedText(sink.graph, "s") };
  };

  it("keeps the order of properties that are taken away and come back before they were read", () => {
    const record: Record<string, number> = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`p${at}`, at]));
    const { notes, read, recorded, tracker } = trackedValue(record);
    tracker.boundary();
    expect(recorded()).not.toContain('"p2500"');
    notes.before(record, "-", "p2500");
    Reflect.deleteProperty(record, "p2500");
    notes.property(record, "p2500", 0);
    record["p2500"] = 1;
    notes.property(record, "p2500", 0);
    read();
    expect(recorded()).toBe(liveText(record));
  });

  it("goes on where it was while a queue moves on, and finds little where little changed", () => {
    const queue = Array.from({ length: 3000 }, (_, at) => at);
    const { sink, notes, read, recorded, tracker } = trackedValue(queue);
    read();
    for (let look = 0; look < 40; look++) tracker.boundary();
    sink.forget();
    for (let turn = 0; turn < 30; turn++) {
      for (let n = 0; n < 5; n++) {
        notes.before(queue, "shift", undefined);
        const first = queue.shift();
        notes.method(queue, "shift", undefined, first, 0);
      }
      tracker.boundary();
    }
    expect(sink.writes).toHaveLength(150);
    queue.splice(1500, 3);
    queue.splice(1000, 0, 7, 8);
    for (let look = 0; look < 100; look++) tracker.boundary();
    expect(recorded()).toBe(liveText(queue));
    expect(sink.writes.length).toBeLessThan(160);
  });

  it("is recorded anew after a loss in the middle of it", () => {
    const { sink, tracker, world, settle, change } = trackedWorld(5);
    for (let n = 0; n < 40; n++) tracker.boundary();
    sink.lostWrites++;
    sink.forget();
    for (let n = 0; n < 30; n++) change(true);
    settle();
    tracker.lookAtEverything();
    expect(recordedText(sink.graph, "world")).toBe(liveText(world));
    expect(sink.writes.filter(({ operation: { kind }, afterMs }) => kind === "scope" && afterMs > 0)).toHaveLength(1);
  });
});
