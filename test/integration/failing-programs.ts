// Programs that fail, or print where they are, in one way each: what Node prints of them comes from their source, its lines and
// columns. In all of them writes stand where that shows: on the line, in front of it, in the expression.
export interface FailingProgram {
  /** By name; the first is what is run, unless `args` say otherwise. */
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Only on these lines of Node. */
  readonly from?: number;
}

const head = "const o = { q: 0, list: [], deep: { er: { n: 0 } } }; o.q = 1;\n";

/** Of one file; its name begins with how it is loaded. */
const alone = (name: string, body: string, options: readonly string[] = []): FailingProgram => ({
  files: { [name]: head + body },
  args: [...options, name],
});

const traced = `
class Account {
  #limit = 0;
  balance = 0;
  set(value) { this.balance = value; this.#limit += 1; return new Error("set").stack; }
  get broken() { this.balance += 1; return missing(this); }
  static of(value) { const account = new Account(); account.deep = { list: [] }; account.deep.list.push(value); throw new RangeError("of " + value); }
}
const account = new Account();
console.log(account.set(1)); o.q = 2; console.log(new Error("after a write").stack);
try { o.deep.er.n = account.broken; } catch (error) { console.log(error.stack); }
try { Account.of(o.q = 5); } catch (error) { console.log(error); }
exports.f = function () { o.q = 3; return new Error("named").stack; };
exports.inner = {}; exports.inner.g = () => { o.list.push(1); return new Error("deeper").stack; };
console.log(exports.f(), exports.inner.g());
o.deep.er.h = function () { return new Error("deepest").stack; };
console.log(o.deep.er.h());
const [first = (o.deep.er.list = [new Error("in a pattern").stack])] = [];
console.log(first[0], [3, 1].map((n) => (o.list[n] = new Error("mapped " + n).stack)).join());
o.list.sort((a, b) => { o.q++; console.trace("sorting"); return 0; });
`;

const later = `
const fail = async (n) => { o.deep.er.n = n; await null; o.q = n; throw new Error("later " + n); };
const settle = (work) => work.then(() => o.q++, (error) => { o.list.push(error); console.log(error.stack); });
settle(fail(1)).then(() => settle((async () => { o.deep.er.list = []; await fail(2); })()))
  .then(() => { o.list.push(5); return Promise.all([1, fail(3)]); })
`;

export const failingPrograms: Readonly<Record<string, FailingProgram>> = {
  "thrown in CommonJS": alone("a.cjs", `o.q = 5; throw new Error("of a line that writes");`),
  "thrown beside a write in a call": alone("a.cjs", `o.deep.er.list = []; o.deep.er.list.push(1, missing);`),
  "thrown by the first statement": { files: { "a.cjs": `throw new TypeError("first"); var o = {}; o.q = 1;` } },
  "thrown by the first statement, indented": { files: { "a.cjs": `\t  null.x; var o = {}; o.q = 1;` } },
  "thrown in a function that writes": alone(
    "a.cjs",
    `function f() { throw new Error("here"); o.deep.er.n = 1; }\nf(o.deep.er.n = 2);`,
  ),
  "thrown by a write": alone("a.cjs", `\tconst name = "é"; o.none.of.it = o.q = 3;`),
  "thrown where nothing is written": alone("a.cjs", `o.q = 2;\nfunction f() {\n  throw new Error("plain");\n}\nf();`),
  "thrown by what is built in": alone("a.cjs", `o.q = JSON.parse("{ no");`),
  "thrown by a module of Node": alone("a.cjs", `o.q = 1; o.q = require("node:fs").readFileSync("/nowhere/at/all");`),
  "emitted, and listened to by nobody": alone(
    "a.cjs",
    `o.q = 1; new (require("node:events"))().emit("error", o.error = new Error("emitted"));`,
  ),
  "thrown again elsewhere": alone(
    "a.cjs",
    `try { o.q = 1; null.f(); } catch (error) { o.error = error; }\nthrow o.error;`,
  ),
  "with a cause and more": alone(
    "a.cjs",
    `o.q = 1; throw Object.assign(new Error("outer", { cause: new TypeError("inner") }), { code: (o.q = "E_X") });`,
  ),
  "an error of a class": alone(
    "a.cjs",
    `class Refused extends Error { constructor(m) { super(m); this.name = "Refused"; this.code = 7; } }\no.q = 1; throw new Refused("no");`,
  ),
  "thrown in a timer": alone("a.cjs", `setTimeout(() => { o.deep.er.n++; throw new Error("timer"); }, 1);`),
  "rejected in CommonJS": alone("a.cjs", `o.q = 1; Promise.reject(new Error("rejected")); o.deep.er.n = 1;`),
  "rejected with no error": alone("a.cjs", `o.q = 1; Promise.reject(o.q = 5);`),
  "thrown in a module": alone("a.mjs", `o.deep.er.n = 5; throw new Error("of a module");`),
  "thrown by a module's write": alone("a.mjs", `await null; o.deep.er.n = 1; o.none.x = 1;`),
  "thrown in an imported module": {
    files: {
      "a.mjs": `import "./b.mjs";`,
      "b.mjs": `import { c } from "./c.cjs"; ${head}o.q = c(o.q = 2);`,
      "c.cjs": `exports.c = (n) => { exports.n = n; exports.deep = {}; exports.deep.n = n; return n.x.y; };`,
    },
  },
  "stacks of all kinds in CommonJS": alone("a.cjs", traced),
  "stacks of all kinds in a module": alone("a.mjs", `const exports = {};${traced}`),
  "stacks with few frames": alone("a.cjs", traced, ["--stack-trace-limit=2"]),
  "stacks with no frames": alone("a.cjs", `o.q = 1; console.log(new Error("none").stack);`, ["--stack-trace-limit=0"]),
  "stacks with source maps asked for": alone("a.cjs", traced, ["--enable-source-maps"]),
  "stacks of what is awaited, CommonJS": alone("a.cjs", later),
  "stacks of what is awaited, modules": alone("a.mjs", later),
  "stacks that are captured": alone(
    "a.cjs",
    `function outer() { o.q = 1; const at = {}; Error.captureStackTrace(at, outer); return at.stack; }\no.deep.er.n = 1; console.log(outer()); console.log(require("node:util").inspect(new Error("seen")));`,
  ),
  "structured stacks": alone(
    "a.cjs",
    `Error.prepareStackTrace = (error, sites) => sites.map((site) => [site.getFunctionName(), site.getMethodName(), site.getTypeName(), site.getLineNumber(), site.getColumnNumber(), site.getPosition && 0, String(site), site.toString()].join(" "));
function f() { o.deep.er.n = 1; return new Error("x").stack; }
o.q = 1; console.log(f(o.q = 3).slice(0, 2));
const { prepareStackTrace } = Error; console.log(prepareStackTrace.toString(), prepareStackTrace.length, "prepareStackTrace" in Error);
Error.prepareStackTrace = undefined; o.q = 2; console.log(f());`,
  ),
  "a stack of ones own that fails": alone(
    "a.cjs",
    `Error.prepareStackTrace = (error, sites) => { o.deep.er.n = sites.length; return error.message + sites[0].getColumnNumber(); };\no.q = 1;\nthrow new Error("own");`,
  ),
  "eval, Function and vm": alone(
    "a.cjs",
    `const vm = require("node:vm");
for (const work of [() => eval("o.q = 1; null.x"), () => { o.q = 2; new Function("o", "o.q = 2; throw new Error('f')")(o); }, () => { o.q = 3; vm.runInThisContext("null.y", { filename: "v.js" }); }, () => {\n  o.q = 1; vm.runInNewContext("f()", { f() {\n    throw new Error("back"); } }); }])
  try { o.q++; work(); } catch (error) { o.error = error; console.log(error.stack); }
o.q = 4;\nvm.runInThisContext("let = 5 5", { filename: "v.js" });`,
  ),
  "assert without a message": alone("a.cjs", `const assert = require("node:assert"); o.q = 1;\nassert(o.q === 2);`),
  "assert on a line that writes": {
    ...alone("a.cjs", `const assert = require("node:assert");\no.q = 1; assert(o.q === 2);`),
    from: 22,
  },
  "assert of a write": alone("a.cjs", `const assert = require("node:assert");\nassert((o.q = 5) === 6);`),
  "assert of a call that writes": alone(
    "a.cjs",
    `const assert = require("node:assert");\nassert.ok(new Map().delete(1) || o.list.push(1) > 3);`,
  ),
  "assert of a deeper write": alone(
    "a.cjs",
    `const assert = require("node:assert");\nassert(o.deep.er.list = (o.q = 0));`,
  ),
  "assert with a message": alone(
    "a.cjs",
    `const assert = require("node:assert");\no.q = 1; assert((o.q = 5) === 6, "six");`,
  ),
  "assert.equal of a write": alone(
    "a.cjs",
    `const assert = require("node:assert");\no.q = 1; assert.strictEqual((o.q = 5), 6);`,
  ),
  "assert in a module": alone(
    "a.mjs",
    `import assert, { ok } from "node:assert";\ntry { ok((o.q = 0)); } catch (error) { console.log(error.message); }\no.q = 1;\nassert(o.deep.er.n === 2);`,
  ),
  "assert.throws that does not": alone(
    "a.cjs",
    `const assert = require("node:assert");\no.q = 1; assert.throws(() => { o.q = 1; });`,
  ),
  "a syntax error in CommonJS": { files: { "a.cjs": `${head}let let = 5;` } },
  "a syntax error in a module": { files: { "a.mjs": `${head}const x = ;\n` } },
  "a syntax error in an imported module": {
    files: { "a.mjs": `import "./b.mjs";`, "b.mjs": `${head}export const x = 1 +;\n` },
  },
  "a syntax error in a required file": {
    files: { "a.cjs": `${head}o.q = require("./b.cjs");`, "b.cjs": `${head}o.q = await 5;` },
  },
  "a module of CommonJS syntax": { files: { "a.mjs": `${head}o.q = require("node:fs");` } },
  "an early error in a module": { files: { "a.mjs": `${head}export { nothing };` } },
  "a name that is not exported": {
    files: { "a.mjs": `import { nothing } from "./b.mjs";\n${head}`, "b.mjs": `export let x = 1;` },
  },
  "broken JSON": { files: { "a.cjs": `${head}o.q = require("./b.json");`, "b.json": `{ "a": ` } },
  "broken JSON in a module": {
    files: { "a.mjs": `import x from "./b.json" with { type: "json" };`, "b.json": `{ "a": ` },
    from: 20,
  },
  TypeScript: {
    files: { "a.ts": `${head}const f = (n: number): void => { o.q = n; throw new Error("typed"); };\nf(3);` },
    from: 24,
  },
  "a syntax error in TypeScript": {
    files: { "a.ts": `${head}const f = (n: number): void => { let = 5 5 };` },
    from: 24,
  },
  "TypeScript in a module": { files: { "a.mts": `${head}o.deep.er.n = 1; o.none.x = (5 as number);` }, from: 24 },
  "a warning with its trace": alone(
    "a.cjs",
    `function f() { o.q = 1; process.emitWarning("careful"); } o.deep.er.n = 1; f();`,
    ["--trace-warnings"],
  ),
  "a deprecation thrown": alone("a.cjs", `o.q = 1; process.emitWarning("old", "DeprecationWarning");`, [
    "--throw-deprecation",
  ]),
  "handled by the program": alone(
    "a.cjs",
    `process.on("uncaughtException", (error) => { o.error = error; console.log(error.stack); process.exitCode = 4; });\no.q = 1; throw new Error("handled");`,
  ),
  "seen by a monitor and at the exit": alone(
    "a.cjs",
    `let seen; process.on("uncaughtExceptionMonitor", (error) => { seen = error; console.log(error.stack); }); process.on("exit", () => console.log(Object.getOwnPropertyNames(seen).join(), seen.stack));\no.q = 1; throw new Error("seen");`,
  ),
  "functions as text": alone(
    "a.cjs",
    `function f(a) { o.q = a; o.deep.er.n = a; }
console.log(f.toString(), String(class { x = (o.q = 1); }), "" + console.log, console.error.toString(), process.exit.toString().length, process.reallyExit.toString());
for (const each of [console.trace, process.kill, process.abort, fetch, setTimeout, process.stdout.write, process.emit, Function.prototype.toString, require("node:module").prototype._compile, require("node:http").request, require("node:child_process").spawn, require("node:events").prototype.emit, Error, require("node:worker_threads").Worker, require("node:module").register])
  console.log(each.name, String(each).slice(0, 200));`,
  ),
  "a loader that fails": {
    files: { "fails.mjs": `throw new Error("the loader");`, "app.mjs": `console.log("app");` },
    args: ["--loader", "./fails.mjs", "app.mjs"],
  },
  "a loader whose hook fails": {
    files: {
      "fails.mjs": `export async function load(url, context, next) { if (url.endsWith("app.mjs")) throw new Error("the hook"); return next(url, context); }`,
      "app.mjs": `console.log("app");`,
    },
    args: ["--loader", "./fails.mjs", "app.mjs"],
  },
  "a loader that is not there": {
    files: { "app.mjs": `console.log("app");` },
    args: ["--loader", "./nowhere.mjs", "app.mjs"],
  },
  "a loader of broken syntax": {
    files: { "fails.mjs": `let let;`, "app.cjs": `console.log("app");` },
    args: ["--loader", "./fails.mjs", "app.cjs"],
  },
  "an import that fails": {
    files: { "fails.mjs": `${head}o.q = 1; throw new Error("imported");`, "app.mjs": `console.log("app");` },
    args: ["--import", "./fails.mjs", "app.mjs"],
  },
  "an import that is not there": {
    files: { "app.mjs": `console.log("app");` },
    args: ["--import", "./nowhere.mjs", "app.mjs"],
  },
  "a preloaded file that fails": {
    files: { "fails.cjs": `${head}o.q = 1; throw new Error("required");`, "app.cjs": `console.log("app");` },
    args: ["-r", "./fails.cjs", "app.cjs"],
  },
  "a preloaded file that is not there": {
    files: { "app.cjs": `console.log("app");` },
    args: ["-r", "./nowhere.cjs", "app.cjs"],
  },
  "a program that is not there": { files: {}, args: ["nowhere.cjs"] },
  "a module that is not there": { files: {}, args: ["nowhere.mjs"] },
  "a folder without an index": { files: { "folder/note.txt": "" }, args: ["folder"] },
  "a package without its entry": { files: { "folder/package.json": `{ "main": "nothing.js" }` }, args: ["folder"] },
  "hooks registered that fail": {
    files: {
      "fails.mjs": `throw new Error("registered");`,
      "app.mjs": `import { register } from "node:module";\nregister("./fails.mjs", import.meta.url);\nawait import("./b.mjs");`,
      "b.mjs": "",
    },
  },
};
