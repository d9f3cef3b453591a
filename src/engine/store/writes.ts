// Writes to captured state as reconstruction reads them: small ones and keyframes of one process, in Seq order.
// They come as a few large JSON texts instead of many small values: fetching a text costs as much as parsing a hundred
// writes. Code locations and spans, which many writes share, are fetched once and shared here too.
import { nobody } from "../../shared/base/asker.js";
import { type Instant, type ProcessId, type Seq, instant, seq } from "../../shared/trace/time.js";
import { objectId } from "../../shared/trace/value.js";
import type { CodeLocation, RecordedWrite, WriteOperation, WriteReader } from "../../shared/trace/write.js";
import { type Places, type SegmentWrite, nameOfScope } from "../replay/segments/segment-write.js";
import { contentsFromStored, foundFromStored, operationFromStored } from "./operation-json.js";
import { type Query, queryFor } from "./readers.js";
import { type StoredOperation, storedOperations } from "./schema.js";
import { UnreadableStored, countFrom, listFrom, parseStored, valueFromStored } from "./value-json.js";

/** Codes of the two kinds that live in `keyframe`, after those of `write`. */
const contentsCode = storedOperations.length;
const scopeCode = contentsCode + 1;
const seqsPerText = 4096;

/** All of it is in memory at once. A crafted file of a few megabytes may hold any number of them. */
const mostBytes = 512 * 1024 * 1024;

const bytesSql = (upTo: string): string => `
  SELECT (SELECT coalesce(sum(coalesce(strlen(key), 0) + coalesce(strlen(value), 0)), 0)
      FROM write WHERE process = $1 AND seq > $2 AND ${upTo})::BIGINT
    + (SELECT coalesce(sum(strlen(contents)), 0) FROM keyframe WHERE process = $1 AND seq > $2 AND ${upTo})::BIGINT AS bytes`;

/** A clock may be set back: folding ends at the first write that is too late. */
const untilInstant = `seq < coalesce(least((SELECT min(seq) FROM write WHERE process = $1 AND instant > $3),
  (SELECT min(seq) FROM keyframe WHERE process = $1 AND instant > $3)), ${Number.MAX_SAFE_INTEGER})`;

/**
 * None where there is too much of it: then nothing of it is put together.
 * A write that was evicted and not removed yet comes before what stands in its place.
 * An instant is two numbers, milliseconds and nanoseconds within one: as one it would be more than JSON's can hold.
 */
const writesSql = (upTo: string): string => `
  WITH change AS (
    SELECT seq, instant, after, operation::INTEGER AS code, object, 0 AS scope, key, value, location, span
      FROM write WHERE process = $1 AND seq > $2 AND ${upTo}
    UNION ALL
    SELECT seq, instant, after, CASE WHEN object = 0 THEN ${scopeCode} ELSE ${contentsCode} END, object, scope, NULL, contents,
      location, span FROM keyframe WHERE process = $1 AND seq > $2 AND ${upTo}),
  total AS (${bytesSql(upTo)})
  SELECT string_agg(
      concat('[', seq, ',', instant // 1000000, ',', instant % 1000000, ',', coalesce(after // 1000000, -1), ',',
        coalesce(after % 1000000, 0), ',', code, ',', object, ',', scope, ',', coalesce(key, 'null'), ',',
        coalesce(value, 'null'), ',', location, ',', span, ']'), ',' ORDER BY seq, code) AS writes,
      string_agg(DISTINCT span::VARCHAR, ',') AS spans, max(scope) AS scope, max(location) AS location
    FROM change WHERE (SELECT bytes FROM total) <= ${mostBytes} GROUP BY seq // ${seqsPerText} ORDER BY seq // ${seqsPerText}`;

const locationsSql = `SELECT l.id, f.text AS file, l.line, l."column", g.text AS function FROM location AS l
  LEFT JOIN name AS f ON f.id = l.file LEFT JOIN name AS g ON g.id = l.function WHERE l.id > $1`;

const spansSql = (which: string): string => `
  SELECT s.span, lower(hex(s.span_id)) AS span_id, lower(hex(s.trace_id)) AS trace_id, n.text AS name
    FROM span AS s LEFT JOIN name AS n ON n.id = s.name WHERE s.process = $1 AND s.span ${which}`;

type Span = RecordedWrite["span"];

export class StoredWrites implements WriteReader {
  /** By id; they never change. */
  readonly #locations = new Map<number, CodeLocation | undefined>();
  #lastLocation = 0;

  constructor(readonly query: Query) {}

  async read(
    process: ProcessId,
    after: Seq,
    upTo: { readonly seq: Seq } | { readonly instant: Instant },
    asker = nobody,
  ): Promise<readonly RecordedWrite[]> {
    const rows = await readRows(queryFor(this.query, asker), process, after, upTo);
    if (rows === undefined) return [];
    if (rows.lastLocation > this.#lastLocation) await this.#learnLocations();
    const scopes = rows.hasScopes ? await this.#scopesOf(process) : new Map<number, string>();
    const spans = await this.#spansOf(process, rows.spans);
    const writes: RecordedWrite[] = [];
    for (const { after: since, location, span, operation, ...write } of rows.writes())
      writes.push({
        process,
        seq: seq(write.seq),
        instant: instant(write.instant),
        certainty: since === undefined ? exact : { kind: "between", after: instant(since) },
        operation:
          operation.kind === "scope" ? { ...operation, scope: scopes.get(Number(operation.scope)) ?? "" } : operation,
        location: this.#locations.get(location),
        span: spans.get(span),
      });
    return writes;
  }

  /** What ids of places up to one, and of a process's spans, stand for. */
  async places(process: ProcessId, spans: readonly number[], lastLocation: number): Promise<Places> {
    if (lastLocation > this.#lastLocation) await this.#learnLocations();
    const known = await this.#spansOf(process, spans.map(String));
    return { location: (id) => this.#locations.get(id), span: (id) => known.get(id) };
  }

  async #scopesOf(process: ProcessId): Promise<ReadonlyMap<number, string>> {
    const rows = await this.query(`SELECT id, name FROM scope WHERE process = $1`, [process]);
    const names = rows.texts("name");
    return new Map(rows.numbers("id").map((id, row) => [id, names[row] ?? ""]));
  }

  async #learnLocations(): Promise<void> {
    const rows = await this.query(locationsSql, [this.#lastLocation]);
    const [files, functions] = [rows.optionalTexts("file"), rows.optionalTexts("function")];
    const [lines, columns] = [rows.numbers("line"), rows.numbers("column")];
    for (const [row, id] of rows.numbers("id").entries()) {
      const [file, line, column] = [files[row], lines[row] ?? 0, columns[row] ?? 0];
      if (file !== undefined) this.#locations.set(id, { file, line, column, functionName: functions[row] });
      this.#lastLocation = Math.max(this.#lastLocation, id);
    }
  }

  async #spansOf(process: ProcessId, ids: readonly string[]): Promise<ReadonlyMap<number, Span>> {
    const wanted = new Set(ids);
    wanted.delete("0");
    if (wanted.size === 0) return new Map();
    const [only] = wanted.size === 1 ? wanted : [];
    // Of a number in the question DuckDB knows at once which groups of rows cannot have it.
    const which = only === undefined ? "IN (SELECT unnest(string_split($2, ','))::UINTEGER)" : `= ${Number(only)}`;
    const rows = await this.query(spansSql(which), only === undefined ? [process, [...wanted].join(",")] : [process]);
    const [spanIds, traceIds] = [rows.texts("span_id"), rows.texts("trace_id")];
    const names = rows.textsOrEmpty("name");
    return new Map(
      rows.numbers("span").map((id, row): [number, Span] => {
        const [spanId, traceId] = [spanIds[row] ?? "", traceIds[row] ?? ""];
        return [id, { spanId, traceId, name: names[row] ?? "" }];
      }),
    );
  }
}

interface WriteRows {
  /** Ids of spans, as text; "0" may be among them. */
  readonly spans: readonly string[];
  readonly lastLocation: number;
  readonly hasScopes: boolean;
  writes(): Iterable<SegmentWrite>;
}

async function readRows(
  query: Query,
  process: number,
  after: number,
  upTo: { readonly seq: number } | { readonly instant: bigint },
): Promise<WriteRows | undefined> {
  const [condition, limit] = "seq" in upTo ? ["seq <= $3", BigInt(upTo.seq)] : [untilInstant, upTo.instant];
  const rows = await query(writesSql(condition), [process, BigInt(after), limit]);
  if (rows.length === 0) {
    const bytes = (await query(bytesSql(condition), [process, BigInt(after), limit])).numbers("bytes")[0] ?? 0;
    if (bytes > mostBytes) throw new UnreadableStored(`${bytes} bytes of state`);
    return undefined;
  }
  const texts = rows.texts("writes");
  return {
    spans: rows.texts("spans").join(",").split(","),
    lastLocation: Math.max(...rows.numbers("location")),
    hasScopes: rows.numbers("scope").some((scope) => scope > 0),
    *writes() {
      // One text after the other: what is parsed and no longer needed goes early.
      for (const text of texts)
        for (const stored of listFrom(parseStored(`[${text}]`))) yield segmentWriteFrom(listFrom(stored));
    },
  };
}

/** Writes with `after < seq <= last`, in Seq order, as segments keep them. */
export async function readSegmentWrites(
  query: Query,
  process: number,
  after: number,
  last: number,
): Promise<Iterable<SegmentWrite>> {
  return (await readRows(query, process, after, { seq: last }))?.writes() ?? [];
}

/** How many writes there are after `after`, and the Seq of the last of every so many of them, in order. */
export async function stretchesOfWrites(
  query: Query,
  process: number,
  after: number,
  inEach: number,
): Promise<{ readonly count: number; readonly lastSeqs: readonly number[] }> {
  const rows = await query(
    `SELECT max(seq) AS last, count(*) AS writes FROM
       (SELECT seq, (row_number() OVER (ORDER BY seq) - 1) // $3 AS stretch FROM
         (SELECT seq FROM write WHERE process = $1 AND seq > $2 UNION ALL
          SELECT seq FROM keyframe WHERE process = $1 AND seq > $2))
     GROUP BY stretch ORDER BY stretch`,
    [process, BigInt(after), BigInt(inEach)],
  );
  const count = rows.numbers("writes").reduce((total, writes) => total + writes, 0);
  return { count, lastSeqs: rows.bigints("last").map(Number) };
}

const exact = { kind: "exact" } as const;

function segmentWriteFrom(stored: readonly unknown[]): SegmentWrite {
  const [number, ms, ns, afterMs, afterNs, code, object, scope, key, value, location, span] = stored;
  return {
    seq: countFrom(number),
    instant: instantFrom(ms, ns),
    after: afterMs === -1 ? undefined : instantFrom(afterMs, afterNs),
    operation: operationFrom(countFrom(code), countFrom(object), nameOfScope(countFrom(scope)), key, value),
    location: countFrom(location),
    span: countFrom(span),
  };
}

const instantFrom = (ms: unknown, ns: unknown): bigint => BigInt(wholeFrom(ms)) * 1_000_000n + BigInt(wholeFrom(ns));

function wholeFrom(stored: unknown): number {
  if (typeof stored !== "number" || !Number.isSafeInteger(stored)) throw new UnreadableStored("whole number expected");
  return stored;
}

function operationFrom(code: number, object: number, scope: string, key: unknown, value: unknown): WriteOperation {
  if (code === scopeCode) return { kind: "scope", scope, value: valueFromStored(value) };
  const target = objectId(object);
  if (code === contentsCode) {
    const [contents, found] = [contentsFromStored(value), foundFromStored(value)];
    return { kind: "contents", target, contents, ...(found === undefined ? {} : { found }) };
  }
  const kind: StoredOperation | undefined = storedOperations[code];
  if (kind === undefined) throw new UnreadableStored(`operation ${code}`);
  return operationFromStored(kind, target, key, value);
}
