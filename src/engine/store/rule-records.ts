// Records of a recording as rules read them: all kinds in one order of time, a stretch of it at once.
import { type RuleRecord, logLevels } from "../../rules/index.js";
import {
  type SpanKind,
  type SpanStatus,
  severityFromNumber,
  spanKinds,
  spanStatuses,
} from "../../shared/trace/attributes.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";

/** What rules ask for; of kinds and metrics that none asks for nothing is read. */
export interface Wanted {
  readonly metrics: readonly string[];
  readonly kinds: ReadonlySet<"span" | "log" | "event">;
}

export interface Stretch {
  readonly from: bigint;
  readonly until: bigint;
}

/** Those within a stretch; where it has more of them than `most`, it is to be asked for in parts. */
export const countIn = async (query: Query, wanted: Wanted, { from, until }: Stretch): Promise<number> => {
  const counts = sources(wanted).map(({ from: source, instant, where }) => {
    return `(SELECT count(*) FROM ${source} WHERE ${instant} >= $1 AND ${instant} < $2 AND ${where})`;
  });
  if (counts.length === 0) return 0;
  return (await query(`SELECT ${counts.join(" + ")} AS records`, [from, until])).numbers("records")[0] ?? 0;
};

interface Source {
  readonly kind: "metric" | "span" | "log" | "event";
  readonly columns: string;
  readonly from: string;
  readonly instant: string;
  readonly where: string;
}

const named = `LEFT JOIN name AS n ON n.id = t.name`;

function sources({ metrics, kinds }: Wanted): readonly Source[] {
  const found: Source[] = [];
  if (metrics.length > 0)
    found.push({
      kind: "metric",
      columns: `t.value, n.text AS name, u.text AS unit, m.attributes`,
      from: `metric AS t JOIN series AS m ON m.id = t.series LEFT JOIN name AS n ON n.id = m.name LEFT JOIN name AS u ON u.id = m.unit`,
      instant: `t.instant`,
      where: `n.text IN (${metrics.map((name) => `'${name.replaceAll("'", "''")}'`).join(", ")})`,
    });
  if (kinds.has("span"))
    found.push({
      kind: "span",
      columns: `t.instant AS start, n.text AS name, t.kind, t.status, t.attributes`,
      from: `span AS t ${named}`,
      // A span counts where it ended.
      instant: `t.end_instant`,
      where: `TRUE`,
    });
  if (kinds.has("log"))
    found.push({
      kind: "log",
      columns: `t.severity, t.body, t.attributes`,
      from: `log AS t`,
      instant: `t.instant`,
      where: `TRUE`,
    });
  if (kinds.has("event"))
    found.push({
      kind: "event",
      columns: `n.text AS name, t.attributes`,
      from: `event AS t ${named}`,
      instant: `t.instant`,
      where: `TRUE`,
    });
  return found;
}

/** By the number of the process. */
export async function servicesIn(query: Query): Promise<ReadonlyMap<number, string>> {
  const rows = await query(`SELECT process, service_name FROM process`);
  const names = rows.texts("service_name");
  return new Map(rows.numbers("process").map((process, row) => [process, names[row] ?? ""]));
}

/** In the order in which rules take them. `origin`: what times are counted from. */
export async function recordsIn(
  query: Query,
  wanted: Wanted,
  { from, until }: Stretch,
  origin: bigint,
  serviceOf: (process: number) => string,
): Promise<readonly RuleRecord[]> {
  const found: RuleRecord[] = [];
  for (const { kind, columns, from: source, instant, where } of sources(wanted)) {
    const rows = await query(
      `SELECT t.process, t.seq, ${instant} AS instant, ${columns} FROM ${source}
       WHERE ${instant} >= $1 AND ${instant} < $2 AND ${where}`,
      [from, until],
    );
    read(kind, rows, origin, serviceOf, found);
  }
  return found.sort((a, b) => a.timeNs - b.timeNs || a.process - b.process || a.seq - b.seq);
}

function read(
  kind: Source["kind"],
  rows: Rows,
  origin: bigint,
  serviceOf: (process: number) => string,
  into: RuleRecord[],
): void {
  const [processes, seqs, times] = [
    rows.numbers("process"),
    rows.numbers("seq"),
    rows.float64sSince("instant", origin),
  ];
  const attributes = rows.texts("attributes");
  const base = (row: number) => ({
    timeNs: times[row] ?? 0,
    process: processes[row] ?? 0,
    seq: seqs[row] ?? 0,
    service: serviceOf(processes[row] ?? 0),
    attribute: attributeOf(attributes[row] ?? ""),
  });
  switch (kind) {
    case "metric": {
      const [names, units, values] = [rows.texts("name"), rows.texts("unit"), rows.numbers("value")];
      for (let row = 0; row < rows.length; row++)
        into.push({ kind, ...base(row), name: names[row] ?? "", unit: units[row] ?? "", value: values[row] ?? NaN });
      return;
    }
    case "span": {
      const [names, kinds, statuses] = [rows.texts("name"), rows.numbers("kind"), rows.numbers("status")];
      const starts = rows.float64sSince("start", origin);
      for (let row = 0; row < rows.length; row++) {
        const spanKind: SpanKind = spanKinds[kinds[row] ?? 0] ?? "internal";
        const status: SpanStatus = spanStatuses[statuses[row] ?? 0] ?? "unset";
        const durationNs = (times[row] ?? 0) - (starts[row] ?? 0);
        into.push({ kind, ...base(row), name: names[row] ?? "", spanKind, status, durationNs });
      }
      return;
    }
    case "log": {
      const [severities, bodies] = [rows.numbers("severity"), rows.texts("body")];
      for (let row = 0; row < rows.length; row++)
        into.push({
          kind,
          ...base(row),
          message: bodies[row] ?? "",
          level: logLevels.indexOf(severityFromNumber(severities[row] ?? 0)),
        });
      return;
    }
    case "event": {
      const names = rows.texts("name");
      for (let row = 0; row < rows.length; row++) into.push({ kind, ...base(row), name: names[row] ?? "" });
    }
  }
}

type Scalar = string | number | boolean | undefined;

/** Most records are asked for none: their text is read when one is. */
function attributeOf(text: string): (name: string) => Scalar {
  let known: Record<string, unknown> | undefined;
  return (name) => {
    if (text === "" || text === "{}") return undefined;
    known ??= objectFrom(text);
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
  };
}

function objectFrom(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
