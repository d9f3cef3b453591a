// A file of JSON lines: one object for each row of the views of docs/sql.md, which says in `record` what it is. Times have all
// their nanoseconds, as ISO texts; JSON inside is JSON, not text.
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { type DuckDBConnection, type DuckDBResult, DuckDBVarCharVector } from "@duckdb/node-api";
import { type Asker, tellPart } from "../../shared/base/asker.js";
import { writing } from "./copy-rows.js";
import { type ExportedView, exportedViewNames, exportedViews } from "./export-views.js";
import { queryOn } from "./readers.js";

const records: Readonly<Record<ExportedView, string>> = {
  processes: "process",
  events: "event",
  spans: "span",
  logs: "log",
  metrics: "metric",
  writes: "write",
  keyframes: "keyframe",
  messages: "message",
  marks: "mark",
  notes: "note",
  alerts: "alert",
  alert_firings: "firing",
};

/** Text that is JSON, unless somebody wrote something else into the file. */
const jsonColumns = new Set([
  "argv",
  "settings",
  "report",
  "attributes",
  "key",
  "value",
  "contents",
  "groups",
  "labels",
  "said",
  "outcomes",
  "notes",
]);
/** Of those, where "value" is a number. */
const plainColumns: Partial<Record<ExportedView, readonly string[]>> = { metrics: ["value"] };

const iso = (column: string): string =>
  `strftime(${column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S') || '.' || lpad((epoch_ns(${column}) % 1000000000)::VARCHAR, 9, '0') || 'Z'`;

/** What JSON has no number for is a text, as in values. */
const finite = (column: string): string =>
  `CASE WHEN isfinite(${column}) THEN to_json(${column}) ELSE to_json({"$number": CASE WHEN isnan(${column}) THEN 'NaN'
     WHEN ${column} > 0 THEN 'Infinity' ELSE '-Infinity' END}) END`;

function lineSql(view: ExportedView, columns: readonly string[]): string {
  const times: readonly string[] = exportedViews[view];
  const fields = columns.map((name) => {
    const column = `"${name}"`;
    if (times.includes(name)) return `${column}: ${iso(column)}`;
    if (view === "metrics" && name === "value") return `${column}: ${finite(column)}`;
    if (!jsonColumns.has(name) || plainColumns[view]?.includes(name) === true) return `${column}: ${column}`;
    return `${column}: coalesce(try_cast(${column} AS JSON), to_json(${column}))`;
  });
  return `SELECT to_json({"record": '${records[view]}', ${fields.join(", ")}})::VARCHAR AS line FROM ${view}`;
}

/** Throws `Cancelled` and `WritingFailed`. */
export async function writeLines(connection: DuckDBConnection, path: string, asker: Asker): Promise<void> {
  const query = queryOn(connection);
  const counts = exportedViewNames.map((view) => `(SELECT count(*) FROM ${view})`).join(" + ");
  const total = (await query(`SELECT (${counts})::DOUBLE AS lines`)).numbers("lines")[0] ?? 0;
  const out = createWriteStream(path, { mode: 0o600, flags: "wx" });
  const ended = finished(out);
  ended.catch(() => undefined); // heard below
  let done = 0;
  let reading: DuckDBResult | undefined;
  try {
    for (const view of exportedViewNames) {
      const columns = (await query(`SELECT column_name AS name FROM (DESCRIBE ${view})`)).texts("name");
      const lines = await connection.stream(lineSql(view, columns));
      reading = lines;
      for (;;) {
        tellPart(asker, { phase: "Writing lines", done, total, unit: "rows" });
        const chunk = await lines.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) {
          reading = undefined;
          break;
        }
        const vector = chunk.getColumnVector(0);
        if (!(vector instanceof DuckDBVarCharVector)) throw new Error("lines are text");
        let text = "";
        for (let row = 0; row < chunk.rowCount; row++) text += `${vector.getItem(row) ?? "null"}\n`;
        if (!out.write(text)) await writing(() => Promise.race([once(out, "drain"), ended]));
        done += chunk.rowCount;
      }
    }
    await writing(() => {
      out.end();
      return ended;
    });
  } finally {
    out.destroy();
    // Or the files would be open for a while after they are gone, and their room taken.
    if (!out.closed) await once(out, "close");
    if (reading !== undefined) await endedReading(connection, reading);
  }
}

/** An answer that is not read to its end keeps its database open. */
async function endedReading(connection: DuckDBConnection, reading: DuckDBResult): Promise<void> {
  connection.interrupt();
  try {
    while (((await reading.fetchChunk())?.rowCount ?? 0) > 0) connection.interrupt();
  } catch {
    // That it was interrupted.
  }
}
