// npm run bench -- NAME: runs one benchmark on the built files, prints its table, and as the last line its figures as JSON.
// Which machine it was is in both. Exit code 1: a figure is invalid or misses its budget, each with a line on standard error; 2: no
// such benchmark.
import { cpus, totalmem } from "node:os";
import { buildIfStale } from "../tools/build-if-stale.js";
import { attach } from "./attach.js";
import { bands } from "./bands.js";
import { calls } from "./calls.js";
import { capture } from "./capture.js";
import { correlation } from "./correlation.js";
import { engine } from "./engine.js";
import { type Figure, complaintsAbout, tableOf } from "./figures.js";
import { join } from "./join.js";
import { logLines } from "./log-lines.js";
import { overhead } from "./overhead.js";
import { pipeline } from "./pipeline.js";
import { rules } from "./rules.js";
import { soak } from "./soak.js";
import { window } from "./window.js";

const benchmarks = new Map(
  [attach, bands, calls, capture, correlation, engine, join, logLines, overhead, pipeline, rules, soak, window].map(
    (benchmark) => [benchmark.name, benchmark],
  ),
);

/** Six digits: what lies below is noise. */
const rounded = (figure: Figure): Figure => ({ ...figure, value: Number(figure.value.toPrecision(6)) });

/** Processor, cores and memory. */
const machine = `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;

const benchmark = benchmarks.get(process.argv[2] ?? "");
if (benchmark === undefined) {
  console.error(`Name a benchmark: npm run bench -- ${[...benchmarks.keys()].join(" | ")}`);
  process.exitCode = 2;
} else {
  buildIfStale();
  const figures = await benchmark.run(process.argv.slice(3));
  console.log(`${benchmark.name}: ${benchmark.description}\n`);
  console.log(`${tableOf(figures)}\n\n${machine}`);
  console.log(`\n${JSON.stringify({ bench: benchmark.name, machine, figures: figures.map(rounded) })}`);
  const complaints = complaintsAbout(figures);
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
}
