// Series of metrics as a search finds them: each is one row, at its first sample in the range, whose place does not change while
// samples come. There are few, so no index knows of them: their texts are looked through here.
import { earlier, later } from "../../shared/base/earlier.js";
import type { FoundKind } from "../../shared/protocol/engine-rows.js";
import { metricAlias } from "./metric-aliases.js";
import type { Query } from "./readers.js";
import { excerptAt } from "./search-excerpt.js";
import { lowered, withoutEscapes } from "./search-lower-case.js";
import type { InstantRange } from "./search-ranges.js";
import { type Cursor, type Hit, inOrder } from "./search-rows.js";

/** More are read anew by each search. */
const mostKept = 50_000;
const keptSearches = 8;
/** Most series have a sample in the first minute; where the others begin is looked for in ever longer stretches. */
const [firstStretchNs, timesLonger] = [60_000_000_000n, 8n];

interface Text {
  readonly field: string;
  readonly text: string;
  readonly lower: string;
}

interface Series {
  readonly series: number;
  readonly process: number;
  /** Of itself; its name is the first. */
  readonly own: readonly Text[];
  readonly service: Text;
}

interface FirstSample extends Cursor {
  readonly of: Series;
}

export interface SearchedSeries {
  readonly kinds: readonly FoundKind[];
  readonly needles: readonly string[];
  readonly process: number | undefined;
  readonly range: InstantRange;
  /** Of the recording. */
  readonly start: bigint;
  /** False of the first page: later ones are of the same samples, whatever has come since. */
  readonly isFurther: boolean;
}

export class SearchSeries {
  #all: { readonly generation: number; readonly series: readonly Series[] } | undefined;
  readonly #found = new Map<string, { readonly generation: number; readonly hits: readonly Hit[] }>();

  constructor(readonly generation: () => number) {}

  /** All that are found, in the order of instant, process, seq. */
  async found(query: Query, searched: SearchedSeries): Promise<readonly Hit[]> {
    if (!searched.kinds.includes("metric")) return [];
    const { needles, process, range, isFurther } = searched;
    const generation = this.generation();
    const key = JSON.stringify([needles, process, String(range.first), String(range.last)]);
    const known = this.#found.get(key);
    this.#found.delete(key);
    const found =
      known !== undefined && (isFurther || known.generation === generation)
        ? known
        : { generation, hits: await this.#hits(query, searched) };
    this.#found.set(key, found);
    const [oldest] = this.#found.keys();
    if (this.#found.size > keptSearches && oldest !== undefined) this.#found.delete(oldest);
    return found.hits;
  }

  async #hits(query: Query, { needles, process, range, start }: SearchedSeries): Promise<Hit[]> {
    const lower = needles.map(lowered);
    const having = (await this.#allSeries(query)).filter(
      (one) => (process === undefined || one.process === process) && hasAll(one, lower),
    );
    const firsts = await firstSamples(query, having, range, start);
    return firsts.map(({ of, ...first }) => ({
      ...first,
      kind: "metric",
      series: of.series,
      title: of.own[0]?.text ?? "",
      ...shownOf(of, needles[0] ?? "", lower[0] ?? ""),
    }));
  }

  async #allSeries(query: Query): Promise<readonly Series[]> {
    const generation = this.generation();
    if (this.#all?.generation === generation) return this.#all.series;
    const series = await readSeries(query);
    this.#all = series.length > mostKept ? undefined : { generation, series };
    return series;
  }
}

async function readSeries(query: Query): Promise<readonly Series[]> {
  const rows = await query(
    `SELECT s.id, s.process, n.text AS name, s.attributes, p.service_name AS service
     FROM series AS s LEFT JOIN name AS n ON n.id = s.name LEFT JOIN process AS p ON p.process = s.process`,
  );
  const [processes, names] = [rows.numbers("process"), rows.textsOrEmpty("name")];
  const [attributes, services] = [rows.textsOrEmpty("attributes"), rows.textsOrEmpty("service")];
  return rows.numbers("id").map((series, row) => {
    const name = names[row] ?? "";
    const alias = metricAlias(name);
    const further = [textOf("attributes", withoutEscapes(attributes[row] ?? ""))];
    return {
      series,
      process: processes[row] ?? 0,
      own: [textOf("name", name), ...(alias === name ? [] : [textOf("alias", alias)]), ...further],
      service: textOf("service", services[row] ?? ""),
    };
  });
}

const textOf = (field: string, text: string): Text => ({ field, text, lower: lowered(text) });

/** A service has all of its series: its name alone finds none of them. */
function hasAll({ own, service }: Series, needles: readonly string[]): boolean {
  const isOwn = (needle: string): boolean => own.some(({ lower }) => lower.includes(needle));
  return (
    needles.every((needle) => isOwn(needle) || service.lower.includes(needle)) &&
    (needles.length === 0 || needles.some(isOwn))
  );
}

function shownOf({ own, service }: Series, needle: string, lower: string) {
  const shown = own.find((text) => text.lower.includes(lower)) ?? service;
  const place = [...shown.lower.slice(0, Math.max(0, shown.lower.indexOf(lower)))].length + 1;
  return { field: shown.field, ...excerptAt(shown.text, place, needle) };
}

/** Of those that have samples there, in their order. */
async function firstSamples(
  query: Query,
  series: readonly Series[],
  { first, last }: InstantRange,
  start: bigint,
): Promise<readonly FirstSample[]> {
  const found: FirstSample[] = [];
  const left = new Map(series.map((one) => [one.series, one]));
  let [since, length] = [first, firstStretchNs];
  while (left.size > 0 && since <= last) {
    const until = earlier(later(since, start) + length, last);
    for (const first of await firstsWithin(query, [...left.keys()], since, until)) {
      const of = left.get(first.series);
      if (of !== undefined) found.push({ of, instant: first.instant, process: first.process, seq: first.seq });
      left.delete(first.series);
    }
    [since, length] = [until + 1n, length * timesLonger];
  }
  return found.toSorted(inOrder);
}

/** When they were is asked first: to carry the rest of all samples along takes DuckDB five times as long. */
async function firstsWithin(query: Query, series: readonly number[], since: bigint, until: bigint) {
  const begun = await query(
    `SELECT series, min(instant) AS instant FROM metric
     WHERE instant >= ${since} AND instant <= ${until} AND series IN (${series.join(", ")}) GROUP BY series`,
  );
  if (begun.length === 0) return [];
  const instants = begun.bigints("instant");
  const rows = await query(
    `SELECT series, f.instant AS instant, f.process AS process, f.seq AS seq
     FROM (SELECT series, min({instant: instant, process: process, seq: seq}) AS f FROM metric
       WHERE instant BETWEEN ${instants.reduce(earlier)} AND ${instants.reduce(later)} AND instant IN (${instants.join(", ")})
         AND series IN (${begun.numbers("series").join(", ")}) GROUP BY series)`,
  );
  const [at, processes, seqs] = [rows.bigints("instant"), rows.numbers("process"), rows.numbers("seq")];
  return rows.numbers("series").map((one, row) => ({
    series: one,
    instant: at[row] ?? 0n,
    process: processes[row] ?? 0,
    seq: seqs[row] ?? 0,
  }));
}
