// Writes to captured state as reconstruction reads them: small ones and keyframes of one process, in Seq order.
import { type Instant, type ProcessId, type Seq, instant, seq } from "../../shared/trace/time.js";
import { objectId } from "../../shared/trace/value.js";
import type { RecordedWrite, WriteOperation, WriteReader } from "../../shared/trace/write.js";
import { contentsFromJson, operationFromColumns, valueFromJson } from "./operation-json.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { type StoredOperation, storedOperations } from "./schema.js";
import { UnreadableStored } from "./value-json.js";

/** Codes of the two kinds that live in `keyframe`, after those of `write`. */
const contentsCode = storedOperations.length;
const scopeCode = contentsCode + 1;

const writesSql = (upTo: string): string => `
  WITH change AS (
    SELECT seq, instant, after, operation::INTEGER AS code, object, NULL AS scope, key, value, location, span
      FROM write WHERE process = $1 AND seq > $2 AND ${upTo}
    UNION ALL
    SELECT seq, instant, after, CASE WHEN object = 0 THEN ${scopeCode} ELSE ${contentsCode} END, object, scope, NULL, contents,
      location, span FROM keyframe WHERE process = $1 AND seq > $2 AND ${upTo})
  SELECT c.seq, c.instant, c.after, c.code, c.object, o.name AS scope, c.key, c.value,
    f.text AS file, l.line, l."column", g.text AS function,
    lower(hex(s.span_id)) AS span_id, lower(hex(s.trace_id)) AS trace_id, n.text AS span_name
  FROM change AS c
    LEFT JOIN scope AS o ON o.id = c.scope
    LEFT JOIN location AS l ON l.id = c.location
    LEFT JOIN name AS f ON f.id = l.file
    LEFT JOIN name AS g ON g.id = l.function
    LEFT JOIN span AS s ON s.process = $1 AND s.span = c.span
    LEFT JOIN name AS n ON n.id = s.name
  ORDER BY c.seq`;

export class StoredWrites implements WriteReader {
  constructor(readonly query: Query) {}

  async read(
    process: ProcessId,
    after: Seq,
    upTo: { readonly seq: Seq } | { readonly instant: Instant },
  ): Promise<readonly RecordedWrite[]> {
    const [condition, limit] = "seq" in upTo ? ["seq <= $3", BigInt(upTo.seq)] : ["instant <= $3", upTo.instant];
    return writesFrom(process, await this.query(writesSql(condition), [process, BigInt(after), limit]));
  }
}

function writesFrom(process: ProcessId, rows: Rows): RecordedWrite[] {
  const columns = {
    instant: rows.bigints("instant"),
    after: rows.optionalBigints("after"),
    operation: operationsFrom(rows),
    file: rows.optionalTexts("file"),
    line: rows.optionalNumbers("line"),
    column: rows.optionalNumbers("column"),
    functionName: rows.optionalTexts("function"),
    spanId: rows.optionalTexts("span_id"),
    traceId: rows.optionalTexts("trace_id"),
    spanName: rows.optionalTexts("span_name"),
  };
  return rows.numbers("seq").map((number, row): RecordedWrite => {
    const [operation, after] = [columns.operation[row], columns.after[row]];
    if (operation === undefined) throw new UnreadableStored("operation");
    const [file, line, column] = [columns.file[row], columns.line[row], columns.column[row]];
    const [spanId, traceId] = [columns.spanId[row], columns.traceId[row]];
    return {
      process,
      seq: seq(number),
      instant: instant(columns.instant[row] ?? 0n),
      certainty: after === undefined ? { kind: "exact" } : { kind: "between", after: instant(after) },
      operation,
      location:
        file === undefined || line === undefined || column === undefined
          ? undefined
          : { file, line, column, functionName: columns.functionName[row] },
      span:
        spanId === undefined || traceId === undefined
          ? undefined
          : { spanId, traceId, name: columns.spanName[row] ?? "" },
    };
  });
}

function operationsFrom(rows: Rows): WriteOperation[] {
  const [objects, scopes] = [rows.numbers("object"), rows.textsOrEmpty("scope")];
  const [keys, values] = [rows.optionalTexts("key"), rows.optionalTexts("value")];
  return rows.numbers("code").map((code, row): WriteOperation => {
    const [key, value] = [keys[row] ?? null, values[row] ?? null];
    if (code === scopeCode) return { kind: "scope", scope: scopes[row] ?? "", value: valueFromJson(value ?? "") };
    const target = objectId(objects[row] ?? 0);
    if (code === contentsCode) return { kind: "contents", target, contents: contentsFromJson(value ?? "") };
    const kind: StoredOperation | undefined = storedOperations[code];
    if (kind === undefined) throw new UnreadableStored(`operation ${code}`);
    return operationFromColumns(kind, target, { key, value });
  });
}
