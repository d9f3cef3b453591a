// Messages between processes as the cut reads them.
import type { Asker } from "../../shared/base/asker.js";
import type { Known, MessageBucket, MessageEdge, MessagePoint, MessageReader } from "../../shared/trace/message.js";
import { type MessageRecord, messageEnds, messageParts } from "../../shared/protocol/message-records.js";
import { type Instant, instant, processId, seq } from "../../shared/trace/time.js";
import { AwaitedReceipts, latestLookedAt } from "./awaited-receipts.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";

/** Nothing is waited for that was received so long ago, by its receiver's clock: its sending is lost, or was not recorded. */
const awaitedForNs = 2_000_000_000n;

/** As `originOf` reads the id of a run. */
const origin = `coalesce(nullif(try_cast('0x' || left(p.run_id, 8) AS UINTEGER), 0), 1)`;

const endsSql = `SELECT rowid AS place, process, seq, instant, side, part, channel, up_to, origin FROM message_end
  WHERE rowid >= $1 ORDER BY rowid`;

const processesSql = `SELECT process, last_seen, ${origin} AS origin FROM process AS p`;

const bucketsSql = `
  SELECT max(id) AS last, sender, receiver, received_instant // $2 AS bucket, max(sent_seq) AS sent_seq, max(sent_instant) AS sent_at,
    max(sent_instant) FILTER (WHERE sent_instant >= received_instant) AS back_at
  FROM message WHERE id > $1 GROUP BY ALL ORDER BY bucket`;

export class StoredMessages implements MessageReader {
  #ends = new AwaitedReceipts();
  /** The last that was taken in. */
  #lastEnd:
    { readonly place: number; readonly process: number | undefined; readonly seq: number | undefined } | undefined;

  /** `isLive`: whether anything may still come. */
  constructor(
    readonly query: Query,
    readonly isLive: () => boolean,
  ) {}

  async buckets(after: number, bucketNs: bigint, asker: Asker): Promise<{ buckets: MessageBucket[]; last: number }> {
    const rows = await this.query(bucketsSql, [BigInt(after), bucketNs], asker);
    const [receivers, buckets, seqs] = [rows.numbers("receiver"), rows.numbers("bucket"), rows.numbers("sent_seq")];
    const [sentAt, backAt] = [rows.bigints("sent_at"), rows.optionalBigints("back_at")];
    const found = rows.numbers("sender").map((sender, row) => ({
      sender: processId(sender),
      receiver: processId(receivers[row] ?? 0),
      bucket: buckets[row] ?? 0,
      sentSeq: seqs[row] ?? 0,
      sentAt: sentAt[row] ?? 0n,
      backAt: backAt[row],
    }));
    return { buckets: found, last: rows.numbers("last").reduce((most, one) => Math.max(most, one), after) };
  }

  async read({ after, last }: Known, from: Instant, to: Instant, asker: Asker): Promise<readonly MessageEdge[]> {
    const rows = await this.query(
      `SELECT sender, sent_seq, sent_instant, receiver, received_seq, received_instant FROM message
       WHERE id > $1 AND id <= $2 AND received_instant BETWEEN $3 AND $4`,
      [BigInt(after), BigInt(last), from, to],
      asker,
    );
    const [sent, received] = [pointsFrom(rows, "sender", "sent"), pointsFrom(rows, "receiver", "received")];
    return sent.map((point, row) => ({ sent: point, received: received[row] ?? point }));
  }

  async earliest(asker: Asker): Promise<Instant | undefined> {
    const rows = await this.query(`SELECT min(received_instant) AS earliest FROM message`, [], asker);
    const [earliest] = rows.optionalBigints("earliest");
    return earliest === undefined ? undefined : instant(earliest);
  }

  /**
   * Those whose channel is known to have its other end in a recorded process: what that sent names it, or it said something
   * else over the channel, or the request was received there whose response this is.
   */
  async awaited(asker: Asker): Promise<readonly MessagePoint[]> {
    if (!this.isLive()) return [];
    const processes = await this.query(processesSql, [], asker);
    await this.#takeInEnds(asker);
    const [numbers, lastSeen] = [processes.numbers("process"), processes.bigints("last_seen")];
    const seenLast = new Map(numbers.map((process, row) => [process, lastSeen[row] ?? 0n]));
    const origins = processes.numbers("origin");
    const isLate = ({ process, instant: at }: MessagePoint): boolean =>
      at < (seenLast.get(process) ?? at) - awaitedForNs;
    const awaited = this.#ends
      .untold(isLate)
      .filter(
        ({ point, origin: sender, isShared }) =>
          isShared || numbers.some((process, row) => process !== point.process && origins[row] === sender),
      )
      .map(({ point }) => point);
    return this.#unsettled(awaited, asker);
  }

  /** Who gives up leaves everything as it was. Where what was evicted has moved the places of what is left, it begins anew. */
  async #takeInEnds(asker: Asker): Promise<void> {
    const known = this.#lastEnd;
    const rows = known && (await this.query(endsSql, [BigInt(known.place)], asker));
    const isStill = rows?.numbers("seq")[0] === known?.seq && rows?.numbers("process")[0] === known?.process;
    if (rows !== undefined && isStill) return this.#takeIn(rows, 1);
    const newest = await this.query(`SELECT max(rowid) AS newest FROM message_end`, [], asker);
    const from = (newest.optionalNumbers("newest")[0] ?? -1) - latestLookedAt + 1;
    const latest = await this.query(endsSql, [BigInt(from)], asker);
    this.#ends = new AwaitedReceipts();
    this.#takeIn(latest, 0);
  }

  #takeIn(rows: Rows, from: number): void {
    this.#ends.add(rows, from);
    const last = rows.length - 1;
    const [place, process, number] = ["place", "process", "seq"].map((name) => rows.numbers(name)[last]);
    this.#lastEnd = place === undefined ? undefined : { place, process, seq: number };
  }

  /** What is lost was taken for sent with something else. */
  async #unsettled(receipts: readonly MessagePoint[], asker: Asker): Promise<readonly MessagePoint[]> {
    if (receipts.length === 0) return receipts;
    const seqs = receipts.map(({ seq: number }) => number).join(",");
    const rows = await this.query(
      `SELECT receiver, received_seq FROM message WHERE received_seq IN (SELECT unnest(string_split($1, ','))::BIGINT)`,
      [seqs],
      asker,
    );
    const receivedSeqs = rows.numbers("received_seq");
    const settled = new Set(rows.numbers("receiver").map((process, row) => `${process} ${receivedSeqs[row] ?? 0}`));
    return receipts.filter(({ process, seq: number }) => !settled.has(`${process} ${number}`));
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
