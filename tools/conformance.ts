// npm run conformance -- DIR [COMMAND…]: runs the test suite of a checkout (default: npm test) without and with recording.
// npm run conformance -- random [--minutes N] [--seed N]: random programs, as they are written and rewritten.
// Ends with 0 when exit code and counts of tests are the same, and nothing was lost; 1 when not; 2 for wrong usage.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { buildIfStale } from "./build-if-stale.js";
import { repositoryRoot } from "./run-step.js";
import { compareRandomPrograms } from "./random-programs.js";
import { testSummary } from "./test-summary.js";
import { compareTest262 } from "./test262.js";

const commandLine = join(repositoryRoot, "out/node/cli.js");
const info = v.object({
  counts: v.object({ events: v.number(), spans: v.number(), logs: v.number(), writes: v.number(), lost: v.number() }),
});

interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
  readonly summary: readonly string[];
}

async function run(command: readonly string[], cwd: string): Promise<Outcome> {
  const [file, ...args] = command;
  if (file === undefined) throw new Error("no command");
  const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(child, "close");
  const output = Buffer.concat(chunks).toString("utf8");
  return { exitCode: child.exitCode, output, summary: testSummary(output) };
}

const described = ({ exitCode, summary }: Outcome) => `exit code ${exitCode ?? "none"}; ${summary.join(", ")}`;
const lastLines = (output: string) => output.trimEnd().split("\n").slice(-40).join("\n");

async function compare(folder: string, command: readonly string[]): Promise<boolean> {
  const temporary = mkdtempSync(join(tmpdir(), "hindcast-conformance-"));
  try {
    const recording = join(temporary, "suite.hindcast");
    const plain = await run(command, folder);
    console.log(`without: ${described(plain)}`);
    if (plain.summary.length === 0) {
      console.log(`${lastLines(plain.output)}\n\nNo counts of tests in this output: name a command that prints them.`);
      return false;
    }
    const recorded = await run([process.execPath, commandLine, "record", "-o", recording, "--", ...command], folder);
    console.log(`with:    ${described(recorded)}`);
    if (described(plain) !== described(recorded)) {
      console.log(`${lastLines(recorded.output)}\n\nDIFFERENT`);
      return false;
    }
    const reading = await run([process.execPath, commandLine, "info", recording, "--json"], folder);
    const { counts } = v.parse(info, JSON.parse(reading.output));
    console.log(`recorded: ${JSON.stringify(counts)}`);
    return counts.lost === 0;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const isTest262 = (folder: string): boolean => existsSync(join(folder, "harness/assert.js"));

/** What stands behind `--name`; undefined where it is no number. */
const numberAfter = (name: string, given: readonly string[]): number | undefined => {
  const found = given.indexOf(name);
  const value = Number(found < 0 ? Number.NaN : given[found + 1]);
  return Number.isFinite(value) ? value : undefined;
};

const [folder, ...command] = process.argv.slice(2);
if (folder === "random") {
  const isSame = await compareRandomPrograms(numberAfter("--minutes", command) ?? 1, numberAfter("--seed", command));
  console.log(isSame ? "same" : "not the same");
  process.exitCode = isSame ? 0 : 1;
} else if (folder === undefined || !existsSync(folder)) {
  console.error("Name a checkout with its dependencies installed: npm run conformance -- DIR [COMMAND…]");
  process.exitCode = 2;
} else {
  buildIfStale();
  const verdict = isTest262(folder)
    ? await compareTest262(resolve(folder), command[0])
    : (await compare(resolve(folder), command.length === 0 ? ["npm", "test"] : command))
      ? "same"
      : "not the same";
  console.log(verdict);
  process.exitCode = verdict === "same" ? 0 : 1;
}
