// Series that go with a series: the grid comes from the store, what is made of it from the pure core.
import type { Asker } from "../shared/base/asker.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { correlationMeasures } from "../shared/protocol/correlation-calls.js";
import { Correlating } from "./correlation/correlate.js";
import { inStretches } from "./store/in-stretches.js";
import { metricGrid, samplesWithin } from "./store/metric-grid.js";
import type { Query } from "./store/readers.js";

type Correlated = CallResult<"metrics.correlate">;

/** More would tell no more, and take longer. */
const mostCells = 600;
const leastCells = 12;

export async function correlated(
  query: Query,
  { from, to, series, lagNs, limit, ...args }: CallArgs<"metrics.correlate">,
  asker: Asker,
): Promise<Correlated> {
  // Cells that are finer than samples are would be gaps.
  const wanted = args.cells ?? Math.min(mostCells, await samplesWithin(query, series, { from, to }));
  const cells = Math.max(leastCells, wanted);
  const cellNs = Number(to - from) / cells;
  const grid = await metricGrid(query, { from, to, cells });
  const mostLag = Math.min(cells - 1, Math.floor(Number(lagNs ?? (to - from) / 10n) / Math.max(1, cellNs)));
  const own = grid.series.indexOf(series);
  const run = own === -1 ? undefined : new Correlating(grid, own, mostLag);
  await inStretches(run === undefined ? 0 : grid.count, (first, end) => run?.compare(first, end), {
    perStretch: 32,
    asker,
    unit: "series",
  });
  const found = run?.found().slice(0, limit) ?? [];
  return {
    cells,
    cellNs,
    tried: Math.max(0, grid.count - 1),
    mostLag: run?.mostLag ?? 0,
    series: Uint32Array.from(found, (one) => grid.series[one.series] ?? 0),
    measure: Uint8Array.from(found, ({ measure }) => correlationMeasures.indexOf(measure)),
    pearson: Float64Array.from(found, ({ pearson }) => pearson),
    spearman: Float64Array.from(found, ({ spearman }) => spearman),
    lagNs: Float64Array.from(found, ({ lag }) => lag * cellNs),
    pairs: Uint32Array.from(found, ({ pairs }) => pairs),
    effective: Float64Array.from(found, ({ effective }) => effective),
    byDifferences: Uint8Array.from(found, ({ byDifferences }) => (byDifferences ? 1 : 0)),
    chance: Float64Array.from(found, ({ p }) => p),
  };
}
