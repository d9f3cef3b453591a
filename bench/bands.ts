// How well stretches outside of the usual band agree with anomalies that people labelled: `--data FOLDER` is a copy of the Numenta
// Anomaly Benchmark, with `data/` and `labels/combined_windows.json`.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { type OutOfBand, outOfBand } from "../src/shared/base/out-of-band.js";
import { type Benchmark, type Figure, figuresOfRun } from "./figures.js";

const windowsOfFile = v.record(v.string(), v.array(v.tuple([v.string(), v.string()])));

interface Labelled {
  readonly timesMs: readonly number[];
  readonly values: Float64Array;
  readonly windowsMs: readonly (readonly [from: number, to: number])[];
}

/** As they are written there, without a zone. */
const msOf = (text: string): number => Date.parse(`${text.trim().replace(" ", "T").slice(0, 23)}Z`);

function seriesIn(folder: string): readonly Labelled[] {
  const labels = v.parse(windowsOfFile, JSON.parse(readFileSync(join(folder, "labels/combined_windows.json"), "utf8")));
  return Object.entries(labels).flatMap(([name, windows]) => {
    const path = join(folder, "data", name);
    if (!existsSync(path)) return [];
    const [, ...lines] = readFileSync(path, "utf8").trim().split("\n");
    const rows = lines.map((line) => line.split(","));
    return {
      timesMs: rows.map(([time = ""]) => msOf(time)),
      values: Float64Array.from(rows, ([, value]) => Number(value)),
      windowsMs: windows.map(([from, to]) => [msOf(from), msOf(to)] as const),
    };
  });
}

function run(args: readonly string[]): Promise<readonly Figure[]> {
  const { values } = parseArgs({ args: [...args], options: { data: { type: "string" } } });
  if (values.data === undefined) throw new Error("say where the labelled series are: --data FOLDER");
  let [samples, marked, stretches, right, windows, found] = [0, 0, 0, 0, 0, 0];
  for (const series of seriesIn(values.data)) {
    const outside = outOfBand(series.values);
    const overlaps = ({ first, last }: OutOfBand, [from, to]: readonly [number, number]): boolean =>
      (series.timesMs[first] ?? Infinity) <= to && (series.timesMs[last] ?? -Infinity) >= from;
    samples += series.values.length;
    windows += series.windowsMs.length;
    stretches += outside.length;
    marked += outside.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    right += outside.filter((one) => series.windowsMs.some((window) => overlaps(one, window))).length;
    found += series.windowsMs.filter((window) => outside.some((one) => overlaps(one, window))).length;
  }
  const of = figuresOfRun(undefined);
  return Promise.resolve([
    of("bands_precision", right / stretches, "of the marked stretches"),
    of("bands_recall", found / windows, "of the labelled windows"),
    of("bands_stretches", stretches, "stretches"),
    of("bands_windows", windows, "windows"),
    of("bands_marked_pct", (100 * marked) / samples, "% of samples"),
  ]);
}

export const bands: Benchmark = {
  name: "bands",
  description: "What Metrics marks as outside of the usual band, against anomalies that people labelled.",
  run,
};
