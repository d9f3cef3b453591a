// The log by row number, as row-list.ts counts rows. Of a text, the search index says which lines to look at.
import { type Asker, nobody } from "../../shared/base/asker.js";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { RowFilter } from "../../shared/protocol/row-filters.js";
import { attributeTexts } from "./attribute-texts.js";
import { processColumn, relative, small } from "./columns.js";
import { LogLinesByText, lineSettings } from "./log-lines.js";
import type { Query } from "./readers.js";
import { densityRollup } from "./rollups.js";
import type { Bucket } from "./row-buckets.js";
import { type Between, RowList } from "./row-list.js";
import type { Rows } from "./rows.js";
import type { SearchBlocks } from "./search-blocks.js";
import { sources } from "./search-sources.js";
import { coversOf, rowsWithin } from "./zoom-query.js";

type LogColumns = CallResult<"logs.page">;

const { fields } = sources.log;
/** Up to a tenth of a second. */
const densityLevels = densityRollup.levels.slice(0, 2);
const coarsestNs = densityLevels.reduce((so, { widthNs }) => (widthNs > so ? widthNs : so), 1n);

const linesOf = (chosen: string): string => `
  WITH chosen AS (${chosen})
  SELECT t.process, t.seq, t.instant, t.severity, t.body, t.attributes, n.text AS source,
    lower(hex(s.span_id)) AS span_id, lower(hex(s.trace_id)) AS trace_id FROM chosen AS t
    LEFT JOIN name AS n ON n.id = t.source LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span
  ORDER BY t.instant, t.process, t.seq`;

export class Logs {
  readonly #list: RowList;

  constructor(query: Query, generation: () => number, blocks: SearchBlocks, settings = lineSettings) {
    const lines = new LogLinesByText(blocks, settings);
    this.#list = new RowList(query, generation, {
      tables: [{ name: "log", evicted: "logs" }],
      from: "log",
      // Looked for in the line and in its attributes, whose escapes stand for their characters, without regard to case.
      texts: {
        has: (needle) => `(${fields.map(({ has }) => has("t", needle)).join(" OR ")})`,
        texts: fields.map(({ text }) => text("t")),
        isNamed: (value) => `t.source IN (SELECT id FROM name WHERE text = ${value})`,
        severity: "t.severity",
      },
      narrowed: (asking, text) => lines.with(asking, text),
      counted: linesByTime,
    });
  }

  async page(
    start: bigint,
    filter: RowFilter,
    first: number,
    limit: number,
    asker: Asker = nobody,
  ): Promise<LogColumns> {
    const page = await this.#list.page(filter, { first, limit }, linesOf, asker);
    return { first: page.first, total: page.total, ...logColumns(page.rows, start) };
  }

  /** Row number of the last line at or before an instant, -1 when all are later. */
  rowAt(filter: RowFilter, instant: bigint, asker: Asker = nobody): Promise<number> {
    return this.#list.rowAt(filter, instant, asker);
  }
}

/**
 * From the levels that show how many records there are along the time line. Of what is counted in coarser stretches in one
 * process than in another, nothing may begin within a stretch: rows before that were counted with it are not before.
 */
async function linesByTime(query: Query, { low, high }: Between): Promise<readonly Bucket[]> {
  const from = rowsWithin(densityRollup, densityLevels, { since: low, until: high + 1n }, await coversOf(query));
  const rows = await query(
    `SELECT start - start % ${coarsestNs} AS start, sum(logs)::BIGINT AS rows FROM (${from}) WHERE logs > 0
      GROUP BY 1 ORDER BY 1`,
  );
  const counts = rows.numbers("rows");
  return rows.bigints("start").map((first, at) => ({ first, rows: counts[at] ?? 0 }));
}

export function logColumns(rows: Rows, start: bigint): Omit<LogColumns, "first" | "total"> {
  return {
    process: processColumn(rows.numbers("process")),
    seq: Float64Array.from(rows.numbers("seq")),
    timeNs: relative(rows.bigints("instant"), start),
    severity: small(rows.numbers("severity")),
    bodies: rows.texts("body"),
    attributes: attributeTexts(rows),
    sources: rows.textsOrEmpty("source"),
    spanIds: rows.textsOrEmpty("span_id"),
    traceIds: rows.textsOrEmpty("trace_id"),
  };
}
