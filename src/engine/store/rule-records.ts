// Records of a recording as rules read them: all kinds in one order of time, a stretch of it at once.
import type { RecordNeeds } from "../../rules/index.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import {
  type RecordColumns,
  type SeriesNames,
  eventColumns,
  logColumns,
  metricColumns,
  spanColumns,
} from "./rule-columns.js";

export interface Stretch {
  readonly from: bigint;
  readonly until: bigint;
}

/** Those within a stretch; where it has more of them than are to be in memory at once, it is asked for in parts. */
export const countIn = async (query: Query, needs: RecordNeeds, { from, until }: Stretch): Promise<number> => {
  const counts = sources(needs).map(({ from: table, instant, where }) => {
    return `(SELECT count(*) FROM ${table} AS t WHERE ${instant} >= $1 AND ${instant} < $2 AND ${where})`;
  });
  if (counts.length === 0) return 0;
  return (await query(`SELECT ${counts.join(" + ")} AS records`, [from, until])).numbers("records")[0] ?? 0;
};

type Kind = "metric" | "span" | "log" | "event";

interface Source {
  readonly kind: Kind;
  readonly columns: readonly string[];
  readonly from: string;
  readonly instant: string;
  readonly where: string;
}

function sources({ metrics, kinds, attributes, messages }: RecordNeeds): readonly Source[] {
  const attributesOf = (kind: Kind): string[] => (attributes.has(kind) ? ["t.attributes"] : []);
  const found: Source[] = [];
  if (metrics.length > 0)
    found.push({
      kind: "metric",
      columns: ["t.value", "t.series"],
      from: "metric",
      instant: "t.instant",
      where: `t.series IN (SELECT m.id FROM series AS m JOIN name AS n ON n.id = m.name WHERE n.text IN (${metrics.map(quoted).join(", ")}))`,
    });
  if (kinds.has("span"))
    found.push({
      kind: "span",
      columns: ["t.instant AS start", "t.name", "t.kind", "t.status", ...attributesOf("span")],
      from: "span",
      // A span counts where it ended.
      instant: "t.end_instant",
      where: "TRUE",
    });
  if (kinds.has("log"))
    found.push({
      kind: "log",
      columns: ["t.severity", ...(messages ? ["t.body"] : []), ...attributesOf("log")],
      from: "log",
      instant: "t.instant",
      where: "TRUE",
    });
  if (kinds.has("event"))
    found.push({
      kind: "event",
      columns: ["t.name", ...attributesOf("event")],
      from: "event",
      instant: "t.instant",
      where: "TRUE",
    });
  return found;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** By the number of the process. */
async function servicesIn(query: Query): Promise<ReadonlyMap<number, string>> {
  const rows = await query(`SELECT process, service_name FROM process`);
  const names = rows.texts("service_name");
  return new Map(rows.numbers("process").map((process, row) => [process, names[row] ?? ""]));
}

/** Reads stretch after stretch of a recording, which may be one that still grows. */
export class RuleRecords {
  readonly #query: Query;
  readonly #needs: RecordNeeds;
  readonly #origin: bigint;
  #services: ReadonlyMap<number, string> = new Map();
  #names = new Map<number, string>();
  #series = new Map<number, SeriesNames>();

  /** `origin`: what times are counted from. */
  constructor(query: Query, needs: RecordNeeds, origin: bigint) {
    this.#query = query;
    this.#needs = needs;
    this.#origin = origin;
  }

  /** Columns of each kind there is, to be taken together. */
  async in({ from, until }: Stretch): Promise<readonly RecordColumns[]> {
    const found: RecordColumns[] = [];
    this.#services = await servicesIn(this.#query);
    for (const { kind, columns, from: table, instant, where } of sources(this.#needs)) {
      const rows = await this.#query(
        `SELECT t.process, t.seq, ${instant} AS instant, ${columns.join(", ")} FROM ${table} AS t
         WHERE ${instant} >= $1 AND ${instant} < $2 AND ${where}`,
        [from, until],
      );
      if (rows.length > 0) found.push(await this.#columnsOf(kind, rows));
    }
    return found;
  }

  async #columnsOf(kind: Kind, rows: Rows): Promise<RecordColumns> {
    const services = this.#services;
    const context = { origin: this.#origin, serviceOf: (process: number) => services.get(process) ?? "" };
    const hasAttributes = this.#needs.attributes.has(kind);
    switch (kind) {
      case "metric": {
        const series = rows.float64s("series");
        if (series.some((id) => !this.#series.has(id))) await this.#readSeries();
        return metricColumns(rows, context, this.#series);
      }
      case "log":
        return logColumns(rows, context, { hasAttributes, hasMessages: this.#needs.messages });
      case "span":
      case "event": {
        const names = rows.float64s("name");
        if (names.some((id) => id !== 0 && !this.#names.has(id))) await this.#readNames();
        return (kind === "span" ? spanColumns : eventColumns)(rows, context, { hasAttributes, names: this.#names });
      }
    }
  }

  async #readNames(): Promise<void> {
    const rows = await this.#query(`SELECT id, text FROM name`);
    const texts = rows.textsOrEmpty("text");
    this.#names = new Map(rows.numbers("id").map((id, row) => [id, texts[row] ?? ""]));
  }

  async #readSeries(): Promise<void> {
    const rows = await this.#query(
      `SELECT m.id, coalesce(n.text, '') AS name, coalesce(u.text, '') AS unit, m.attributes
       FROM series AS m LEFT JOIN name AS n ON n.id = m.name LEFT JOIN name AS u ON u.id = m.unit`,
    );
    const [names, units, attributes] = [rows.texts("name"), rows.texts("unit"), rows.texts("attributes")];
    this.#series = new Map(
      rows
        .numbers("id")
        .map((id, row) => [id, { name: names[row] ?? "", unit: units[row] ?? "", attributes: attributes[row] ?? "" }]),
    );
  }
}

/** How far records of each process have come; `isRunning`: more may come. */
export interface Reached {
  readonly process: number;
  readonly lastSeen: bigint;
  readonly isRunning: boolean;
}

export async function reachedIn(query: Query): Promise<readonly Reached[]> {
  const rows = await query(
    `SELECT process, last_seen, ended IS NULL AS running FROM process WHERE last_seen IS NOT NULL`,
  );
  const [lastSeen, running] = [rows.bigints("last_seen"), rows.booleans("running")];
  return rows.numbers("process").map((process, row) => ({
    process,
    lastSeen: lastSeen[row] ?? 0n,
    isRunning: running[row] === true,
  }));
}
