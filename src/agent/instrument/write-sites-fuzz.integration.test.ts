// Random programs change random graphs; after every statement the recording must say exactly what the graph is.
// More seeds: HINDCAST_FUZZ_SEEDS=5000 npx vitest run src/agent/instrument/write-sites-fuzz.integration.test.ts
import { afterEach, describe, expect, it } from "vitest";
import { createStateTracker } from "../state/index.js";
import { WritesOnly, liveText, recordedText, unhurried } from "../state/recorded-state.test-support.js";
import { Guest, saveOriginals } from "../guest.js";
import { helpersName, makeWriteHelpers } from "../write-helpers.js";
import { guardedNotes } from "./helpers.js";
import { SiteRegistry } from "./sites.js";
import { transform } from "./transform.js";

type Random = (below: number) => number;

function randomFrom(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** Statements over g.o() g.a() g.m() g.s() g.d() (a random object, array, Map, Set, Date), g.v() value, g.k() key, g.n() number. */
const statements = [
  "g.o()[g.k()] = g.v();",
  "g.o().b = g.v();",
  "const x = g.o(); x.c = g.v(); x[g.k()] = g.v();",
  "const x = g.o(), key = g.k(); x[key] = g.v(); x[key] = g.v();",
  "const x = g.o(), t = x.b; delete x.b; x.b = t;",
  "const x = g.o(), y = g.o(); x.a = y.a; delete y.a;",
  "delete g.o()[g.k()];",
  "delete g.o().a;",
  "delete g.o()?.b;",
  "g.o().count = (g.o().count ?? 0) + 1;",
  "const x = g.o(); x.n = 1; x.n++; ++x.n; x.n -= 2; x.n **= 2; x.n ??= 5; x.zero &&= 1; x.n ||= 3;",
  "const x = g.o(); x[g.k()] = x[g.k()] = g.v();",
  "let x = g.o(); x.first = x = g.o();",
  "g.o().x = g.o().y = g.v();",
  "g.o()[7] = g.v(); g.o()[g.n()] = 1;",
  "g.o()['7'] = g.v(); delete g.o()[g.n()];",
  "g.a().push(g.v());",
  "g.a().push(g.v(), g.v(), ...[g.v()]);",
  "const x = g.a(); x.push(x.shift());",
  "const x = g.a(); x.push(x.length, x.pop());",
  "g.a().pop();",
  "g.a().shift();",
  "g.a().unshift(g.v(), g.v());",
  "g.a().splice(g.n(), 1, g.v());",
  "g.a().splice(-g.n(), g.n());",
  "const at = g.n(); g.a().splice(at, 0, g.v(), g.v());",
  "g.a().splice('1', 1);",
  "g.a().splice();",
  "g.a().splice(1);",
  "g.a().sort(g.order);",
  "g.a().reverse();",
  "g.a().fill(g.v(), g.n());",
  "g.a().copyWithin(0, 1);",
  "g.a().length = g.n();",
  "const x = g.a(); x[x.length] = g.v();",
  "g.a()[g.n()] = g.v();",
  "const x = g.a(), i = g.n(); x[i] = g.v(); x[i]++;",
  "const x = g.a(); delete x[1]; x[x.length + 2] = 1;",
  "const x = g.a(); [x[0], x[1]] = [x[1], x[0]];",
  "g.a().label = g.v(); delete g.a().label;",
  "Array.prototype.push.call(g.a(), g.v());",
  "[].unshift.apply(g.a(), [g.v()]);",
  "g.m().set(g.v(), g.v());",
  "const key = g.k(); g.m().set(key, g.v()); g.m().set(g.k(), g.v());",
  "g.m().set(g.k(), g.v()).set(g.k(), g.v()).delete(g.k());",
  "const x = g.m(), key = g.k(), t = x.get(key); x.delete(key); x.set(key, t);",
  "g.m().delete(g.k());",
  "g.m().set(0, 1); g.m().set(-0, 2); g.m().set(NaN, g.v());",
  "g.m().clear();",
  "g.s().add(g.v());",
  "const x = g.s(); x.add(g.k()).add(g.k()); x.delete(g.k());",
  "g.s().delete(g.k()); g.s().add();",
  "g.s().clear();",
  "g.d().setTime(g.n()); g.d().setFullYear(2000 + g.n()); g.d().setTime(NaN);",
  "Object.assign(g.o(), { a: g.v(), b: g.v() }, g.o());",
  "Object.defineProperty(g.o(), g.k(), { value: g.v(), enumerable: g.n() > 3, configurable: true, writable: true });",
  "Object.defineProperties(g.o(), { p: { value: g.v(), enumerable: true, configurable: true, writable: true } });",
  "Reflect.set(g.o(), g.k(), g.v()); Reflect.deleteProperty(g.o(), g.k());",
  "[g.o().x, g.a()[0], g.o()[g.k()] = 5] = [g.v()];",
  "({ a: g.o().p, b: { c: g.o().q = 3 } = {}, ...g.o().rest } = { a: g.v(), z: g.v() });",
  "for (g.o().i of [1, g.v()]) g.n();",
  "for (g.o()[g.k()] in { a: 1, b: 2 }) { g.n(); }",
  "for (let n = 0; n < 3; n++) { if (n === 1) continue; g.a().push(n); g.o()[`key${n}`] = n; }",
  "[1, 2, 3].forEach((n) => g.a().push(n));",
  "[1, 2].map((n) => (g.m().set(g.k(), n), g.s().add(n)));",
  "g.o().list?.push?.(g.v()); g.none?.a.push(g.v()); g.o().missing?.push(1);",
  "(g.n() > 3 ? g.o() : undefined)?.list?.push(1);",
  "const x = g.o(); x.in = { er: [] }; x?.in.er.push(g.v()); x?.in?.er.pop(); x?.in.no?.er.push(1); delete x?.in.er;",
  "const x = g.o(); x.list = [1]; x.list.push(g.v()); x.list.at(0); x.map = new Map(); x.map.set('k', x).set(x, 'k');",
  "const x = g.o(); x.deep = { er: { est: [] } }; x.deep.er.est[0] = x; x.deep.er.est.push(x.deep);",
  "const x = g.accessor(); x.value = g.v(); x.value;",
  "const x = g.accessor(); x.throwing = 1;",
  "const x = g.frozen(); try { x.a = 2; } catch {} try { x.list.push(3); } catch {}",
  "const it = (function* () { g.o().y = yield 1; g.o()[yield 2] = yield g.o(); g.a().push(yield 3, yield 4); })(); it.next(); g.o().b = 1; it.next(g.v()); g.a().pop(); it.next(g.k()); it.next(g.v()); it.next(1); it.next(2);",
  "const down = (n) => { g.o()[n > 0 ? (down(n - 1), g.k()) : g.k()] = n; g.a().push(n); }; down(2);",
  "const f = (x, y = (x.z = g.v())) => x; f(g.o());",
  "g.o()[{ toString() { return 'coerced'; } }] = g.v(); g.o()[Symbol.iterator] = undefined; g.o()[1n] = g.v();",
  "const x = g.counter(); x.add(g.v()); x.bump();",
  "const x = g.o(); x.__proto__ = { inherited: 1 }; x.own = x.inherited; Object.setPrototypeOf(x, Object.prototype);",
  "switch (g.n()) { case 1: g.o().one = 1; break; default: g.o().other = g.v(); }",
  "label: for (;;) { g.o().looped = g.v(); break label; }",
  "const list = g.a(); while (list.length > 4) list.pop();",
  "(g.o().fn = function () { this.called = g.v(); }).call(g.o()); ",
] as const;

const sourceOf = (random: Random, length: number): string =>
  Array.from(
    { length },
    () => `try { ${statements[random(statements.length)]} } catch (error) { g.threw(error); } step();`,
  ).join("\n");

const byKind = (value: unknown): unknown[][] => {
  const kinds: unknown[][] = [[], [], [], [], []];
  const seen = new Set<unknown>();
  const walk = (at: unknown): void => {
    if (typeof at !== "object" || at === null || seen.has(at)) return;
    seen.add(at);
    if (Array.isArray(at)) kinds[1]?.push(at);
    else if (at instanceof Map) kinds[2]?.push(at);
    else if (at instanceof Set) kinds[3]?.push(at);
    else if (at instanceof Date) kinds[4]?.push(at);
    else if (Object.getPrototypeOf(at) === Object.prototype && !Object.isFrozen(at)) kinds[0]?.push(at);
    if (at instanceof Map) at.forEach((entry, key) => (walk(key), walk(entry)));
    else if (at instanceof Set) at.forEach(walk);
    else for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(at))) walk(descriptor.value);
  };
  walk(value);
  return kinds;
};

class Counter {
  items: unknown[] = [];
  count = 0;
}

/** What the statements call; none of it writes to the graph where a recording could miss it. */
function graphFor(random: Random) {
  const accessor = {
    inner: 0 as unknown,
    get value() {
      return this.inner;
    },
    set value(next: unknown) {
      this.inner = next;
    },
  };
  const frozen = Object.freeze({ a: 1, list: Object.freeze([1]) });
  const counter = new Counter();
  const root: Record<string, unknown> = {
    o: { a: 1, b: { c: [1, , 2] } },
    a: [1, "two", { three: 3 }],
    m: new Map<unknown, unknown>([["k", { v: 1 }]]),
    s: new Set<unknown>([1, "b"]),
    d: new Date(1),
    accessor,
    frozen,
    counter,
  };
  root["self"] = root;
  const pick = (kind: number): unknown => {
    const found = byKind(root)[kind] ?? [];
    const chosen = found[random(Math.max(found.length, 1))];
    return chosen === accessor || chosen === undefined || chosen === root ? root["oamsd".charAt(kind)] : chosen;
  };
  const values = [1, -0, NaN, 10n, undefined, null, true, "text", "\ud800", Symbol("s"), 1e300, ""];
  const value = (): unknown => {
    switch (random(5)) {
      case 0:
        return pick(random(5));
      case 1:
        return [
          { a: value0() },
          [value0(), [value0()]],
          new Map([[value0(), { n: 1 }]]),
          new Set([value0()]),
          new Date(7),
        ][random(5)];
      default:
        return value0();
    }
  };
  const value0 = (): unknown => values[random(values.length)];
  return {
    root,
    o: () => pick(0),
    a: () => pick(1),
    m: () => pick(2),
    s: () => pick(3),
    d: () => pick(4),
    v: value,
    k: () => ["a", "b", "c", "k", "1", "10", "2", "__proto__x", "length"][random(9)],
    n: () => random(7),
    order: (x: unknown, y: unknown) => liveText(x).length - liveText(y).length,
    accessor: () => accessor,
    frozen: () => frozen,
    none: undefined,
    counter: () => counter,
    threw: (): unknown => undefined,
  };
}

const classes = `
  class Told { #seen = 0; constructor(items) { this.items = items; }
    add(v) { this.items.push(v); this.#seen++; return this; } bump() { this.count = (this.count ?? 0) + 1; } }
  const counter = new Told([]); g.root.counter = counter; g.counter = () => counter;
  const box = { inner: 0, get value() { return this.inner; }, set value(v) { this.inner = v; this.setBy = "setter"; },
    set throwing(v) { this.before = v; try { throw new Error("no"); } finally { this.after = v; } } };
  g.root.accessor = box; g.accessor = () => box;
`;

interface Run {
  readonly source: string;
  readonly run: (step: () => void) => void;
  readonly sink: WritesOnly;
  readonly look: () => void;
  readonly root: unknown;
}

function runOf(seed: number, instrumented: boolean): Run {
  const random = randomFrom(seed);
  const g = graphFor(randomFrom(seed + 1e6));
  const source = `${classes}\nstep();\n${sourceOf(random, 40)}`;
  const sink = new WritesOnly();
  const tracker = createStateTracker(sink, {
    ...unhurried,
    slotsPerLook: instrumented ? 15 : 1e9,
  });
  const sites = new SiteRegistry((...position) => sink.location(...position));
  const guest = new Guest(saveOriginals());
  const helpers = makeWriteHelpers(tracker, guardedNotes(guest, tracker.writeNotes(sites.locationOf), sites));
  Object.defineProperty(globalThis, helpersName, { configurable: true, value: helpers });
  const result = transform(source, { format: "commonjs", file: "/fuzz.js", standsAlone: false });
  if (result.kind !== "changed") throw new Error(result.kind === "unreadable" ? result.reason : "unchanged");
  // oxlint-disable-next-line typescript/no-implied-eval -- running generated source is the point
  const program = new Function("g", "step", instrumented ? result.code : source);
  tracker.track("s", g.root);
  return {
    source,
    root: g.root,
    sink,
    look: () => tracker.boundary(),
    // What a statement that throws has done by then is for the next look to find.
    run: (step) => {
      let hasThrown = false;
      g.threw = () => (hasThrown = true);
      program(g, () => {
        if (guest.faults > 0) throw new Error("the agent threw");
        if (hasThrown) tracker.lookAtEverything();
        hasThrown = false;
        step();
      });
    },
  };
}

const timeoutMs = 600_000; // a busy machine and many seeds
const seeds = Number(process.env["HINDCAST_FUZZ_SEEDS"] ?? 100);

afterEach(() => Reflect.deleteProperty(globalThis, helpersName));

describe("the recording of a random program", () => {
  it(
    `says after every statement what the state is (seeds 1-${seeds}, write sites)`,
    () => {
      let steps = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const { run, sink, root, source, look } = runOf(seed, true);
        let statement = 0;
        run(() => {
          steps++;
          const line = source.split("\n")[8 + statement++ - 2];
          expect(recordedText(sink.graph, "s"), `seed ${seed} after ${line}`).toBe(liveText(root));
          look(); // a little at a time: what is forgotten meanwhile must not be missed
        });
      }
      expect(steps).toBeGreaterThan(seeds * 10);
    },
    timeoutMs,
  );

  it(
    `says after every look what the state is (seeds 1-${seeds}, no write sites)`,
    () => {
      for (let seed = 1; seed <= seeds; seed++) {
        const { run, sink, root, look } = runOf(seed, false);
        run(() => {
          look();
          expect(recordedText(sink.graph, "s"), `seed ${seed}`).toBe(liveText(root));
        });
        expect(
          sink.writes.every(
            ({ afterMs, operation }) => operation.kind === "contents" || operation.kind === "scope" || afterMs > 0,
          ),
        ).toBe(true);
      }
    },
    timeoutMs,
  );
});
