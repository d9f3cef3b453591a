// Processes that send each other messages, as a seed makes them: what really happened, in one real order, and what the
// processes' own clocks said, which are set wrong, run at wrong speeds, stand still and jump ahead.
import { randomFrom } from "../../shared/base/random.test-support.js";
import type { MessageEdge, MessagePoint } from "../../shared/trace/message.js";
import { type Instant, type ProcessId, instant, processId, seq } from "../../shared/trace/time.js";
import type { Cut } from "./cut.js";

export interface MadeHistory {
  /** The records of each process in their order; the first has number 1. */
  readonly processes: readonly (readonly MessagePoint[])[];
  /** In the real order of their receipt. */
  readonly messages: readonly MessageEdge[];
  /** Of either end of a message: the hybrid logical clock of its process then, in microseconds. */
  hybridUs(end: MessagePoint): number;
  below(limit: number): number;
  shuffled<Item>(items: readonly Item[]): Item[];
  /** Of records, and others between, before and after all. */
  instants(count: number): Instant[];
  points(count: number): MessagePoint[];
}

interface Clock {
  read(realNs: number): bigint;
}

export function makeHistory(seed: number, { skewNs = 40_000 } = {}): MadeHistory {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const count = 2 + below(6);
  const clocks = Array.from({ length: count }, () => clockOf(below, skewNs));
  const processes: MessagePoint[][] = Array.from({ length: count }, () => []);
  const messages: MessageEdge[] = [];
  const underWay: { readonly sent: MessagePoint; readonly to: number; readonly arrivesNs: number }[] = [];
  let nowNs = 1_000_000;

  const record = (process: number): MessagePoint => {
    const records = processes[process] ?? [];
    const at = clocks[process]?.read(nowNs) ?? 0n;
    const made = { process: processId(process + 1), seq: seq(records.length + 1), instant: instant(at) };
    records.push(made);
    return made;
  };
  for (let left = 600; left > 0; left--) {
    nowNs += 1 + below(100) * below(20);
    const arrived = underWay.findIndex(({ arrivesNs }) => arrivesNs <= nowNs);
    const [message] = arrived < 0 ? [] : underWay.splice(arrived, 1);
    if (message !== undefined) messages.push({ sent: message.sent, received: record(message.to) });
    const [from, to] = [below(count), below(count)];
    const sent = record(from);
    if (from !== to && random() < 0.4)
      underWay.push({ sent, to, arrivesNs: nowNs + 1 + below(10) * below(random() < 0.1 ? 5000 : 100) });
  }
  const hybrids = hybridClocks(processes, messages);
  const all = processes.flat();
  const pick = (): MessagePoint =>
    all[below(all.length)] ?? { process: processId(1), seq: seq(0), instant: instant(0n) };
  return {
    processes,
    messages,
    hybridUs: (end) => hybrids.get(end) ?? 0,
    below,
    shuffled: (items) =>
      items
        .map((item) => ({ item, place: random() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ item }) => item),
    instants: (wanted) => Array.from({ length: wanted }, () => instant(pick().instant + BigInt(below(3) - 1))),
    points: (wanted) => Array.from({ length: wanted }, pick),
  };
}

/** Never goes back, as no monotonic clock does. */
function clockOf(below: (limit: number) => number, skewNs: number): Clock {
  if (skewNs === 0) return { read: (realNs) => BigInt(realNs) };
  let offsetNs = below(2 * skewNs) - skewNs;
  const speed = 1 + (below(2001) - 1000) / 5000;
  let last = -(2n ** 62n);
  return {
    read(realNs) {
      if (below(100) === 0) offsetNs += below(skewNs);
      if (below(100) === 0) offsetNs -= below(skewNs);
      // Several records may be made at one reading, and a clock that was set back stands still for as long.
      const told = BigInt(Math.floor((realNs * speed + offsetNs) / 50) * 50);
      last = told > last ? told : last;
      return last;
    },
  };
}

/** Each process goes on as soon as what it receives next was sent. */
function hybridClocks(
  processes: readonly (readonly MessagePoint[])[],
  messages: readonly MessageEdge[],
): ReadonlyMap<MessagePoint, number> {
  const clocks = new Map<MessagePoint, number>();
  const senders = new Map(messages.map(({ sent, received }) => [received, sent]));
  const left = processes.map((records) => ({ records: [...records], us: 0 }));
  for (let hasMore = true; hasMore;) {
    hasMore = false;
    for (const process of left) {
      const [next] = process.records;
      const sender = next === undefined ? undefined : senders.get(next);
      const heard = sender === undefined ? 0 : clocks.get(sender);
      if (next === undefined || heard === undefined) continue;
      hasMore = true;
      process.records.shift();
      process.us = Math.max(Math.floor(Number(next.instant) / 1000), process.us + 1, heard + 1);
      clocks.set(next, process.us);
    }
  }
  return clocks;
}

/** How many records of a process a cut shows. */
export function shown({ processes }: MadeHistory, cut: Cut, process: ProcessId): number {
  return (processes[process - 1] ?? []).filter((record) => cut.has(record)).length;
}

/** Every message is looked at again until nothing changes. */
export function naiveCut({ processes }: MadeHistory, messages: readonly MessageEdge[], at: Instant): number[] {
  const cut = processes.map((records) => records.filter((record) => record.instant <= at).length);
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const { sent, received } of messages) {
      if (received.seq > (cut[received.process - 1] ?? 0) || sent.seq <= (cut[sent.process - 1] ?? 0)) continue;
      cut[received.process - 1] = received.seq - 1;
      hasChanged = true;
    }
  }
  return cut;
}
