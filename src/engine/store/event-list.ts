// Events by row number: those of programs and of Hindcast itself, marks such as the start of a process or a gap, and what stops a
// whole thread (its event loop blocked, garbage collected), which is recorded as spans.
import { type Asker, nobody } from "../../shared/base/asker.js";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { RowFilter } from "../../shared/protocol/row-filters.js";
import { attributeTexts } from "./attribute-texts.js";
import { processColumn, relative, small } from "./columns.js";
import type { Query } from "./readers.js";
import { RowList } from "./row-list.js";
import { markKinds } from "./schema.js";

type EventRows = CallResult<"events.rows">;

/** Spans that are about the whole thread. */
const stops = ["v8js.gc", "nodejs.eventloop.block"];
const listed = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(", ");
const markName = `list_element([${listed(markKinds.map((kind) => `hindcast.${kind}`))}], m.kind + 1)`;
const markAttributes = `json_merge_patch(json_object('label', m.label), CASE WHEN m.lost > 0 THEN json_object('lost', m.lost) ELSE '{}' END,
  CASE WHEN m.reason IS NULL THEN '{}' ELSE json_object('reason', m.reason) END)::VARCHAR`;

/** In one shape. No two rows have one `seq`: marks, of which several may have no Seq, are told apart by their rows. */
const everything = `(
  SELECT 0 AS kind, e.process, 2 * e.seq AS seq, e.seq AS own_seq, e.instant, coalesce(n.text, '') AS title, e.span, e.attributes, NULL::BIGINT AS took
    FROM event AS e LEFT JOIN name AS n ON n.id = e.name
  UNION ALL SELECT 1, m.process, 2 * m.rowid + 1, m.seq, m.instant, ${markName}, 0, ${markAttributes}, NULL FROM mark AS m
  UNION ALL SELECT 2, s.process, 2 * s.seq, s.seq, s.instant, n.text, s.span, s.attributes, s.end_instant - s.instant
    FROM span AS s JOIN name AS n ON n.id = s.name WHERE s.name IN (SELECT id FROM name WHERE text IN (${listed(stops)})))`;

const shown = (chosen: string): string => `
  WITH chosen AS (${chosen})
  SELECT t.kind, t.process, t.own_seq, t.instant, t.title, t.attributes, t.took::DOUBLE AS took, lower(hex(s.span_id)) AS span_id,
    lower(hex(s.trace_id)) AS trace_id FROM chosen AS t LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span AND t.span > 0
  ORDER BY t.instant, t.process, t.seq`;

export class EventList {
  readonly #list: RowList;

  constructor(query: Query, generation: () => number) {
    this.#list = new RowList(query, generation, {
      tables: [
        { name: "event", evicted: "events" },
        { name: "mark", evicted: "marks" },
        { name: "span", evicted: "spans" },
      ],
      from: everything,
      texts: {
        has: (needle) =>
          `(contains(lower(t.title), lower(${needle})) OR contains(lower(t.attributes), lower(${needle})))`,
        texts: ["t.title", "t.attributes"],
        isNamed: (value) => `t.title = ${value}`,
        severity: undefined,
      },
      narrowed: () => Promise.resolve({ from: everything, areTheSame: () => Promise.resolve(true) }),
    });
  }

  async page(
    start: bigint,
    filter: RowFilter,
    first: number,
    limit: number,
    asker: Asker = nobody,
  ): Promise<EventRows> {
    const { rows, ...page } = await this.#list.page(filter, { first, limit }, shown, asker);
    return {
      first: page.first,
      total: page.total,
      kind: small(rows.numbers("kind")),
      process: processColumn(rows.numbers("process")),
      seq: Float64Array.from(rows.numbers("own_seq")),
      timeNs: relative(rows.bigints("instant"), start),
      tookNs: Float64Array.from(rows.float64sOrNaN("took")),
      names: rows.texts("title"),
      attributes: attributeTexts(rows),
      spanIds: rows.textsOrEmpty("span_id"),
      traceIds: rows.textsOrEmpty("trace_id"),
    };
  }

  /** Row number of the last row at or before an instant, -1 when all are later. */
  rowAt(filter: RowFilter, instant: bigint, asker: Asker = nobody): Promise<number> {
    return this.#list.rowAt(filter, instant, asker);
  }
}
