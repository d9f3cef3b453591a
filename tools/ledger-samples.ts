// Which sample recordings there are, and how one is made. Programs are copied to a folder of their own first, so that no
// sample tells where the checkout of whoever made it was. What is recorded is compacted.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

export interface Sample {
  /** Of its file, without the ending. */
  readonly name: string;
  /** What the program is started with. */
  readonly command: (seed: number) => readonly string[];
  /** Whether the program says itself what went wrong. */
  readonly hasTruth: boolean;
}

const program = "examples/ledger";
const truthFile = "truth.jsonl";
/** Of the committed samples. */
export const sampleSeed = 7;
export const mostSampleBytes = 5_000_000;
export const mostSampleBytesTogether = 20_000_000;

/** One incident each, with as much load as shows it: what really happened is in NAME.truth.jsonl beside it. */
const incidents = [
  { kind: "bad-deploy", rate: 20, pattern: "Large Transfer Amounts" },
  { kind: "clock-step", rate: 10, pattern: "Normal Operations" },
  { kind: "crash-loop", rate: 16, pattern: "Invalid Input" },
  { kind: "error-storm", rate: 20, pattern: "Normal Operations", load: 12, from: 1, to: 11 },
  { kind: "event-loop-block", rate: 12, pattern: "Invalid Input" },
  { kind: "listener-leak", rate: 10, pattern: "Normal Operations" },
  { kind: "lock-contention", rate: 1.2, pattern: "Spike Load" },
  { kind: "memory-leak", rate: 10, pattern: "Memory Pressure", load: 11, from: 2, to: 9 },
  { kind: "overdraft", rate: 40, pattern: "Large Transfer Amounts", load: 4, from: 0, to: 3.5 },
  { kind: "pool-exhaustion", rate: 10, pattern: "Error Generation" },
  { kind: "promise-leak", rate: 30, pattern: "Normal Operations" },
  { kind: "slow-dependency", rate: 16, pattern: "Normal Operations" },
  { kind: "traffic-spike", rate: 3, pattern: "Normal Operations", from: 5, to: 9 },
];

export const incidentSamples: readonly Sample[] = incidents.map(
  ({ kind, rate, pattern, load = 15, from = 3, to = 12 }) => ({
    name: `ledger-${kind}`,
    command: (seed) => [
      ...["node", "system.mjs", "--load", String(load), "--seed", String(seed), "--rate", String(rate)],
      ...["--pattern", pattern, "--incident", `${kind}@${from}-${to}`, "--truth", truthFile],
    ],
    hasTruth: true,
  }),
);

export const samples: readonly Sample[] = [
  {
    name: "ledger-first",
    command: (seed) => ["node", "server.mjs", "--load", "20", "--seed", String(seed), "--rate", "60"],
    hasTruth: false,
  },
  ...incidentSamples,
];

/** Makes `folder`/NAME.hindcast and, where there is a truth, NAME.truth.jsonl; `workshop` is a folder that comes and goes. */
export async function makeSample(
  { name, command, hasTruth }: Sample,
  seed: number,
  folder: string,
  workshop: string,
): Promise<string> {
  const file = join(folder, `${name}.hindcast`);
  for (const leftover of [file, `${file}.wal`]) rmSync(leftover, { force: true });
  rmSync(workshop, { recursive: true, force: true });
  mkdirSync(workshop, { recursive: true });
  symlinkSync(resolve("node_modules"), join(workshop, "node_modules"));
  const copy = join(workshop, "ledger");
  cpSync(program, copy, { recursive: true });
  await hindcast(["record", "-o", resolve(file), "--", ...command(seed)], copy);
  await hindcast(["compact", resolve(file)], copy);
  if (hasTruth) cpSync(join(copy, truthFile), join(folder, `${name}.truth.jsonl`));
  // Recordings belong to who made them; a sample belongs to everybody.
  chmodSync(file, 0o644);
  rmSync(workshop, { recursive: true });
  return file;
}

/** What is recorded stays what it is. */
export async function inNewestFormat({ name }: Sample, folder: string): Promise<string> {
  const file = join(folder, `${name}.hindcast`);
  await hindcast(["compact", resolve(file)], ".");
  chmodSync(file, 0o644);
  return file;
}

async function hindcast(args: readonly string[], cwd: string): Promise<void> {
  const command = spawn(process.execPath, [resolve("out/node/cli.js"), ...args], {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
    // Packages go by their path in the workshop, in stacks too.
    env: { ...process.env, NODE_PRESERVE_SYMLINKS: "1" },
  });
  await once(command, "exit");
  if (command.exitCode !== 0) throw new Error(`hindcast ${args.join(" ")} ended with ${command.exitCode}`);
}
