// hindcast correlate: which metrics go with one.
import { type Result, failed, ok } from "../shared/base/result.js";
import { correlationMeasures } from "../shared/protocol/correlation-calls.js";
import type { MetricSeries } from "../shared/protocol/engine-rows.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import type { CommandArgs } from "./decode-args.js";
import { done, range, withRecording } from "./reading.js";
import { attributesFrom, onOneLine } from "./rows.js";
import { aligned } from "./table-text.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

export const usualLimit = 30;

export const correlate = (world: World, args: CommandArgs<"correlate">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const { call, recordingId, summary, out } = reading;
    const times = range(reading, args);
    if (!times.ok) return times;
    const listed = await call("metrics.list", { recordingId });
    if (!listed.ok) return listed;
    const subject = seriesNamed(listed.value, summary, args.with);
    if (!subject.ok) return subject;
    const answer = await call("metrics.correlate", {
      recordingId,
      from: times.value.from,
      to: times.value.to,
      series: subject.value.series,
      ...(args.lag === undefined ? {} : { lagNs: BigInt(Math.round(args.lag * 1e6)) }),
      limit: Math.min(20_000, args.limit ?? usualLimit),
    });
    if (!answer.ok) return answer;
    const found = answer.value;
    const known = new Map(listed.value.map((series) => [series.series, series]));
    const rows = [...found.series].flatMap((id, at) => {
      const series = known.get(id);
      if (series === undefined) return [];
      return {
        name: fullName(series, summary),
        service: serviceOf(series, summary),
        process: series.process,
        metric: series.name,
        attributes: series.attributes,
        measure: correlationMeasures[found.measure[at] ?? 0],
        pearson: numberOf(found.pearson[at]),
        spearman: numberOf(found.spearman[at]),
        lagNs: found.lagNs[at] ?? 0,
        pairs: found.pairs[at] ?? 0,
        independentPairs: found.effective[at] ?? 0,
        byDifferences: found.byDifferences[at] === 1,
        chance: found.chance[at] ?? 1,
      };
    });
    if (args.json) {
      for (const { name: _name, attributes, ...row } of rows)
        await out.line(JSON.stringify({ ...row, attributes: attributesFrom(attributes) }));
      return done;
    }
    const second = (ns: number): string => `${ns > 0 ? "+" : ""}${String(Number((ns / 1e9).toPrecision(3)))}s`;
    await out.line(
      `${found.tried} series against ${fullName(subject.value, summary)}, ${found.cells} cells of ${second(found.cellNs).slice(1)}, lags up to ${found.mostLag} of them`,
    );
    if (rows.length === 0)
      await out.line("Nothing there can be compared: it needs a dozen cells in which both have a value.");
    if (rows.length === 0) return done;
    const cells = rows.map((row) => [
      row.pearson === null ? "–" : row.pearson.toFixed(2),
      row.spearman === null ? "–" : row.spearman.toFixed(2),
      second(row.lagNs),
      String(row.pairs),
      row.independentPairs.toFixed(0),
      row.chance < 1e-4 ? row.chance.toExponential(0) : row.chance.toFixed(4),
      `${row.name}${row.byDifferences ? "  (by its steps)" : ""}`,
    ]);
    const headings = ["PEARSON", "SPEARMAN", "LAG", "CELLS", "INDEPENDENT", "CHANCE", "METRIC"];
    for (const line of aligned([headings, ...cells], new Set([0, 1, 2, 3, 4, 5]))) await out.line(line);
    return done;
  });

const numberOf = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

const serviceOf = ({ process }: MetricSeries, { processes }: RecordingSummary): string =>
  processes.find((one) => one.process === process)?.serviceName ?? String(process);

const attributesShown = (json: string): string => {
  const attributes = attributesFrom(json);
  if (typeof attributes !== "object" || attributes === null) return "";
  return Object.entries(attributes)
    .map(([key, value]) => ` ${key}=${String(value)}`)
    .join("");
};

const fullName = (series: MetricSeries, summary: RecordingSummary): string =>
  onOneLine(`${serviceOf(series, summary)}/${series.name}${attributesShown(series.attributes)}`);

/** Of several that are called so, the one with samples, where that is one. */
export function seriesNamed(
  listed: readonly MetricSeries[],
  summary: RecordingSummary,
  typed: string,
): Result<MetricSeries, HindcastError> {
  const candidates = listed.filter((series) => {
    const own = attributesShown(series.attributes);
    const services = ["", `${serviceOf(series, summary)}/`, `${series.process}/`];
    return [series.name, series.alias].some((name) =>
      services.some((service) => typed === `${service}${name}` || typed === `${service}${name}${own}`),
    );
  });
  const [only, ...others] = candidates;
  if (only === undefined)
    return failed(
      hindcastError("bad-usage", { reason: `no metric is called ${typed}; hindcast metrics --summary lists them` }),
    );
  if (others.length === 0) return ok(only);
  const names = candidates.map((series) =>
    serviceNames(candidates, summary) === candidates.length
      ? fullName(series, summary)
      : `${series.process}/${series.name}${attributesShown(series.attributes)}`,
  );
  return failed(hindcastError("bad-usage", { reason: `several metrics are called ${typed}: ${names.join("; ")}` }));
}

const serviceNames = (candidates: readonly MetricSeries[], summary: RecordingSummary): number =>
  new Set(candidates.map((series) => fullName(series, summary))).size;
