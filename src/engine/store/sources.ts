// What a recording keeps of the program's sources, and how often each function in one was called.
import type { ListedSource, ReadSource } from "../../shared/protocol/source-calls.js";
import { type SourceFunction, functionsFromJson, mostSources } from "../../shared/protocol/source-record.js";
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { hasSources } from "./source-tables.js";
import { attributeIn } from "./sql-text.js";

const fields = `s.id, s.file, s.loaded, s.hash, s.functions, s.not_instrumented, s.left_out`;

export async function listSources(query: Query): Promise<{ readonly sources: ListedSource[] }> {
  if (!(await hasSources(query))) return { sources: [] };
  const rows = await query(
    `SELECT ${fields}, coalesce(strlen(t.text), 0)::DOUBLE AS bytes, u.processes FROM source_version AS s
     LEFT JOIN source_text AS t ON t.hash = s.hash
     JOIN (SELECT source, string_agg(process, ',' ORDER BY process) AS processes FROM source_use GROUP BY source) AS u ON u.source = s.id
     ORDER BY s.file, s.id LIMIT ${mostSources}`,
  );
  const [bytes, processes] = [rows.numbers("bytes"), rows.texts("processes")];
  const sources = factsIn(rows).map(({ functions, ...facts }, row): ListedSource => {
    const skipped = functions.filter(({ reason }) => reason !== undefined).length;
    return {
      ...facts,
      bytes: bytes[row] ?? 0,
      functions: functions.length - skipped,
      skipped,
      processes: (processes[row] ?? "").split(",").map(Number),
    };
  });
  return { sources };
}

export interface AskedSource {
  readonly file: string;
  readonly source?: number | undefined;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

export async function readSource(query: Query, asked: AskedSource): Promise<{ readonly source?: ReadSource }> {
  if (!(await hasSources(query))) return {};
  const rows = await query(
    `SELECT ${fields}, t.text FROM source_version AS s LEFT JOIN source_text AS t ON t.hash = s.hash
     WHERE s.file = $1 ORDER BY s.id = $2 DESC, s.id DESC LIMIT 1`,
    [asked.file, asked.source ?? 0],
  );
  const [found] = factsIn(rows);
  if (found === undefined) return {};
  const { functions, ...facts } = found;
  const text = rows.optionalTexts("text")[0];
  const calls = await callsIn(query, asked);
  return {
    source: { ...facts, ...(text === undefined ? {} : { text }), functions: withCalls(functions, calls) },
  };
}

interface CalledFunction extends Omit<SourceFunction, "reason"> {
  readonly calls: number;
  readonly failed: number;
  readonly totalNs: number;
}

const attribute = attributeIn("attributes");

/** By where they were written. */
async function callsIn(query: Query, { file, from, to }: AskedSource): Promise<readonly CalledFunction[]> {
  const within = from === undefined || to === undefined ? "" : `AND instant BETWEEN $3 AND $4`;
  const rows = await query(
    `SELECT n.text AS name, line, "column", sum(calls)::DOUBLE AS calls, sum(failed)::DOUBLE AS failed, sum(total)::DOUBLE AS total
     FROM (
       SELECT name, ${attribute("code.function.name")} AS function, coalesce(try_cast(${attribute("code.line.number")} AS UINTEGER), 0)::DOUBLE AS line,
         coalesce(try_cast(${attribute("code.column.number")} AS UINTEGER), 0)::DOUBLE AS "column", count(*) AS calls,
         count(*) FILTER (status = ${spanStatuses.indexOf("error")}) AS failed, coalesce(sum(end_instant - instant), 0) AS total
       FROM span WHERE kind = ${spanKinds.indexOf("internal")} AND contains(attributes, $2) AND ${attribute("code.file.path")} = $1 ${within}
       GROUP BY ALL) AS t
     JOIN name AS n ON n.id = t.name AND n.text = t.function GROUP BY ALL ORDER BY line, "column", n.text`,
    [file, JSON.stringify(file).slice(1, -1), ...(from === undefined || to === undefined ? [] : [from, to])],
  );
  const [lines, columns, calls] = [rows.numbers("line"), rows.numbers("column"), rows.numbers("calls")];
  const [failed, total] = [rows.numbers("failed"), rows.numbers("total")];
  return rows.texts("name").map((name, row) => ({
    name,
    line: lines[row] ?? 0,
    column: columns[row] ?? 0,
    calls: calls[row] ?? 0,
    failed: failed[row] ?? 0,
    totalNs: total[row] ?? 0,
  }));
}

/** A function that was called is shown whether or not it is listed. */
function withCalls(listed: readonly SourceFunction[], called: readonly CalledFunction[]): ReadSource["functions"] {
  const keyOf = ({ line, column, name }: SourceFunction): string => `${line} ${column} ${name}`;
  const left = new Map(called.map((one) => [keyOf(one), one]));
  const all = listed.map((one) => {
    const found = left.get(keyOf(one));
    left.delete(keyOf(one));
    return { ...one, calls: found?.calls ?? 0, failed: found?.failed ?? 0, totalNs: found?.totalNs ?? 0 };
  });
  const shown = [...all, ...[...left.values()].map((one) => ({ ...one, reason: undefined }))].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  return {
    names: shown.map(({ name }) => name),
    lines: Uint32Array.from(shown, ({ line }) => line),
    columns: Uint32Array.from(shown, ({ column }) => column),
    reasons: shown.map(({ reason }) => reason ?? ""),
    calls: Uint32Array.from(shown, ({ calls }) => calls),
    failed: Uint32Array.from(shown, ({ failed }) => failed),
    totalNs: Float64Array.from(shown, ({ totalNs }) => totalNs),
  };
}

function factsIn(rows: Rows) {
  const [files, loaded, hashes] = [rows.texts("file"), rows.texts("loaded"), rows.texts("hash")];
  const [functions, reasons, leftOut] = [
    rows.texts("functions"),
    rows.texts("not_instrumented"),
    rows.texts("left_out"),
  ];
  const stated = (text: string | undefined): string | undefined => (text === "" ? undefined : text);
  return rows.numbers("id").map((source, row) => {
    const [hash, notInstrumented, left] = [stated(hashes[row]), stated(reasons[row]), stated(leftOut[row])];
    return {
      source,
      file: files[row] ?? "",
      loaded: loaded[row] ?? "",
      ...(hash === undefined ? {} : { hash }),
      ...(notInstrumented === undefined ? {} : { notInstrumented }),
      ...(left === undefined ? {} : { leftOut: left }),
      functions: functionsFromJson(functions[row] ?? ""),
    };
  });
}
