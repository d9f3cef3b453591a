// `--state`: a program that nobody changed keeps an account of its own instances and variables and prints it after every step; what
// was recorded by then has to be the same, and every write has to be known where it was made.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import { recordedText } from "../../src/agent/state/recorded-state.test-support.js";
import { type AgentListener, type ProgramSeen, listenForAgents } from "./agent-listener.js";

const tsx = join(import.meta.dirname, "../../node_modules/tsx/dist/cli.mjs");

/** Random steps from a seed; lines 32 to 44 write. The account is made of what the program knows, by the names that scopes are to have. */
const program = `
interface Account { [scope: string]: string }
class Base {
  lines: string[] = [];
}
class Cart extends Base {
  constructor(public id: number) { super(); }
}
class Guest extends Cart {}
class Session {
  user = "nobody";
}
class Other {
  id = 1;
}
const carts = new Map<number, Cart>();
let count = 0;
let current: Session | undefined;
var flags = { open: true };
const known: Session[] = [];
let seed = Number(process.argv[2]);
const random = (n: number): number => (seed = (seed * 16807) % 2147483647) % n;
const some = (): Cart => [...carts.values()][random(carts.size)]!;
const q = JSON.stringify;
const account = (): Account => ({
  count: q(count), current: current === undefined ? "undefined" : 'Session{"user":' + q(current.user) + "}",
  flags: "Object" + q(flags),
  ...Object.fromEntries([...carts.values()].map((cart) => [cart.constructor.name + "(id=" + cart.id + ")",
    cart.constructor.name + '{"lines":Array' + q(cart.lines) + ',"id":' + cart.id + "}"])),
  ...Object.fromEntries(known.map((session, at) => ["Session#" + (at + 1), 'Session{"user":' + q(session.user) + "}"])),
});
const steps: (() => void)[] = [
  () => { const cart = new Cart(carts.size); carts.set(cart.id, cart); count++; },
  () => { const cart = make(Guest, carts.size); carts.set(cart.id, cart); count += 1; },
  () => { known.push(current = new Session()); },
  () => { if (current) current.user = "user " + random(9); },
  () => { if (carts.size > 0) some().lines.push("line " + random(99)); },
  () => { if (carts.size > 0) some().lines.length = 0; },
  () => { flags = { open: random(2) === 0 }; },
  () => { flags.open = !flags.open; },
  () => { [count] = [random(100)]; },
  () => { for (count of [1, 2]) new Other().id = count; },
  () => { const count = 7; void count; current = known[random(5)]; },
  () => { try { throw 1; } catch { --count; } },
];
console.log(q(account()));
for (let n = 0; n < 150; n++) {
  steps[random(steps.length)]!();
  console.log(q(account()));
}
`;
const javaScript = (source: string): string =>
  source
    .replace(/^interface.*$/m, "")
    .replace("constructor(public id: number) { super(); }", "constructor(id) { super(); this.id = id; }")
    .replace("lines: string[] = []", "lines = []")
    .replace("Map<number, Cart>", "Map")
    .replace("let current: Session | undefined", "let current")
    .replace("known: Session[]", "known")
    .replace("(n: number): number", "(n)")
    .replace("(): Cart", "()")
    .replace("(): Account", "()")
    .replace("steps: (() => void)[]", "steps")
    .replaceAll("]!", "]");
const factory = {
  "node_modules/factory/index.cjs": "exports.make = (K, id) => new K(id);",
  "node_modules/factory/package.json": '{"name":"factory","main":"index.cjs"}',
};

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "hindcast-chosen-")));
  mkdirSync(join(folder, "node_modules/factory"), { recursive: true });
  // Instances that the dependency makes are told of by their constructor: the same turn goes on before they are followed.
  const inTurns = (source: string): string =>
    source.replace("steps[random(steps.length)]", "await new Promise(setImmediate);\n  steps[random(steps.length)]");
  const made = "const make = (K, id) => new K(id);";
  const makeOf = "const make = <K>(K: new (id: number) => K, id: number): K => new K(id);";
  const asModule = (source: string): string => `import { make } from "factory";${inTurns(source)}`;
  const files: Readonly<Record<string, string>> = {
    ...factory,
    "app.cjs": made + javaScript(program),
    "app.mjs": made + javaScript(program),
    "app.ts": makeOf + program,
    "app.mts": makeOf + program,
    "factory.mjs": asModule(javaScript(program)).replace(
      "\n  console.log(q",
      "\n  await new Promise(setImmediate); console.log(q",
    ),
    "many.cjs":
      "class Point {} const all = []; for (let n = 0; n < 1200; n++) all.push(new Point()); console.log(all.length);",
    "secret.cjs": `class Login { constructor(id) { this.id = id; } } new Login("${"ghp_" + "a1B2".repeat(9)}");`,
  };
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let listener: AgentListener | undefined;
afterEach(() => listener?.close());

async function recorded(args: readonly string[], settings: object): Promise<ProgramSeen> {
  listener = await listenForAgents("secret");
  const { NODE_OPTIONS: _options, HINDCAST_SOCKET: _socket, ...inherited } = process.env;
  const given = JSON.stringify({ level: "requests", include: [], exclude: [], writes: true, ...settings });
  const env = { ...inherited, ...listener.environment, HINDCAST_SETTINGS: given };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(0);
  const seen = listener.programs.find(({ records }) => records.some(({ kind }) => kind === "write"));
  if (seen === undefined) throw new Error("no state was recorded");
  return seen;
}

/** What the program says after each step, and what was recorded by then; `found`: writes that were found by looking. */
function compared({ records }: ProgramSeen) {
  const graph = ObjectGraph.empty();
  const said: Record<string, string>[] = [];
  const known: Record<string, string>[] = [];
  let found = 0;
  let nowhere = 0;
  for (const record of records) {
    if (record.kind === "write") {
      graph.apply(record.operation);
      if (!Number.isNaN(record.afterMs)) found++;
      if (record.location === 0) nowhere++;
    }
    if (record.kind !== "log" || !record.body.startsWith("{")) continue;
    said.push(JSON.parse(record.body) as Record<string, string>);
    known.push(Object.fromEntries([...graph.scopes().keys()].map((scope) => [scope, recordedText(graph, scope)])));
  }
  return { said, known, found, nowhere };
}

const sorted = (scopes: Record<string, string>): string =>
  Object.entries(scopes)
    .map(([scope, text]) => `${scope} = ${text}`)
    .sort()
    .join("\n");

const state = ["Cart", "Session", "count", "current", "flags"];

describe("a program whose classes and variables were chosen by name", () => {
  const ways: readonly (readonly [name: string, args: readonly string[]])[] = [
    ["CommonJS", ["app.cjs"]],
    ["an ES module", ["app.mjs"]],
    ["tsx, .ts", [tsx, "app.ts"]],
    ["tsx, .mts", [tsx, "app.mts"]],
  ];
  for (const [at, [name, args]] of ways.entries()) {
    const [seed, level] = [4711 + at, at % 2 === 0 ? "requests" : "calls"];
    it(`is recorded as its own account says, step by step: ${name}, level ${level}, seed ${seed}`, async () => {
      const seen = compared(await recorded([...args, String(seed)], { state, level }));
      expect(seen.said).toHaveLength(151);
      for (const [step, account] of seen.said.entries())
        expect(`${step}\n${sorted(seen.known[step] ?? {})}`).toBe(`${step}\n${sorted(account)}`);
      expect({ found: seen.found, nowhere: seen.nowhere }).toEqual({ found: 0, nowhere: 0 });
    });
  }

  it("follows instances that a dependency makes, when the program's own code has returned", async () => {
    const seen = compared(await recorded(["factory.mjs", "99"], { state }));
    expect(seen.said).toHaveLength(151);
    for (const [step, account] of seen.said.entries())
      expect(`${step}\n${sorted(seen.known[step] ?? {})}`).toBe(`${step}\n${sorted(account)}`);
    expect(sorted(seen.said.at(-1) ?? {})).toMatch(/^Guest\(id=/m);
  });

  it("follows a thousand instances and counts the others; writes need not be told of", async () => {
    const seen = await recorded(["many.cjs"], { state: ["Point"], writes: false });
    const scopes = new Set(
      seen.records.flatMap((record) =>
        record.kind === "write" && record.operation.kind === "scope" ? [record.operation.scope] : [],
      ),
    );
    expect(scopes.size).toBe(1000);
    expect(seen.metrics.filter(({ name }) => name === "hindcast.state.left_out").at(-1)?.value).toBe(200);
  });

  it("takes secrets out of their names", async () => {
    const { records } = await recorded(["secret.cjs"], {
      state: ["Login"],
      redaction: { enabled: true, keys: [], prefixes: [], allow: [] },
    });
    const scope = records.find((record) => record.kind === "write" && record.operation.kind === "scope");
    expect(JSON.stringify(scope)).toMatch(/Login\(id=\[redacted:/);
    expect(JSON.stringify(records)).not.toContain("a1B2a1B2");
  });

  it("is seen at its lines", async () => {
    const { records } = await recorded(["app.cjs", "5"], { state: ["count"] });
    const strings = new Map<number, string>([[0, ""]]);
    const places = new Set<string>();
    for (const record of records) {
      if (record.kind === "string") strings.set(record.id, record.text);
      if (record.kind === "location") places.add(`${basename(strings.get(record.file) ?? "")}:${record.line}`);
    }
    expect([...places].sort()).toEqual([
      "app.cjs:17",
      "app.cjs:33",
      "app.cjs:34",
      "app.cjs:41",
      "app.cjs:42",
      "app.cjs:44",
    ]);
  });
});
