// What a recording is about, read back from its file: processes, scopes, how much of each kind.
import * as v from "valibot";
import { recordedSettings } from "../../shared/protocol/agent-wire.js";
import { ringBytesAtFirst } from "../../shared/protocol/ring-cost.js";
import {
  type ProcessSummary,
  type RecordingSummary,
  type ScopeSummary,
  engineLoad,
} from "../../shared/protocol/recording-summary.js";
import { readFiltered, readLargestRings, readResized, readRedactions } from "./agent-counts.js";
import { clocksFrom } from "./process-clocks.js";
import { type EvictedCounts, readEvicted } from "./evicted.js";
import { type Limits, type Pin, readLimits, readPins } from "./flight-store.js";
import { parentsFrom } from "./parents.js";
import { kindOf, lineagesFrom } from "./process-lineage.js";
import type { Query } from "./readers.js";
import { filteredReason, pausedReason } from "./schema.js";
import { UnreadableStored, parseStored } from "./value-json.js";

export interface StoredFacts {
  readonly formatVersion: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly processes: readonly ProcessSummary[];
  readonly scopes: readonly ScopeSummary[];
  readonly counts: RecordingSummary["counts"];
  readonly engine: RecordingSummary["engine"];
  readonly kept: StoredKept;
}

/** How much it keeps, and what was evicted so that it keeps no more. */
export interface StoredKept {
  readonly limits: Limits;
  readonly pins: readonly Pin[];
  readonly evicted: EvictedCounts;
  readonly since: bigint | undefined;
  readonly warning: undefined;
}

export async function readFacts(query: Query): Promise<StoredFacts> {
  const recording = await query(`SELECT format, start, report FROM recording`);
  const start = recording.bigints("start")[0];
  const formatVersion = recording.numbers("format")[0];
  if (start === undefined || formatVersion === undefined) throw new UnreadableStored("table recording is empty");
  const processes = await readProcesses(query);
  const end = processes.reduce((latest, { lastSeen }) => (lastSeen > latest ? lastSeen : latest), start);
  const engine = engineFrom(recording.optionalTexts("report")[0]);
  const [scopes, counts] = [await readScopes(query), await readCounts(query)];
  return { formatVersion, start, end, processes, scopes, counts, engine, kept: await readKept(query) };
}

async function readKept(query: Query): Promise<StoredKept> {
  const { start, any, ...evicted } = await readEvicted(query);
  const since = any ? start : undefined;
  return { limits: await readLimits(query), pins: await readPins(query), evicted, since, warning: undefined };
}

async function readProcesses(query: Query): Promise<ProcessSummary[]> {
  const rows = await query(`SELECT * FROM process ORDER BY process`);
  const redactions = await readRedactions(query);
  const filtered = await readFiltered(query);
  const resized = await readResized(query);
  const largestRings = await readLargestRings(query);
  const [pids, names, argvs, cwds] = [
    rows.numbers("pid"),
    rows.texts("service_name"),
    rows.texts("argv"),
    rows.texts("cwd"),
  ];
  const [nodes, settings, starts] = [rows.texts("node_version"), rows.texts("settings"), rows.bigints("start")];
  const [seen, ended, exits] = [
    rows.bigints("last_seen"),
    rows.optionalBigints("ended"),
    rows.optionalNumbers("exit_code"),
  ];
  const [categories, written, dropped] = [rows.numbers("category"), rows.numbers("written"), rows.numbers("dropped")];
  const reports = rows.optionalTexts("report");
  const clocks = clocksFrom(rows);
  const lineages = lineagesFrom(rows);
  const parents = parentsFrom(rows);
  const [signals, tails] = [rows.optionalTexts("signal"), rows.booleans("tail_unknown")];
  return rows.numbers("process").map((process, row): ProcessSummary => {
    const end = ended[row];
    const { thread, clusterWorker } = lineages[row] ?? {};
    const recorded = v.parse(recordedSettings, parseStored(settings[row] ?? ""));
    const { level, attached } = recorded;
    return {
      process,
      kind: kindOf({ thread, clusterWorker }),
      parent: parents.get(process),
      thread,
      clusterWorker,
      pid: pids[row] ?? 0,
      serviceName: names[row] ?? "",
      argv: v.parse(v.array(v.string()), parseStored(argvs[row] ?? "")),
      cwd: cwds[row] ?? "",
      nodeVersion: nodes[row] ?? "",
      level,
      ...(attached === undefined ? {} : { attached: true }),
      start: starts[row] ?? 0n,
      lastSeen: seen[row] ?? 0n,
      ended: end === undefined ? undefined : { at: end, exitCode: exits[row], signal: signals[row] },
      // Without an end the engine was killed and nobody went on with the recording.
      endUnknown: end === undefined || tails[row] === true,
      category: categories[row] ?? 1,
      written: written[row] ?? 0,
      dropped: dropped[row] ?? 0,
      redactions: redactions.get(process),
      filtered: filtered.get(process),
      resized: resized.get(process),
      ringBytes: Math.max(largestRings.get(process) ?? 0, ringBytesAtFirst(recorded, thread !== undefined)),
      faults: faultsFrom(reports[row]),
      clock: clocks[row],
    };
  });
}

const report = v.object({ faults: v.object({ agent: v.number(), worker: v.number() }) });

const faultsFrom = (text: string | undefined): ProcessSummary["faults"] =>
  text === undefined ? undefined : v.parse(report, parseStored(text)).faults;

const engineFrom = (text: string | undefined): StoredFacts["engine"] =>
  text === undefined ? undefined : v.parse(engineLoad, parseStored(text));

async function readScopes(query: Query): Promise<ScopeSummary[]> {
  const rows = await query(`SELECT process, name, instant FROM scope ORDER BY process, instant, id`);
  const [names, instants] = [rows.texts("name"), rows.bigints("instant")];
  return rows
    .numbers("process")
    .map((process, row) => ({ process, scope: names[row] ?? "", firstSeen: instants[row] ?? 0n }));
}

/** A hole for each process and stretch between pins; a file that somebody made may have any number. */
const mostHoles = 100;

/** Of what is evicted and not removed yet. By their numbers, so that only rows near them are looked at. */
async function writesInHoles(query: Query): Promise<string> {
  const holes = await query(`SELECT process, first_seq, last_seq FROM state_hole LIMIT ${mostHoles + 1}`);
  if (holes.length > mostHoles)
    return `SELECT count(*) FROM state_hole AS h
      JOIN (SELECT process, seq FROM write UNION ALL SELECT process, seq FROM keyframe) AS w
        ON w.process = h.process AND w.seq >= h.first_seq AND w.seq <= h.last_seq`;
  const [first, last] = [holes.bigints("first_seq"), holes.bigints("last_seq")];
  const counts = holes
    .numbers("process")
    .flatMap((process, row) =>
      ["write", "keyframe"].map(
        (table) =>
          `(SELECT count(*) FROM ${table} WHERE process = ${process} AND seq >= ${first[row]} AND seq <= ${last[row]})`,
      ),
    );
  return ["SELECT 0", ...counts].join(" + ");
}

async function readCounts(query: Query): Promise<RecordingSummary["counts"]> {
  const rows = await query(`SELECT
    (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM span) AS spans, (SELECT count(*) FROM log) AS logs,
    (SELECT count(*) FROM metric) AS metrics,
    (SELECT count(*) FROM write) + (SELECT count(*) FROM keyframe) - (${await writesInHoles(query)}) AS writes,
    (SELECT coalesce(sum(lost), 0)::BIGINT FROM mark WHERE kind = 0 AND coalesce(reason, '') NOT IN ('${filteredReason}', '${pausedReason}')) AS lost`);
  const only = (name: string): number => rows.numbers(name)[0] ?? 0;
  return {
    events: only("events"),
    spans: only("spans"),
    logs: only("logs"),
    metrics: only("metrics"),
    writes: only("writes"),
    lost: only("lost"),
  };
}
