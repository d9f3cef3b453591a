// The program must not be able to tell that its writes are watched: each snippet runs as written and transformed, sloppy and
// strict, in worlds of its own, and must give the same value, the same side effects in the same order and the same error.
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { createStateTracker } from "../state/index.js";
import { WritesOnly } from "../state/recorded-state.test-support.js";
import { Guest, saveOriginals } from "../guest.js";
import { helpersName, makeWriteHelpers } from "../write-helpers.js";
import { guardedNotes } from "./helpers.js";
import { SiteRegistry } from "./sites.js";
import { parses, transformedSnippet } from "./snippets.test-support.js";
import { transform } from "./transform.js";

/** `t` traces and returns a value; `key` is a property key that traces its coercion; `watched` is a tracked object. */
const prelude = `
const L = []; const t = (name, value) => { L.push(name); return value; };
const key = (name) => ({ toString() { L.push("key:" + name); return name; } });
const watch = (value) => (globalThis.track(value), value);
`;

const oneLiners = `
var o = {}; (t('o', o))[t('k', key('a'))] = t('v', 1); L.push(JSON.stringify(o))
var o = {}; t('o', o).x = t('v', function () {}), o.x.name
null.b = t('v', 1)
undefined.b = t('v', 1)
var n = null; n.b = t('v', 1)
var n = {}; n.q.b = t('v', 1)
var n = {}; n.q[0] = t('v', 1)
var n = {}; n.q[t('k', 0)] = t('v', 1)
var n = {}; n.q[key('k')] = t('v', 1)
var n = {}; n.q.b += t('v', 1)
var n = {}; n.q.b++
var n = {}; delete n.q.b
var n = null; delete n.b
var n = null; n[t('k', 1)]++
class A { #m = 1; f() { return class { set #m(v) { L.push('set' + v); } set(o) { o.#m = t('v', 2); } } } }; var B = new A().f(); new B().set(new B())
undefinedVariable.b = 1
undefinedVariable.b.c = 1
const c = 1; c.x = 1; c.x
laterBound.x = 1; let laterBound
({}).q.b = laterBound; let laterBound = 1
var f = Object.freeze({ a: 1 }); f.a = 2
var f = { z: Object.freeze({ a: 1 }) }; f.z.a = 2
var f = { z: Object.freeze({ a: 1 }) }; delete f.z.a
var f = { z: Object.freeze({ a: 1 }) }; f.z.a++
var f = { z: Object.freeze([1]) }; f.z.push(2)
var f = { z: Object.freeze([1]) }; f.z[1] = 2
var f = { z: Object.freeze([1]) }; f.z[t('k', 1)] = 2
var f = watch(Object.preventExtensions({ a: 1 })); f.a = 2; f.b = 1
var o = { set a(v) { L.push('set' + v); throw new Error('thrown by setter'); } }; o.a = 1
var o = watch({ get a() { L.push('get'); return 5; }, set a(v) { L.push('set' + v); } }); o.a += 2; o.a++; o.a ||= 1; o.a &&= t('and', 3)
var o = { get a() { return 5; } }; o.a = 1
var o = { z: { get a() { return 5; } } }; o.z.a = 1
var o = watch({ get a() { L.push('ran'); return {}; } }); o.b = 1; o.a.c = 2
var p = new Proxy({}, { set(target, k, v) { L.push('trap ' + String(k)); return Reflect.set(target, k, v); }, get(target, k) { L.push('get ' + String(k)); return target[k]; } }); p.a = 1; p.a++; p.b ??= 2
var p = watch({ inner: new Proxy([], { get(target, k) { L.push(String(k)); return target[k]; } }) }); p.inner.push(1)
var { proxy, revoke } = Proxy.revocable({}, {}); revoke(); proxy.a = 1
Symbol().x = 1
var s = { s: 'abc' }; s.s[0] = 'z'
var s = { s: 'abc' }; s.s.foo = 1
1..x = 1
var o = {}; o.length = 0; [].length = -1
var a = { l: [] }; a.l.length = -1
var o = {}; o.__proto__ = { z: 1 }; o.z
var o = { q: {} }; o.q.__proto__.leaked = undefined; delete Object.prototype.leaked
var o = watch({}); o.q?.push(t('x', 1))
var o = {}; o.q?.push(t('x', 1)).foo.bar
var o = { q: [] }; o.q?.push(1).foo
var o; o?.push(t('x', 1))
var o = { q: {} }; o.q.push?.(t('x', 1))
var o; delete o?.q
var o = { a: { q: 1 } }; delete o.a?.q; JSON.stringify(o)
var o = {}; delete o.a?.q.r
var o = { a: { b: { c: 1 } } }; [delete o.a?.b.c, delete o.x?.b.c, delete o?.a.b, JSON.stringify(o)].join()
var o = { l: { m: [] } }; [o?.l.m.push(1), o.x?.m.push(t('no', 1)), o?.['l'].m.pop(), o.l?.m?.push(2).toFixed(1)].join()
var o = { f() { return this === o; }, l: [] }; (o?.f)() + '' + (o?.l.push(1), o.f)?.call(o)
var o = { l: [1], tag() { return this === o; } }; (o?.tag)\`x\`
let a = [1]; a.push(...[1, 2], t('z', 3)); a.join()
let a = [1]; a.push(a = [2]); a.length
let a = {}; a.x = a = 5
let a = { n: 1 }, b = a; a.x = a = { n: 2 }; String(a.x) + JSON.stringify(b)
let a = { q: {} }; a.q.x = a.q = { z: 1 }; JSON.stringify(a)
let a = { q: [] }, i = 0; a.q[i++] = i++; JSON.stringify(a)
let a = { q: [] }, i = 0; a.q[i] = i = 7; JSON.stringify(a)
let a = [], i = 0; a[i] = i = 7; JSON.stringify(a)
let a = { q: { b: 1n } }; a.q.b++; ++a.q.b; String(a.q.b)
let a = { v: '5' }; [a.v++, a.v, ++a.v, a.v--, -a.v, typeof a.v].join()
let a = { valueOf() { L.push('valueOf'); return 1; } }, o = { a }; o.a++; o.a
class A { set x(v) { L.push('A' + v); } } class B extends A { #p = 1; m() { super.x = 3; this.#p = 4; this.#p++; return this.#p--; } } new B().m()
class A { static x = 1; static m() { super.y = 2; super['z'] = t('z', 3); return Object.keys(this).join(); } } A.m()
class A { #p; static t(o) { o.#p = 1; } } A.t({})
class A { #p; static t(o) { o.z.#p = 1; } } A.t({ z: {} })
class A { #p = 1; static t(o) { o.#p = (o = null); return 'ok'; } } A.t(new A())
class A { #l = []; get #g() { L.push('getter'); return 1; } set #g(v) { L.push('setter'); } m() { this.#g = 1; this.#g++; this.#l.push(1, 2); return this.#l.length; } } new A().m()
class A { #m() {} t() { this.#m = 1; } } new A().t()
class A {} class B extends A { constructor() { super.x = 1; } } new B
class A {} class B extends A { constructor() { this.x = 1; } } new B
class A {} class B extends A { constructor() { [super.x, super['y']] = [t('v', 1)]; super(); } } new B
class A {} class B extends A { #p; constructor() { [this.x, ...this.#p] = [t('v', 1)]; super(); } } new B
class L4 extends Array { constructor() { super(); watch(this); this[0] = 5; [this[0], this[t('k', 1)], this.x] = [t('v', 1), 2, this[0]]; for (this[2] of [7, 8]); } } JSON.stringify(new L4()) + new L4().x
class A {} class B extends A { constructor() { super(); [super.x, super[t('k', 'y')]] = [t('v', 1), 2]; for (super.z of [t('i', 3)]); } } JSON.stringify(new B)
const a = watch([1, 2]); a[1.5] = t('v', 3); a['2.5'] = 4; a['-1'] = 5; a[1.5] += 1; delete a['2.5']; a.join() + Object.keys(a)
class A { constructor() { this.made = new.target.name; } } class B extends A { constructor(...given) { super(...given); this.list = []; this.list.push(given.length); } } JSON.stringify(new B(1, 2))
class L2 extends Array { push(...x) { L.push('own'); return super.push(...x); } } new L2().push(1, 2)
JSON.stringify(new (class { a = this.b = 1; static { this.c = this.d = 2; } e = [1].push(2) }))
class K { static [t('computed', 'x')] = 1; static y = (K.z = 5) } K.x + K.y + K.z
let o = {}; ({ a: o.x, b: t('t', o)[t('k', key('y'))] = t('d', 9), ...o.rest } = { a: 1, c: 3 }); JSON.stringify(o)
let o = {}; [o.a, o.b = function () {}] = [1]; o.b.name
let o = {}; [o.a, ...o.rest] = 'abc'; [[o.n]] = [[1]]; ({ o: { p: o.p } } = { o: { p: 2 } }); JSON.stringify(o)
let o = {}; [o, o.x] = [{ fresh: 1 }, 2]; JSON.stringify(o)
let o = {}; [o.a] = null
let a = [1, 2, 3]; [a[0], a[2]] = [a[2], a[0]]; a.join()
let o = {}; for (o.i of [1, 2]) L.push(o.i); o.i
let o = {}; for (o[t('k', 'i')] in { a: 1, b: 2 }) { L.push(o.i); if (o.i === 'a') continue; break; }
let o = {}; for ([o.k, o.v] of new Map([[1, 2]])) ; JSON.stringify(o)
let o = { q: {} }; o.q.x ??= function () {}; o.q.x.name
let o = { q: { x: 1 } }; o.q.x ||= t('no', 2); o.q.x &&= 3; o.q.x **= 2; o.q.x
let m = { m: new Map }; m.m.set(1, function () {}).set(2, () => {}); [...m.m.values()].map((f) => f.name).join()
let m = { m: { set: 1 } }; try { m.m.set(1) } catch (e) { e.constructor.name }
let s = watch(new Set()); s.add(t('a', 1)).add(t('b', 2)).delete(t('c', 1)); s.size
let m = watch(new Map()); m.set(t('k', 1), t('v', m.set(5, 6).size)); m.set(...[7, 8]); m.delete(); [...m].join('|')
function* g() { let o = { q: {} }; o.q.x = yield 1; o.q[yield 2] = yield 3; return JSON.stringify(o); } let it = g(); it.next(); it.next('a'); it.next('k'); it.next('v').value
function* g() { const o = watch({ l: [] }); o.l.push(yield, yield); o[yield] ??= yield; return JSON.stringify(o); } const [p, q] = [g(), g()]; for (const x of [0, 1, 2, 'k', 4]) { p.next(x); L.push(q.next(x).done); } p.next().done
let x = { y: 1 }; x.y = /*c*/ (function () { return x; })().z = 4; x.y + x.z
const f = (a, b = a.x = 1) => a.x; f({})
const f = (a, b = (a.q.x = 1, a.l.push(2))) => JSON.stringify(a) + b; f({ q: {}, l: [] })
const f = (a) => a.l.push(1); f.length + f.name + f({ l: [] })
const f = (a) => ({ r: a.l.push(1), s: a.q.r = 2 }); JSON.stringify(f({ l: [], q: {} }))
const f = async (a) => a.l.push(await 1); f({ l: [] }); f.name + f.length
const f = (...all) => all[0].l.push(all.length); f({ l: [] }, 1, 2)
const f = () => () => (o.q.x = 1), o = { q: {} }; f()(); o.q.x
const f = (a) => ((a.q.x = 1), a.q.x + 1); f({ q: {} })
function f(a) { 'use strict'; a.q.x = this; return a.q.x === undefined; } f({ q: {} })
function f(a) { arguments[0].x = 1; arguments[0] = { y: 2 }; return JSON.stringify(a); } f({})
function f(n) { const o = { l: [] }; o.l[n > 0 ? f(n - 1).length : 0] = n; return o.l; } f(3).join()
function f() { return f.count = (f.count || 0) + 1; } f(); f(); f.count
var x; function x() {} typeof x
let a = { b: {} }; label: for (;;) { a.b.c = 1; break label; }
let b = { a: [3, 1] }; b.a.sort()[0] = 9; b.a.join()
let b = { a: [3, 1, 2] }; b.a.sort((x, y) => (L.push('cmp'), x - y)).reverse().fill(0, 2).copyWithin(0, 1).join()
var o = {}; (o.f) = function () {}; o.f.name
let o = { q: {} }; (o.q.f) = () => {}; o.q.f.name
let o = { q: {} }; ((o).q).f = () => {}; (o.q, o).g = 1; JSON.stringify(o)
let a = { b: { c: 'x' } }; typeof delete a.b.c + -(a.b.z = 3) + +(a.b.z++)
function f(a) { return++a.n } f({ n: 1 })
function f(a) { return delete a.n } f({ n: 1 })
var x = {}; (x?.a).b = 1
let q = { a: [] }; \`\${q.a.push(1)}\${q.a[0] = 2}\`
let o = {}; if (o.x = 0) L.push('no'); else if ((o.l = []).push(1)) L.push('yes'); while (o.x++ < 2); do o.x--; while (o.x > 0); o.x
let o = { n: 0 }; for (o.i = 0; o.i < 3; o.i++) o.n += o.i; switch (o.n++) { case 3: o.m = o.n; } o.m
Object.assign(t('o', watch({})), { get a() { L.push('read'); return 1; } }).a
Object.assign(null, { a: 1 })
Object.assign(...[{ a: 1 }, { b: 2 }]).b
const o = watch({}); Object.defineProperty(o, t('k', 'x'), { get: () => t('g', 5), configurable: true }); o.x = 1
Reflect.set(t('o', watch({})), t('k', 'a'), 1) + '' + Reflect.deleteProperty(watch({ a: 1 }), 'a')
Reflect.set(1, 'a', 1)
Array.prototype.push.call(t('o', watch({ length: 0 })), 1, 2)
[].push.apply(watch([]), [1, 2])
[].splice.call(null, 1)
const a = watch([1, 2, 3, 4]); [a.splice(1, t('n', 2), t('x', 9)).join(), a.splice(-1).join(), a.splice().length, a.splice('0', 1).join(), a.splice(NaN, 0, 7).length, a.join()].join('|')
const a = watch([]); a[3] = 1; a.length = 2; delete a[0]; a.extra = 1; JSON.stringify(a) + Object.keys(a)
const d = watch(new Date(0)); d.setUTCFullYear(2001); d.setTime(t('t', 5)); d.getTime()
with ({ o: { a: 1 } }) { o.a = 2; o.l = []; o.l.push(1); o.l.length }
eval('var e = {}; e.x = 1; e.x') + (0, eval)('2')
const o = watch({}); o[Symbol.toStringTag] = 'x'; o[1n] = 2; o[1e3] = 3; o[-0] = 4; o[null] = 5; JSON.stringify(o)
const o = watch({}); try { o.a = t('first', 1); o.b = (() => { throw new Error('late'); })(); } catch (e) { e.message + JSON.stringify(o) }
const o = watch({ l: [] }); o.l.push(o.l.push(o.l.push(1))); o.l.join()
let o = watch({ m: new Map() }); o.m.set(o, o).get(o).m.size
var o = { "use strict": 1 }; o["use strict"]++; o["use strict"]
"a directive look-alike".x = 1
let $h = { q: [] }; $h.q.push(1); $h.q[0] = 5; $h.q.join()
const o = watch({ get me() { L.push('me'); return this; }, l: [] }); o.me.x = 1; o.me.me.l.push(2); o.me.l[o.me.l.length] = 3; JSON.stringify(o.l)
const k = { n: 0, toString() { return 'k' + this.n++; } }, o = watch({}); o[k] = 1; o[k] += 'x'; o[k]++; delete o[k]; JSON.stringify(Object.keys(o)) + k.n
let o = { q: { l: [] } }; o.q.l.push(new Error('x').stack.split('\\n')[1].match(/:(\\d+):\\d+\\)?$/)[1]); o.q.l[0]
(async () => { let a = {}; a.b = await 1; for await (a.c of []) ; })()
const order = []; (async () => { const o = { l: [] }; o.l.push(await t('one', 1)); o.x = await t('two', 2); L.push(JSON.stringify(o)); })(); L.push('sync')
const a = watch({ l: [] }); a.l[(0, 0)] = (1, 2); a.l.push((3, 4)); a.l[t('k', 2)] = (t('x', 1), t('y', 2)); a.l.join()
function* g() { const a = watch([]); a[0] = yield 1; a.push(...yield 2); a[yield 3] = yield* [4]; a[0] ||= yield 5; delete a[yield 6]; return a.join(); } const it = g(); it.next(); it.next('a'); it.next([1, 2]); it.next(1); it.next(); L.push(it.next('b').value); it.next(0).value
const a = watch([1]); a[a.length] = t('two', 2); a.length = t('len', 1); a.length--; a.length ||= t('or', 3); String(a) + a.length
const a = watch([]); a[0] = async () => {}; a[1] = class {}; a[2] = function () {}; a[3] = x => x; a.map((f) => f.name).join() + a.length
class L3 extends Array { pop() { L.push('own pop'); return super.pop(); } grow() { super.push(...this, t('more', 1)); super.length = 5; return super.shift(); } } const l = watch(new L3(1, 2)); l.pop(); l.grow() + String(l)
const u = watch({ t: new Uint8Array(4) }); u.t[1] = 300; u.t.set([t('x', 9)], 2); u.t.fill(1, 3); new DataView(u.t.buffer).setInt8(0, -1); u.t[1]++; u.t[9] = 1; u.t.join()
let x; x.write('a')
const out = { l: [], write(...all) { this.l.push(...all); return this; } }; watch(out).write(t('a', 1)).write().write(...[2, 3]); out.l.join()
const a = watch([]); a[t('k', 0)] ??= t('v', 1); a[0] ??= t('no', 2); a[0] ||= t('no', 3); a.length &&= t('and', 1); a[key('0')] &&= t('w', 4); a.join()
const o = watch({}); o.a ??= t('v', 1); o.a ??= t('no', 2); o[key('a')] &&= (t('x', 3), 4); o.get?.b.c; JSON.stringify(o)
const a = watch([1]); [].pop.call(a); [].push.apply(a, t('args', [1, 2])); Object.assign(a, ...[[5]]); [].reverse.call(a); a.join()
const a = watch([[1]]); for (a[0][1] of [1, 2]) L.push(a[0].join()); delete a[0][0], a[0][2]--; JSON.stringify(a)
const a = watch([]); a.push(...(function* () { L.push('gen'); yield a.push(1); yield 2; })()); a.join()
class A { #l = watch([]); get #x() { return 1; } set #x(v) { L.push('set ' + v); } t() { this.#x = (1, 2); this.#x &&= 5; this.#l[0] = this.#x = 3; this.#l.length = 0; return this.#l.pop(); } } new A().t()
const f = (a, b = (a[0] = (1, 2), a.pop(), delete a[0])) => a.length + String(b); f(watch([1, 2]))
const n = watch({ l: [] }); n?.l.push(n?.l.push(1), n?.l.pop()); n?.l.sort(); delete n?.l[0]; JSON.stringify(n)
let a = watch([1]), b = a; a[a = watch([2]), 0] = 3; a.push(a = 5); String(b) + a
let a = watch([1]), b = a; a[0] = a = 7; b.join() + a
let o = watch({ a: 1 }), p = o; delete o[o = 'a']; JSON.stringify(p) + o
let o = { __proto__: null }; (o)['a'] ??= 1; delete (o)['a']; ++o['b']; typeof o.b
`;

/** Where a line ends without a semicolon, what is put in front of the next must not be taken for its continuation. */
const severalLines = [
  "const f = ( // comment =>\n  a) => // another\n  a.l.push(1); f({ l: [] })",
  "let o = { v: 1 }\no\n++\no.v",
  "let a = { b: {} }\n;a.b.c = 1\na.b.d = 2\n++a.b.d\ndelete a.b.c; JSON.stringify(a)",
  "const f = function () { return [] }\nf().x = 1\nf()",
];

const snippets = [...oneLiners.trim().split("\n"), ...severalLines];

interface Outcome {
  readonly error: string;
  readonly trace: string;
  readonly value: string;
}

function outcomeOf(code: string): Outcome {
  const sink = new WritesOnly();
  const tracker = createStateTracker(sink);
  const sites = new SiteRegistry((...position) => sink.location(...position));
  const guest = new Guest(saveOriginals());
  const helpers = makeWriteHelpers(tracker, guardedNotes(guest, tracker.writeNotes(sites.locationOf), sites));
  let names = 0;
  const world = vm.createContext({
    [helpersName]: helpers,
    track: (value: unknown) => tracker.track(`watched ${names++}`, value),
  });
  vm.runInContext(prelude, world);
  let error = "";
  let value: unknown;
  try {
    value = vm.runInContext(code, world);
  } catch (thrown) {
    error = vm.runInContext("(e) => e.constructor.name + ': ' + e.message", world)(thrown);
  }
  expect(guest.faults).toBe(0);
  const trace: unknown = vm.runInContext("L.join('|')", world);
  const isPlain = typeof value !== "object" && typeof value !== "symbol";
  return { error, trace: String(trace), value: isPlain ? String(value) : typeof value };
}

describe("a transformed program", () => {
  for (const strict of [false, true]) {
    for (const snippet of snippets) {
      const source = `${strict ? '"use strict";' : ""}${snippet}`;
      if (!parses(source)) continue;
      it(`${strict ? "strict" : "sloppy"}: ${snippet}`, () => {
        expect(outcomeOf(transformedSnippet(source))).toEqual(outcomeOf(source));
      });
    }
  }

  it("is tried with enough snippets, most of which have write sites", () => {
    expect(snippets.length).toBeGreaterThan(110);
    const changed = snippets.filter((snippet) => parses(snippet) && transformedSnippet(snippet) !== snippet);
    expect(changed.length).toBeGreaterThan(100);
  });

  it("differs in one thing: calling a method that is none names a temporary instead of the receiver", () => {
    const source = "var o = { list: {} }; o.list.push(1)";
    expect(outcomeOf(source).error).toBe("TypeError: o.list.push is not a function");
    expect(outcomeOf(transformedSnippet(source)).error).toMatch(/^TypeError: .*push is not a function$/);
  });

  it("keeps every line on its line", () => {
    const source =
      "#!/usr/bin/env node\n'use strict'\n// c\na.b = 1\n\nx => {\n  x.y.push(\n    1)\n}\n//# sourceMappingURL=x.js.map\n";
    const lines = transformedSnippet(source).split("\n");
    expect(lines.length).toBe(source.split("\n").length);
    expect(lines.slice(0, 3)).toEqual(["#!/usr/bin/env node", "'use strict'", "// c"]);
    expect(lines.at(-2)).toBe("//# sourceMappingURL=x.js.map");
  });

  it("is left as it is when there is nothing to tell, when it was done before and when it cannot be read", () => {
    const options = { format: "commonjs", file: "/f.js", standsAlone: false } as const;
    expect(transform("f(); const a = { b: 1 }", options).kind).toBe("unchanged");
    expect(transform(transformedSnippet("a.b = 1"), options).kind).toBe("unchanged");
    expect(transform("a.b = = 1", options).kind).toBe("unreadable");
  });

  it("runs in a thread without an agent when it stands alone", () => {
    const result = transform("globalThis.out = [({}).x.y = 1]", {
      format: "commonjs",
      file: "/f.js",
      standsAlone: true,
    });
    const source = "var o = { l: [], q: {} }; o.l.push(o.q.x = 2); o.q[String(1)] = 3; JSON.stringify(o)";
    const alone = transform(source, { format: "commonjs", file: "/f.js", standsAlone: true });
    expect(result.kind).toBe("changed");
    expect(alone.kind === "changed" && vm.runInContext(alone.code, vm.createContext({}))).toBe(
      '{"l":[2],"q":{"1":3,"x":2}}',
    );
  });
});
