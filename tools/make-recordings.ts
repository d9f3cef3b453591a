// Makes the sample recordings again: `npm run recordings:make`. They are never edited by hand.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statSync } from "node:fs";

interface Sample {
  readonly file: string;
  readonly command: readonly string[];
}

const maxBytes = 5 * 1024 * 1024;
const samples: readonly Sample[] = [
  {
    file: "recordings/ledger-first.hindcast",
    command: ["node", "examples/ledger/server.mjs", "--load", "20", "--seed", "7", "--rate", "60"],
  },
];

for (const { file, command } of samples) {
  for (const leftover of [file, `${file}.wal`]) rmSync(leftover, { force: true });
  const args = ["out/node/cli.js", "record", "-o", file, "--", ...command];
  const ended: unknown[] = await once(
    spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }),
    "exit",
  );
  const [code] = ended;
  if (code !== 0) throw new Error(`recording ${file} ended with ${String(code)}`);
  const { size } = statSync(file);
  console.log(`${file}: ${(size / 1024 / 1024).toFixed(1)} MB`);
  if (size > maxBytes) throw new Error(`${file} is larger than ${maxBytes} bytes`);
}
