import { describe, expect, it } from "vitest";
import type { MessageEdge, MessagePoint } from "../../shared/trace/message.js";
import { type Instant, type ProcessId, instant, processId, seq } from "../../shared/trace/time.js";
import { type Cut, MessageOrder } from "./cut.js";
import { type MadeHistory, makeHistory, naiveCut, shown } from "./histories.test-support.js";

/** `a3@10`: record 3 of process a, made when its clock said 10. */
function point(text: string): MessagePoint {
  const [, process = "", number, at] = /^([a-z])(\d+)@(\d+)$/.exec(text) ?? [];
  return {
    process: processId(process.charCodeAt(0) - 96),
    seq: seq(Number(number)),
    instant: instant(BigInt(at ?? 0)),
  };
}

function orderOf(...messages: readonly string[]): MessageOrder {
  const order = new MessageOrder();
  for (const message of messages) {
    const [sent = "", received = ""] = message.split(" > ");
    order.add({ sent: point(sent), received: point(received) });
  }
  return order;
}

function textOf(cut: Cut): string {
  const parts = [...cut.moved].map(([process, { upTo, movedNs }]) => {
    const name = String.fromCharCode(96 + process);
    return `${name} ${"seq" in upTo ? upTo.seq : `@${upTo.instant}`}${movedNs === 0n ? "" : ` (${movedNs})`}`;
  });
  return parts.sort().join(", ");
}

describe("the consistent cut at an instant", () => {
  it("is that instant everywhere while clocks contradict no message", () => {
    const order = orderOf("a1@10 > b1@20", "b2@21 > a2@30");
    for (const at of [5n, 10n, 20n, 25n, 40n]) expect(textOf(order.atInstant(instant(at)))).toBe("");
  });

  it("hides what was received while the sender's clock says it is not sent yet, and what came after that", () => {
    const order = orderOf("a1@100 > b5@20");
    expect(textOf(order.atInstant(instant(19n)))).toBe("");
    expect(textOf(order.atInstant(instant(20n)))).toBe("b 4");
    expect(textOf(order.atInstant(instant(99n)))).toBe("b 4 (-79)");
    expect(textOf(order.atInstant(instant(100n)))).toBe("");
  });

  it("hides what was caused by what is hidden, in further processes and back in the first", () => {
    const order = orderOf("a1@100 > b5@20", "b6@21 > c2@22", "c3@23 > a9@300", "b4@19 > c1@20");
    expect(textOf(order.atInstant(instant(50n)))).toBe("b 4 (-30), c 1 (-28)");
  });

  it("tells equal instants apart by the records' order", () => {
    const order = orderOf("a2@20 > b2@10", "b1@10 > a1@10");
    expect(textOf(order.atInstant(instant(10n)))).toBe("b 1");
  });

  it("hides what was received from records that are still on their way", () => {
    const order = orderOf("b6@30 > c3@31");
    order.await([point("b5@20")]);
    expect(textOf(order.atInstant(instant(19n)))).toBe("");
    expect(textOf(order.atInstant(instant(40n)))).toBe("b 4 (-20), c 2 (-9)");
    order.await([]);
    expect(textOf(order.atInstant(instant(40n)))).toBe("");
  });
});

describe("the consistent cut after a record", () => {
  it("shows what caused the record, however late that was by its own clock", () => {
    const order = orderOf("c2@500 > a1@90", "a4@100 > b5@20");
    expect(textOf(order.atRecord(point("b7@22")))).toBe("a 4 (78), b 7, c 2 (478)");
  });

  it("hides what later records of the process caused, however early that was by the others' clocks", () => {
    const order = orderOf("b8@23 > a1@3", "a2@4 > c7@5");
    expect(textOf(order.atRecord(point("b7@22")))).toBe("a 0 (-19), b 7, c 6 (-17)");
  });

  it("keeps in other processes what the record's own causes and earlier effects are", () => {
    const order = orderOf("a4@100 > b5@20", "b6@21 > c3@21");
    expect(textOf(order.atRecord(point("b7@22")))).toBe("a 4 (78), b 7");
  });
});

describe("messages that cannot have been", () => {
  it("end nothing and move no record that is asked for", () => {
    const order = orderOf("a5@50 > b1@10", "b2@20 > a3@30", "a9@90 > c1@5", "c2@6 > a1@7");
    expect(textOf(order.atInstant(instant(40n)))).toBe("a 0 (-33), b 0 (-30), c 0 (-35)");
    expect(textOf(order.atRecord(point("a4@40")))).toContain("a 4");
  });
});

const compared = (history: MadeHistory, cut: Cut): readonly number[] =>
  history.processes.map((_, index) => shown(history, cut, processId(index + 1)));

/** Only what was sent and received counts; no clock is asked. */
function effectsWithoutCause(messages: readonly MessageEdge[], cut: Cut, history: MadeHistory): readonly MessageEdge[] {
  const reached = new Map(history.processes.map((_, index) => [processId(index + 1), 0]));
  for (const process of reached.keys()) reached.set(process, shown(history, cut, process));
  const has = ({ process, seq: position }: MessagePoint): boolean => position <= (reached.get(process) ?? 0);
  return messages.filter(({ sent, received }) => has(received) && !has(sent));
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])("cuts of random processes (seed %i)", (seed) => {
  const history = makeHistory(seed);
  const { messages } = history;
  const order = new MessageOrder();
  for (const message of history.shuffled(messages)) order.add(message);
  const instants = history.instants(150);

  it("show no effect without its cause", () => {
    for (const at of instants) expect(effectsWithoutCause(messages, order.atInstant(at), history)).toEqual([]);
    for (const record of history.points(150))
      expect(effectsWithoutCause(messages, order.atRecord(record), history)).toEqual([]);
  });

  it("are at an instant what trying again and again finds: the largest", () => {
    for (const at of instants) expect(compared(history, order.atInstant(at))).toEqual(naiveCut(history, messages, at));
  });

  it("never go back while the instant goes on", () => {
    let before: readonly number[] = history.processes.map(() => 0);
    for (const at of instants.toSorted((a, b) => (a < b ? -1 : 1))) {
      const cut = compared(history, order.atInstant(at));
      expect(cut.every((position, index) => position >= (before[index] ?? 0))).toBe(true);
      before = cut;
    }
  });

  it("stand after a record exactly there, and no message known meanwhile moves it", () => {
    for (const record of history.points(100))
      expect(shown(history, order.atRecord(record), record.process)).toBe(record.seq);
  });

  it("stand there also while it is not known what its process received", () => {
    const late = new MessageOrder();
    for (const message of messages) if (history.below(2) === 0) late.add(message);
    late.await(messages.map(({ received }) => received));
    for (const record of history.points(50))
      expect(shown(history, late.atRecord(record), record.process)).toBe(record.seq);
  });

  it("stay consistent while messages become known late: a receipt waits for its sending", () => {
    const late = new MessageOrder();
    const arrived = new Set<MessageEdge>();
    for (const message of history.shuffled(messages)) {
      late.add(message);
      arrived.add(message);
      if (history.below(20) > 0) continue;
      const awaited = messages.filter((one) => !arrived.has(one)).map(({ received }) => received);
      late.await(awaited);
      const at: Instant = history.instants(1)[0] ?? instant(0n);
      expect(effectsWithoutCause(messages, late.atInstant(at), history)).toEqual([]);
    }
  });
});

it("is the naive one wherever no message contradicts it", () => {
  for (let seed = 100; seed < 130; seed++) {
    const history = makeHistory(seed, { skewNs: 0 });
    const order = new MessageOrder();
    for (const message of history.messages) order.add(message);
    const moved = history.instants(50).flatMap((at): readonly ProcessId[] => [...order.atInstant(at).moved.keys()]);
    expect(moved).toEqual([]);
  }
});
