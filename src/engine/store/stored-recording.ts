// What a recording's file says about itself that is needed to go on recording into it: its dictionaries, and for each
// process what it calls them by, where it had come to, and its open spans. The last commit holds all of one moment.
import * as v from "valibot";
import { recordedSettings, type Hello, wireVersion } from "../../shared/protocol/agent-wire.js";
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import type { Query } from "./readers.js";
import { type StoredEnd, latestEnds } from "./messages.js";
import { clocksFrom } from "./process-clocks.js";
import { lineagesFrom } from "./process-lineage.js";
import type { MeasuredClock, ProcessEnd, SpanRow } from "./recording-rows.js";
import type { Rows } from "./rows.js";
import { type DefinitionKind, definitionKinds, endings } from "./schema.js";
import { spanIds } from "./span-rows.js";
import { UnreadableStored, parseStored } from "./value-json.js";

export interface StoredDictionaries {
  readonly names: ReadonlyMap<number, string>;
  readonly locations: readonly { readonly id: number; readonly key: string }[];
  /** Of the processes in their order. */
  readonly serviceNames: readonly string[];
  readonly lastSeries: number;
  readonly lastScope: number;
  readonly lastMessage: number;
}

export interface StoredProcess {
  readonly process: number;
  /** With what is kept of it: not its token. */
  readonly hello: Hello;
  readonly start: bigint;
  readonly lastSeen: bigint;
  readonly ended: ProcessEnd | undefined;
  readonly endUnknown: boolean;
  readonly received: number;
  readonly made: number;
  readonly written: number;
  readonly dropped: number;
  readonly lastBatch: number;
  readonly clock: MeasuredClock | undefined;
  /** The process's own ids and the recording's. */
  readonly definitions: Readonly<Record<DefinitionKind, ReadonlyMap<number, number>>>;
  readonly scopes: ReadonlyMap<string, number>;
  readonly openSpans: readonly SpanRow[];
  /** The latest, in the order of their ends. */
  readonly endedSpans: readonly { readonly span: number; readonly lane: number }[];
}

export interface StoredRecording {
  readonly created: bigint;
  readonly dictionaries: StoredDictionaries;
  /** Of messages between processes, the latest: their other ends may still come. */
  readonly messageEnds: readonly StoredEnd[];
  readonly processes: readonly StoredProcess[];
}

/** By what locations are told apart: the id of the file's name, line, column, the id of the function's name. */
export const locationKey = (file: number, line: number, column: number, functionName: number): string =>
  `${file}:${line}:${column}:${functionName}`;

const rememberedMessageEnds = 50_000;

/** Of spans that have ended, as many are remembered as `endedSpans` says. */
export async function readStoredRecording(query: Query, endedSpans: number): Promise<StoredRecording> {
  const created = (await query(`SELECT created FROM recording`)).bigints("created")[0];
  if (created === undefined) throw new UnreadableStored("table recording is empty");
  const rows = await query(`SELECT * FROM process ORDER BY process`);
  const processes: StoredProcess[] = [];
  for (const about of processesFrom(rows)) {
    const { process, ended } = about;
    processes.push({
      ...about,
      definitions: await definitionsOf(query, process),
      scopes: await scopesOf(query, process),
      // One that has ended may connect again only if its end is not known.
      openSpans: ended?.how === "bye" ? [] : await openSpansOf(query, process),
      endedSpans: ended?.how === "bye" ? [] : await endedSpansOf(query, process, endedSpans),
    });
  }
  return {
    created,
    dictionaries: await dictionariesIn(query, rows.texts("service_name")),
    messageEnds: await latestEnds(query, rememberedMessageEnds),
    processes,
  };
}

async function dictionariesIn(query: Query, serviceNames: readonly string[]): Promise<StoredDictionaries> {
  const names = await query(`SELECT id, text FROM name`);
  const locations = await query(`SELECT id, file, line, "column", function FROM location`);
  const [files, lines, columns, functions] = (["file", "line", "column", "function"] as const).map((name) =>
    locations.numbers(name),
  );
  const last = await query(
    `SELECT (SELECT coalesce(max(id), 0) FROM series) AS series, (SELECT coalesce(max(id), 0) FROM scope) AS scope,
       (SELECT coalesce(max(id), 0) FROM message) AS message`,
  );
  return {
    names: paired(names.numbers("id"), names.texts("text")),
    locations: locations.numbers("id").map((id, row) => ({
      id,
      key: locationKey(files?.[row] ?? 0, lines?.[row] ?? 0, columns?.[row] ?? 0, functions?.[row] ?? 0),
    })),
    serviceNames,
    lastSeries: last.numbers("series")[0] ?? 0,
    lastScope: last.numbers("scope")[0] ?? 0,
    lastMessage: last.numbers("message")[0] ?? 0,
  };
}

type ProcessFacts = Omit<StoredProcess, "definitions" | "scopes" | "openSpans" | "endedSpans">;

function processesFrom(rows: Rows): ProcessFacts[] {
  const numbers = (name: string) => rows.numbers(name);
  const texts = (name: string) => rows.texts(name);
  const [pids, parents, origins] = [numbers("pid"), numbers("parent_pid"), numbers("time_origin_ms")];
  const [received, made, written, dropped, batches] = [
    numbers("received"),
    numbers("made"),
    numbers("written"),
    numbers("dropped"),
    numbers("last_batch"),
  ];
  const [starts, seen, endedAt, tails] = [
    rows.bigints("start"),
    rows.bigints("last_seen"),
    rows.optionalBigints("ended"),
    rows.booleans("tail_unknown"),
  ];
  const [codes, signals, hows] = [
    rows.optionalNumbers("exit_code"),
    rows.optionalTexts("signal"),
    rows.optionalTexts("ending"),
  ];
  const [runs, services, agents] = [texts("run_id"), texts("service_name"), texts("agent_version")];
  const [argvs, execArgvs, cwds, hosts] = [texts("argv"), texts("exec_argv"), texts("cwd"), texts("host_name")];
  const [nodes, v8s, platforms, archs] = [texts("node_version"), texts("v8_version"), texts("platform"), texts("arch")];
  const settings = texts("settings");
  const clocks = clocksFrom(rows);
  const lineages = lineagesFrom(rows);
  return numbers("process").map((process, row): ProcessFacts => {
    const at = endedAt[row];
    const how = endings.find((ending) => ending === hows[row]) ?? "connection-lost";
    return {
      process,
      hello: {
        kind: "hello",
        wireVersion,
        token: "",
        agentVersion: agents[row] ?? "",
        runId: runs[row] ?? "",
        pid: pids[row] ?? 0,
        parentPid: parents[row] ?? 0,
        ...lineages[row],
        timeOriginMs: origins[row] ?? 0,
        clockMs: 0,
        argv: v.parse(textList, parseStored(argvs[row] ?? "")),
        execArgv: v.parse(textList, parseStored(execArgvs[row] ?? "")),
        cwd: cwds[row] ?? "",
        serviceName: services[row] ?? "",
        nodeVersion: nodes[row] ?? "",
        v8Version: v8s[row] ?? "",
        platform: platforms[row] ?? "",
        arch: archs[row] ?? "",
        hostName: hosts[row] ?? "",
        settings: v.parse(recordedSettings, parseStored(settings[row] ?? "")),
      },
      start: starts[row] ?? 0n,
      lastSeen: seen[row] ?? 0n,
      ended: at === undefined ? undefined : { at, how, exitCode: codes[row], signal: signals[row] },
      endUnknown: tails[row] ?? false,
      received: received[row] ?? 0,
      made: made[row] ?? 0,
      written: written[row] ?? 0,
      dropped: dropped[row] ?? 0,
      lastBatch: batches[row] ?? 0,
      clock: clocks[row],
    };
  });
}

const textList = v.array(v.string());

async function definitionsOf(query: Query, process: number): Promise<StoredProcess["definitions"]> {
  const rows = await query(`SELECT kind, id, refers FROM definition WHERE process = $1`, [process]);
  const found = {
    name: new Map<number, number>(),
    location: new Map<number, number>(),
    series: new Map<number, number>(),
  };
  const [ids, refers] = [rows.numbers("id"), rows.numbers("refers")];
  rows.numbers("kind").forEach((code, row) => {
    const kind: DefinitionKind | undefined = definitionKinds[code];
    if (kind === undefined) throw new UnreadableStored(`definition ${code}`);
    found[kind].set(ids[row] ?? 0, refers[row] ?? 0);
  });
  return found;
}

async function scopesOf(query: Query, process: number): Promise<ReadonlyMap<string, number>> {
  const rows = await query(`SELECT id, name FROM scope WHERE process = $1`, [process]);
  return paired(rows.texts("name"), rows.numbers("id"));
}

async function openSpansOf(query: Query, process: number): Promise<SpanRow[]> {
  const rows = await query(`SELECT * FROM span WHERE process = $1 AND end_seq IS NULL ORDER BY seq`, [process]);
  const [spans, seqs, parents, lanes] = (["span", "seq", "parent", "lane"] as const).map((name) => rows.numbers(name));
  const [kinds, statuses, names] = (["kind", "status", "name"] as const).map((name) => rows.numbers(name));
  const [instants, texts] = [rows.bigints("instant"), rows.texts("attributes")];
  const [traceIds, ownIds] = [rows.bytes("trace_id"), rows.bytes("span_id")];
  const parentIds = rows.optionalBytes("parent_span_id");
  // More may be put into them when a span ends.
  for (const text of texts) parseStored(text);
  return instants.map((instant, row) => ({
    process,
    seq: seqs?.[row] ?? 0,
    instant,
    span: spans?.[row] ?? 0,
    parent: parents?.[row] ?? 0,
    lane: lanes?.[row] ?? 0,
    kind: spanKinds[kinds?.[row] ?? 0] ?? "internal",
    ids: spanIds(traceIds[row] ?? new Uint8Array(), ownIds[row] ?? new Uint8Array(), parentIds[row]),
    name: names?.[row] ?? 0,
    status: spanStatuses[statuses?.[row] ?? 0] ?? "unset",
    attributes: texts[row] ?? "{}",
    end: undefined,
  }));
}

async function endedSpansOf(query: Query, process: number, limit: number): Promise<StoredProcess["endedSpans"]> {
  const rows = await query(
    `SELECT span, lane FROM (SELECT span, lane, end_seq FROM span WHERE process = $1 AND end_seq IS NOT NULL
       ORDER BY end_seq DESC LIMIT $2) ORDER BY end_seq`,
    [process, limit],
  );
  const lanes = rows.numbers("lane");
  return rows.numbers("span").map((span, row) => ({ span, lane: lanes[row] ?? 0 }));
}

function paired<Key, Value>(keys: readonly Key[], values: readonly Value[]): ReadonlyMap<Key, Value> {
  const pairs = new Map<Key, Value>();
  keys.forEach((key, at) => {
    const value = values[at];
    if (value !== undefined) pairs.set(key, value);
  });
  return pairs;
}
