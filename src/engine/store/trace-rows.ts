// What was recorded of one trace: its spans, and what was logged and written within some of them.
import { unreachable } from "../../shared/base/unreachable.js";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { type CapturedValue, objectId } from "../../shared/trace/value.js";
import { ObjectGraph } from "../replay/object-graph.js";
import { previewOf } from "../replay/preview.js";
import { processColumn, relative } from "./columns.js";
import { logColumns } from "./logs.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { operationFromStored } from "./operation-json.js";
import { storedOperations } from "./schema.js";
import { spansOf } from "./spans.js";
import { UnreadableStored, parseStored } from "./value-json.js";

type One = CallResult<"requests.one">;

/** Of one trace. */
export const mostTraceSpans = 10_000;
/** Of one request. */
const mostLines = 1000;

/** Spans of the trace that a span belongs to, by when they began; none where there is no such span. */
export async function spansOfTrace(query: Query, process: number, spanId: string): Promise<Rows> {
  const trace = `SELECT trace_id FROM span WHERE process = $1 AND span_id = from_hex($2) LIMIT 1`;
  return query(
    spansOf(
      `SELECT * FROM span WHERE trace_id = (${trace}) ORDER BY process = $1 AND span_id = from_hex($2) DESC, instant, process, seq LIMIT ${mostTraceSpans + 1}`,
    ),
    [process, spanId],
  );
}

/** A span by its numbers, as logs and writes name it. */
export interface SpanNumber {
  readonly process: number;
  readonly span: number;
}

export const spanKey = ({ process, span }: SpanNumber): string => `${process}.${span}`;

/** A join with a list of spans, $1 and $2: of hot columns, so that DuckDB reads only where such spans are. */
const ofSpans = `JOIN (SELECT unnest(string_split($1, ','))::UINTEGER AS of_process, unnest(string_split($2, ','))::UINTEGER AS of_span)
  ON of_process = t.process AND of_span = t.span WHERE t.instant >= $3`;

/** There is no process 0. */
const nobodys: SpanNumber = { process: 0, span: 0 };

function listed(spans: readonly SpanNumber[], sinceNs: bigint): [string, string, bigint] {
  const some = spans.length === 0 ? [nobodys] : spans;
  return [some.map(({ process }) => process).join(","), some.map(({ span }) => span).join(","), sinceNs];
}

const keysOf = (rows: Rows): string[] => {
  const spans = rows.numbers("span");
  return rows.numbers("process").map((process, row) => spanKey({ process, span: spans[row] ?? 0 }));
};

export async function logsOfSpans(
  query: Query,
  start: bigint,
  spans: readonly SpanNumber[],
  sinceNs: bigint,
): Promise<{ readonly logs: One["logs"]; readonly spans: readonly string[] }> {
  const values = listed(spans, sinceNs);
  const counted = await query(`SELECT count(*) AS total FROM log AS t ${ofSpans}`, values);
  const rows = await query(
    `WITH chosen AS (SELECT t.* FROM log AS t ${ofSpans} ORDER BY t.instant, t.process, t.seq LIMIT ${mostLines})
     SELECT t.process, t.seq, t.instant, t.span, t.severity, t.body, t.attributes, n.text AS source, lower(hex(s.span_id)) AS span_id,
       lower(hex(s.trace_id)) AS trace_id FROM chosen AS t LEFT JOIN name AS n ON n.id = t.source
     LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span ORDER BY t.instant, t.process, t.seq`,
    values,
  );
  const total = counted.numbers("total")[0] ?? 0;
  return { logs: { first: 0, total, ...logColumns(rows, start) }, spans: keysOf(rows) };
}

type Writes = Omit<One["writes"], "span">;

export async function writesOfSpans(
  query: Query,
  start: bigint,
  spans: readonly SpanNumber[],
  sinceNs: bigint,
): Promise<{ readonly total: number; readonly writes: Writes; readonly spans: readonly string[] }> {
  const values = listed(spans, sinceNs);
  const writes = `(SELECT process, seq, instant, span, operation::INTEGER AS operation, key, value, location FROM write)`;
  const counted = await query(`SELECT count(*) AS total FROM ${writes} AS t ${ofSpans}`, values);
  const rows = await query(
    `WITH chosen AS (SELECT t.* FROM ${writes} AS t ${ofSpans} ORDER BY t.instant, t.process, t.seq LIMIT ${mostLines})
     SELECT t.*, f.text || ':' || l.line AS location_text FROM chosen AS t LEFT JOIN location AS l ON l.id = t.location
     LEFT JOIN name AS f ON f.id = l.file ORDER BY t.instant, t.process, t.seq`,
    values,
  );
  const [keys, stored] = [rows.textsOrEmpty("key"), rows.textsOrEmpty("value")];
  const changes = rows.numbers("operation").map((code, row) => changeFrom(code, keys[row] ?? "", stored[row] ?? ""));
  return {
    total: counted.numbers("total")[0] ?? 0,
    spans: keysOf(rows),
    writes: {
      process: processColumn(rows.numbers("process")),
      seq: Float64Array.from(rows.numbers("seq")),
      timeNs: relative(rows.bigints("instant"), start),
      operations: changes.map(({ operation }) => operation),
      keys: changes.map(({ key }) => key),
      values: changes.map(({ value }) => value),
      locations: rows.textsOrEmpty("location_text"),
    },
  };
}

const nothing = ObjectGraph.empty();

interface Change {
  readonly operation: string;
  readonly key: string;
  readonly value: string;
}

function changeFrom(code: number, key: string, value: string): Change {
  const kind = storedOperations[code];
  if (kind === undefined) throw new UnreadableStored("a write of no known kind");
  const parsed = (json: string): unknown => (json === "" ? null : parseStored(json));
  const operation = operationFromStored(kind, objectId(1), parsed(key), parsed(value));
  const shown = { operation: kind, key: "", value: "" };
  switch (operation.kind) {
    case "set":
      return { ...shown, key: operation.key, value: onOneLine(operation.value) };
    case "delete":
      return { ...shown, key: operation.key };
    case "map-set":
      return { ...shown, key: onOneLine(operation.key), value: onOneLine(operation.value) };
    case "map-delete":
      return { ...shown, key: onOneLine(operation.key) };
    case "set-add":
    case "set-delete":
      return { ...shown, value: onOneLine(operation.member) };
    case "splice": {
      const removed = operation.deleteCount === 0 ? [] : [`${operation.deleteCount} removed`];
      const added = operation.elements.length === 0 ? [] : [`${operation.elements.length} added`];
      return { ...shown, key: `[${operation.start}]`, value: [...removed, ...added].join(", ") };
    }
    case "clear":
      return shown;
    default:
      return unreachable(operation);
  }
}

/** Of an object nothing is known here but that it is one. */
const onOneLine = (value: CapturedValue): string => (value.kind === "object" ? "{…}" : previewOf(nothing, value));
