import { describe, expect, it } from "vitest";
import { type Asker, nobody } from "../shared/base/asker.js";
import { CancelSource, Cancelled } from "../shared/base/cancel.js";
import type { Known, MessageBucket, MessageEdge, MessageReader } from "../shared/trace/message.js";
import { type Instant, instant, processId } from "../shared/trace/time.js";
import { MessageLog, type MessageLogSettings } from "./message-log.js";
import { type Cut, MessageOrder } from "./replay/cut.js";
import { type MadeHistory, makeHistory, shown } from "./replay/histories.test-support.js";

const bucketOf = ({ sent, received }: MessageEdge, bucketNs: bigint): MessageBucket => ({
  sender: sent.process,
  receiver: received.process,
  bucket: Number(received.instant / bucketNs),
  sentSeq: sent.seq,
  sentAt: sent.instant,
  backAt: sent.instant < received.instant ? undefined : sent.instant,
});

/** Messages that come to be known little by little, of which the oldest may go; and how many of them were read. */
class Growing implements MessageReader {
  count = 0;
  wasRead = 0;
  /** What both ends of are earlier is evicted. */
  keptSince: Instant | undefined;
  isAwaiting = true;
  /** Who asks does so after so many questions. */
  givesUp: { readonly source: CancelSource; after: number } | undefined;
  readonly askers: Asker[] = [];

  constructor(readonly messages: readonly MessageEdge[]) {}

  #asks(asker: Asker): void {
    this.askers.push(asker);
    if (this.givesUp !== undefined && this.givesUp.after-- === 0) {
      this.givesUp.source.abort();
      throw new Cancelled();
    }
  }

  #of({ after, last }: Known, asker: Asker): readonly MessageEdge[] {
    this.#asks(asker);
    const since = this.keptSince;
    return this.messages
      .slice(after, Math.min(last, this.count))
      .filter(({ sent, received }) => since === undefined || sent.instant >= since || received.instant >= since);
  }

  buckets(after: number, bucketNs: bigint, asker: Asker) {
    const last = Math.max(after, this.count);
    const entries = this.#of({ after, last }, asker).map((message) => bucketOf(message, bucketNs));
    return Promise.resolve({ buckets: entries.sort((a, b) => a.bucket - b.bucket), last });
  }

  read(known: Known, from: bigint, to: bigint, asker: Asker) {
    const within = ({ received }: MessageEdge): boolean => received.instant >= from && received.instant <= to;
    const found = this.#of(known, asker).filter(within);
    this.wasRead += found.length;
    return Promise.resolve(found);
  }

  earliest(asker: Asker) {
    const kept = this.#of({ after: 0, last: this.count }, asker).map(({ received }) => received.instant);
    return Promise.resolve(kept.length === 0 ? undefined : kept.reduce((least, one) => (one < least ? one : least)));
  }

  awaited(asker: Asker) {
    this.#asks(asker);
    return Promise.resolve(this.isAwaiting ? this.messages.slice(this.count).map(({ received }) => received) : []);
  }

  /** As the slow twin knows them. */
  async order(): Promise<MessageOrder> {
    const order = new MessageOrder();
    for (const message of this.messages.slice(0, this.count)) order.add(message);
    order.await(await this.awaited(nobody));
    return order;
  }

  log(settings: Partial<MessageLogSettings> = {}): MessageLog {
    const usual = { bucketNs: 3000n, mostEntries: 10_000, mostMessages: 10_000 };
    return new MessageLog({ messages: this, generation: () => this.count }, { ...usual, ...settings });
  }
}

const positions = (history: MadeHistory, cut: Cut): readonly number[] =>
  history.processes.map((_, index) => shown(history, cut, processId(index + 1)));

const settings: Readonly<Record<string, Partial<MessageLogSettings>>> = {
  "by buckets": {},
  "by long buckets": { bucketNs: 10_000_000n },
  "by buckets that grow": { bucketNs: 100n, mostEntries: 60 },
  "with little in memory": { mostMessages: 5 },
};

describe.each(Object.entries(settings))("cuts %s", (_name, how) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    "are those from all messages, while more and more are known (seed %i)",
    async (seed) => {
      const history = makeHistory(seed, seed % 3 === 0 ? { skewNs: 4000 } : {});
      const growing = new Growing(seed % 2 === 0 ? history.messages : history.shuffled(history.messages));
      const log = growing.log(how);
      for (; growing.count < growing.messages.length; growing.count += 1 + history.below(40)) {
        const all = await growing.order();
        for (const at of history.instants(5))
          expect(positions(history, await log.atInstant(at, nobody))).toEqual(positions(history, all.atInstant(at)));
        for (const record of history.points(5))
          expect(positions(history, await log.atRecord(record, nobody))).toEqual(
            positions(history, all.atRecord(record)),
          );
      }
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    "are those from all messages once they are saved, wherever one looks (seed %i)",
    async (seed) => {
      const history = makeHistory(seed);
      const growing = new Growing(history.messages);
      growing.count = history.messages.length;
      const log = growing.log(how);
      const all = await growing.order();
      for (const at of history.instants(100))
        expect(positions(history, await log.atInstant(at, nobody))).toEqual(positions(history, all.atInstant(at)));
      for (const record of history.points(100))
        expect(positions(history, await log.atRecord(record, nobody))).toEqual(
          positions(history, all.atRecord(record)),
        );
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    "are those from all messages wherever nothing of it was evicted (seed %i)",
    async (seed) => {
      const history = makeHistory(seed, { skewNs: 4000 });
      const growing = new Growing(history.messages);
      growing.isAwaiting = false;
      const log = growing.log(how);
      let compared = 0;
      for (; growing.count < growing.messages.length; growing.count += 1 + history.below(40)) {
        const newest = growing.messages.slice(Math.max(0, growing.count - 60), growing.count);
        const ends = newest.flatMap(({ sent, received }) => [sent.instant, received.instant]);
        growing.keptSince = ends.sort((x, y) => (x < y ? -1 : 1))[0];
        const all = await growing.order();
        for (const at of history.instants(20)) {
          const expected = all.atInstant(at);
          const reached = [...expected.moved.values()].map(({ movedNs = 0n }) => at + movedNs);
          const cut = await log.atInstant(at, nobody);
          if ([at, ...reached].some((one) => one < (growing.keptSince ?? 0n))) continue;
          expect(positions(history, cut)).toEqual(positions(history, expected));
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(5);
    },
  );
});

it("reads no message while clocks contradict none", async () => {
  const right = makeHistory(1, { skewNs: 0 });
  const untroubled = new Growing(right.messages);
  untroubled.count = right.messages.length;
  const log = untroubled.log();
  for (const at of right.instants(50)) await log.atInstant(at, nobody);
  for (const record of right.points(50)) await log.atRecord(record, nobody);
  expect(untroubled.wasRead).toBe(0);
});

it("reads a message once while looks fit into memory, and what came since while it grows", async () => {
  const history = makeHistory(3);
  const growing = new Growing(history.messages);
  const log = growing.log();
  const half = history.messages.length >> 1;
  for (growing.count = half; growing.count < history.messages.length; growing.count++)
    for (const at of history.instants(5)) await log.atInstant(at, nobody);
  expect(growing.wasRead).toBeGreaterThan(half / 2);
  expect(growing.wasRead).toBeLessThanOrEqual(history.messages.length);
});

it("keeps no more messages than it may: what there is no room for is read again", async () => {
  const history = makeHistory(3);
  const growing = new Growing(history.messages);
  growing.count = history.messages.length;
  const log = growing.log({ mostMessages: 5 });
  for (const at of history.instants(200)) await log.atInstant(at, nobody);
  expect(growing.wasRead).toBeGreaterThan(2 * history.messages.length);
});

it("knows no more than it may, also of a recording whose oldest goes", async () => {
  const history = makeHistory(5);
  const growing = new Growing(history.messages);
  const log = growing.log({ bucketNs: 10n, mostEntries: 100 });
  let most = 0;
  for (; growing.count < history.messages.length; growing.count += 3) {
    growing.keptSince = history.messages[growing.count - 50]?.received.instant;
    for (const at of history.instants(2)) await log.atInstant(at, nobody);
    most = Math.max(most, log.entries);
  }
  expect(most).toBeGreaterThan(50);
  expect(most).toBeLessThanOrEqual(100);
});

it("reads for who asks, no more once they gave up, and all the same for who asks next", async () => {
  const history = makeHistory(1);
  const growing = new Growing(history.messages);
  growing.count = history.messages.length;
  const log = growing.log();
  const [givenUp, other] = [new CancelSource(), { ...nobody }];
  const at = history.instants(1)[0] ?? 0n;
  const asked = log.atInstant(instant(at), { ...nobody, signal: givenUp });
  givenUp.abort();
  await expect(asked).rejects.toThrow(Cancelled);
  expect(growing.askers).toEqual([]);
  const all = await growing.order();
  growing.askers.length = 0;
  expect(positions(history, await log.atInstant(instant(at), other))).toEqual(
    positions(history, all.atInstant(instant(at))),
  );
  expect(growing.askers.length).toBeGreaterThan(1);
  expect(growing.askers.every((asker) => asker === other)).toBe(true);
});

it.each([1, 2, 3])("is not led astray by who gives up in the middle of it (seed %i)", async (seed) => {
  const history = makeHistory(seed);
  const growing = new Growing(history.shuffled(history.messages));
  const log = growing.log();
  let givenUp = 0;
  for (; growing.count < growing.messages.length; growing.count += 1 + history.below(40)) {
    const all = await growing.order();
    for (const at of history.instants(5)) {
      const source = new CancelSource();
      growing.givesUp = { source, after: history.below(4) };
      await log.atInstant(at, { ...nobody, signal: source }).catch(() => givenUp++);
      growing.givesUp = undefined;
      expect(positions(history, await log.atInstant(at, nobody))).toEqual(positions(history, all.atInstant(at)));
    }
  }
  expect(givenUp).toBeGreaterThan(5);
});
