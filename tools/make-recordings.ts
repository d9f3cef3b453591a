// Makes the sample recordings again: `npm run recordings:make`. They are never edited by hand. Programs are copied to a
// folder of their own first, so that no sample tells where the checkout of whoever made it was.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

interface Sample {
  readonly file: string;
  /** Copied; the command runs in the copy. */
  readonly program: string;
  readonly command: readonly string[];
}

const maxBytes = 5 * 1024 * 1024;
const samples: readonly Sample[] = [
  {
    file: "recordings/ledger-first.hindcast",
    program: "examples/ledger",
    command: ["node", "server.mjs", "--load", "20", "--seed", "7", "--rate", "60"],
  },
];

const workshop = join(tmpdir(), "hindcast-samples");
rmSync(workshop, { recursive: true, force: true });
mkdirSync(workshop);
symlinkSync(resolve("node_modules"), join(workshop, "node_modules"));

for (const { file, program, command } of samples) {
  for (const leftover of [file, `${file}.wal`]) rmSync(leftover, { force: true });
  const copy = join(workshop, program.slice(program.lastIndexOf("/") + 1));
  cpSync(program, copy, { recursive: true });
  const args = [resolve("out/node/cli.js"), "record", "-o", resolve(file), "--", ...command];
  const recorder = spawn(process.execPath, args, { cwd: copy, stdio: ["ignore", "ignore", "inherit"] });
  await once(recorder, "exit");
  if (recorder.exitCode !== 0) throw new Error(`recording ${file} ended with ${recorder.exitCode}`);
  // Recordings belong to who made them; a sample belongs to everybody.
  chmodSync(file, 0o644);
  const { size } = statSync(file);
  console.log(`${file}: ${(size / 1024 / 1024).toFixed(1)} MB`);
  if (size > maxBytes) throw new Error(`${file} is larger than ${maxBytes} bytes`);
}
rmSync(workshop, { recursive: true });
