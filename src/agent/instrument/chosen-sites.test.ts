// What is told of where classes and variables are chosen by name, and that the program does the same.
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { withoutInsertions } from "../function-text.js";
import { type ChosenTold, helpersName, makeWriteHelpers } from "../write-helpers.js";
import { silentWrites, transformedSnippet } from "./snippets.test-support.js";

/** The value of the snippet, and what was told meanwhile. */
function run(source: string, names: readonly string[] | undefined) {
  const told: string[] = [];
  const name = (object: unknown): string =>
    String(Reflect.get(Object(Reflect.get(Object(object), "constructor")), "name"));
  const chosen: ChosenTold = {
    made: (object) => void told.push(`made ${name(object)}`),
    begun: (object) => void told.push(`begun ${name(object)}`),
    variable: (variable, _site, value) => void told.push(`${variable} ${JSON.stringify(value)}`),
  };
  const code = names === undefined ? source : transformedSnippet(source, { writes: true, calls: true, state: names });
  const helpers = makeWriteHelpers({ isActive: true }, silentWrites, undefined, chosen);
  const context = vm.createContext({ [helpersName]: helpers });
  let value: string;
  try {
    value = JSON.stringify(vm.runInContext(code, context)) ?? "undefined";
  } catch (error) {
    value = String(error);
  }
  return { value, told, code };
}

const instances = `
class A {} new A(); 1 ==> begun A; made A
class A { x = 1 } Reflect.construct(A, []); 1 ==> begun A
class A { constructor() { this.x = 1; } } new A().x ==> begun A; made A
class A { constructor() {} } new A; 1 ==> begun A; made A
class A { constructor() { "use strict"; this.x = 1; } } [new A(), 1].length ==> begun A; made A
class B extends Map { constructor(a) { const f = () => super(a); f(); } } new B([[1, 2]]).size ==> begun B; made B
class B extends Array {} new B(1, 2).length ==> made B
class A { y = class { z = 3 } } new (new A().y)().z ==> begun A; made A; begun y; made y
class A { y() { this.z = 4; } } var o = { A }; new new o.A().y().z; 1 ==> begun A; made A
class A { static f() { return class C { v = 5 } } } var t = () => A; new (new A, t\`\`.f())().v ==> begun A; made A; begun C; made C
function Old(v) { this.v = v; } new Old(1).v ==> made Old
var x = 1
new Map; [x, 2].length ==>
class A { constructor() { return [7]; } } new A()[0] ==> begun A; made Array
class A { constructor() { throw 1; } } try { new A } catch (e) { e } ==> begun A
class A { constructor(n) { if (n > 0) this.a = new A(n - 1); } } new A(1).a.a === undefined ==> begun A; begun A; made A; made A
new class { #p = 1; get p() { return this.#p; } }().p ==> begun ; made
class A {} new A().y() ==> begun A; made A
class A {} for (const a of new A()) a ==> begun A
class A {} const [a] = new A() ==> begun A
class A {} var a; [a] = new A() ==> begun A
class A {} function f([a] = new A()) {} f() ==> begun A
class A {} [...(function* () { yield* new A(); })()] ==> begun A
class A {} Math.max(...new A()) ==> begun A; made A
class A {} new A()() ==> begun A; made A
class A {} (new A)\`x\` ==> begun A; made A
`;

const variables = `
let v = 1; v = 2; v ==> v 1; v 2
let v = 1; v++ + v++ ==> v 1; v 2; v 3
let v; v ??= 5; v ||= 6; v ==> v undefined; v 5; v 5
var v = 1, w = 2; [v, w] = [w, v]; [v, w] ==> v 1; v 2
let v = 1; ({ a: { b: v = 7 }, ...w } = { a: {} }); v; var w ==> v 1; v 7
let { v, u: [w] } = { v: 1, u: [2] }; v ==> v 1
let v; for (v of [1, 2]) v; v ==> v undefined; v 1; v 2
let v; for (v in { a: 1 }); v ==> v undefined; v "a"
var v; for (var v of [1]) { v; } v ==> v undefined; v 1
let v = 1; { let v = 5; v++; } v ==> v 1
let v = 1; function f(v) { v = 5; } f(); v ==> v 1
let v = 1; function f() { v = 3; } f(); v ==> v 1; v 3
let v = 1; function f() { v = 3; var v; } f(); v ==> v 1
let v = 1; const f = (a = v = 4) => a; f(); v ==> v 1; v 4
let v = 1; const f = function v() { return typeof v; }; f() ==> v 1
let v = 1; try { throw 2; } catch (v) { v = 3; } v ==> v 1
let v = 1; for (let v = 0; v < 2; v++); v ==> v 1
let v = 1; switch (1) { case 1: let v = 3; v = 4; } v ==> v 1
const v = 1; try { v = 2; } catch (e) { e.constructor.name } ==> v 1
v = 1; let v ==>
const v = { a: 1 }; v.a = 2; v.a ==> v {"a":1}
let v = () => 1; v = () => 2; v.name ==> v undefined; v undefined
let v = 1, o = {}; o.x = v = o.y = 3; o.x ==> v 1; v 3
let v = 1; function f() { v = 2 } f(); class A { static { v = 3; } static w = (v = 4); }; v ==> v 1; v 2; v 3; v 4
let v = 1
var x = (v = 2)
v--; v ==> v 1; v 2; v 1
let v = 1; var f = n => v = n; f(3); v ==> v 1; v 3
f = 1; (() => { let v = 1; v++; (v => { v = 5; })(); return v; })() ==> v 1; v 2
let v = 1; (function () { let v = 5; v = 6; })() ==> v 1; v 5; v 6
let v = 1; (() => { class v {} ; v.x = 1; })(); v ==> v 1
`;

const casesOf = (text: string): (readonly [string, string])[] =>
  [...text.trim().matchAll(/^([\s\S]*?) ==>(.*)$/gm)].map(([, source = "", told = ""]) => [source.trim(), told.trim()]);

describe("a program whose classes and variables were chosen by name", () => {
  it.each(casesOf(instances))("tells of its instances: %s", (source, told) => {
    const alone = run(source, undefined);
    const seen = run(source, ["*"]);
    expect(seen.value).toBe(alone.value);
    // Variables are chosen as well.
    const ofInstances = seen.told.filter((line) => /^(?:made|begun)/.test(line)).join("; ");
    expect(ofInstances.trim()).toBe(told);
    expect(withoutInsertions(seen.code)).toBe(source);
  });

  it.each(casesOf(variables))("tells of its variables: %s", (source, told) => {
    const alone = run(source, undefined);
    const seen = run(source, ["v"]);
    expect(seen.value).toBe(alone.value);
    expect(seen.told.join("; ")).toBe(told);
    expect(withoutInsertions(seen.code)).toBe(source);
  });

  it("tells nothing of others", () => {
    expect(run("class A { x = 1 } let a = new A(); a = 1; a", ["v"]).told).toEqual(["made A"]);
    expect(run("class A { x = 1 } let v = new A(); v = 1", undefined).told).toEqual([]);
  });
});
