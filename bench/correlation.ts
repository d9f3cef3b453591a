// One of 1,000 series against all others, 600 cells at 121 lags, beside the plain loop over pairs: processor time, in turns.
import { Correlating } from "../src/engine/correlation/correlate.js";
import { noiseOf, normalFrom, plainCorrelation } from "../src/engine/correlation/plain-lagged.test-support.js";
import { seriesAt } from "../src/engine/correlation/series-grid.js";
import { type Benchmark, type Figure, quantile } from "./figures.js";

const [count, points, mostLag, seed, rounds] = [1000, 600, 60, 1, 5];
/** Of the plain loop only so many series are tried: all would take minutes. */
const plainSeries = 10;

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function measured(): Promise<readonly Figure[]> {
  const normal = normalFrom(seed);
  const grid = { count, points, values: new Float64Array(count * points) };
  for (let at = 0; at < count; at++) seriesAt(grid, at).set(noiseOf(points, (at % 10) / 10, normal));
  const [ours, plain] = [new Float64Array(rounds), new Float64Array(rounds)];
  for (let round = 0; round < rounds; round++) {
    ours[round] = cpuMs(() => {
      const run = new Correlating(grid, 0, mostLag);
      run.compare(0, count);
      run.found();
    });
    // Twice: values and ranks.
    const some = cpuMs(() => {
      for (let at = 1; at <= plainSeries; at++)
        for (let lag = -mostLag; lag <= mostLag; lag++) plainCorrelation(seriesAt(grid, 0), seriesAt(grid, at), lag);
    });
    plain[round] = (2 * some * count) / plainSeries;
  }
  const [own, slow] = [quantile(ours, 0.5), quantile(plain, 0.5)];
  return Promise.resolve([
    {
      name: "1,000 series x 600 cells x 121 lags, Pearson and Spearman",
      value: own,
      unit: "ms of processor",
      budget: { atMost: 1000 },
    },
    { name: "the same by a plain loop over pairs, reckoned from 10 of them", value: slow, unit: "ms of processor" },
    { name: "plain loop : ours", value: slow / own, unit: "times" },
  ]);
}

export const correlation: Benchmark = {
  name: "correlation",
  description: `one series against ${count} of noise, seed ${seed}; trends, ranks and significance are part of ours, not of the plain loop`,
  run: measured,
};
