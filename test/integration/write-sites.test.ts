// Real programs in real processes: whatever way their source takes into Node, the agent sees each write where it was made
// and the program prints what it prints without an agent. HINDCAST_TEST_NODE names another Node to try.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import { recordedText } from "../../src/agent/state/recorded-state.test-support.js";
import { type AgentListener, type ProgramSeen, listenForAgents } from "./agent-listener.js";

const node = process.env["HINDCAST_TEST_NODE"] ?? process.execPath;
const tsx = join(import.meta.dirname, "../../node_modules/tsx/dist/cli.mjs");
const [major = 0, minor = 0] = execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" })
  .split(".")
  .map(Number);
const stripsTypes = major > 22 || (major === 22 && minor >= 18);

/** Writes on lines 8, 9, 16 and 17; line 22 throws, and its stack is printed. */
const program = `
interface Order { id: number; lines: string[]; note?: string }
class Store {
  #version = 0;
  orders = new Map<number, Order>();
  add(order: Order): void {
    // a comment, and lines that must stay where they are
    this.orders.set(order.id, order);
    this.#version++;
  }
}
const store = track("store", new Store());
function fill(): void {
  store.add({ id: 1, lines: [] });
  const order = store.orders.get(1);
  order?.lines.push("apple");
  if (order) order.note = "fresh";
}
fill();
try {
  const nothing = { here: {} as { push(n: number): void } };
  store.orders.get(1)!.lines[1] = "pear", nothing.here.push(1);
} catch (error) {
  console.log((error as Error).stack!.split("\\n")[1]!.replace(/^.*[(/\\\\]/, ""));
}
`;
const javaScript = (source: string): string =>
  source
    .replace(/^interface.*$/m, "")
    .replace("Map<number, Order>", "Map")
    .replace(" as { push(n: number): void }", "")
    .replaceAll(/: (?:Order|void)(?=[) ])/g, "")
    .replace("(error as Error)", "error")
    .replaceAll("!.", ".");
const withImport = (source: string): string => `import { track } from "hindcast";${source}`;
const withRequire = (source: string): string => `const { track } = require("hindcast");${source}`;

const state = 'Store{"orders":Map(1=>Object{"id":1,"lines":Array["apple","pear"],"note":"fresh"})}';

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "hindcast writes ")));
  const files: Readonly<Record<string, string>> = {
    "app.cjs": withRequire(javaScript(program)),
    "app.mjs": withImport(javaScript(program)),
    "untyped.js": withImport(javaScript(program)),
    "app.ts": withImport(program),
    "app.mts": withImport(program),
    "app.cts": withRequire(program),
    "circle.mjs":
      'import "./other.mjs"; export function early(o) { o.list.push(1); o.n = 1; return o; } console.log("late");',
    "other.mjs":
      'import { early } from "./circle.mjs"; const o = { list: [] }; o.x = 1; console.log(JSON.stringify(early(o)));',
    "threads.mjs":
      'import { Worker } from "node:worker_threads"; const o = {}; o.started = true;' +
      'new Worker(new URL("./thread.mjs", import.meta.url)).on("message", (m) => console.log(m));',
    "thread.mjs":
      'import { parentPort } from "node:worker_threads"; const o = { l: [] }; o.l.push(1); o.n = 2; parentPort.postMessage(JSON.stringify(o));',
  };
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let listener: AgentListener | undefined;
afterEach(() => listener?.close());

async function outputOf(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const { NODE_OPTIONS: _options, HINDCAST_SOCKET: _socket, ...inherited } = process.env;
  const child = spawn(node, args, { cwd: folder, env: { ...inherited, ...environment }, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  await once(child, "close");
  return output;
}

interface Seen {
  readonly output: string;
  readonly state: string;
  readonly writes: readonly string[];
}

async function recordingOf(args: readonly string[], settings: object = {}): Promise<Seen> {
  listener = await listenForAgents("secret");
  const json = JSON.stringify({ level: "requests", include: [], exclude: [], writes: true, ...settings });
  const output = await outputOf(args, { ...listener.environment, HINDCAST_SETTINGS: json });
  const tracked = listener.programs.find(({ records }) => records.some(({ kind }) => kind === "write"));
  const graph = ObjectGraph.empty();
  for (const record of tracked?.records ?? []) if (record.kind === "write") graph.apply(record.operation);
  return { output, state: recordedText(graph, "store"), writes: tracked === undefined ? [] : writesOf(tracked) };
}

/** "map-set app.ts:8 Store.add": adoption is left out, and a write found by looking says so. */
function writesOf({ records }: ProgramSeen): string[] {
  const strings = new Map<number, string>([[0, ""]]);
  const locations = new Map<number, string>([[0, "nowhere"]]);
  const writes: string[] = [];
  for (const record of records) {
    if (record.kind === "string") strings.set(record.id, record.text);
    if (record.kind === "location") {
      const [file, name] = [strings.get(record.file) ?? "?", strings.get(record.functionName) ?? "?"];
      locations.set(record.id, `${basename(file)}:${record.line} ${name}`.trimEnd());
    }
    if (record.kind !== "write" || record.operation.kind === "contents" || record.operation.kind === "scope") continue;
    const where = Number.isNaN(record.afterMs) ? locations.get(record.location) : "found";
    writes.push(`${record.operation.kind} ${where ?? "?"}`);
  }
  return writes;
}

describe("a program that writes to tracked state", () => {
  const ways: readonly (readonly [name: string, args: readonly string[], isAvailable: boolean])[] = [
    ["CommonJS", ["app.cjs"], true],
    ["an ES module", ["app.mjs"], true],
    ["an ES module that does not say so", ["untyped.js"], major > 22 || (major === 22 && minor >= 7)],
    ["tsx, .ts", [tsx, "app.ts"], true],
    ["tsx, .mts", [tsx, "app.mts"], true],
    ["tsx, .cts", [tsx, "app.cts"], true],
    ["stripped types, .ts", ["app.ts"], stripsTypes],
    ["stripped types, .mts", ["app.mts"], stripsTypes],
    ["stripped types, .cts", ["app.cts"], stripsTypes],
  ];
  for (const [name, args, isAvailable] of ways) {
    it.runIf(isAvailable)(`is seen at its writes: ${name}`, async () => {
      const file = basename(args.at(-1) ?? "");
      const seen = await recordingOf(args);
      expect(seen.state).toBe(state);
      expect(seen.writes).toEqual([
        `map-set ${file}:8 Store.add`,
        `set ${file}:9 Store.add`,
        `splice ${file}:16 fill`,
        `set ${file}:17 fill`,
        `splice ${file}:22`,
      ]);
      // Where the error was thrown, line and column, by the source map where there is one.
      expect(seen.output).toMatch(file.endsWith("ts") && args.length > 1 ? `${file}:22:56` : `${file}:22:`);
    });
  }

  it("is found by looking where its writes are not to be instrumented", async () => {
    for (const settings of [{ writes: false }, { exclude: ["app.cjs"] }, { include: ["other/**"] }]) {
      const seen = await recordingOf(["app.cjs"], settings);
      expect(seen.state).toBe(state);
      expect(new Set(seen.writes)).toEqual(new Set(["map-set found"]));
      await listener?.close();
    }
  });

  it("prints what it prints without an agent, in circles and threads as well", async () => {
    for (const file of ["circle.mjs", "threads.mjs"]) {
      const bare = await outputOf([file], {});
      const seen = await recordingOf([file]);
      expect(seen.output).toBe(bare);
      await listener?.close();
    }
  });
});
