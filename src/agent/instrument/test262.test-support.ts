// One test of test262 in a world of its own, as written or rewritten to tell of its calls and writes. In a process that another one
// starts and watches (tools/test262.ts), since a test may run for ever.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";
import { type Call, type CallsTold, type LinesTold, helpersName, makeWriteHelpers } from "../write-helpers.js";
import { silentWrites } from "./snippets.test-support.js";
import { transform } from "./transform.js";

interface Metadata {
  readonly includes: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly negative: string | undefined;
}

interface Ran {
  readonly outcome: string;
  readonly problems: readonly string[];
  /** Of what is written in the test; undefined where it ran as written. */
  readonly functions: { readonly wrapped: number; readonly skipped: number } | undefined;
  readonly isUnreadable: boolean;
}

function metadataOf(source: string): Metadata {
  const text = /\/\*---([\s\S]*?)---\*\//.exec(source)?.[1] ?? "";
  const listed = (name: string): string[] => {
    const inline = new RegExp(`^${name}:\\s*\\[([^\\]]*)\\]`, "m").exec(text)?.[1];
    if (inline !== undefined) return inline.split(",").map((one) => one.trim());
    const block = new RegExp(`^${name}:\\s*\\n((?:\\s+-.*\\n?)+)`, "m").exec(text)?.[1] ?? "";
    return [...block.matchAll(/-\s*(\S+)/g)].map((match) => match[1] ?? "");
  };
  return {
    includes: listed("includes").filter(Boolean),
    flags: new Set(listed("flags")),
    negative: /^negative:\s*\n\s+(?:phase|type).*\n\s+(?:phase|type).*$/m.exec(text)?.[0],
  };
}

/** Whether calls are told of in an order that can be. */
class Told implements CallsTold, LinesTold {
  isActive = true;
  readonly problems: string[] = [];

  enter(): Call {
    return { isAway: false, isOver: false };
  }
  isWanted(): boolean {
    return true;
  }
  step(call: Call): void {
    if (Reflect.get(call, "isOver") === true) this.problems.push("ran a statement after it was left");
    if (Reflect.get(call, "isAway") === true) this.problems.push("ran a statement while it waited");
  }
  returns(call: Call): void {
    if (Reflect.get(call, "isOver") === true) this.problems.push("returned after it was left");
    if (Reflect.get(call, "isAway") === true) this.problems.push("returned while it waited");
  }
  throws(): void {
    // Whatever it waited for may have failed.
  }
  waits(call: Call): void {
    Reflect.set(call, "isAway", true);
  }
  goesOn(call: Call): void {
    Reflect.set(call, "isAway", false);
  }
  leaves(call: Call): void {
    if (Reflect.get(call, "isOver") === true) this.problems.push("left twice");
    Reflect.set(call, "isOver", true);
  }
}

const nothing = (): undefined => undefined;
const harnesses = new Map<string, vm.Script>();
function harness(checkout: string, name: string): vm.Script {
  const known =
    harnesses.get(name) ?? new vm.Script(readFileSync(join(checkout, "harness", name), "utf8"), { filename: name });
  harnesses.set(name, known);
  return known;
}

const textOf = (error: unknown): string =>
  typeof error === "object" && error !== null
    ? `${String(Reflect.get(Object(Reflect.get(error, "constructor")), "name"))}: ${String(Reflect.get(error, "message"))}`
    : String(error);

/** What is the same of a test however often it runs. */
async function run(checkout: string, path: string, isStrict: boolean, isTold: boolean): Promise<Ran> {
  const source = readFileSync(join(checkout, path), "utf8");
  const { includes, flags } = metadataOf(source);
  const isModule = flags.has("module");
  const text = isStrict && !isModule ? `"use strict";\n${source}` : source;
  const result = isTold
    ? transform(text, {
        format: isModule ? "module" : "commonjs",
        file: `/${path}`,
        standsAlone: false,
        told: { writes: true, calls: true, state: ["*"], lines: ["*"] },
      })
    : undefined;
  const code = result?.kind === "changed" ? result.code : text;
  const told = new Told();
  const printed: string[] = [];
  const world = vm.createContext({ print: (line: unknown) => void printed.push(String(line)) });
  const helpers = makeWriteHelpers({ isActive: true }, silentWrites, told, undefined, told);
  Object.defineProperty(world, helpersName, { value: helpers, enumerable: false });
  vm.runInContext("globalThis.$262 = { global: globalThis };", world);
  let outcome = "ran";
  try {
    if (!flags.has("raw"))
      for (const name of ["assert.js", "sta.js", ...(flags.has("async") ? ["doneprintHandle.js"] : []), ...includes])
        harness(checkout, name).runInContext(world);
    if (isModule) await runModule(code, path, world);
    else new vm.Script(code, { filename: "test.js" }).runInContext(world, { timeout: 5000 });
    if (flags.has("async"))
      for (let turn = 0; printed.length === 0 && turn < 200; turn++)
        await new Promise((next) => setTimeout(next, turn >> 3));
  } catch (error) {
    outcome = textOf(error);
  }
  await new Promise((next) => setImmediate(next));
  return {
    outcome: [outcome, ...printed].join("\n"),
    problems: told.problems,
    functions: result?.kind === "changed" ? result.functions : undefined,
    isUnreadable: result?.kind === "unreadable",
  };
}

async function runModule(code: string, path: string, context: vm.Context): Promise<void> {
  const module = new vm.SourceTextModule(code, { identifier: path, context });
  await module.link(() => {
    throw new Error("modules of more than one file are not run");
  });
  await module.evaluate({ timeout: 5000 });
}

interface Asked {
  readonly checkout: string;
  readonly path: string;
}

// A promise that is rejected with nobody there is the test's own affair.
process.on("unhandledRejection", nothing);
process.on("uncaughtException", nothing);
process.on("message", (message: Asked) => {
  void (async () => {
    const { checkout, path } = message;
    const { flags } = metadataOf(readFileSync(join(checkout, path), "utf8"));
    const modes = flags.has("onlyStrict")
      ? [true]
      : flags.has("noStrict") || flags.has("raw") || flags.has("module")
        ? [false]
        : [false, true];
    const ran = [];
    for (const isStrict of modes)
      ran.push({
        isStrict,
        alone: await run(checkout, path, isStrict, false),
        told: await run(checkout, path, isStrict, true),
      });
    process.send?.({ path, ran });
  })();
});
