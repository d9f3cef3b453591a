// Code that is not instrumented writes to the same objects as code that is. What it did is recorded as found, some time since
// the last look, at no place; what a line of the program did is recorded at that line, and nothing else is.
import { afterEach, describe, expect, it } from "vitest";
import type { WriteOperation } from "../../shared/trace/write.js";
import { createStateTracker } from "../state/index.js";
import { WritesOnly, liveText, recordedText, unhurried } from "../state/recorded-state.test-support.js";
import { Guest, saveOriginals } from "../guest.js";
import { helpersName, makeWriteHelpers } from "../write-helpers.js";
import { guardedNotes } from "./helpers.js";
import { SiteRegistry } from "./sites.js";
import { transform } from "./transform.js";

afterEach(() => Reflect.deleteProperty(globalThis, helpersName));

/** Runs `code` as one line of the program, or as code of a dependency. */
function programWith(state: object, limits = {}) {
  const sink = new WritesOnly();
  const tracker = createStateTracker(sink, {
    ...unhurried,
    slotsPerLook: 1e9,
    ...limits,
  });
  const sites = new SiteRegistry((...position) => sink.location(...position));
  const guest = new Guest(saveOriginals());
  const notes = guardedNotes(guest, tracker.writeNotes(sites.locationOf), sites);
  Object.defineProperty(globalThis, helpersName, { configurable: true, value: makeWriteHelpers(tracker, notes) });
  tracker.track("s", state);
  let lines = 0;
  const lib = (code: string): void => run(code);
  const run = (code: string): void => {
    // oxlint-disable-next-line typescript/no-implied-eval -- running source as written and as transformed is the point
    new Function("s", "lib", code)(state, lib);
  };
  const textOf = ({ operation, location, afterMs }: WritesOnly["writes"][number]): string => {
    const found = Number.isNaN(afterMs) ? (sink.locations[location]?.split(":")[1] ?? "") : "found";
    return `${found} ${effectOf(operation)}`;
  };
  return {
    sink,
    tracker,
    lib,
    own(code: string): void {
      const result = transform(code, { format: "commonjs", file: `/line-${++lines}.js:${lines}`, standsAlone: false });
      if (result.kind !== "changed") throw new Error(`not instrumented: ${code}`);
      run(result.code);
      expect(guest.faults).toBe(0);
    },
    isTrue: () => recordedText(sink.graph, "s") === liveText(state),
    /** Since the last time; what is seen for the first time is left out. */
    writes(): string[] {
      const texts = sink.writes.filter(({ operation }) => !isFirstSight(operation)).map(textOf);
      for (const { operation } of sink.writes) if (operation.kind === "contents") seen.add(operation.target);
      sink.forget();
      return texts;
    },
  };
  function isFirstSight(operation: WriteOperation): boolean {
    return operation.kind === "scope" || (operation.kind === "contents" && !seen.has(operation.target));
  }
}
const seen = new Set<unknown>();

function effectOf(operation: WriteOperation): string {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, one: unknown) => (one === undefined ? "undefined" : one));
  const shown = (captured: { readonly kind: string; readonly value?: unknown }): string =>
    captured.kind === "primitive" ? text(captured.value) : captured.kind;
  switch (operation.kind) {
    case "set":
      return `${operation.key}=${shown(operation.value)}`;
    case "delete":
      return `delete ${operation.key}`;
    case "splice":
      return `splice ${operation.start} -${operation.deleteCount} +${operation.elements.map(shown).join()}`;
    case "map-set":
      return `map ${shown(operation.key)}=${shown(operation.value)}`;
    case "map-delete":
      return `map delete ${shown(operation.key)}`;
    case "set-add":
      return `add ${shown(operation.member)}`;
    case "set-delete":
      return `remove ${shown(operation.member)}`;
    case "contents":
      return operation.contents.kind === "bytes" ? `bytes ${operation.contents.bytes.join(" ")}` : "contents";
    default:
      return operation.kind;
  }
}

/** What a dependency does, what the program's next line does, and the records of both. */
const cases: readonly (readonly [lib: string, own: string, records: readonly string[]])[] = [
  ["s.m.set('byLib', 1)", "s.m.set('own', 2)", ['found map "byLib"=1', '1 map "own"=2']],
  ["s.m.set('own', 1)", "s.m.set('own', 2)", ['found map "own"=1', '1 map "own"=2']],
  ["s.m.set('a', 7)", "s.m.set('a', 2)", ['found map "a"=7', '1 map "a"=2']],
  ["s.m.delete('a')", "s.m.set('a', 2)", ["found clear", '1 map "a"=2']],
  ["s.m.delete('a'); s.m.set('x', 1)", "s.m.set('b', 2)", ['1 map "b"=2', "found contents"]],
  ["s.m.set('b', 1)", "s.m.delete('b')", ['found map "b"=1', '1 map delete "b"']],
  ["s.m.set('b', 1)", "s.m.delete('a')", ['found map "b"=1', '1 map delete "a"']],
  ["s.m.set('b', 1)", "s.m.clear()", ['found map "b"=1', "1 clear"]],
  ["s.m.set('b', 1)", "s.m.set(...['c', 2])", ['found map "b"=1', '1 map "c"=2']],
  ["s.b.add('x')", "s.b.add('y')", ['found add "x"', '1 add "y"']],
  ["s.b.add('x'); s.b.delete('m')", "s.b.add('y')", ['1 add "y"', "found contents"]],
  ["s.b.add('x')", "s.b.delete('x')", ['found add "x"', '1 remove "x"']],
  ["s.b.add('x')", "s.b.clear()", ['found add "x"', "1 clear"]],
  ["s.q.push('L', 'L')", "s.q.push('own')", ['found splice 3 -0 +"L","L"', '1 splice 5 -0 +"own"']],
  ["s.q.push('L')", "s.q.push('own', ...['two', 3])", ['found splice 3 -0 +"L"', '1 splice 4 -0 +"own","two",3']],
  ["s.q.pop()", "s.q.push('own')", ["found splice 2 -1 +", '1 splice 2 -0 +"own"']],
  ["s.q.push('L')", "s.q.pop()", ['found splice 3 -0 +"L"', "1 splice 3 -1 +"]],
  ["s.q.length = 0; s.q.push('L')", "s.q.pop()", ['found splice 0 -3 +"L"', "1 splice 0 -1 +"]],
  ["s.q[2] = 'L'", "s.q.pop()", ['found splice 2 -1 +"L"', "1 splice 2 -1 +"]],
  ["s.q[0] = 'L'", "s.q.shift()", ['found splice 0 -1 +"L"', "1 splice 0 -1 +"]],
  ["s.q.unshift('L')", "s.q.shift()", ['found splice 0 -0 +"L"', "1 splice 0 -1 +"]],
  ["s.q.shift()", "s.q.push('own')", ["found splice 0 -1 +", '1 splice 2 -0 +"own"']],
  ["s.q.push('L')", "s.q.unshift('own')", ['found splice 3 -0 +"L"', '1 splice 0 -0 +"own"']],
  ["s.q.push('L')", "s.q.splice(1, 1, 'own')", ['found splice 3 -0 +"L"', '1 splice 1 -1 +"own"']],
  ["s.q.push('L')", "s.q.splice(-1, 1)", ['found splice 3 -0 +"L"', "1 splice 3 -1 +"]],
  ["s.q.push('L')", "s.q.splice('1', 1)", ['found splice 3 -0 +"L"', "1 splice 1 -1 +"]],
  ["s.q[0] = 'z'", "s.q.sort()", ['found splice 0 -1 +"z"', '1 splice 0 -3 +"b","c","z"']],
  ["s.q[0] = 'z'", "s.q.reverse()", ['found splice 0 -1 +"z"', '1 splice 0 -3 +"c","b","z"']],
  ["s.q[0] = 'z'", "s.q.fill('f', 1, 2)", ['found splice 0 -1 +"z"', '1 splice 1 -1 +"f"']],
  ["s.q[0] = 'z'", "s.q.copyWithin(1, 0, 1)", ['found splice 0 -1 +"z"', '1 splice 1 -1 +"z"']],
  ["s.q.push('L')", "s.q[1] = 'own'", ['found splice 3 -0 +"L"', '1 splice 1 -1 +"own"']],
  ["s.q.push('L')", "s.q[s.q.length] = 'own'", ['found splice 3 -0 +"L"', '1 splice 4 -0 +"own"']],
  ["s.q.push('L')", "s.q[3] = 'own'", ['found splice 3 -0 +"L"', '1 splice 3 -1 +"own"']],
  ["s.q.push(5)", "s.q[s.q.length - 1]++", ["found splice 3 -0 +5", "1 splice 3 -1 +6"]],
  ["s.q.push('L')", "[s.q[0], s.q[1]] = [1, 2]", ['found splice 3 -0 +"L"', "1 splice 0 -1 +1", "1 splice 1 -1 +2"]],
  ["s.q.push('L')", "for (s.q[0] of [1]) ;", ['found splice 3 -0 +"L"', "1 splice 0 -1 +1"]],
  ["s.q.push('L')", "s.q.length = 1", ['found splice 3 -0 +"L"', "1 splice 1 -3 +"]],
  ["s.q.push('L')", "s.q.length++", ['found splice 3 -0 +"L"', "1 splice 4 -0 +hole"]],
  ["s.q.push('L')", "delete s.q[0]", ['found splice 3 -0 +"L"', "1 delete 0"]],
  ["s.q.length = 9", "delete s.q[5]", ["found splice 3 -0 +hole,hole,hole,hole,hole,hole"]],
  ["s.q.tag = 'L'", "s.q.label = 'own'", ['1 label="own"', "found contents"]],
  ["s.q.push('L')", "[].push.call(s.q, 'own')", ['found splice 3 -0 +"L"', '1 splice 4 -0 +"own"']],
  ["s.q.push('L')", "s?.q.push('own')", ['found splice 3 -0 +"L"', '1 splice 4 -0 +"own"']],
  ["s.q.push('L')", "s?.q.pop()", ['found splice 3 -0 +"L"', "1 splice 3 -1 +"]],
  ["s.q.push('L')", "s.q.push(lib('s.q.push(4)'))", ['found splice 3 -0 +"L",4', '1 splice 5 -0 +"undefined"']],
  ["s.o.byLib = 1", "s.o.own = 2", ["1 own=2", "found contents"]],
  ["s.o.byLib = 1", "delete s.o.a", ["1 delete a", "found byLib=1"]],
  ["delete s.o.a", "delete s.o.a", ["found delete a"]],
  ["s.o.byLib = 1", "delete s.o['by' + 'Lib']", ["found byLib=1", "1 delete byLib"]],
  ["s.o.byLib = 1", "s.o.byLib ??= 2", ["found byLib=1"]],
  ["s.o.byLib = 0", "s.o['by' + 'Lib'] ||= 2", ["found byLib=0", "1 byLib=2"]],
  ["s.o.a = 0", "const { o } = s; o.a &&= 2; o[o.a] ??= 3", ["found a=0", "1 0=3"]],
  ["s.q[1] = 'L'", "s.q[1] ??= 2", ['found splice 1 -1 +"L"']],
  ["s.q[1] = 'L'; s.q.push('L')", "s.q.length &&= 4", ['found splice 1 -2 +"L","c","L"']],
  ["delete s.q[1]", "delete s.q[1]", ["found splice 1 -1 +hole"]],
  ["s.o.byLib = 1", "Object.assign(s.o, { own: 2 })", ["found byLib=1", "1 own=2"]],
  ["s.o.byLib = 1", "Object.assign(s.o)", ["found byLib=1"]],
  ["s.o.byLib = 1", "Reflect.set(s.o, 'own', 2)", ["found byLib=1", "1 own=2"]],
  ["s.o.byLib = 1", "Object.defineProperty(s.o, 'own', { value: 2, enumerable: true })", ["found byLib=1", "1 own=2"]],
  ["s.o.byLib = 1", "s.o[{ toString: () => 'own' }] = 2", ["found byLib=1", "found own=2"]],
  ["s.set.byLib = 1", "s.set.value = 2", ["found byLib=1", "found inner=2"]],
  ["s.d.setTime(5)", "s.d.setTime(6)", ["found contents", "1 contents"]],
  ["s.t[0] = 7", "s.t[1] = 255", ["1 bytes 1 255 3 4", "found bytes 7 255 3 4"]],
  ["", "s.t.set([9, 8], 2)", ["1 bytes 1 2 9 8"]],
  ["s.t[0] = 7", "s.t.fill(0, 2)", ["found bytes 7 2 3 4", "1 bytes 7 2 0 0"]],
  ["s.t[0] = 7", "s.t.copyWithin(1, 0, 2)", ["found bytes 7 2 3 4", "1 bytes 7 7 2 4"]],
  ["s.t[0] = 7", "s.t.sort()", ["found bytes 7 2 3 4", "1 bytes 2 3 4 7"]],
  ["s.t[0] = 7", "s.t.reverse()", ["found bytes 7 2 3 4", "1 bytes 4 3 2 7"]],
  ["s.t[0] = 7", "s.t[3]++", ["1 bytes 1 2 3 5", "found bytes 7 2 3 5"]],
  ["", "s.w[1] = 258", ["1 bytes 0 0 2 1"]],
  ["", "s.v.setUint16(0, 258)", ["1 bytes 1 2"]],
  ["", "s.f.writeUInt16LE(258, 1); s.f.write('A')", ["1 bytes 0 2 1", "1 bytes 65 2 1"]],
  ["", "const add = s.q.push.bind(s.q); add('bound'); s.q.pop()", ['found splice 3 -0 +"bound"', "1 splice 3 -1 +"]],
];

const stateOf = (): object => ({
  m: new Map([["a", 1]]),
  b: new Set(["m"]),
  q: ["a", "b", "c"],
  o: { a: 1 },
  d: new Date(0),
  t: new Uint8Array([1, 2, 3, 4]),
  w: new Uint16Array(2),
  v: new DataView(new ArrayBuffer(2)),
  f: Buffer.alloc(3),
  set: Object.create({
    set value(value: unknown) {
      Object.assign(this, { inner: value });
    },
  }),
});

describe("a line that writes after a dependency did", () => {
  it.each(cases)("%s; %s", (lib, own, records) => {
    const program = programWith(stateOf());
    program.tracker.boundary();
    program.writes();
    program.lib(lib);
    program.own(own);
    program.tracker.lookAtEverything();
    expect(program.writes()).toEqual(records);
  });

  const large = (): { q: number[] } => ({ q: Array.from({ length: 1000 }, (_, n) => n) });
  const ends: readonly (readonly [lib: string, own: string, records: readonly string[]])[] = [
    ["s.q.push(-1)", "s.q.push(-2)", ["found splice 1000 -0 +-1", "1 splice 1001 -0 +-2"]],
    ["s.q.pop()", "s.q.push(-2)", ["found splice 999 -1 +", "1 splice 999 -0 +-2"]],
    ["s.q.shift()", "s.q.push(-2)", ["found splice 0 -1 +", "1 splice 999 -0 +-2"]],
    ["s.q.unshift(-1)", "s.q.shift()", ["found splice 0 -0 +-1", "1 splice 0 -1 +"]],
    ["s.q.splice(500, 1)", "s.q.push(-2)", ["found splice 999 -1 +", "1 splice 999 -0 +-2"]],
  ];
  it.each(ends)("is told from it at the ends where there is no time to look: %s; %s", (lib, own, records) => {
    const state = large();
    const program = programWith(state, { slotsSaved: 0, slotsPerWrite: 0 });
    program.writes();
    program.lib(lib);
    program.own(own);
    expect(program.writes()).toEqual(records);
    program.tracker.lookAtEverything();
    expect(program.isTrue()).toBe(true);
  });

  it("is told all the same when the bytes are no longer its own", () => {
    const program = programWith({ t: new Uint8Array(4), o: { a: 1 } });
    program.lib("structuredClone(s.t.buffer, { transfer: [s.t.buffer] })");
    program.own("s.t[0] = 1; try { s.t.fill(2); } catch {} s.o.a = 2");
    program.tracker.lookAtEverything();
    expect(program.writes()).toContain("1 a=2");
  });
});
