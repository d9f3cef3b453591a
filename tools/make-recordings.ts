// Makes the sample recordings again: `npm run recordings:make`. They are never edited by hand. Programs are copied to a
// folder of their own first, so that no sample tells where the checkout of whoever made it was. What is recorded is compacted.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

interface Sample {
  readonly file: string;
  /** Copied; the command runs in the copy. */
  readonly program: string;
  readonly command: readonly string[];
  /** Where what really happened goes; the program writes it to `truthFile`. */
  readonly truth?: string;
}

const truthFile = "truth.jsonl";

const maxBytes = 5 * 1024 * 1024;
const maxBytesTogether = 21 * 1024 * 1024;

/** One incident each, with as much load as shows it: what really happened is in NAME.truth.jsonl beside it. */
const incidents = [
  { kind: "bad-deploy", rate: 20, pattern: "Large Transfer Amounts" },
  { kind: "clock-step", rate: 14, pattern: "Normal Operations" },
  { kind: "crash-loop", rate: 16, pattern: "Invalid Input" },
  { kind: "error-storm", rate: 10, pattern: "Normal Operations", load: 20, to: 17 },
  { kind: "event-loop-block", rate: 12, pattern: "Invalid Input" },
  { kind: "listener-leak", rate: 10, pattern: "Normal Operations" },
  { kind: "lock-contention", rate: 2, pattern: "Spike Load" },
  { kind: "memory-leak", rate: 20, pattern: "Memory Pressure" },
  { kind: "overdraft", rate: 40, pattern: "Large Transfer Amounts", load: 4, from: 0, to: 3.5 },
  { kind: "pool-exhaustion", rate: 10, pattern: "Error Generation" },
  { kind: "promise-leak", rate: 30, pattern: "Normal Operations" },
  { kind: "slow-dependency", rate: 16, pattern: "Normal Operations" },
  { kind: "traffic-spike", rate: 3, pattern: "Normal Operations", from: 5, to: 9 },
];

const samples: readonly Sample[] = [
  {
    file: "recordings/ledger-first.hindcast",
    program: "examples/ledger",
    command: ["node", "server.mjs", "--load", "20", "--seed", "7", "--rate", "60"],
  },
  ...incidents.map(({ kind, rate, pattern, load = 15, from = 3, to = 12 }) => ({
    file: `recordings/ledger-${kind}.hindcast`,
    program: "examples/ledger",
    command: [
      ...["node", "system.mjs", "--load", String(load), "--seed", "7", "--rate", String(rate), "--pattern", pattern],
      ...["--incident", `${kind}@${from}-${to}`, "--truth", truthFile],
    ],
    truth: `recordings/ledger-${kind}.truth.jsonl`,
  })),
];

// All of them, or those that are named: npm run recordings:make -- ledger-first ledger-bad-deploy
const named = process.argv.slice(2);
const wanted = samples.filter(({ file }) => named.length === 0 || named.includes(basename(file, ".hindcast")));

const workshop = join(tmpdir(), "hindcast-samples");
rmSync(workshop, { recursive: true, force: true });
mkdirSync(workshop);
symlinkSync(resolve("node_modules"), join(workshop, "node_modules"));
// Packages go by their path in the workshop, in stacks too.
const env = { ...process.env, NODE_PRESERVE_SYMLINKS: "1" };

async function hindcast(args: readonly string[], cwd: string): Promise<void> {
  const command = spawn(process.execPath, [resolve("out/node/cli.js"), ...args], {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
    env,
  });
  await once(command, "exit");
  if (command.exitCode !== 0) throw new Error(`hindcast ${args.join(" ")} ended with ${command.exitCode}`);
}

for (const { file, program, command, truth } of wanted) {
  for (const leftover of [file, `${file}.wal`]) rmSync(leftover, { force: true });
  const copy = join(workshop, program.slice(program.lastIndexOf("/") + 1));
  cpSync(program, copy, { recursive: true });
  await hindcast(["record", "-o", resolve(file), "--", ...command], copy);
  await hindcast(["compact", resolve(file)], copy);
  if (truth !== undefined) cpSync(join(copy, truthFile), truth);
  // Recordings belong to who made them; a sample belongs to everybody.
  chmodSync(file, 0o644);
  const { size } = statSync(file);
  console.log(`${file}: ${(size / 1024 / 1024).toFixed(1)} MB`);
  if (size > maxBytes) throw new Error(`${file} is larger than ${maxBytes} bytes`);
}
rmSync(workshop, { recursive: true });

const together = samples.reduce((sum, { file }) => sum + (existsSync(file) ? statSync(file).size : 0), 0);
console.log(`together: ${(together / 1024 / 1024).toFixed(1)} MB`);
if (together > maxBytesTogether) throw new Error(`the samples are larger than ${maxBytesTogether} bytes together`);
