// A program and a dependency in node_modules write to the same objects. The program knows who wrote what, where and when; the
// recording must never say that a line of the program wrote what it did not, must know its own writes exactly, and must have
// the dependency's between two instants that they were between.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { seeds } from "../../src/engine/replay/seeds.test-support.js";

const run = promisify(execFile);
const cli = join(process.cwd(), "out/node/cli.js");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "hindcast-mixed-")));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const nanoseconds = v.pipe(
  v.string(),
  v.transform((text) => BigInt(text)),
);
const stepSchema = v.object({
  begun: nanoseconds,
  clock: nanoseconds,
  state: v.unknown(),
  writes: v.array(
    v.object({
      by: v.picklist(["own", "dependency", "bound"]),
      line: v.optional(v.number()),
      value: v.number(),
      from: nanoseconds,
      to: nanoseconds,
    }),
  ),
});
const entrySchema = v.object({
  seq: v.number(),
  instant: nanoseconds,
  after: v.optional(nanoseconds),
  path: v.string(),
  operation: v.string(),
  new: v.optional(v.unknown()),
  location: v.optional(v.object({ file: v.string(), line: v.number() })),
});
type Step = v.InferOutput<typeof stepSchema>;
type Made = Step["writes"][number];
type Entry = v.InferOutput<typeof entrySchema>;

const linesOf = (text: string): unknown[] =>
  text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

/** The program with a node_modules of its own. */
function installProgram(): string {
  const dependency = join(folder, "node_modules/meddler");
  mkdirSync(dependency, { recursive: true });
  for (const file of ["test/programs/mixed.mjs", "examples/ledger/oracle.mjs", "examples/ledger/tagged-json.mjs"])
    cpSync(file, join(folder, file));
  cpSync("test/programs/meddler.mjs", join(dependency, "index.mjs"));
  writeFileSync(join(dependency, "package.json"), JSON.stringify({ name: "meddler", exports: "./index.mjs" }));
  return join(folder, "test/programs/mixed.mjs");
}

interface Recorded {
  readonly steps: readonly Step[];
  readonly entries: readonly Entry[];
  /** What the recording says the state was right before each step but the first. */
  readonly states: readonly string[];
}

async function recordingOf(program: string, seed: number): Promise<Recorded> {
  const [file, oracle] = [join(folder, `${seed}.hindcast`), join(folder, `${seed}.jsonl`)];
  const env = { ...process.env, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder, MIXED_ORACLE: oracle };
  const options = { env, maxBuffer: 1e9 };
  const hindcast = (...args: string[]) => run(process.execPath, [cli, ...args], options);
  await hindcast("record", "-o", file, "--", process.execPath, program, String(seed), "100", "meddler");
  const steps = linesOf(readFileSync(oracle, "utf8")).map((line) => v.parse(stepSchema, line));
  const history = await hindcast("history", file, "--scope", "world", "--path", "", "--json");
  const asking = hindcast("state", file, "--scope", "world", "--at", "-", "--json");
  asking.child.stdin?.end(
    steps
      .slice(1)
      .map(({ begun }) => `${begun - 1n}\n`)
      .join(""),
  );
  return {
    steps,
    entries: linesOf(history.stdout).map((line) => v.parse(entrySchema, line)),
    states: (await asking).stdout.trim().split("\n"),
  };
}

const mentions = (json: unknown, value: number): boolean =>
  json === value ||
  (typeof json === "object" && json !== null && Object.values(json).some((one) => mentions(one, value)));

const overlaps = ({ from, to }: Made, begin: bigint, end: bigint): boolean => from <= end && begin <= to;

/** Nothing, or what is wrong with it. */
function lieIn({ instant, after, location, operation, path }: Entry, made: readonly Made[]): string | undefined {
  const what = `${operation} ${path} at ${location?.line ?? "no line"}`;
  if (after === undefined) {
    const makers = made.filter((one) => overlaps(one, instant, instant));
    const isTrue = makers.some(({ by, line }) => by === "own" && line === location?.line);
    return isTrue ? undefined : `${what}, exactly, while ${makers.map(({ by, line }) => `${by} ${line ?? ""}`).join()}`;
  }
  const isTrue = location === undefined && made.some((one) => one.by !== "own" && overlaps(one, after, instant));
  return isTrue ? undefined : `${what}, found, while nobody else wrote`;
}

describe("a program and a dependency that write to the same objects", () => {
  const program = installProgram();

  it.concurrent.each(seeds(1, 2, 3))("are told apart (seed %i)", async (seed) => {
    const { steps, entries, states } = await recordingOf(program, seed);
    const made = steps.flatMap(({ writes }) => writes);
    const changes = entries.filter(({ operation }) => operation !== "scope");
    expect(changes.flatMap((entry) => lieIn(entry, made) ?? [])).toEqual([]);

    const kinds = { own: 0, found: 0, wrong: [] as string[] };
    for (const { by, value, from, to, line } of made) {
      const first = changes.find((entry) => mentions(entry.new, value));
      if (first === undefined) continue; // overwritten before anybody looked, or nothing with a value
      const isOwn = by === "own";
      const isTrue = isOwn
        ? first.after === undefined && first.location?.line === line
        : first.after !== undefined && first.after <= from && first.instant >= from;
      if (!isTrue) kinds.wrong.push(`${value} by ${by} ${line ?? ""} ${from}-${to}: ${first.operation} ${first.path}`);
      else kinds[isOwn ? "own" : "found"]++;
    }
    expect(kinds.wrong).toEqual([]);
    expect(kinds.own).toBeGreaterThan(20);
    expect(kinds.found).toBeGreaterThan(20);

    // What somebody else wrote is part of the state from the look on that found it. A state was not looked at by then where that
    // look came later; nor since somebody else's last write, unless a look found something since: that write may have been undone
    // before the next look.
    const asked = steps.slice(1).map(({ begun }, index) => ({ at: begun - 1n, index }));
    const isLookedAt = (at: bigint): boolean => {
      const last = made.findLast(({ by, from }) => by !== "own" && from < at);
      return (
        last === undefined ||
        changes.some(({ after, instant }) => after !== undefined && last.from <= instant && instant <= at)
      );
    };
    const isFoundLater = (at: bigint): boolean =>
      changes.some(({ after, instant }) => {
        if (after === undefined || after >= at || instant <= at) return false;
        return made.some(({ by, from, to }) => by !== "own" && after <= to && from < at);
      });
    const known = asked.filter(({ at }) => isLookedAt(at) && !isFoundLater(at));
    expect(known.length).toBeGreaterThan(30);
    expect(known.map(({ index }) => states[index])).toEqual(
      known.map(({ index }) => JSON.stringify(steps[index]?.state)),
    );
  });
});
