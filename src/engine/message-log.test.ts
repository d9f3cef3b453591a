import { describe, expect, it } from "vitest";
import type { Contradiction, MessageEdge, MessageReader } from "../shared/trace/message.js";
import { instant, processId } from "../shared/trace/time.js";
import { MessageLog } from "./message-log.js";
import { type Cut, MessageOrder } from "./replay/cut.js";
import { type MadeHistory, makeHistory, shown } from "./replay/histories.test-support.js";
import { mergedStretches, stretchAt } from "./replay/stretches.js";

const contradictionOf = ({ sent, received }: MessageEdge): readonly Contradiction[] =>
  sent.instant < received.instant
    ? []
    : [{ from: received.instant, to: sent.instant, mostNs: sent.instant - received.instant }];

/** Messages that come to be known little by little, and how many of them were read. */
class Growing implements MessageReader {
  count = 0;
  wasRead = 0;

  constructor(readonly messages: readonly MessageEdge[]) {}

  contradictions(known: number) {
    const stretches = this.messages.slice(known, this.count).flatMap(contradictionOf);
    return Promise.resolve({ stretches: mergedStretches([], stretches), last: this.count });
  }

  read(from: bigint, to: bigint) {
    const within = ({ received }: MessageEdge): boolean => received.instant >= from && received.instant <= to;
    const found = this.messages.slice(0, this.count).filter(within);
    this.wasRead += found.length;
    return Promise.resolve(found);
  }

  awaited() {
    return Promise.resolve(this.messages.slice(this.count).map(({ received }) => received));
  }

  log(history: MadeHistory): MessageLog {
    const processes = history.processes.map((_, index) => ({ process: index + 1 }));
    const facts = { state: "saved", start: instant(0n), end: instant(0n), scopes: [], processes } as const;
    return new MessageLog({ messages: this, generation: () => this.count, facts: () => facts as never }, 0n);
  }
}

const positions = (history: MadeHistory, cut: Cut): readonly number[] =>
  history.processes.map((_, index) => shown(history, cut, processId(index + 1)));

describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("cuts from what was read (seed %i)", (seed) => {
  it("are those from all messages, while more and more are known", async () => {
    const history = makeHistory(seed);
    const growing = new Growing(history.shuffled(history.messages));
    const log = growing.log(history);
    for (; growing.count < growing.messages.length; growing.count += 1 + history.below(40)) {
      const all = new MessageOrder();
      for (const message of growing.messages.slice(0, growing.count)) all.add(message);
      all.await(await growing.awaited());
      for (const at of history.instants(5))
        expect(positions(history, await log.atInstant(at))).toEqual(positions(history, all.atInstant(at)));
      for (const record of history.points(5))
        expect(positions(history, await log.atRecord(record))).toEqual(positions(history, all.atRecord(record)));
    }
  });
});

it("reads no message while clocks contradict none, and few otherwise", async () => {
  const right = makeHistory(1, { skewNs: 0 });
  const untroubled = new Growing(right.messages);
  untroubled.count = right.messages.length;
  const log = untroubled.log(right);
  for (const at of right.instants(50)) await log.atInstant(at);
  expect(untroubled.wasRead).toBe(0);
});

describe("stretches of time", () => {
  const text = (stretches: readonly Contradiction[]): string =>
    stretches.map(({ from, to, mostNs }) => `${from}-${to}:${mostNs}`).join(" ");
  const stretch = (from: number, to: number): Contradiction => ({
    from: instant(BigInt(from)),
    to: instant(BigInt(to)),
    mostNs: BigInt(to - from),
  });

  it("are one where they touch", () => {
    const merged = mergedStretches(
      [stretch(10, 20), stretch(50, 60)],
      [stretch(20, 30), stretch(5, 7), stretch(55, 56)],
    );
    expect(text(merged)).toBe("5-7:2 10-30:10 50-60:10");
  });

  it("are found by an instant", () => {
    const stretches = [stretch(5, 7), stretch(10, 30), stretch(50, 50)];
    const found = [4, 5, 7, 8, 10, 30, 31, 50, 51].map((at) => stretchAt(stretches, instant(BigInt(at)))?.from);
    expect(found).toEqual([undefined, 5n, 5n, undefined, 10n, 10n, undefined, 50n, undefined]);
  });
});
