// Messages between processes as the cut reads them.
import type { Contradiction, MessageEdge, MessagePoint, MessageReader } from "../../shared/trace/message.js";
import { type MessageRecord, messageEnds, messageParts } from "../../shared/protocol/message-records.js";
import { type Instant, instant, processId, seq } from "../../shared/trace/time.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";

const received = messageEnds.indexOf("received");

/** Nothing is waited for that was received so long ago, by its receiver's clock: its sending is lost, or was not recorded. */
const awaitedForNs = 2_000_000_000n;

/** Ends of messages; those of one come soon after each other, as a rule. */
const latestLookedAt = 50_000;

/** As `originOf` reads the id of a run. */
const origin = `coalesce(nullif(try_cast('0x' || left(p.run_id, 8) AS UINTEGER), 0), 1)`;

/**
 * Receipts whose channel is known to have its other end in a recorded process: what that sent names it, or it said
 * something else over the channel, or the request was received there whose response this is.
 */
const awaitedSql = `
  WITH latest AS (SELECT * FROM message_end WHERE rowid > $1),
    -- Thousands of ends may be of one channel: what is asked of them is one row each.
    told AS (SELECT part, channel, max(up_to) AS up_to FROM latest WHERE side <> ${received} GROUP BY part, channel),
    shared AS (SELECT channel FROM latest GROUP BY channel HAVING min(process) <> max(process)),
    late AS (
      SELECT r.* FROM latest AS r JOIN process AS p ON p.process = r.process
      WHERE r.side = ${received} AND r.instant >= p.last_seen - ${awaitedForNs}),
    missing AS (
      SELECT * FROM late AS r
      WHERE NOT EXISTS (SELECT 1 FROM told AS s WHERE s.part = r.part AND s.channel = r.channel AND s.up_to >= r.up_to)
        AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.receiver = r.process AND m.received_seq = r.seq))
  SELECT r.process, r.seq, r.instant FROM missing AS r
  WHERE EXISTS (SELECT 1 FROM process AS p WHERE p.process <> r.process AND r.origin = ${origin})
    OR r.channel IN (SELECT channel FROM shared)`;

/** What overlaps is one stretch. */
const contradictionsSql = `
  WITH backward AS (
      SELECT received_instant AS since, sent_instant AS until FROM message
      WHERE id > $1 AND id <= $2 AND sent_instant >= received_instant),
    begun AS (
      SELECT *, since > coalesce(max(until) OVER (ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
        since - 1) AS is_apart FROM backward),
    numbered AS (
      SELECT *, sum(is_apart::INTEGER) OVER (ORDER BY since, until ROWS UNBOUNDED PRECEDING) AS stretch FROM begun)
  SELECT min(since) AS since, max(until) AS until, max(until - since) AS most FROM numbered GROUP BY stretch ORDER BY since`;

export class StoredMessages implements MessageReader {
  /** `isLive`: whether anything may still come. */
  constructor(
    readonly query: Query,
    readonly isLive: () => boolean,
  ) {}

  async contradictions(
    known: number,
  ): Promise<{ readonly stretches: readonly Contradiction[]; readonly last: number }> {
    const newest = await this.query(`SELECT coalesce(max(id), $1) AS last FROM message WHERE id > $1`, [BigInt(known)]);
    const last = newest.numbers("last")[0] ?? known;
    const rows = await this.query(contradictionsSql, [BigInt(known), BigInt(last)]);
    const [ends, most] = [rows.bigints("until"), rows.bigints("most")];
    const stretches = rows
      .bigints("since")
      .map((since, row) => ({ from: instant(since), to: instant(ends[row] ?? since), mostNs: most[row] ?? 0n }));
    return { stretches, last };
  }

  async read(from: Instant, to: Instant): Promise<readonly MessageEdge[]> {
    const rows = await this.query(
      `SELECT sender, sent_seq, sent_instant, receiver, received_seq, received_instant FROM message
       WHERE received_instant BETWEEN $1 AND $2 ORDER BY id`,
      [from, to],
    );
    const [sent, received] = [pointsFrom(rows, "sender", "sent"), pointsFrom(rows, "receiver", "received")];
    return sent.map((point, row) => ({ sent: point, received: received[row] ?? point }));
  }

  async awaited(): Promise<readonly MessagePoint[]> {
    if (!this.isLive()) return [];
    const newest = (await this.query(`SELECT max(rowid) AS newest FROM message_end`)).optionalNumbers("newest")[0] ?? 0;
    return pointsFrom(await this.query(awaitedSql, [BigInt(newest - latestLookedAt)]), "process", "");
  }
}

function pointsFrom(rows: Rows, process: string, end: string): MessagePoint[] {
  const column = (name: string): string => (end === "" ? name : `${end}_${name}`);
  const [seqs, instants] = [rows.numbers(column("seq")), rows.bigints(column("instant"))];
  return rows.numbers(process).map((number, row) => ({
    process: processId(number),
    seq: seq(seqs[row] ?? 0),
    instant: instant(instants[row] ?? 0n),
  }));
}

export interface StoredEnd {
  readonly point: MessagePoint;
  readonly facts: Omit<MessageRecord, "kind" | "channel" | "hybridUs"> & { readonly channel: bigint };
}

/** The latest ends, in the order in which they were told. */
export async function latestEnds(query: Query, limit: number): Promise<readonly StoredEnd[]> {
  const rows = await query(
    `SELECT * FROM (SELECT *, rowid AS place FROM message_end ORDER BY rowid DESC LIMIT $1) ORDER BY place`,
    [limit],
  );
  const [sides, parts, channels] = [rows.numbers("side"), rows.numbers("part"), rows.bigints("channel")];
  const [upTo, origins, stamps] = [rows.numbers("up_to"), rows.numbers("origin"), rows.numbers("origin_us")];
  return pointsFrom(rows, "process", "").map((point, row) => ({
    point,
    facts: {
      end: messageEnds[sides[row] ?? 0] ?? "sent",
      part: messageParts[parts[row] ?? 0] ?? "request",
      channel: channels[row] ?? 0n,
      upTo: upTo[row] ?? 0,
      origin: origins[row] ?? 0,
      originUs: stamps[row] ?? 0,
    },
  }));
}
