// One series over a range in which a second is too long for a slice and samples are too many to be read: seconds that have
// shorter buckets are taken from those, and of others the samples, each sample once.
import { secondLevel } from "./dense-buckets.js";
import type { MetricRows } from "./metric-rows.js";
import { samplesWithinSql } from "./metric-sql.js";
import type { MetricSource } from "./metric-blocks.js";
import { type Level, type Stretch, ceilTo, floorTo } from "./zoom-levels.js";

/** Fewer are read as they are, which takes no longer than buckets do. */
const fewSamples = 20_000;
/** Each makes the question for samples longer; of more the seconds are named, and all rows of the range passed over. */
const mostStretches = 8;

export interface DenseLook {
  readonly buckets: readonly MetricRows[];
  /** Whether what is at that time, since the recording's start, is counted in buckets. */
  readonly isInBuckets: (ns: number) => boolean;
  /** Asks for samples that are not in buckets, and for few others; undefined where all are. */
  readonly samplesSql: string | undefined;
}

/** `known`: up to where there are buckets. Undefined where it is as good to read all samples. */
export async function denseLook(
  { query, start, blocks }: MetricSource,
  series: number,
  range: Stretch,
  known: bigint,
  level: Level,
): Promise<DenseLook | undefined> {
  const secondNs = secondLevel.widthNs;
  const last = ceilTo(secondNs, range.until);
  const whole = { since: floorTo(secondNs, range.since), until: last < known ? last : known };
  if (whole.until <= whole.since || !(await blocks.hasDense(query))) return undefined;
  const [sinceNs, count] = [Number(whole.since - start), Number((whole.until - whole.since) / secondNs)];
  const samplesBySecond = (rows: readonly MetricRows[]): Float64Array => {
    const samples = new Float64Array(count);
    for (const { ns, samples: own, length } of rows)
      for (let row = 0; row < length; row++) {
        const second = Math.floor(((ns[row] ?? 0) - sinceNs) / Number(secondNs));
        if (second >= 0 && second < count) samples[second] = (samples[second] ?? 0) + (own[row] ?? 0);
      }
    return samples;
  };
  const wanted = samplesBySecond(await blocks.around(query, start, series, secondLevel, whole));
  if (wanted.reduce((sum, samples) => sum + samples, 0) <= fewSamples) return undefined;
  const buckets = await blocks.around(query, start, series, level, whole);
  const found = samplesBySecond(buckets);
  const isWhole = wanted.map((samples, second) => (samples === found[second] ? 1 : 0));
  // Buckets that are whole within the range; what is before and behind them is read sample by sample.
  const inner = { since: ceilTo(level.widthNs, range.since), until: floorTo(level.widthNs, range.until) };
  const [innerSince, innerUntil] = [Number(inner.since - start), Number(inner.until - start)];
  const isInBuckets = (ns: number): boolean =>
    ns >= innerSince && ns < innerUntil && isWhole[Math.floor((ns - sinceNs) / Number(secondNs))] === 1;
  const stretches: Stretch[] = [];
  let reached = range.since;
  for (let second = 0; second < count; second++) {
    if (isWhole[second] !== 1) continue;
    const begin = whole.since + BigInt(second) * secondNs;
    const since = begin < inner.since ? inner.since : begin;
    const until = begin + secondNs < inner.until ? begin + secondNs : inner.until;
    if (until <= since) continue;
    if (since > reached) stretches.push({ since: reached, until: since });
    reached = until;
  }
  if (reached < range.until) stretches.push({ since: reached, until: range.until });
  return { buckets, isInBuckets, samplesSql: sqlOf(series, stretches) };
}

function sqlOf(series: number, stretches: readonly Stretch[]): string | undefined {
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (stretches.length <= mostStretches) return samplesWithinSql(series, stretches);
  const seconds = stretches.slice(1, -1).flatMap(({ since, until }) => {
    const found: bigint[] = [];
    for (let at = floorTo(secondLevel.widthNs, since); at < until; at += secondLevel.widthNs) found.push(at);
    return found;
  });
  const isIn = `instant < ${first.until} OR instant >= ${last.since}
    OR instant - instant % ${secondLevel.widthNs} IN (${seconds.join(", ")})`;
  return samplesWithinSql(series, [{ since: first.since, until: last.until }], isIn);
}
