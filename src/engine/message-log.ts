// The order between the processes of one recording, kept up to date while it is recorded. Of all messages it is known by
// buckets of time up to where they were sent, which tells where a cut may differ from the instant asked for; the messages
// themselves are read of the few buckets that decide it, and stay in memory for the next look.
import type { Asker } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import type { MessageBucket, MessagePoint, MessageReader } from "../shared/trace/message.js";
import { type Instant, instant } from "../shared/trace/time.js";
import { MessagePieces } from "./message-pieces.js";
import type { RecordingAccess } from "./recording-access.js";
import { type Cut, MessageOrder } from "./replay/cut.js";
import { WayIndex } from "./replay/way-index.js";

export interface MessageLogSettings {
  /** At first. */
  readonly bucketNs: bigint;
  /** Of all pairs of processes; beyond that buckets are made longer. Each takes some sixty bytes. */
  readonly mostEntries: number;
  readonly mostMessages: number | undefined;
}

const usualSettings: MessageLogSettings = {
  bucketNs: 100_000_000n,
  mostEntries: 400_000,
  mostMessages: undefined,
};

export class MessageLog {
  readonly #access: Pick<RecordingAccess, "messages" | "generation">;
  readonly #settings: MessageLogSettings;
  readonly #pieces: MessagePieces;
  readonly #ways = new Map<string, WayIndex>();
  readonly #order = new MessageOrder();
  #awaited: readonly MessagePoint[] = [];
  /** The number of the last message that was looked at. */
  #known = 0;
  #generation: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(access: Pick<RecordingAccess, "messages" | "generation">, settings = usualSettings) {
    this.#access = access;
    this.#settings = settings;
    this.#pieces = new MessagePieces(settings.bucketNs, settings.mostMessages);
  }

  /** Of all ways together. */
  get entries(): number {
    let entries = 0;
    for (const { count } of this.#ways.values()) entries += count;
    return entries;
  }

  atInstant(at: Instant, asker: Asker): Promise<Cut> {
    return this.#look(asker, () => this.#order.atInstant(at));
  }

  atRecord(point: MessagePoint, asker: Asker): Promise<Cut> {
    return this.#look(asker, () => {
      // Nothing moves another process but what clocks contradict, or what is not known yet.
      const isPlain = this.#awaited.length === 0 && !this.#contradicts(point.instant);
      return (isPlain ? new MessageOrder() : this.#order).atRecord(point);
    });
  }

  #contradicts(at: Instant): boolean {
    for (const way of this.#ways.values()) if (way.contradicts(at)) return true;
    return false;
  }

  /** One after the other, or messages would be read twice. Looks again for as long as something it asked is not read yet. */
  #look(asker: Asker, look: () => Cut): Promise<Cut> {
    const cut = this.#turn.then(async () => {
      throwIfCancelled(asker.signal);
      const { messages } = this.#access;
      if (messages === undefined) return look();
      await this.#readOn(messages, asker);
      this.#pieces.takeMissing();
      for (;;) {
        const found = look();
        const missing = this.#pieces.takeMissing();
        if (missing.length === 0) {
          this.#pieces.forgetMost();
          return found;
        }
        await this.#readPieces(messages, missing, asker);
      }
    });
    this.#turn = cut.catch(() => undefined); // who asked hears of it
    return cut;
  }

  async #readPieces(messages: MessageReader, missing: readonly number[], asker: Asker): Promise<void> {
    const known = { after: 0, last: this.#known };
    const found = await Promise.all(
      stretchesOf(missing).map(([first, last]) => messages.read(known, ...this.#timeOf(first, last), asker)),
    );
    this.#pieces.put(missing, found.flat());
  }

  /** From the beginning of a bucket to the end of another. */
  #timeOf(first: number, last: number): [Instant, Instant] {
    const { bucketNs } = this.#pieces;
    return [instant(BigInt(first) * bucketNs), instant(BigInt(last + 1) * bucketNs - 1n)];
  }

  async #readOn(messages: MessageReader, asker: Asker): Promise<void> {
    const generation = this.#access.generation();
    if (generation === this.#generation) return;
    // First, or a receipt might be neither awaited any more nor be known to be of a message yet.
    const awaited = await messages.awaited(asker);
    await this.#takeIn(messages, asker);
    this.#awaited = awaited;
    this.#order.await(awaited);
    this.#generation = generation;
  }

  /** All is read before any of it is taken in: who gives up leaves everything as it was. */
  async #takeIn(messages: MessageReader, asker: Asker): Promise<void> {
    const after = this.#known;
    const { buckets, last } = await messages.buckets(after, this.#pieces.bucketNs, asker);
    const inMemory = buckets.map(({ bucket }) => bucket).filter((bucket) => this.#pieces.has(bucket));
    const [first, end] = [inMemory[0], inMemory.at(-1)];
    const fresh =
      first === undefined || end === undefined
        ? []
        : await messages.read({ after, last }, ...this.#timeOf(first, end), asker);
    for (const one of buckets) this.#wayOf(one).add(one);
    this.#pieces.add(fresh);
    this.#known = last;
    if (this.entries > this.#settings.mostEntries) await this.#makeRoom(messages, asker);
  }

  #wayOf({ sender, receiver }: MessageBucket): WayIndex {
    const name = `${sender} ${receiver}`;
    const known = this.#ways.get(name);
    if (known !== undefined) return known;
    const way = new WayIndex(sender, receiver, this.#pieces);
    this.#ways.set(name, way);
    this.#order.include(way);
    return way;
  }

  /** What was evicted goes first; then of each bucket less is known. */
  async #makeRoom(messages: MessageReader, asker: Asker): Promise<void> {
    const earliest = (await messages.earliest(asker)) ?? instant(0n);
    for (const way of this.#ways.values()) way.forgetBefore(Number(earliest / this.#pieces.bucketNs));
    while (this.entries > this.#settings.mostEntries / 2 && this.entries > this.#ways.size) {
      this.#pieces.double();
      for (const way of this.#ways.values()) way.halve();
    }
  }
}

/** Of those that follow each other, the first and the last. */
function stretchesOf(buckets: readonly number[]): readonly (readonly [number, number])[] {
  const stretches: [number, number][] = [];
  for (const bucket of buckets) {
    const last = stretches.at(-1);
    if (last !== undefined && last[1] === bucket - 1) last[1] = bucket;
    else stretches.push([bucket, bucket]);
  }
  return stretches;
}
