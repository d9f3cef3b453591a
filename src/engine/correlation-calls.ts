// Series that go with a series: the grid comes from the store, what is made of it from the pure core. A value of captured state is a
// series, too: what it was between writes.
import type { Asker } from "../shared/base/asker.js";
import { correlationMeasures, shapePoints } from "../shared/protocol/correlation-calls.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { Correlating } from "./correlation/correlate.js";
import { type Step, heldOn } from "./correlation/held.js";
import { seriesAt } from "./correlation/series-grid.js";
import { inStretches } from "./store/in-stretches.js";
import { type MetricGrid, metricGrid, samplesWithin } from "./store/metric-grid.js";
import type { Query } from "./store/readers.js";

/** More would tell no more, and take longer. */
const mostCells = 600;
const leastCells = 12;

export type Asked = CallArgs<"metrics.correlate"> | CallArgs<"metrics.pair">;

/** What others are compared with: a series of the recording, or the writes of a value. */
export interface Subject<Args extends Asked = Asked> {
  readonly args: Args;
  /** Since the range begins. Undefined where a series is asked for. */
  readonly steps: readonly Step[] | undefined;
}

interface Run {
  readonly grid: MetricGrid;
  /** The place of the one asked for; -1 where there is none. */
  readonly own: number;
  readonly cellNs: number;
  readonly correlating: Correlating | undefined;
}

async function runOf(query: Query, { args, steps }: Subject): Promise<Run> {
  const { from, to, series = -1, lagNs } = args;
  const cells = args.cells ?? (await usualCells(query, args, steps));
  const cellNs = Number(to - from) / cells;
  const others = await metricGrid(query, { from, to, cells });
  const grid = steps === undefined ? others : withSeries(others, heldOn(steps, cells, cellNs));
  const own = steps === undefined ? grid.series.indexOf(series) : others.count;
  const mostLag = Math.min(cells - 1, Math.floor(Number(lagNs ?? (to - from) / 10n) / Math.max(1, cellNs)));
  return { grid, own, cellNs, correlating: own === -1 ? undefined : new Correlating(grid, own, mostLag) };
}

/** Cells that are finer than samples are would be gaps; metrics are sampled each second. */
async function usualCells(query: Query, { from, to, series = -1 }: Asked, steps: Subject["steps"]): Promise<number> {
  const samples = steps === undefined ? await samplesWithin(query, series, { from, to }) : Number(to - from) / 1e9;
  return Math.max(leastCells, Math.min(mostCells, Math.round(samples)));
}

const noSeries = -1;
const withSeries = ({ count, points, values, series }: MetricGrid, held: Float64Array): MetricGrid => {
  const all = new Float64Array(values.length + points);
  all.set(values);
  all.set(held, values.length);
  return { count: count + 1, points, values: all, series: [...series, noSeries] };
};

export async function correlated(
  query: Query,
  subject: Subject<CallArgs<"metrics.correlate">>,
  asker: Asker,
): Promise<CallResult<"metrics.correlate">> {
  const { grid, own, cellNs, correlating } = await runOf(query, subject);
  await inStretches(correlating === undefined ? 0 : grid.count, (first, end) => correlating?.compare(first, end), {
    perStretch: 32,
    asker,
    unit: "series",
  });
  const found = correlating?.found().slice(0, subject.args.limit) ?? [];
  return {
    cells: grid.points,
    cellNs,
    tried: Math.max(0, grid.count - 1),
    mostLag: correlating?.mostLag ?? 0,
    series: Uint32Array.from(found, (one) => grid.series[one.series] ?? 0),
    measure: Uint8Array.from(found, ({ measure }) => correlationMeasures.indexOf(measure)),
    pearson: Float64Array.from(found, ({ pearson }) => pearson),
    spearman: Float64Array.from(found, ({ spearman }) => spearman),
    lagNs: Float64Array.from(found, ({ lag }) => lag * cellNs),
    pairs: Uint32Array.from(found, ({ pairs }) => pairs),
    effective: Float64Array.from(found, ({ effective }) => effective),
    byDifferences: Uint8Array.from(found, ({ byDifferences }) => (byDifferences ? 1 : 0)),
    chance: Float64Array.from(found, ({ p }) => p),
    shapes: Float64Array.from(found.flatMap((one) => shapeOf(seriesAt(grid, one.series)))),
    own: Float64Array.from(own === -1 ? [] : shapeOf(seriesAt(grid, own))),
  };
}

function shapeOf(cells: Float64Array): number[] {
  return Array.from({ length: shapePoints }, (_, point) => {
    const from = Math.floor((point * cells.length) / shapePoints);
    const end = Math.max(from + 1, Math.floor(((point + 1) * cells.length) / shapePoints));
    const known = cells.subarray(from, end).filter((value) => !Number.isNaN(value));
    return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

export async function correlatedPair(
  query: Query,
  subject: Subject<CallArgs<"metrics.pair">>,
): Promise<CallResult<"metrics.pair">> {
  const { grid, own, cellNs, correlating } = await runOf(query, subject);
  const other = grid.series.indexOf(subject.args.other);
  const none = new Float64Array(0);
  const found = other === -1 || own === -1 ? undefined : correlating?.with(other);
  const mostLag = correlating?.mostLag ?? 0;
  return {
    cells: grid.points,
    cellNs,
    one: own === -1 ? none : seriesAt(grid, own).slice(),
    another: other === -1 ? none : seriesAt(grid, other).slice(),
    byDifferences: found?.byDifferences ?? false,
    lagsNs: Float64Array.from(found?.pearson.r ?? [], (_, at) => (at - mostLag) * cellNs),
    pearson: Float64Array.from(found?.pearson.r ?? []),
    spearman: Float64Array.from(found?.spearman.r ?? []),
    pairs: Uint32Array.from(found?.pearson.pairs ?? []),
  };
}
