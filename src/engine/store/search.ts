// Pages of the rows that have some texts in them, in the order of time or against it. The index says where such rows may be;
// what is there is looked through, a slice of time after the other, until the page is full or the time for one answer is up.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import { relative, small } from "./columns.js";
import type { Parameter, Query } from "./readers.js";
import { SearchBlocks, nameOf } from "./search-blocks.js";
import { type Slice, type Stretch, latestSlice, turned } from "./search-slices.js";
import { excerptsOf, hasNeedle, sources } from "./search-sources.js";
import { mostRowsPerBlock } from "./search-tables.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-calls.js";
import { needlesFrom } from "./search-text.js";

type SearchArgs = Omit<CallArgs<"search.page">, "recordingId">;
type SearchPage = CallResult<"search.page">;
type Cursor = NonNullable<SearchPage["next"]>;

/** An answer comes after that and one more slice; what is left is behind its cursor. */
const msPerAnswer = 60;
/** Looked through at once: little at first, as a page is often full soon. */
const [firstRows, furtherRows, mostRowsAtOnce] = [mostRowsPerBlock, 8 * mostRowsPerBlock, 32 * mostRowsPerBlock];
/** Instants that no row has. */
const [beforeAll, afterAll] = [-(2n ** 62n), 2n ** 62n];
const [noProcess, afterAllProcesses] = [0, 2 ** 31];

interface Hit extends Cursor {
  readonly kind: SearchKind;
  readonly title: string;
  readonly field: string;
  readonly before: string;
  readonly matched: string;
  readonly after: string;
}

export class Search {
  readonly #blocks: SearchBlocks;

  /** `query` is for what is kept between two pages: whoever asked for it first may give up. */
  constructor(query: Query, generation: () => number) {
    this.#blocks = new SearchBlocks(query, generation);
  }

  async page(query: Query, start: bigint, args: SearchArgs): Promise<SearchPage> {
    const untilMs = performance.now() + msPerAnswer;
    const isNewestFirst = args.order === "newest";
    const needles = needlesFrom(args.text);
    const all = await this.#blocks.all();
    const kinds = args.kinds ?? searchKinds;
    const [from, to] = [later(args.from ?? beforeAll, beforeAll), earlier(args.to ?? afterAll, afterAll)];
    let [first, last] = [from, to];
    if (args.after !== undefined && isNewestFirst)
      last = earlier(last, args.after.instant - (args.after.process <= noProcess ? 1n : 0n));
    if (args.after !== undefined && !isNewestFirst)
      first = later(first, args.after.instant + (args.after.process >= afterAllProcesses ? 1n : 0n));
    const asked = all.filter(
      ({ kind, stretches }) => kinds.includes(kind) && stretches.some((one) => one.first <= last && one.last >= first),
    );
    const without = await this.#blocks.without(needles);
    const may = asked.filter((block) => !without.has(nameOf(block)));
    const turn = (stretch: Stretch): Stretch => (isNewestFirst ? stretch : turned(stretch));
    const [candidates, around] = [may, asked].map((blocks) => blocks.flatMap(({ stretches }) => stretches.map(turn)));
    const found: Hit[] = [];
    let next: Cursor | undefined;
    let rows = args.after === undefined ? firstRows : furtherRows;
    while (found.length < args.limit) {
      const range = isNewestFirst ? { first, last } : turned({ first, last });
      const slice = latestSlice(candidates ?? [], around ?? [], range.first, range.last, rows);
      if (slice === undefined) return pageOf(start, found, undefined);
      const here = isNewestFirst ? slice : turned(slice);
      if (found.length > 0 || next !== undefined) if (performance.now() > untilMs) break;
      found.push(...(await within(query, here, args, needles, args.limit - found.length)));
      if (isNewestFirst) last = here.first - 1n;
      else first = here.last + 1n;
      next = isNewestFirst
        ? { instant: here.first, process: noProcess, seq: 0 }
        : { instant: here.last, process: afterAllProcesses, seq: 0 };
      rows = Math.min(4 * rows, mostRowsAtOnce);
    }
    if (found.length >= args.limit) next = cursorOf(found.at(-1));
    return pageOf(start, found, next);
  }
}

async function within(
  query: Query,
  slice: Slice,
  args: SearchArgs,
  needles: readonly string[],
  limit: number,
): Promise<Hit[]> {
  const found = await Promise.all(slice.kinds.map((kind) => rowsOf(query, kind, slice, args, needles, limit)));
  const sign = args.order === "newest" ? -1 : 1;
  return found
    .flat()
    .toSorted((a, b) => sign * inOrder(a, b))
    .slice(0, limit);
}

async function rowsOf(
  query: Query,
  kind: SearchKind,
  { first, last }: Slice,
  args: SearchArgs,
  needles: readonly string[],
  limit: number,
): Promise<Hit[]> {
  const source = sources[kind];
  const [sign, direction] = args.order === "newest" ? ["<", "DESC"] : [">", "ASC"];
  const values: Parameter[] = [];
  const given = (value: Parameter): string => `$${values.push(value)}`;
  const shown = given(needles[0] ?? "");
  const conditions = [`t.instant BETWEEN ${given(first)} AND ${given(last)}`];
  // What stands in the place of evicted writes is none.
  if (kind === "keyframe" || kind === "write")
    conditions.push(
      `NOT EXISTS (FROM state_hole AS h WHERE h.process = t.process AND t.seq >= h.first_seq AND t.seq <= h.last_seq)`,
    );
  if (args.process !== undefined) conditions.push(`t.process = ${given(args.process)}`);
  if (args.after !== undefined) {
    const [instant, process, seq] = [
      given(args.after.instant),
      given(args.after.process),
      given(BigInt(args.after.seq)),
    ];
    conditions.push(
      `(t.instant ${sign} ${instant} OR (t.instant = ${instant} AND (t.process ${sign} ${process}
        OR (t.process = ${process} AND t.seq ${sign} ${seq}))))`,
    );
  }
  for (const needle of needles) conditions.push(hasNeedle(source, given(needle)));
  const chosen = `SELECT * FROM ${source.table} AS t WHERE ${conditions.join(" AND ")}
    ORDER BY instant ${direction}, process ${direction}, seq ${direction} LIMIT ${given(limit)}`;
  const rows = await query(excerptsOf(source, chosen, shown), values);
  const [processes, seqs, instants] = [rows.numbers("process"), rows.numbers("seq"), rows.bigints("instant")];
  const [titles, fields] = [rows.textsOrEmpty("title"), rows.texts("field")];
  const [before, matched, after] = [rows.texts("before"), rows.texts("matched"), rows.texts("after")];
  return instants.map((instant, row) => ({
    kind,
    instant,
    process: processes[row] ?? 0,
    seq: seqs[row] ?? 0,
    title: titles[row] ?? "",
    field: fields[row] ?? "",
    before: before[row] ?? "",
    matched: matched[row] ?? "",
    after: after[row] ?? "",
  }));
}

const inOrder = (a: Cursor, b: Cursor): number =>
  a.instant === b.instant ? a.process - b.process || a.seq - b.seq : a.instant < b.instant ? -1 : 1;

function cursorOf(hit: Hit | undefined): Cursor | undefined {
  return hit === undefined ? undefined : { instant: hit.instant, process: hit.process, seq: hit.seq };
}

const pageOf = (start: bigint, hits: readonly Hit[], next: Cursor | undefined): SearchPage => ({
  kind: small(hits.map(({ kind }) => searchKinds.indexOf(kind))),
  process: small(hits.map(({ process }) => process)),
  seq: Float64Array.from(hits, ({ seq }) => seq),
  timeNs: relative(
    hits.map(({ instant }) => instant),
    start,
  ),
  titles: hits.map(({ title }) => title),
  fields: hits.map(({ field }) => field),
  before: hits.map(({ before }) => before),
  matched: hits.map(({ matched }) => matched),
  after: hits.map(({ after }) => after),
  next,
});

const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
