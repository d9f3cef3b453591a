// What the file has of its search index, and the rows behind it as they are read again by whoever goes on with it.
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { sources } from "./search-sources.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import { UnreadableStored } from "./value-json.js";

interface KindState {
  /** How many there are, and the rows in them. */
  readonly blocks: number;
  readonly indexed: number;
  readonly total: number;
}

export interface IndexState {
  readonly names: Rows;
  readonly scopes: Rows;
  readonly kinds: Readonly<Record<SearchKind, KindState>>;
  /** Spans of blocks that may have changed; undefined when nobody knows. */
  readonly places: readonly number[] | undefined;
}

export async function readState(query: Query): Promise<IndexState> {
  const state = async (kind: SearchKind): Promise<KindState> => {
    const code = searchKinds.indexOf(kind);
    const rows = await query(
      `SELECT (SELECT coalesce(max(block) + 1, 0) FROM search_block WHERE kind = ${code}) AS blocks,
         (SELECT coalesce(sum(rows), 0)::BIGINT FROM search_block WHERE kind = ${code}) AS indexed,
         (SELECT count(*) FROM ${sources[kind].table}) AS total`,
    );
    const only = (name: string): number => rows.numbers(name)[0] ?? 0;
    return { blocks: only("blocks"), indexed: only("indexed"), total: only("total") };
  };
  const [event, span, log] = [await state("event"), await state("span"), await state("log")];
  const kinds = { event, span, log, write: await state("write"), keyframe: await state("keyframe") };
  return {
    names: await query(`SELECT id, text FROM name`),
    scopes: await query(`SELECT id, name AS text FROM scope`),
    kinds,
    places: await readPlaces(query),
  };
}

/** Throws `UnreadableStored`. */
export async function readPlaces(query: Query): Promise<readonly number[] | undefined> {
  const rows = await query(`SELECT places FROM search_open WHERE kind = ${searchKinds.indexOf("span")} LIMIT 2`);
  if (rows.length > 1) throw new UnreadableStored("places of the search index");
  if (rows.length === 0) return [];
  const [places] = rows.optionalBytes("places");
  return places === undefined ? undefined : uint32sFrom(places);
}

/** Throws `UnreadableStored`. */
export function uint32sFrom(bytes: Uint8Array): number[] {
  if (bytes.length % 4 !== 0) throw new UnreadableStored("places of the search index");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(4 * at, true));
}

interface ReadRow {
  readonly number: number;
  readonly process: number;
  readonly instant: number;
  /** Id of a name, or of a scope. */
  readonly name: number;
  readonly body: string;
  readonly json: readonly string[];
  /** Number of the span, if it has not ended. */
  readonly openSpan: number | undefined;
}

const columns: Readonly<Record<SearchKind, string>> = {
  event: `name, '' AS body, attributes AS json, '' AS further, NULL AS open_span`,
  span: `name, '' AS body, attributes AS json, '' AS further, CASE WHEN end_seq IS NULL THEN span END AS open_span`,
  log: `source AS name, body, attributes AS json, '' AS further, NULL AS open_span`,
  write: `0 AS name, '' AS body, key AS json, value AS further, NULL AS open_span`,
  keyframe: `scope AS name, '' AS body, contents AS json, '' AS further, NULL AS open_span`,
};

/** In the order of the file. `condition` may be about the `rowid`. */
export async function readTexts(query: Query, kind: SearchKind, condition: string): Promise<readonly ReadRow[]> {
  const rows = await query(
    `SELECT rowid AS number, process, instant, ${columns[kind]} FROM ${sources[kind].table} WHERE ${condition} ORDER BY rowid`,
  );
  const [processes, names] = [rows.numbers("process"), rows.numbers("name")];
  const [instants, numbers] = [rows.bigints("instant"), rows.numbers("number")];
  const [bodies, json] = [rows.textsOrEmpty("body"), rows.textsOrEmpty("json")];
  const [further, openSpans] = [rows.textsOrEmpty("further"), rows.optionalNumbers("open_span")];
  return instants.map((instant, row) => ({
    number: numbers[row] ?? 0,
    process: processes[row] ?? 0,
    instant: Number(instant),
    name: names[row] ?? 0,
    body: bodies[row] ?? "",
    json: [json[row] ?? "", further[row] ?? ""],
    openSpan: openSpans[row],
  }));
}

export interface UnreadPart {
  readonly rows: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Rows from `begin` on, in parts of at most `most`. */
export async function unreadParts(
  query: Query,
  kind: SearchKind,
  begin: number,
  end: number | undefined,
  most: number,
): Promise<readonly UnreadPart[]> {
  const until = end === undefined ? "true" : `rowid < ${end}`;
  const rows = await query(
    `SELECT count(*) AS rows, min(instant) AS first, max(instant) AS last FROM ${sources[kind].table}
       WHERE rowid >= ${begin} AND ${until} GROUP BY (rowid - ${begin}) // ${most} ORDER BY (rowid - ${begin}) // ${most}`,
  );
  const [counts, firsts, lasts] = [rows.numbers("rows"), rows.optionalBigints("first"), rows.optionalBigints("last")];
  // Rows without an instant are nowhere in time.
  return counts.map((count, row) => ({ rows: count, first: firsts[row] ?? 0n, last: lasts[row] ?? 0n }));
}
