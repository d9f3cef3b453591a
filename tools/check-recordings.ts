// npm run recordings:check: records every incident of the ledger anew, at three seeds, and looks whether each recording, and
// each committed sample, shows what the ledger says of itself: test/integration/samples.test.ts judges both alike. Takes some
// fifteen minutes, so it is not in the gate. `-- --seeds 4,5 crash-loop memory-leak` for others, `--keep FOLDER` keeps them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { incidentSamples, makeSample } from "./ledger-samples.js";

const { values, positionals } = parseArgs({
  options: { seeds: { type: "string", default: "1,2,3" }, keep: { type: "string" } },
  allowPositionals: true,
});
const seeds = values.seeds.split(",").map(Number);
const wanted = incidentSamples.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name.replace("ledger-", "")),
);
if (wanted.length === 0 || seeds.some(Number.isNaN)) throw new Error("no such incident or seed");

const folder = resolve(values.keep ?? mkdtempSync(join(tmpdir(), "hindcast-incidents-")));
for (const seed of seeds)
  for (const sample of wanted) {
    const ofSeed = join(folder, String(seed));
    mkdirSync(ofSeed, { recursive: true });
    await makeSample(sample, seed, ofSeed, join(tmpdir(), `hindcast-incident-${process.pid}`));
    console.log(`seed ${seed}: ${sample.name} recorded`);
  }

const judge = spawn(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--project=integration", "test/integration/samples.test.ts"],
  {
    stdio: "inherit",
    env: { ...process.env, HINDCAST_TEST_INCIDENTS: seeds.map((seed) => join(folder, String(seed))).join(",") },
  },
);
await once(judge, "exit");
if (values.keep === undefined) rmSync(folder, { recursive: true });
process.exitCode = judge.exitCode ?? 1;
