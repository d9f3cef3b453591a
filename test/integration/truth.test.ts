// The product's one promise: the state shown for an instant is the state the program had. Programs keep their own
// account of themselves (one JSON line per change); what the command line reconstructs from the recording must be
// equal to it, character by character, at random instants and at the boundaries of changes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { seeds } from "../../src/engine/replay/seeds.test-support.js";

const cli = join(process.cwd(), "out/node/cli.js");
const folder = mkdtempSync(join(tmpdir(), "hindcast-truth-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const oracleLine = v.object({
  changes: v.number(),
  begun: v.pipe(
    v.string(),
    v.transform((text) => BigInt(text)),
  ),
  clock: v.pipe(
    v.string(),
    v.transform((text) => BigInt(text)),
  ),
  state: v.unknown(),
});
type OracleLine = v.InferOutput<typeof oracleLine>;

/**
 * `settled`: what the program says it was. `changing`: it was in the middle of the change whose account this is. The last
 * write of a change is to the counter of changes, so an answer with this account's counter can be judged, too.
 */
type Question =
  | { readonly kind: "settled"; readonly at: bigint; readonly account: OracleLine }
  | { readonly kind: "changing"; readonly at: bigint; readonly account: OracleLine };

async function runCli(args: readonly string[], env: Record<string, string>, input = ""): Promise<string> {
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder, ...env },
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.end(input);
  const [code]: unknown[] = await once(child, "close");
  if (code !== 0) throw new Error(`hindcast ${args.join(" ")} ended with ${String(code)}: ${err}`);
  return out;
}

const readOracle = (file: string): OracleLine[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => v.parse(oracleLine, JSON.parse(line)));

interface Questions {
  /** Random instants of the whole run, and just before a change, at its end and just after. */
  readonly asked: readonly Question[];
  /** In the middle of changes, on purpose. */
  readonly inside: readonly Question[];
}

function questionsFor(
  oracle: readonly OracleLine[],
  seed: number,
  randomCount: number,
  boundaryCount: number,
): Questions {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
  const first = oracle[0]?.clock ?? 0n;
  const last = oracle.at(-1)?.clock ?? 0n;
  const ask = (at: bigint): Question[] => {
    const question = questionAt(oracle, at);
    return question === undefined ? [] : [question];
  };
  const boundaries: bigint[] = [];
  const inside: bigint[] = [];
  for (let i = 0; i < boundaryCount; i++) {
    const line = oracle[1 + Math.floor(random() * (oracle.length - 1))];
    if (line === undefined) continue;
    boundaries.push(line.begun - 1n, line.clock, line.clock + 1n);
    inside.push(line.begun + (line.clock - line.begun) / 2n, line.clock - 1n);
  }
  const instants = Array.from(
    { length: randomCount },
    () => first + BigInt(Math.floor(random() * Number(last - first))),
  );
  return { asked: [...instants, ...boundaries].flatMap(ask), inside: inside.flatMap(ask) };
}

function questionAt(oracle: readonly OracleLine[], at: bigint): Question | undefined {
  let low = 0;
  let high = oracle.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = oracle[middle];
    if (line !== undefined && line.begun <= at) low = middle + 1;
    else high = middle;
  }
  const account = oracle[low - 1];
  if (account === undefined) return undefined;
  return { kind: account.clock <= at ? "settled" : "changing", at, account };
}

/** What is between a change's first write and its line in the oracle nobody can judge, on a busy machine most: this much of all runs at most. */
const mostExcluded = 0.02;
const counts = { runs: 0, asked: 0, excluded: 0, inside: 0, judgedInside: 0 };

const infoSchema = v.object({
  processes: v.array(v.object({ process: v.number(), pid: v.number() })),
  scopes: v.array(v.object({ process: v.number(), scope: v.string() })),
});
const counterSchema = v.object({ changes: v.number() });

async function compare(
  file: string,
  scope: readonly [name: string, ...option: string[]],
  { asked, inside }: Questions,
  { least, isCounted }: { readonly least: number; readonly isCounted: boolean } = { least: 600, isCounted: true },
): Promise<void> {
  const input = [...asked, ...inside].map(({ at }) => `${String(at)}\n`).join("");
  const out = await runCli(["state", file, "--scope", ...scope, "--at", "-", "--json"], {}, input);
  const answers = out.trim().split("\n");
  expect(answers.length).toBe(asked.length + inside.length);
  const wrong: object[] = [];
  /** Whether the answer could be judged. */
  const judge = ({ kind, at, account }: Question, answer = ""): boolean => {
    const isComplete = () => v.parse(counterSchema, JSON.parse(answer)).changes === account.changes;
    if (kind === "changing" && !isComplete()) return false;
    const wanted = JSON.stringify(account.state);
    if (answer !== wanted) wrong.push({ kind, at: String(at), wanted, got: answer });
    return true;
  };
  const excluded = asked.filter((question, i) => !judge(question, answers[i])).length;
  const judgedInside = inside.filter((question, i) => judge(question, answers[asked.length + i])).length;
  if (isCounted) {
    counts.runs++;
    counts.asked += asked.length;
    counts.excluded += excluded;
    counts.inside += inside.length;
    counts.judgedInside += judgedInside;
  }
  console.log(
    `${scope[0]}: ${excluded} of ${asked.length} instants excluded; ${judgedInside} of ${inside.length} inside changes judged`,
  );
  expect(asked.length - excluded).toBeGreaterThan(least);
  expect(wrong.slice(0, 1)).toEqual([]);
}

const churnSeeds = seeds(1, 2, 3, 4);

describe("state at any instant", () => {
  it("equals the ledger's own account under load", async () => {
    const file = join(folder, "ledger.hindcast");
    const oracleFile = join(folder, "ledger.jsonl");
    const server = ["node", "examples/ledger/server.mjs", "--load", "12", "--seed", "11", "--rate", "20"];
    await runCli(["record", "-o", file, "--", ...server], { LEDGER_ORACLE: oracleFile });
    const oracle = readOracle(oracleFile);
    expect(oracle.length).toBeGreaterThan(100);
    await compare(file, ["ledger"], questionsFor(oracle, 1, 1000, 100));
  });

  it("equals the own account of each of the ledger's services", async () => {
    const file = join(folder, "system.hindcast");
    const oracleFolder = join(folder, "system");
    const system = ["node", "examples/ledger/system.mjs", "--load", "6", "--seed", "4", "--rate", "10"];
    await runCli(["record", "-o", file, "--", ...system], { LEDGER_ORACLE: oracleFolder });
    const { processes, scopes } = v.parse(infoSchema, JSON.parse(await runCli(["info", file, "--json"], {})));
    const kept = readdirSync(oracleFolder).sort();
    expect(kept.map((name) => name.replace(/-.*/, ""))).toEqual(["feeds", "gateway", "ledger", "payments", "pool"]);
    // Five processes on few processors: how much of the time they are inside of changes says nothing here.
    const least = { least: 200, isCounted: false };
    for (const [seed, name] of kept.entries()) {
      const [scope = "", pid] = name.replace(".jsonl", "").split("-");
      const inProcess = new Set(processes.flatMap((one) => (one.pid === Number(pid) ? [one.process] : [])));
      const recorded = scopes.find((one) => one.scope === scope && inProcess.has(one.process));
      const questions = questionsFor(readOracle(join(oracleFolder, name)), seed + 1, 200, 30);
      await compare(file, [scope, "--process", String(recorded?.process)], questions, least);
    }
  });

  it.concurrent.each(churnSeeds)(
    "equals the account of a program that changes its state in every way (seed %i)",
    async (seed) => {
      const file = join(folder, `churn-${seed}.hindcast`);
      const oracleFile = join(folder, `churn-${seed}.jsonl`);
      const program = ["node", "test/programs/churn.mjs", String(seed), "180"];
      await runCli(["record", "-o", file, "--", ...program], { CHURN_ORACLE: oracleFile });
      const oracle = readOracle(oracleFile);
      expect(oracle.length).toBe(180);
      await compare(file, ["world"], questionsFor(oracle, seed, 600, 80));
    },
  );
});

describe("what the programs' own accounts cannot judge", () => {
  it("is less than two instants in a hundred", () => {
    expect(counts.runs).toBe(1 + churnSeeds.length);
    expect(counts.excluded / counts.asked).toBeLessThan(mostExcluded);
  });

  it("is not all of what is inside a change", () => {
    expect(counts.judgedInside).toBeGreaterThan(counts.inside / 10);
  });
});
