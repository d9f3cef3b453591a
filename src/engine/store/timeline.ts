// Where things are on the time line: the nearest record before or after a position, points of interest.
// "Records" here are what one can step to: events, logs, spans (by their start) and writes. Samples of metrics are not.
import { severityFromNumber } from "../../shared/trace/attributes.js";
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import type { Position } from "../../shared/protocol/engine-rows.js";
import { type Instant, instant } from "../../shared/trace/time.js";
import type { Query } from "./readers.js";
import { ringMarks } from "./ring-marks.js";
import { evictedGaps, filteredReason, markKinds } from "./schema.js";

/** A position in the one order of all records: by instant, then process, then seq. */
interface OrderKey {
  readonly instant: bigint;
  readonly process: number;
  readonly seq: number;
}

type StepArgs = CallArgs<"timeline.step">;

const eventSources = [
  `SELECT instant, process, seq, 'event' AS source FROM event`,
  `SELECT instant, process, seq, 'log' FROM log`,
  `SELECT instant, process, seq, 'span start' FROM span`,
  `SELECT end_instant, process, end_seq, 'span end' FROM span WHERE end_seq IS NOT NULL`,
];
const otherSources = [
  `SELECT instant, process, seq, 'write' FROM write`,
  `SELECT instant, process, seq, 'keyframe' FROM keyframe`,
  `SELECT instant, process, seq, 'metric' FROM metric`,
];

/** To the nearest event, log, or start or end of a span. */
export async function stepToEvent(
  query: Query,
  args: Pick<StepArgs, "from" | "direction" | "process">,
): Promise<Position | undefined> {
  const { from, direction } = args;
  const isNext = direction === "next";
  const key = from.kind === "seq" ? await keyOf(query, from.process, from.seq) : undefined;
  const start = key?.instant ?? (from.kind === "instant" ? from.instant : undefined);
  if (start === undefined) return undefined;
  const sign = isNext ? ">" : "<";
  const order = isNext ? "ASC" : "DESC";
  const beyond =
    key === undefined ? `instant ${sign} $1` : `instant ${sign}= $1 AND (instant, process, seq) ${sign} ($1, $2, $3)`;
  const ofProcess = args.process === undefined ? "" : ` AND process = ${Math.trunc(args.process)}`;
  const nearest = eventSources.map(
    (source) => `(SELECT * FROM (${source}) AS t(instant, process, seq, source) WHERE ${beyond}${ofProcess}
      ORDER BY instant ${order}, process ${order}, seq ${order} LIMIT 1)`,
  );
  const rows = await query(
    `${nearest.join(" UNION ALL ")} ORDER BY instant ${order}, process ${order}, seq ${order} LIMIT 1`,
    key === undefined ? [start] : [start, key.process, BigInt(key.seq)],
  );
  const [instant, process, seq] = [rows.bigints("instant")[0], rows.numbers("process")[0], rows.numbers("seq")[0]];
  const source = rows.texts("source")[0];
  if (instant === undefined || process === undefined || seq === undefined || source === undefined) return undefined;
  return { process, seq, instant, what: await whatStands(query, source, process, seq) };
}

/** The record with this seq, or else (seq 0, or a record of a kind without rows) the last one before it. */
async function keyOf(query: Query, process: number, seq: number): Promise<OrderKey | undefined> {
  const found = [...eventSources, ...otherSources].map(
    (source) => `(SELECT * FROM (${source}) AS t(instant, process, seq, source) WHERE process = $1 AND seq <= $2
      ORDER BY seq DESC LIMIT 1)`,
  );
  const rows = await query(`${found.join(" UNION ALL ")} ORDER BY seq DESC LIMIT 1`, [process, BigInt(seq)]);
  const instant = rows.bigints("instant")[0] ?? (await startOf(query, process));
  return instant === undefined ? undefined : { instant, process, seq };
}

/** When a record was made; of the last one before it when that seq has no row. */
export async function instantOf(query: Query, process: number, seq: number): Promise<Instant> {
  return instant((await keyOf(query, process, seq))?.instant ?? 0n);
}

async function startOf(query: Query, process: number): Promise<bigint | undefined> {
  return (await query(`SELECT start FROM process WHERE process = $1`, [process])).bigints("start")[0];
}

async function whatStands(query: Query, source: string, process: number, seq: number): Promise<string> {
  const at = [process, BigInt(seq)];
  const ofName = (table: string, column: string): Promise<string> =>
    query(
      `SELECT n.text FROM ${table} AS t JOIN name AS n ON n.id = t.name WHERE t.process = $1 AND t.${column} = $2`,
      at,
    ).then((rows) => rows.texts("text")[0] ?? "");
  switch (source) {
    case "event":
      return ofName("event", "seq");
    case "span start":
      return `${await ofName("span", "seq")} begins`;
    case "span end":
      return `${await ofName("span", "end_seq")} ends`;
    case "log": {
      const rows = await query(`SELECT severity, left(body, 200) AS body FROM log WHERE process = $1 AND seq = $2`, at);
      return `${severityFromNumber(rows.numbers("severity")[0] ?? 0)}: ${rows.texts("body")[0] ?? ""}`;
    }
    default:
      return source;
  }
}

/** How many seqs before a loss are looked at for one with a row: names, locations and the like have none. */
const seqsBeforeLoss = 8;
export const keptSources = [
  ...["event", "log", "span", "write", "keyframe", "metric"].map(
    (table) => `SELECT process, seq, instant FROM ${table}`,
  ),
  // Where a program stood still its mark has the seq of the record before.
  `SELECT process, seq, instant FROM mark WHERE reason IS DISTINCT FROM 'suspended'`,
  `SELECT process, end_seq, end_instant FROM span WHERE end_seq IS NOT NULL`,
];

/** How many records are missing, by the reason that their gaps give; the most first. */
export async function missingRecords(query: Query): Promise<CallResult<"recording.missing">> {
  const rows = await query(
    `SELECT coalesce(reason, '') AS reason, sum(lost)::BIGINT AS lost FROM mark WHERE kind = ${markKinds.indexOf("gap")}
       AND reason IS DISTINCT FROM 'suspended' GROUP BY ALL ORDER BY lost DESC`,
  );
  const lost = rows.numbers("lost");
  return rows.texts("reason").map((reason, row) => ({ reason, lost: lost[row] ?? 0 }));
}

type Mark = CallResult<"timeline.marks">[number];

const toldBefore = `lag(instant) OVER (PARTITION BY mark.process, mark.reason, split_part(label, ' (', 1) ORDER BY mark.seq)`;

/**
 * A gap is told by the first record after it; the seqs just before are the lost ones, and before those is what was kept.
 * Where the program stood still nothing is lost. What a stage left out was left out since it told of that last.
 */
export async function marks(query: Query): Promise<CallResult<"timeline.marks">> {
  const rows = await query(
    `WITH near AS (
       SELECT process, seq, reason,
         seq - lost - unnest(range(1, ${seqsBeforeLoss + 1})) + if(reason = 'suspended', 1, 0) AS kept
       FROM mark WHERE kind = ${markKinds.indexOf("gap")} AND (lost > 0 OR reason = 'suspended') AND seq > lost
         AND reason IS DISTINCT FROM '${filteredReason}'),
     began AS (
       SELECT near.process, near.seq, near.reason, max(k.instant) AS since
       FROM near JOIN (${keptSources.join(" UNION ALL ")}) AS k(process, seq, instant)
         ON k.process = near.process AND k.seq = near.kept
       GROUP BY ALL)
     SELECT kind, mark.process, mark.seq, instant, label, lost, mark.reason,
       coalesce(since, if(mark.reason = '${filteredReason}', ${toldBefore}, NULL), instant) AS since
     FROM mark LEFT JOIN began ON began.process = mark.process AND began.seq = mark.seq
       AND began.reason IS NOT DISTINCT FROM mark.reason
     UNION ALL BY NAME SELECT * EXCLUDE (lost_writes) FROM (${evictedGaps})
     ORDER BY instant, process, seq LIMIT 20000`,
  );
  const [processes, instants] = [rows.numbers("process"), rows.bigints("instant")];
  const [labels, lost, since] = [rows.texts("label"), rows.numbers("lost"), rows.bigints("since")];
  const reasons = rows.optionalTexts("reason");
  const recorded = rows.numbers("kind").map((kind, row): Mark => ({
    kind: markKinds[kind] ?? "gap",
    process: processes[row] ?? 0,
    instant: instants[row] ?? 0n,
    label: labels[row] ?? "",
    lost: lost[row] ?? 0,
    reason: reasons[row],
    since: since[row] ?? 0n,
  }));
  const resized = await ringMarks(query);
  if (resized.length === 0) return recorded;
  return [...recorded, ...resized].sort((a, b) => (a.instant < b.instant ? -1 : a.instant > b.instant ? 1 : 0));
}
