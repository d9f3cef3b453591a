// The recording file: what each format version added. A migration is never edited after its release; a new one is
// appended and the format version is their number. Ids of dictionaries start at 1, and 0 in a column that refers to
// one is "none": hot columns hold no NULL. Instants are BIGINT nanoseconds since the epoch; docs/sql.md describes the
// views, which are what people query and which are replaced whole whenever a file is opened for writing.
import type { Hello } from "../../shared/protocol/agent-wire.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { gapReasons } from "../../shared/protocol/agent-records.js";
import { messageParts } from "../../shared/protocol/message-records.js";
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import { clockTables } from "./clock-tables.js";
import { evictedKinds, flightTables } from "./flight-tables.js";
import { lineageTables, lineageView } from "./process-lineage.js";
import { longSpanTables } from "./long-spans.js";
import { lanesWithoutLongest, rollupTables, rollupView } from "./rollup-tables.js";
import { searchTables, searchTablesByRow } from "./search-tables.js";
import { segmentTables } from "./segment-tables.js";

export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Of texts of which no two are alike: to try every other way of packing them first takes longer than this one, and comes to
 * it in the end. How a column is packed is no part of the format.
 */
const packed = "USING COMPRESSION zstd";

export const migrations: readonly Migration[] = [
  {
    name: "first light",
    statements: [
      `CREATE TABLE recording (format INTEGER, created BIGINT, start BIGINT, app_version VARCHAR)`,
      `CREATE TABLE migration (version INTEGER, name VARCHAR, applied BIGINT)`,
      `CREATE TABLE name (id UINTEGER, text VARCHAR)`,
      `CREATE TABLE location (id UINTEGER, file UINTEGER, line UINTEGER, "column" UINTEGER, function UINTEGER)`,
      `CREATE TABLE series (id UINTEGER, process UINTEGER, name UINTEGER, unit UINTEGER, attributes VARCHAR)`,
      `CREATE TABLE scope (id UINTEGER, process UINTEGER, name VARCHAR, seq BIGINT, instant BIGINT)`,
      `CREATE TABLE process (
         process UINTEGER, run_id VARCHAR, pid BIGINT, parent_pid BIGINT, service_name VARCHAR, category UTINYINT,
         argv VARCHAR, exec_argv VARCHAR, cwd VARCHAR, node_version VARCHAR, v8_version VARCHAR, platform VARCHAR,
         arch VARCHAR, host_name VARCHAR, agent_version VARCHAR, settings VARCHAR, time_origin_ms DOUBLE, start BIGINT,
         last_seen BIGINT, ended BIGINT, exit_code INTEGER, written BIGINT, dropped BIGINT, last_batch BIGINT)`,
      `CREATE TABLE event (process UINTEGER, seq BIGINT, instant BIGINT, name UINTEGER, span UINTEGER,
         attributes VARCHAR ${packed})`,
      `CREATE TABLE span (
         process UINTEGER, span UINTEGER, seq BIGINT, instant BIGINT, end_seq BIGINT, end_instant BIGINT,
         parent UINTEGER, lane USMALLINT, kind UTINYINT, status UTINYINT, name UINTEGER,
         trace_id BLOB, span_id BLOB, parent_span_id BLOB,
         attributes VARCHAR ${packed})`,
      `CREATE TABLE log (
         process UINTEGER, seq BIGINT, instant BIGINT, severity UTINYINT, span UINTEGER, source UINTEGER,
         body VARCHAR ${packed}, attributes VARCHAR ${packed})`,
      `CREATE TABLE metric (process UINTEGER, seq BIGINT, instant BIGINT, series UINTEGER, value DOUBLE)`,
      `CREATE TABLE write (
         process UINTEGER, seq BIGINT, instant BIGINT, after BIGINT, operation UTINYINT, object UINTEGER,
         key VARCHAR, value VARCHAR ${packed}, location UINTEGER, span UINTEGER)`,
      `CREATE TABLE keyframe (
         process UINTEGER, seq BIGINT, instant BIGINT, after BIGINT, scope UINTEGER, object UINTEGER,
         contents VARCHAR ${packed}, location UINTEGER, span UINTEGER)`,
      `CREATE TABLE mark (process UINTEGER, seq BIGINT, instant BIGINT, kind UTINYINT, label VARCHAR, lost BIGINT)`,
    ],
  },
  {
    // How a process ended and what it lost as columns, and what a new engine needs to go on with a recording whose engine
    // was killed: what each process calls its names, places and series.
    name: "endings and going on",
    statements: [
      `ALTER TABLE process ADD COLUMN signal VARCHAR`,
      `ALTER TABLE process ADD COLUMN ending VARCHAR`,
      `ALTER TABLE process ADD COLUMN tail_unknown BOOLEAN`,
      `ALTER TABLE process ADD COLUMN received BIGINT`,
      `ALTER TABLE process ADD COLUMN made BIGINT`,
      `ALTER TABLE process ADD COLUMN report VARCHAR`,
      `ALTER TABLE mark ADD COLUMN reason VARCHAR`,
      `ALTER TABLE mark ADD COLUMN lost_writes BIGINT`,
      `CREATE TABLE definition (process UINTEGER, kind UTINYINT, id UINTEGER, refers UINTEGER)`,
      `UPDATE process SET received = written, made = written, tail_unknown = false`,
      `UPDATE process SET signal = label[length('ended by ') + 1:] FROM mark
         WHERE mark.process = process.process AND mark.kind = 2 AND label LIKE 'ended by %'`,
      `UPDATE process SET tail_unknown = true WHERE process IN (SELECT process FROM mark WHERE kind = 0
         AND label = 'records may be missing: the connection was lost, how many is not known')`,
      `UPDATE process SET ending = CASE
         WHEN signal IS NOT NULL THEN 'parent'
         WHEN tail_unknown THEN 'connection-lost'
         WHEN process IN (SELECT process FROM mark WHERE kind = 2 AND label = 'recording ended, the program went on')
           THEN 'recording-ended'
         ELSE 'bye' END WHERE ended IS NOT NULL`,
      `UPDATE mark SET reason = CASE label
         WHEN 'records dropped: the program was faster than the recorder' THEN 'ring-full'
         WHEN 'records dropped: Hindcast could not be reached' THEN 'buffer-full'
         WHEN 'records dropped: a value could not be read' THEN 'unreadable-value'
         WHEN 'records dropped: the program ended before they could be sent' THEN 'not-sent'
         WHEN 'records may be missing: the connection was lost, how many is not known' THEN 'connection-lost'
         END WHERE kind = 0`,
      `UPDATE mark SET lost_writes = coalesce(try_cast(regexp_extract(label, '(\\d+) state write', 1) AS BIGINT), 0)
         WHERE kind = 0`,
    ],
  },
  {
    name: "at size",
    statements: [
      `ALTER TABLE recording ADD COLUMN report VARCHAR`,
      ...rollupTables,
      ...searchTables,
      ...segmentTables,
      ...clockTables,
    ],
  },
  { name: "flight recorder, search by row", statements: [...flightTables, ...searchTablesByRow] },
  { name: "parents and threads", statements: lineageTables },
  { name: "long spans", statements: [...longSpanTables, ...lanesWithoutLongest] },
];

export const formatVersion = migrations.length;

/** Operations of the table `write`; the other two are rows of `keyframe`. Append only: the index is stored. */
export const storedOperations = [
  "set",
  "delete",
  "splice",
  "map-set",
  "map-delete",
  "set-add",
  "set-delete",
  "clear",
] as const satisfies readonly WriteOperation["kind"][];
export type StoredOperation = (typeof storedOperations)[number];

/** Kinds of the table `mark`. Append only: the index is stored. */
export const markKinds = ["gap", "start", "end", "error"] as const;
export type MarkKind = (typeof markKinds)[number];

/** Kinds of the table `definition`: whose ids of a process stand for which of the recording. Append only. */
export const definitionKinds = ["name", "location", "series"] as const;
export type DefinitionKind = (typeof definitionKinds)[number];

/** How the end of a process is known: from itself, from its parent, or not at all. */
export const endings = ["bye", "parent", "connection-lost", "recording-ended"] as const;
export type EndingKind = (typeof endings)[number];

/** Why records are missing: what agents say, and what the engine finds out itself. */
export type LossReason = (typeof gapReasons)[number] | "not-sent" | "connection-lost" | "engine-away";

/** Of every gap, and of some errors. While a program is suspended nothing is lost, and nothing happens. */
export type MarkReason = LossReason | "suspended" | typeof filteredReason | "not-recorded";

/** Of gaps that somebody asked for: a stage of the pipeline left records out in the program, and counted them. */
export const filteredReason = "filtered";

/** Of gaps that are no rows of `mark`: how much of a process was evicted so that a recording keeps no more than it may. */
export const evictedReason = "evicted";
/** A relation of gaps, with the columns of `mark` and when what is missing began. */
export const evictedGaps = `SELECT process, 0::BIGINT AS seq, until AS instant, ${markKinds.indexOf("gap")}::UTINYINT AS kind,
    'evicted to keep the recording within its limits: ' || array_to_string(list_filter([${evictedKinds
      .map((kind) => `if(${kind} > 0, format('{:,} ${kind}', ${kind}), NULL)`)
      .join(", ")}], lambda word: word IS NOT NULL), ', ') AS label,
    (${evictedKinds.join(" + ")})::BIGINT AS lost, '${evictedReason}' AS reason, 0::BIGINT AS lost_writes, since
  FROM eviction WHERE ${evictedKinds.join(" + ")} > 0`;

/** Of gaps in which somebody wanted nothing to be kept. */
export const pausedReason = "paused";

export const gapLabels: Readonly<Record<LossReason, string>> = {
  [pausedReason]: "recording was paused",
  "ring-full": "records dropped: the program was faster than the recorder",
  "buffer-full": "records dropped: the oldest were given up for newer ones",
  "unreadable-value": "records dropped: a value could not be read",
  "not-sent": "records dropped: the program ended before they could be sent",
  "connection-lost": "records may be missing: the connection was lost, how many is not known",
  "engine-away": "records may be missing: the program ended while no engine was there, how many is not known",
};

/** Of the mark at the start of a process or thread. */
export function startLabel({ serviceName, pid, thread, clusterWorker, settings }: Hello): string {
  if (settings.attached === true) return `attached to ${serviceName} (pid ${pid})`;
  if (thread !== undefined)
    return `worker thread ${thread.id}${thread.name === undefined ? "" : ` ${thread.name}`} of ${serviceName} (pid ${pid})`;
  return `${serviceName} (${clusterWorker === undefined ? "" : `cluster worker ${clusterWorker}, `}pid ${pid})`;
}

/** Of the mark at the end of a process. */
export function endLabel({ exitCode, signal }: { exitCode?: number | undefined; signal?: string | undefined }): string {
  if (signal !== undefined) return `ended by ${signal}`;
  return exitCode === undefined ? "ended" : `ended with ${exitCode}`;
}

const oneOf = (column: string, words: readonly string[]): string =>
  `list_element([${words.map((word) => `'${word}'`).join(", ")}], ${column} + 1)`;
const time = (column: string): string => `make_timestamp_ns(${column})`;
const hex = (column: string): string => `lower(hex(${column}))`;

/** The last span of this process number at or before a row cannot be ambiguous: a span number is used once. */
const ofSpan = `LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span`;
const ofPlace = `LEFT JOIN location AS l ON l.id = t.location LEFT JOIN name AS f ON f.id = l.file LEFT JOIN name AS g ON g.id = l.function`;

export const views: Readonly<Record<string, string>> = {
  processes: `SELECT process, pid, parent_pid, service_name, argv::JSON AS argv, cwd, node_version, platform, host_name,
      agent_version, settings::JSON AS settings, ${time("start")} AS start, ${time("last_seen")} AS last_seen,
      ${time("ended")} AS ended, exit_code, signal, ending, tail_unknown, written, dropped, report::JSON AS report,
      clock_offset AS clock_offset_ns, clock_uncertainty AS clock_uncertainty_ns, ${lineageView("process")} FROM process`,
  events: `SELECT t.process, t.seq, ${time("t.instant")} AS time, n.text AS name, t.attributes, ${hex("s.span_id")} AS span_id,
      ${hex("s.trace_id")} AS trace_id FROM event AS t LEFT JOIN name AS n ON n.id = t.name ${ofSpan}`,
  spans: `SELECT t.process, t.seq, ${time("t.instant")} AS start, ${time("t.end_instant")} AS "end",
      t.end_instant - t.instant AS duration_ns, n.text AS name, ${oneOf("t.kind", spanKinds)} AS kind,
      ${oneOf("t.status", spanStatuses)} AS status, ${hex("t.trace_id")} AS trace_id, ${hex("t.span_id")} AS span_id,
      ${hex("t.parent_span_id")} AS parent_span_id, t.attributes FROM span AS t LEFT JOIN name AS n ON n.id = t.name`,
  logs: `SELECT t.process, t.seq, ${time("t.instant")} AS time, t.severity, n.text AS source, t.body, t.attributes,
      ${hex("s.span_id")} AS span_id, ${hex("s.trace_id")} AS trace_id
      FROM log AS t LEFT JOIN name AS n ON n.id = t.source ${ofSpan}`,
  metrics: `SELECT t.process, t.seq, ${time("t.instant")} AS time, n.text AS name, u.text AS unit, m.attributes, t.value
      FROM metric AS t JOIN series AS m ON m.id = t.series LEFT JOIN name AS n ON n.id = m.name
      LEFT JOIN name AS u ON u.id = m.unit`,
  metric_rollups: rollupView,
  writes: `SELECT t.process, t.seq, ${time("t.instant")} AS time, ${time("t.after")} AS after,
      ${oneOf("t.operation", storedOperations)} AS operation, t.object, t.key, t.value, f.text AS file, l.line,
      l."column", g.text AS function, ${hex("s.span_id")} AS span_id FROM write AS t ${ofPlace} ${ofSpan}`,
  keyframes: `SELECT t.process, t.seq, ${time("t.instant")} AS time, ${time("t.after")} AS after, c.name AS scope, t.object,
      t.contents, f.text AS file, l.line, l."column", g.text AS function, ${hex("s.span_id")} AS span_id
      FROM keyframe AS t LEFT JOIN scope AS c ON c.id = t.scope ${ofPlace} ${ofSpan}`,
  messages: `SELECT ${oneOf("part", messageParts)} AS part, sender, sent_seq, ${time("sent_instant")} AS sent, receiver, received_seq,
      ${time("received_instant")} AS received FROM message`,
  marks: `SELECT process, seq, ${time("instant")} AS time, ${oneOf("kind", markKinds)} AS kind, label, lost, lost_writes, reason
      FROM (SELECT * FROM mark UNION ALL BY NAME SELECT * EXCLUDE (since) FROM (${evictedGaps}))`,
};
