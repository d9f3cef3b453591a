// The product's one promise: the state shown for an instant is the state the program had. Two programs keep their own
// account of themselves (one JSON line per change); what the command line reconstructs from the recording must be
// equal to it, character by character, at random instants and at the boundaries of changes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";

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

interface Question {
  readonly at: bigint;
  /** What the program says it was; undefined = it was in the middle of a change, nobody can say. */
  readonly expected: OracleLine | undefined;
}

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
  /** Over the whole run; those that fell into the middle of a change are excluded and counted. */
  readonly random: readonly Question[];
  /** Just before a change, at its end and just after. */
  readonly boundaries: readonly Question[];
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
  const ask = (at: bigint): Question => ({ at, expected: expectedAt(oracle, at) });
  const boundaries: bigint[] = [];
  for (let i = 0; i < boundaryCount; i++) {
    const line = oracle[1 + Math.floor(random() * (oracle.length - 1))];
    if (line !== undefined) boundaries.push(line.begun - 1n, line.clock, line.clock + 1n);
  }
  const instants = Array.from(
    { length: randomCount },
    () => first + BigInt(Math.floor(random() * Number(last - first))),
  );
  return { random: instants.map(ask), boundaries: boundaries.map(ask) };
}

function expectedAt(oracle: readonly OracleLine[], at: bigint): OracleLine | undefined {
  let low = 0;
  let high = oracle.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = oracle[middle];
    if (line !== undefined && line.begun <= at) low = middle + 1;
    else high = middle;
  }
  const line = oracle[low - 1];
  return line !== undefined && line.clock <= at ? line : undefined;
}

/** What is between a change's first write and its line in the oracle nobody can judge: this much of the runs at most. */
const mostExcluded = 0.01;
/** Of each run, the share of its random instants. */
const excludedShares: number[] = [];

async function compare(file: string, scope: string, { random, boundaries }: Questions): Promise<void> {
  const known = [...random, ...boundaries].filter((question) => question.expected !== undefined);
  const excluded = random.filter((question) => question.expected === undefined).length;
  console.log(`${scope}: ${known.length} instants compared, ${excluded} of ${random.length} random ones excluded`);
  excludedShares.push(excluded / random.length);
  expect(random.length - excluded).toBeGreaterThan(300);
  const input = known.map((question) => `${String(question.at)}\n`).join("");
  const out = await runCli(["state", file, "--scope", scope, "--at", "-", "--json"], {}, input);
  const answers = out.trim().split("\n");
  expect(answers.length).toBe(known.length);
  const wrong = known.flatMap(({ at, expected }, i) => {
    const wanted = JSON.stringify(expected?.state);
    return answers[i] === wanted ? [] : [{ at: String(at), wanted, got: answers[i] }];
  });
  expect(wrong.slice(0, 1)).toEqual([]);
}

describe("state at any instant", () => {
  it("equals the ledger's own account under load", async () => {
    const file = join(folder, "ledger.hindcast");
    const oracleFile = join(folder, "ledger.jsonl");
    const server = ["node", "examples/ledger/server.mjs", "--load", "12", "--seed", "11", "--rate", "30"];
    await runCli(["record", "-o", file, "--", ...server], { LEDGER_ORACLE: oracleFile });
    const oracle = readOracle(oracleFile);
    expect(oracle.length).toBeGreaterThan(100);
    await compare(file, "ledger", questionsFor(oracle, 1, 1000, 100));
  });

  it.concurrent.each([1, 2, 3, 4])(
    "equals the account of a program that changes its state in every way (seed %i)",
    async (seed) => {
      const file = join(folder, `churn-${seed}.hindcast`);
      const oracleFile = join(folder, `churn-${seed}.jsonl`);
      const program = ["node", "test/programs/churn.mjs", String(seed), "180"];
      await runCli(["record", "-o", file, "--", ...program], { CHURN_ORACLE: oracleFile });
      const oracle = readOracle(oracleFile);
      expect(oracle.length).toBe(180);
      await compare(file, "world", questionsFor(oracle, seed, 1000, 150));
    },
  );
});

describe("what the programs' own accounts cannot judge", () => {
  it("is less than one instant in a hundred", () => {
    // The median run: a machine that stops a program in the middle of a change makes that one change seem long.
    const median = excludedShares.toSorted((a, b) => a - b)[excludedShares.length >> 1];
    expect(excludedShares.length).toBe(5);
    expect(median).toBeLessThan(mostExcluded);
  });
});
