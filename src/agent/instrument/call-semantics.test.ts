// The program must not be able to tell that its calls are watched: each snippet runs as written and wrapped, sloppy and strict,
// and must give the same values, side effects, errors and order of promises.
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { type Call, type CallsTold, type LinesTold, helpersName, makeWriteHelpers } from "../write-helpers.js";
import { parses, silentWrites, transformedSnippet } from "./snippets.test-support.js";

/** `t` traces and returns a value; `said` says what a function did, thrown or not. */
const prelude = `
const L = []; const t = (name, value) => { L.push(name); return value; };
function tick(n) { let p = Promise.resolve(); for (let i = 1; i <= n; i++) p = p.then(() => L.push("tick" + i)); return p; }
`;

/** Each is the body of an async function whose result is compared, too. */
const oneLiners = `
function named(a, b = 2, ...c) { return a } return [named.name, named.length, named(1), named.toString()]
const anon = function () { return 1 }; const arrow = (x) => (x, x + 1); return [anon.name, arrow.name, arrow(3), anon.length, arrow.toString()]
const make = () => ({ a: 1 }); return [make(), make().a]
const curry = (x) => (y) => x + y; const c = curry(1); return [c.name, c(2)]
function g() { return function () {} } return [g().name, (() => (() => {}))().name]
function useArgs(a) { arguments[0] = 9; return a } return useArgs(1)
function strictArgs(a) { "use strict"; arguments[0] = 9; return a } return strictArgs(1)
function strictThis() { "use strict"; return this } return strictThis()
function sloppyThis() { return this === globalThis } return sloppyThis()
function onlyDirective() { "use strict" } return onlyDirective()
function empty() {} return [empty(), empty.toString()]
function comments() { /* nothing */ } return comments()
function newTarget() { return new.target ? { v: "new" } : "called" } return [new newTarget().v, newTarget()]
class A { constructor(x) { this.x = x } get g() { return this.x } set g(v) { this.x = v } static s() { return "s" } m() { return "A.m" } #p() { return "private" } pp() { return this.#p() } async am() { return "am" } *gm() { yield 1; yield 2 } static { this.z = 5; try { throw 1 } catch { this.y = 6 } } ["comp" + 1]() { return "c" } f = () => this.x } class B extends A { constructor(x) { const y = x + 1; super(y); this.y = y } m() { return "B." + super.m() } get g() { return super.g * 2 } } const b = new B(1); return [b.m(), b.g, b.pp(), b.comp1(), b.f(), A.s(), A.z, A.y, ...b.gm(), await b.am()]
class A {} class C extends A { constructor() { return { q: 1 } } } class D extends A { constructor() {} } class E extends A { constructor() { super(); return 5 } } const said = (f) => { try { return f() } catch (e) { return e.name + e.message } }; return [new C().q, said(() => new D()), said(() => new E())]
class A { constructor() { return } } return new A() instanceof A
class A {} class B extends A { constructor(skip) { if (skip) return; super() } } try { new B(true) } catch (e) { return e.name + e.message }
function* gen() { try { const r = yield 1; yield r } finally { yield "fin" } } const i = gen(); return [i.next().value, i.next("r").value, i.return("z").value, i.next().value]
function* gen() { try { yield 1 } catch (e) { yield e.message } return 5 } const i = gen(); return [i.next(), i.throw(new Error("q")), i.next(), i.next()]
function* outer() { const got = yield* inner(); yield got } function* inner() { yield 1; return 2 } return [...outer()]
function* bare() { const a = yield; const b = yield; return [a, b] } const i = bare(); i.next(); i.next(1); return i.next(2)
function hoisted() { return h(); function h() { return "h" } } return hoisted()
function varAndFunction() { var x = 1; function x() {} return typeof x } return varAndFunction()
function twice() { function q() { return 1 } function q() { return 2 } return q() } return twice()
function parameterAndFunction(a) { function a() {} return typeof a + typeof arguments[0] } return parameterAndFunction(1)
function parameterAndVar(a) { var a; return a } return parameterAndVar(7)
function inBlock() { { function q() { return 1 } } return typeof q } return inBlock()
function inBlockToo() { function q() { return 1 } { function q() { return 2 } } return q() } return inBlockToo()
function called() { return arguments(); function arguments() { return 3 } } return called()
function tdz() { x; let x = 1 } try { tdz() } catch (e) { return e.message }
function defaults(a = b, b = 1) { return a } try { defaults() } catch (e) { return e.message }
function defaultsSee(a = 1, f = () => a) { a = 2; return [a, f()] } return defaultsSee()
function returnsComma() { return /* c */ (1, 2) } return returnsComma()
function switches(x) { switch (x) { case 1: return "one"; default: return } } return [switches(1), switches(2)]
function bareIf(x) { if (x) return; else return 2 } return [bareIf(1), bareIf(0)]
function labels() { a: for (;;) { for (;;) { break a } } return "l" } return labels()
function overrides() { try { return 1 } finally { return 2 } } return overrides()
function undone() { for (let i = 0; i < 3; i++) { try { return i } finally { if (i < 2) continue } } } return undone()
function throws() { throw new TypeError("tt") } try { throws() } catch (e) { return [e.name, e.message] }
function throwsText() { throw "text" } try { throwsText() } catch (e) { return e }
function stack() { return new Error("s").stack.split("\\n")[1].trim().split(" ")[1] } return stack()
Error.stackTraceLimit = 50; function deep() { return new Error("s").stack.split("\\n").length } const o = { m() { return deep() } }; return o.m() - deep()
const o = { f: () => new Error("s").stack.split("\\n")[1].trim().split(" ")[1] }; return o.f()
const o = { get x() { return t("get", 1) }, set x(v) { L.push("set" + v) }, async *ag() { yield 1 }, "quoted-name"() { return 1 } }; o.x = 2; return [o.x, o["quoted-name"].name, Object.getOwnPropertyDescriptor(o, "x").get.name]
const o = { __proto__: { m() { return "up" } }, m() { return super.m() + "!" } }; return o.m()
function f(n) { return n ? f(n - 1) + 1 : 0 } return f(100)
function destructures({ a, b: [c] }, ...[d]) { return a + c + d } return destructures({ a: 1, b: [2] }, 3)
function caller() { return inner() } function inner() { try { return inner.caller === caller } catch (e) { return e.name } } return caller()
const o = { m() {} }; try { new o.m() } catch (e) { return e.message }
const arrow = () => {}; try { new arrow() } catch (e) { return e.message }
const o = { m() {} }; return ["prototype" in o.m, Reflect.ownKeys(o.m), Reflect.ownKeys(function f() {})]
function evals() { eval("var ev = 1"); return ev } try { return evals() } catch (e) { return e.name }
function evalsFunction() { function q() {} eval("var q = 2"); return q } return evalsFunction()
function tagged() { return String.raw\`a\${1}\` } return tagged()
function tryIn() { try { throws() } catch { return t("caught", 1) } finally { t("finally") } } function throws() { throw 1 } return tryIn()
function optional(o) { return o?.a?.b } return [optional(), optional({ a: { b: 1 } })]
function spread(...all) { return all.length } return spread(1, 2, 3)
var said = []; function f() { said.push("f"); return said } return [...f(), ...f()]
const f = async (x) => await x; return [f.constructor.name, await f(1)]
async function af(x) { await 0; return x } async function at() { await 0; throw new Error("aerr") } try { await at() } catch (e) { return [e.message, await af(1)] }
async function early() { throw new Error("early") } const p = early(); L.push("after"); try { await p } catch (e) { return e.message }
async function a(n) { L.push("a" + n); await null; L.push("b" + n); await null; L.push("c" + n) } await Promise.all([a(1), a(2), tick(5)])
async function returnsPromise() { return Promise.resolve(1) } const p = returnsPromise().then(() => L.push("rp")); await Promise.all([p, tick(6)])
async function returnsNothing() { return } const p = returnsNothing().then(() => L.push("rn")); await Promise.all([p, tick(6)])
async function awaitsTwice() { const r = await (await Promise.resolve(Promise.resolve(3))); return r } const p = awaitsTwice().then(() => L.push("two")); await Promise.all([p, tick(8)])
async function catches() { try { await Promise.reject(new Error("r")) } catch (e) { L.push(e.message); return "c" } finally { L.push("f") } } return [await catches()]
async function rejectsLate() { try { return await Promise.reject(1) } finally { await null; L.push("f") } } try { await rejectsLate() } catch (e) { return e }
async function* ag() { try { yield 1; yield 2 } finally { L.push("ag fin") } } for await (const v of ag()) { L.push("ag" + v); break }
async function* bareReturn() { yield 1; return } const i = bareReturn(); await i.next(); const p = i.next().then(() => L.push("end")); await Promise.all([p, tick(5)])
async function* returnsPromise() { return Promise.resolve(4) } const i = returnsPromise(); const p = i.next().then((r) => L.push("end" + r.value)); await Promise.all([p, tick(6)])
async function* delegating() { const r = yield* inner(); return r } async function* inner() { yield 1; yield 2; return 3 } const i = delegating(); return [await i.next(), await i.next(), await i.next(), await i.next()]
async function loops(s) { const out = []; for await (const x of s) { if (x === 2) continue; if (x === 4) break; out.push(x) } return out } async function* s() { try { yield 1; yield 2; yield 3; yield 4; yield 5 } finally { L.push("closed") } } return loops(s())
async function loops(s) { for await (const x of s) if (x > 1) return x } async function* s() { try { yield 1; yield 2 } finally { await null; L.push("closed") } } return loops(s())
async function loops(s) { outer: for (const y of [1, 2]) { for await (const x of s()) { if (x === 2) continue outer; L.push(y + ":" + x) } } } async function* s() { yield 1; yield 2; yield 3 } return loops(s)
async function loops(s) { outer: for await (const x of s()) { for (const y of [1, 2]) { switch (y) { case 1: continue; default: continue outer } } } return "done" } async function* s() { yield 1; yield 2 } return loops(s)
async function loops(s) { if (s) for await (const x of s()) inner: { L.push(x); if (x) break inner; L.push("no") } else L.push("else"); return "done" } async function* s() { yield 1; yield 2 } return [await loops(s), await loops()]
async function loops(s) { for await (const x of s()) { throw new Error("in" + x) } } async function* s() { try { yield 1 } finally { L.push("closed") } } try { await loops(s) } catch (e) { return e.message }
async function loops() { for await (const x of [Promise.reject(new Error("no"))]) L.push(x) } try { await loops() } catch (e) { return e.message }
const o = { async m() { await null; return this === o }, am: async () => { await null; return 2 } }; return [await o.m(), await o.am()]
async function order() { const o = { get a() { L.push("get"); return Promise.resolve(1) } }; return t("x", 1) + (await o.a) + t("y", 2) } return order()
function usesWith() { with ({ z: 4 }) { return z } } return usesWith()
function let_(a) { { let a = 2; L.push(a) } return a } return let_(1)
function f() { return 1 /* trailing */ } return [f(), f.toString()]
function f(yield_) { return yield_ } return f(1)
function many() { if (L) { L.push("if") } else L.push("else"); do L.push("do"); while (false) L.push("end") } return many()
function f() { label: function g() { return 1 } return g() } return f()
var k = "x"; class A { static [k]() { return 1 } static async [k + "a"]() { return await 2 } get [k + "g"]() { return 3 } } const a = new A(); return [A.x(), await A.xa(), a.xg]
function counts() { counts.n = (counts.n ?? 0) + 1; if (counts.n > 50) return counts.n; return counts() } return counts()
function f() { try { f() } catch (e) { return e instanceof RangeError } } return f() !== false
const f = function g(n) { return n === 0 ? g.name : g(n - 1) }; return f(2)
function f() { return arguments.length } return f(1, 2, 3)
function f(a, a2) { return [f.length, arguments.callee === f] } try { return f() } catch (e) { return e.name }
async function f() { return await import("node:os").catch((e) => e.code) } return typeof (await f())
`;

const severalLines = [
  "function asi() {\n  return\n  1\n}\nreturn asi()",
  "function asi() {\n  const a = 1\n  return a\n}\nreturn asi()",
  "function asi() {\n  t('a')\n  ;[1].map((x) => t(x))\n}\nreturn asi()",
  "function trailing() { return 1 // trailing )\n}\nreturn trailing()",
  "function directive() {\n  'use strict'\n  return this\n}\nreturn directive()",
  "async function asi() {\n  t('a')\n  await null\n  t('b')\n}\nreturn asi()",
  "const f = (x) =>\n  // why\n  x + 1\nreturn f(1)",
  "const f = async (\n  x,\n) => {\n  return x\n}\nreturn f(1)",
  "function f() {\n  if (L.length) return\n  else t('else')\n}\nreturn f()",
  "async function loops() {\n  a: b: for await (const x of [1, 2])\n    if (x === 1) continue a\n    else break b\n  return 'done'\n}\nreturn loops()",
];

const snippets = [...oneLiners.trim().split("\n"), ...severalLines];

/** What each call told, and whether it told it in an order that can be. */
class Told implements CallsTold, LinesTold {
  isActive = true;
  stepped = 0;
  readonly open: { isAway: boolean }[] = [];
  readonly problems: string[] = [];
  entered = 0;

  enter(): Call {
    this.entered++;
    const call = { isAway: false };
    this.open.push(call);
    return call;
  }
  #check(call: Call, what: string, isAway: boolean): void {
    const known = this.open.findLast((one) => one === call);
    if (known === undefined) this.problems.push(`${what} after it was left`);
    else if (known.isAway && !isAway) this.problems.push(`${what} while it waits`);
  }
  isWanted(): boolean {
    return true;
  }
  step(call: Call, _site: number, names: string, values: readonly unknown[]): void {
    this.stepped++;
    this.#check(call, "runs a statement", false);
    if (names.split(",").length !== Math.max(1, values.length)) this.problems.push(`${names} are ${values.length}`);
  }
  returns(call: Call): void {
    this.#check(call, "returns", false);
  }
  throws(call: Call): void {
    // What it waited for may have failed.
    this.#check(call, "throws", true);
  }
  waits(call: Call): void {
    this.#check(call, "waits", true);
    Object.assign(call, { isAway: true });
  }
  goesOn(call: Call): void {
    this.#check(call, "goes on", true);
    Object.assign(call, { isAway: false });
  }
  leaves(call: Call): void {
    this.#check(call, "is left", true);
    this.open.splice(
      this.open.findLastIndex((one) => one === call),
      1,
    );
  }
}

interface Outcome {
  readonly result: string;
  readonly trace: string;
}

async function outcomeOf(code: string, told: Told): Promise<Outcome> {
  const world = vm.createContext({
    [helpersName]: makeWriteHelpers({ isActive: true }, silentWrites, told, undefined, told),
  });
  vm.runInContext(prelude, world);
  const text =
    "(o) => JSON.stringify(o, (k, v) => typeof v === 'function' ? 'function' : v === undefined ? 'undefined' : v)";
  const textOf: unknown = vm.runInContext(text, world);
  const asText = (value: unknown): string =>
    typeof textOf === "function" ? String(Reflect.apply(textOf, undefined, [value])) : "";
  const result = await Promise.resolve(vm.runInContext(code, world)).then(
    asText,
    (error: unknown) => `thrown ${String(error)}`,
  );
  return { result, trace: asText(vm.runInContext("L", world)) };
}

const wrapped = (source: string, writes: boolean, lines?: readonly string[]): string =>
  transformedSnippet(source, { writes, calls: true, lines });

describe("a program whose calls are told of", () => {
  for (const strict of [false, true]) {
    for (const snippet of snippets) {
      const source = `${strict ? '"use strict";' : ""}(async () => {${snippet}\n})()`;
      if (!parses(source)) continue;
      it(`${strict ? "strict" : "sloppy"}: ${snippet}`, async () => {
        const alone = await outcomeOf(source, new Told());
        for (const code of [
          wrapped(source, false),
          wrapped(source, true),
          wrapped(source, false, ["*"]),
          wrapped(source, true, ["*"]),
        ]) {
          const told = new Told();
          // What toString gives is shown as it was written by function-text.ts, of the whole program.
          const seen = await outcomeOf(code, told);
          const isText = /toString\(\)/.test(snippet);
          expect(isText ? { ...seen, result: "" } : seen).toEqual(isText ? { ...alone, result: "" } : alone);
          expect(told.problems).toEqual([]);
        }
      });
    }
  }

  it("is tried with enough snippets, most of which have calls", () => {
    expect(snippets.length).toBeGreaterThan(95);
    const changed = snippets.filter((snippet) =>
      wrapped(`async () => {${snippet}\n}`, false).includes("$$hindcast.e("),
    );
    expect(changed.length).toBeGreaterThan(snippets.length * 0.85);
  });
});
