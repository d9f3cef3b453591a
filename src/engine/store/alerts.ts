// The tables of alerts: what rules told while a recording was made, and what people did about it. Like notes they are no part of
// the format, and are there from the first alert on.
import type { DuckDBConnection } from "@duckdb/node-api";
import * as v from "valibot";
import {
  type Alert,
  type AlertChange,
  type Firing,
  type Silence,
  alert,
  firing,
  mostAlerts,
  mostFirings,
  silence,
} from "../../shared/protocol/alert-calls.js";
import { createTable, shapeOfTable } from "./own-table.js";
import type { Query } from "./readers.js";

const tables = {
  alert: [
    ...["id VARCHAR", "rule VARCHAR", "severity VARCHAR", "groups VARCHAR", "labels VARCHAR", "message VARCHAR"],
    ...["since BIGINT", "latest BIGINT", "fired BIGINT", "recovered BIGINT", "suppressed BOOLEAN"],
    ...["acknowledged BIGINT", "acknowledged_by VARCHAR", "resolved BIGINT", "resolved_by VARCHAR", "notes VARCHAR"],
  ],
  alert_firing: ["alert VARCHAR", "instant BIGINT", "recovered BIGINT", "said VARCHAR", "outcomes VARCHAR"],
  alert_silence: [
    ...["id VARCHAR", "labels VARCHAR", "since BIGINT", "until BIGINT", "author VARCHAR", "text VARCHAR"],
  ],
} as const;
type TableName = keyof typeof tables;

const time = (column: string): string => `make_timestamp_ns(${column})`;
const views: readonly (readonly [name: string, query: string])[] = [
  [
    "alerts",
    `SELECT id, rule, severity, CASE WHEN resolved IS NOT NULL THEN 'resolved' WHEN recovered IS NOT NULL THEN 'recovered'
       WHEN suppressed THEN 'suppressed' WHEN acknowledged IS NOT NULL THEN 'acknowledged' ELSE 'firing' END AS state,
     groups, labels, message, ${time("since")} AS time, ${time("latest")} AS latest, fired, ${time("recovered")} AS recovered,
     ${time("acknowledged")} AS acknowledged, acknowledged_by, ${time("resolved")} AS resolved, resolved_by, notes FROM alert`,
  ],
  [
    "alert_firings",
    `SELECT a.rule, a.groups, f.alert, ${time("f.instant")} AS time, ${time("f.recovered")} AS recovered, f.said, f.outcomes
     FROM alert_firing AS f LEFT JOIN alert AS a ON a.id = f.alert`,
  ],
];

/** What a recording keeps of alerts. */
export interface KeptAlerts {
  readonly alerts: readonly Alert[];
  /** In the order of time. */
  readonly firings: readonly Firing[];
  readonly silences: readonly Silence[];
}
export const noAlerts: KeptAlerts = { alerts: [], firings: [], silences: [] };

/** What no Hindcast wrote is left out. */
export async function readAlerts(query: Query): Promise<KeptAlerts> {
  const isOurs = async (name: TableName): Promise<boolean> =>
    (await shapeOfTable(query, name, tables[name])) === "ours";
  const read = async <Value>(
    name: TableName,
    sql: string,
    schema: v.GenericSchema<unknown, Value>,
    rowsOf: (rows: Awaited<ReturnType<Query>>) => readonly unknown[],
  ): Promise<readonly Value[]> => {
    if (!(await isOurs(name))) return [];
    return rowsOf(await query(sql)).flatMap((row) => {
      const decoded = v.safeParse(schema, row);
      return decoded.success ? [decoded.output] : [];
    });
  };
  const alerts = await read(
    "alert",
    `SELECT * REPLACE (coalesce(suppressed, FALSE) AS suppressed) FROM alert ORDER BY since, id LIMIT ${mostAlerts}`,
    alert,
    (rows) => {
      const text = (name: string): readonly string[] => rows.textsOrEmpty(name);
      const when = (name: string): readonly (bigint | undefined)[] => rows.optionalBigints(name);
      const [rule, severity, groups, labels, message] = [
        text("rule"),
        text("severity"),
        text("groups"),
        text("labels"),
        text("message"),
      ];
      const [first, last, recovered] = [when("since"), when("latest"), when("recovered")];
      const [acknowledged, acknowledgedBy] = [when("acknowledged"), text("acknowledged_by")];
      const [resolved, resolvedBy, notes] = [when("resolved"), text("resolved_by"), text("notes")];
      const [fired, suppressed] = [rows.optionalNumbers("fired"), rows.booleans("suppressed")];
      const done = (at: bigint | undefined, by = ""): object | undefined => (at === undefined ? undefined : { at, by });
      return text("id").map((id, row) => ({
        id,
        rule: rule[row],
        severity: severity[row],
        group: fromJson(groups[row]),
        labels: fromJson(labels[row]),
        message: message[row],
        first: first[row],
        last: last[row],
        count: fired[row],
        ...optional("recovered", recovered[row]),
        isSuppressed: suppressed[row],
        ...optional("acknowledged", done(acknowledged[row], acknowledgedBy[row])),
        ...optional("resolved", done(resolved[row], resolvedBy[row])),
        notes: notesFrom(notes[row]),
      }));
    },
  );
  const firings = await read(
    "alert_firing",
    `SELECT * FROM alert_firing ORDER BY instant, alert LIMIT ${mostFirings}`,
    firing,
    (rows) => {
      const [at, recovered] = [rows.optionalBigints("instant"), rows.optionalBigints("recovered")];
      const [said, outcomes] = [rows.textsOrEmpty("said"), rows.textsOrEmpty("outcomes")];
      return rows.textsOrEmpty("alert").map((id, row) => ({
        alert: id,
        at: at[row],
        ...optional("recovered", recovered[row]),
        said: fromJson(said[row]),
        outcomes: fromJson(outcomes[row]),
      }));
    },
  );
  const silences = await read(
    "alert_silence",
    `SELECT * FROM alert_silence ORDER BY since, id LIMIT ${mostAlerts}`,
    silence,
    (rows) => {
      const [since, until] = [rows.optionalBigints("since"), rows.optionalBigints("until")];
      const [labels, authors, texts] = [
        rows.textsOrEmpty("labels"),
        rows.textsOrEmpty("author"),
        rows.textsOrEmpty("text"),
      ];
      return rows.textsOrEmpty("id").map((id, row) => ({
        id,
        labels: fromJson(labels[row]),
        since: since[row],
        until: until[row],
        author: authors[row],
        text: texts[row],
      }));
    },
  );
  return { alerts, firings, silences };
}

const optional = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

function fromJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** Times as their digits: JSON has no number for them. */
const notesText = ({ notes }: Alert): string => JSON.stringify(notes.map((note) => ({ ...note, at: String(note.at) })));

const writtenNotes = v.array(
  v.object({ at: v.pipe(v.string(), v.regex(/^-?\d{1,19}$/)), by: v.string(), text: v.string() }),
);

function notesFrom(text: string | undefined): unknown {
  const read = v.safeParse(writtenNotes, fromJson(text));
  return read.success ? read.output.map((note) => ({ ...note, at: BigInt(note.at) })) : undefined;
}

/** Within the caller's transaction. The same changes once more leave the same alerts. */
export async function writeAlerts(connection: DuckDBConnection, changes: readonly AlertChange[]): Promise<void> {
  for (const [name, columns] of Object.entries(tables)) await createTable(connection, name, columns);
  for (const [name, query] of views) await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${query}`);
  const put = async (name: TableName, values: readonly (string | bigint | boolean | null)[]): Promise<void> => {
    const places = tables[name].map((column, at) => `$${at + 1}::${column.split(" ")[1] ?? ""}`);
    await connection.run(`INSERT INTO ${name} VALUES (${places.join(", ")})`, [...values]);
  };
  for (const change of lastOfEach(changes)) {
    switch (change.kind) {
      case "alert": {
        const one = change.alert;
        await connection.run(`DELETE FROM alert WHERE id = $1`, [one.id]);
        await put("alert", [
          ...[one.id, one.rule, one.severity, JSON.stringify(one.group), JSON.stringify(one.labels), one.message],
          ...[one.first, one.last, BigInt(one.count), one.recovered ?? null, one.isSuppressed],
          ...[one.acknowledged?.at ?? null, one.acknowledged?.by ?? null],
          ...[one.resolved?.at ?? null, one.resolved?.by ?? null, notesText(one)],
        ]);
        break;
      }
      case "firing": {
        const { alert: id, at, recovered, said, outcomes } = change.firing;
        await connection.run(`DELETE FROM alert_firing WHERE alert = $1 AND instant = $2::BIGINT`, [id, at]);
        await put("alert_firing", [id, at, recovered ?? null, JSON.stringify(said), JSON.stringify(outcomes)]);
        break;
      }
      case "silence": {
        const { id, labels, since, until, author, text } = change.silence;
        await connection.run(`DELETE FROM alert_silence WHERE id = $1`, [id]);
        await put("alert_silence", [id, JSON.stringify(labels), since, until, author, text]);
        break;
      }
      case "unsilence":
        await connection.run(`DELETE FROM alert_silence WHERE id = $1`, [change.id]);
    }
  }
}

/** What is changed again is written once. */
function lastOfEach(changes: readonly AlertChange[]): Iterable<AlertChange> {
  const last = new Map<string, AlertChange>();
  for (const change of changes) last.set(keyOf(change), change);
  return last.values();
}

function keyOf(change: AlertChange): string {
  switch (change.kind) {
    case "alert":
      return `alert ${change.alert.id}`;
    case "firing":
      return `firing ${change.firing.alert} ${change.firing.at}`;
    case "silence":
      return `silence ${change.silence.id}`;
    case "unsilence":
      return `silence ${change.id}`;
  }
}

/** With what happened to them since. */
export function alertsAfter(kept: KeptAlerts, changes: readonly AlertChange[]): KeptAlerts {
  if (changes.length === 0) return kept;
  const alerts = new Map(kept.alerts.map((one) => [one.id, one]));
  const firings = new Map(kept.firings.map((one) => [`${one.alert} ${one.at}`, one]));
  const silences = new Map(kept.silences.map((one) => [one.id, one]));
  for (const change of changes) {
    if (change.kind === "alert") alerts.set(change.alert.id, change.alert);
    else if (change.kind === "firing") firings.set(`${change.firing.alert} ${change.firing.at}`, change.firing);
    else if (change.kind === "silence") silences.set(change.silence.id, change.silence);
    else silences.delete(change.id);
  }
  return {
    alerts: [...alerts.values()],
    firings: [...firings.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    silences: [...silences.values()],
  };
}

/** Incidents of which a part lies in a stretch, and their alerts; all, without one. */
export function alertsWithin(
  kept: KeptAlerts,
  stretch: { readonly from: bigint; readonly to: bigint } | undefined,
): KeptAlerts {
  if (stretch === undefined) return kept;
  const firings = kept.firings.filter(
    ({ at, recovered }) => at <= stretch.to && (recovered ?? stretch.to) >= stretch.from,
  );
  const there = new Set(firings.map(({ alert: id }) => id));
  return { alerts: kept.alerts.filter(({ id }) => there.has(id)), firings, silences: kept.silences };
}

export const alertsAsChanges = ({ alerts, firings, silences }: KeptAlerts): readonly AlertChange[] => [
  ...alerts.map((one): AlertChange => ({ kind: "alert", alert: one })),
  ...firings.map((one): AlertChange => ({ kind: "firing", firing: one })),
  ...silences.map((one): AlertChange => ({ kind: "silence", silence: one })),
];
