// State too large to be looked at in one go: the program is never kept for all of it, and what the command line shows of any
// instant of the look is what the program had, or is said not to be captured.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";

const cli = join(process.cwd(), "out/node/cli.js");
const program = join(process.cwd(), "test/programs/large.mjs");
const folder = mkdtempSync(join(tmpdir(), "hindcast-large-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const oracle = join(folder, "oracle.jsonl");
const env = { ...process.env, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder, LARGE_ORACLE: oracle };
const hindcast = (...args: string[]) => promisify(execFile)(process.execPath, [cli, ...args], { env, maxBuffer: 1e9 });

const linesOf = (text: string): unknown[] =>
  text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

const noteSchema = v.object({ clock: v.string(), state: v.unknown() });
const recordSchema = v.record(v.string(), v.unknown());
const mapSchema = v.object({ $type: v.literal("Map"), entries: v.array(v.tuple([v.unknown(), v.unknown()])) });

const isNotCaptured = (json: unknown): boolean =>
  v.is(v.object({ $type: v.literal("unavailable"), because: v.literal("not-recorded") }), json);

interface Judged {
  captured: number;
  lies: string[];
}

/** Goes through what is shown: all of it has to be in the account. */
function judge(shown: unknown, account: unknown, path: string, judged: Judged): void {
  if (isNotCaptured(shown)) return;
  judged.captured++;
  if (v.is(mapSchema, shown) && v.is(mapSchema, account)) {
    const [known, all] = [shown.entries.filter(([key]) => !isNotCaptured(key)), new Map(account.entries)];
    for (const [key, one] of known) {
      if (!all.has(key)) judged.lies.push(`${path}: ${String(key)} was not there`);
      judge(one, all.get(key), `${path}[${String(key)}]`, judged);
    }
    const isAll = known.length === shown.entries.length;
    if (isAll && String(known.map(([key]) => key)) !== String([...all.keys()])) judged.lies.push(`${path}: other keys`);
  } else if (v.is(recordSchema, shown) && v.is(recordSchema, account)) {
    if (String(Object.keys(shown)) !== String(Object.keys(account))) judged.lies.push(`${path}: other properties`);
    for (const [key, one] of Object.entries(shown)) judge(one, account[key], `${path}.${key}`, judged);
  } else if (JSON.stringify(shown) !== JSON.stringify(account)) judged.lies.push(`${path}: another value`);
}

describe("state that is too large to be looked at in one go", () => {
  it.each([1])("is at any instant what the program had, or not captured yet (seed %i)", async (seed) => {
    rmSync(oracle, { force: true });
    const file = join(folder, `${seed}.hindcast`);
    await hindcast("record", "-o", file, "--", process.execPath, program, "truth", String(seed));
    const notes = linesOf(readFileSync(oracle, "utf8")).map((line) => v.parse(noteSchema, line));
    expect(notes).toHaveLength(4);
    const asking = hindcast("state", file, "--scope", "accounts", "--at", "-", "--json");
    asking.child.stdin?.end(notes.map(({ clock }) => `${clock}\n`).join(""));
    const shown = linesOf((await asking).stdout);
    const captured = notes.map(({ state }, index) => {
      const judged: Judged = { captured: 0, lies: [] };
      judge(shown[index], state, "accounts", judged);
      expect(judged.lies.slice(0, 3)).toEqual([]);
      return judged.captured;
    });
    // It was asked in the middle, and there is more each time.
    expect(captured[0]).toBeGreaterThan(100);
    expect(captured[0]).toBeLessThan(8_000);
    expect(captured.toSorted((a, b) => a - b)).toEqual(captured);
    const atEnd = await hindcast("state", file, "--scope", "accounts", "--at", "end", "--json");
    expect(atEnd.stdout.trim()).toBe(JSON.stringify(notes.at(-1)?.state));
  });

  it("keeps the program for a small part of the look at a time", async () => {
    const file = join(folder, "size.hindcast");
    // However starved the machine is, nothing is lost: what may have been something else is said so.
    const recorded = ["-o", file, "--overflow", "block", "--", process.execPath, program, "size"];
    const { stdout, stderr } = await hindcast("record", ...recorded);
    const counts = /^.*, lost .*$/m.exec((await hindcast("info", file)).stdout)?.[0];
    expect({ counts, said: stderr }).toEqual({ counts: expect.stringMatching(/, lost 0$/), said: "" });
    const printed = v.object({ kept: v.array(v.number()), turns: v.array(v.number()) });
    const { kept } = v.parse(printed, JSON.parse(stdout));
    const sample = v.object({ name: v.string(), value: v.number() });
    const samples = linesOf((await hindcast("metrics", file, "--json")).stdout).map((line) => v.parse(sample, line));
    const valuesOf = (name: string) => samples.filter((one) => one.name === name).map(({ value }) => value);
    const [slices, seconds] = [valuesOf("hindcast.state.slices").at(-1), valuesOf("hindcast.state.time").at(-1)];
    if (slices === undefined || seconds === undefined) throw new Error("nothing was said of slices");
    expect(slices).toBeGreaterThan(500);
    // A busy machine makes single slices longer, not the usual one.
    expect(seconds / slices).toBeLessThan(0.005);
    const longest = valuesOf("hindcast.state.slice.max").toSorted((a, b) => a - b);
    expect(longest[longest.length >> 1]).toBeLessThan(0.1 * seconds);
    expect(Math.max(...kept.slice(0, 2))).toBeLessThan(0.1 * seconds);
    // What is small is whole, however much of the large was not read by the end.
    const shown = (await hindcast("state", file, "--at", "end")).stdout.trim().split("\n");
    const small = Array.from({ length: 5000 }, (_, n) => `1  scope ${n}  {n: ${n}, list: Array(2)}`);
    expect(shown.filter((line) => line.startsWith("1  scope "))).toEqual(small);
  });
});
