// Makes the sample recordings again: `npm run recordings:make`, or some: `npm run recordings:make -- ledger-first`. They are
// never edited by hand. `npm run recordings:make -- --newest-format` writes what is there in the format of now, so that nobody who
// opens a sample waits for that.
import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  inNewestFormat,
  makeSample,
  mostSampleBytes,
  mostSampleBytesTogether,
  sampleSeed,
  samples,
} from "./ledger-samples.js";

const folder = "recordings";
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

const words = process.argv.slice(2);
const isKept = words.includes("--newest-format");
const named = words.filter((word) => !word.startsWith("--"));
for (const sample of samples) {
  if (named.length > 0 && !named.includes(sample.name)) continue;
  const file = isKept
    ? await inNewestFormat(sample, folder)
    : await makeSample(sample, sampleSeed, folder, join(tmpdir(), "hindcast-samples"));
  const { size } = statSync(file);
  console.log(`${file}: ${megabytes(size)}`);
  if (size > mostSampleBytes) throw new Error(`${file} is larger than ${mostSampleBytes} bytes`);
}

const sizes = samples
  .map(({ name }) => join(folder, `${name}.hindcast`))
  .map((file) => (existsSync(file) ? statSync(file).size : 0));
const together = sizes.reduce((sum, size) => sum + size, 0);
console.log(`together: ${megabytes(together)}`);
if (together > mostSampleBytesTogether)
  throw new Error(`the samples are larger than ${mostSampleBytesTogether} bytes together`);
