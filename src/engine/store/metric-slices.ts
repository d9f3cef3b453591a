// What the samples of a series are like along the time line: count, average, extremes and quantiles of equal slices.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import { valueOfBin } from "./quantile-sketch.js";
import { metricRollup, sketchRollup } from "./rollups.js";
import type { MetricSource } from "./metric-blocks.js";
import { SlicedSeries } from "./sliced-series.js";

type Slices = CallResult<"metrics.slices">[number];

/** What the samples of each of equal slices of [from, to] are like, whatever their number. */
export async function metricSlices(
  source: MetricSource,
  series: number,
  args: Pick<CallArgs<"metrics.slices">, "from" | "to" | "slices" | "quantiles">,
): Promise<Slices> {
  const { slices } = args;
  const sliced = new SlicedSeries(source, series, args, slices);
  const columns = () => new Float64Array(slices).fill(Number.NaN);
  const quantiles = (args.quantiles ?? []).map((quantile) => ({ quantile, values: columns() }));
  const looked = await sliced.look();
  const bucketNs = Number(
    (looked === undefined ? sliced.levelsOf(metricRollup).at(-1) : looked.coarsest)?.widthNs ?? 0n,
  );
  const [samples, average, least, most] = [new Float64Array(slices), columns(), columns(), columns()];
  const answer: Slices = { series, startNs: sliced.starts(), bucketNs, samples, average, least, most, quantiles };
  const extremes = looked?.extremes;
  if (extremes === undefined) return answer;
  samples.set(extremes.samples);
  least.set(extremes.least);
  most.set(extremes.most);
  for (let slice = 0; slice < slices; slice++) average[slice] = extremes.average(slice);
  if (quantiles.length > 0) await addQuantiles(sliced, quantiles);
  return answer;
}

/** The quantile of n sorted samples is the one with number `quantile * (n - 1)`, rounded down. */
async function addQuantiles(sliced: SlicedSeries, quantiles: Slices["quantiles"]): Promise<void> {
  const columns = quantiles.map(
    ({ quantile }, at) => `min(bin) FILTER (up_to > floor(${quantile}::DOUBLE * (samples - 1))) AS bin${at}`,
  );
  const rows = await sliced.ask(sketchRollup, (slice, from) => {
    const binned = `SELECT ${slice} AS slice, bin, sum(samples)::BIGINT AS own FROM (${from}) GROUP BY ALL`;
    return `WITH binned AS (${binned}), counted AS (SELECT slice, bin, sum(own) OVER (PARTITION BY slice ORDER BY bin) AS up_to,
        sum(own) OVER (PARTITION BY slice) AS samples FROM binned)
      SELECT slice, ${columns.join(", ")} FROM counted GROUP BY slice`;
  });
  if (rows === undefined) return;
  const slices = rows.numbers("slice");
  for (const [at, { values }] of quantiles.entries())
    for (const [row, bin] of rows.numbers(`bin${at}`).entries()) values[slices[row] ?? 0] = valueOfBin(bin);
}
