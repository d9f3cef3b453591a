// Programs that send each other messages, by clocks that are wrong, told to a real engine over sockets in batches that come
// in any order: whatever instant is asked for, before everything has come and afterwards, no value is shown that was written
// after a message was received while the value that was written before it was sent is not. No clock is asked for that.
import { afterAll, describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type MessageRecord, originOf, wholeMessage } from "../shared/protocol/message-records.js";
import type { MessageEdge, MessagePoint } from "../shared/trace/message.js";
import { objectId } from "../shared/trace/value.js";
import type { WriteOperation } from "../shared/trace/write.js";
import { TestEngine } from "./engine.test-support.js";
import { type MadeHistory, makeHistory } from "./replay/histories.test-support.js";
import { RecordMaker, SocketAgent, helloOf } from "./socket-agent.test-support.js";
import { seeds } from "./replay/seeds.test-support.js";

const engine = new TestEngine(20);
afterAll(() => engine.dispose());

const originMs = 1_795_000_000_000;
const epochNs = BigInt(originMs) * 1_000_000n;
const runIdOf = (process: number): string => `${process}`.padStart(8, "0").padEnd(32, "0");

/** The channel of the n-th message. */
function channelOf(index: number): Uint8Array {
  const channel = new Uint8Array(8);
  new DataView(channel.buffer).setUint32(0, index + 1);
  return channel;
}

/** Every other pair talks as parent and child do, over a channel on which only bytes are counted. */
const isCountedPair = (sender: number, receiver: number): boolean => (sender + receiver) % 2 === 0;
const bytesOfMessage = 10;

type EndFacts = Pick<MessageRecord, "end" | "part" | "channel" | "upTo" | "origin" | "originUs">;

/** The ends of one process by its points, where a pair's messages are counted: by the order in which they were sent. */
function countedEnds({ messages }: MadeHistory, process: number): ReadonlyMap<MessagePoint, EndFacts> {
  const ends = new Map<MessagePoint, EndFacts>();
  const gone = new Map<number, number>();
  const come = new Map<number, number>();
  const bytesOf = (message: MessageEdge): number =>
    bytesOfMessage *
    messages.filter(
      ({ sent, received }) =>
        sent.process === message.sent.process &&
        received.process === message.received.process &&
        sent.seq <= message.sent.seq,
    ).length;
  const bySeq = (end: "sent" | "received") =>
    messages.filter((one) => one[end].process === process).toSorted((a, b) => a[end].seq - b[end].seq);
  for (const message of bySeq("sent")) {
    const other = message.received.process;
    const before = gone.get(other) ?? 0;
    gone.set(other, bytesOf(message));
    if (isCountedPair(process, other))
      ends.set(message.sent, {
        ...{ end: "sent", ...channelBetween(process, other), upTo: bytesOf(message) },
        ...{ origin: 0, originUs: before },
      });
  }
  for (const message of bySeq("received")) {
    const other = message.sent.process;
    // A channel keeps the order: what overtook others in this history came with all of those.
    come.set(other, Math.max(come.get(other) ?? 0, bytesOf(message)));
    if (isCountedPair(process, other))
      ends.set(message.received, {
        ...{ end: "received", ...channelBetween(other, process), upTo: come.get(other) ?? 0 },
        // A child knows that its parent is recorded, a parent knows nothing.
        ...{ origin: other < process ? originOf(runIdOf(other)) : 0, originUs: 0 },
      });
  }
  return ends;
}

const channelBetween = (sender: number, receiver: number) => ({
  part: sender < receiver ? ("to-child" as const) : ("to-parent" as const),
  channel: Uint8Array.from([255, 0, 0, 0, 0, 0, Math.min(sender, receiver), Math.max(sender, receiver)]),
});

/**
 * What a process of a history records: the number of each of its points as the state `n`, written before that point is
 * sent or after it was received, as others can see it.
 */
function recordsOf(history: MadeHistory, process: number): AgentRecord[] {
  const maker = new RecordMaker();
  const sent = new Map(history.messages.map((message, index) => [message.sent, index]));
  const received = new Map(history.messages.map((message, index) => [message.received, { index, from: message.sent }]));
  const counted = countedEnds(history, process);
  const write = (operation: WriteOperation, clockMs: number): AgentRecord =>
    maker.make({ kind: "write", span: 0, location: 0, afterMs: NaN, operation }, clockMs);
  const object = { kind: "object", id: objectId(1) } as const;
  const records = [
    write({ kind: "contents", target: object.id, contents: { kind: "object", className: "Object", entries: [] } }, 0),
    write({ kind: "scope", scope: "seen", value: object }, 0),
  ];
  for (const other of history.processes.keys())
    if (other + 1 !== process && isCountedPair(process, other + 1)) {
      const facts = { ...channelBetween(process, other + 1), upTo: 0, origin: 0, originUs: 0 };
      records.push(maker.make({ kind: "message", end: "sent", ...facts, hybridUs: originMs * 1000 }, 0));
    }
  const told = (point: MessagePoint, index: number, from: MessagePoint | undefined): AgentRecord => {
    const facts: EndFacts = counted.get(point) ?? {
      end: from === undefined ? "sent" : "received",
      part: "request",
      channel: channelOf(index),
      upTo: from === undefined ? wholeMessage : 0,
      origin: from === undefined ? 0 : originOf(runIdOf(from.process)),
      originUs: from === undefined ? 0 : originMs * 1000 + history.hybridUs(from),
    };
    const hybridUs = originMs * 1000 + history.hybridUs(point);
    return maker.make({ kind: "message", ...facts, hybridUs }, Number(point.instant) / 1e6);
  };
  for (const point of history.processes[process - 1] ?? []) {
    const receipt = received.get(point);
    if (receipt !== undefined) records.push(told(point, receipt.index, receipt.from));
    const value = { kind: "primitive", value: point.seq } as const;
    records.push(write({ kind: "set", target: object.id, key: "n", value }, Number(point.instant) / 1e6));
    const index = sent.get(point);
    if (index !== undefined) records.push(told(point, index, undefined));
  }
  return records;
}

class Program {
  #left: AgentRecord[];
  #batches = 0;

  constructor(
    readonly agent: SocketAgent,
    records: readonly AgentRecord[],
  ) {
    this.#left = [...records];
  }

  get isDone(): boolean {
    return this.#left.length === 0;
  }

  async deliver(count: number): Promise<void> {
    this.agent.batch(++this.#batches, this.#left.splice(0, count));
    await this.agent.acknowledged(this.#batches);
  }
}

/** How far each process is seen: the last number that was written, by what calls answer, one or another. */
async function seenAt(recordingId: string, count: number, instant: bigint, turn: number): Promise<readonly number[]> {
  const seen: number[] = [];
  for (let process = 1; process <= count; process++) {
    const args = { recordingId, process, at: { kind: "instant", instant: epochNs + instant } } as const;
    seen.push((await seenBy[(turn + process) % seenBy.length]?.(args)) ?? NaN);
  }
  return seen;
}

type SeenArgs = Pick<CallArgs<"state.at">, "recordingId" | "process" | "at">;

const seenBy: readonly ((args: SeenArgs) => Promise<number>)[] = [
  async (args) => {
    const { value } = await engine.call("state.at", { ...args, scope: "seen" });
    return typeof value === "object" && value !== null && "n" in value ? Number(value.n) : 0;
  },
  async (args) => {
    const expanded = [{ scope: "seen", paths: [""] }];
    const { rows } = await engine.call("state.scopes", { ...args, expanded, offset: 0, limit: 10 });
    return numberIn(rows);
  },
  async (args) =>
    numberIn(await engine.call("state.rows", { ...args, scope: "seen", expanded: [""], offset: 0, limit: 10 })),
];

const numberIn = ({ keys, values }: CallResult<"state.rows">): number => Number(values[keys.indexOf("n")] ?? 0);

const unexplained = ({ messages }: MadeHistory, seen: readonly number[]): readonly unknown[] =>
  messages.filter(
    ({ sent, received }) =>
      (seen[received.process - 1] ?? 0) >= received.seq && (seen[sent.process - 1] ?? 0) < sent.seq,
  );

describe.each(seeds(3, 1, 2))("state of several processes (seed %i)", (seed) => {
  it("shows no effect without its cause, while it is recorded and afterwards", async () => {
    const history = makeHistory(seed);
    const random = randomFrom(1000 + seed);
    const count = history.processes.length;
    const { summary, socketPath, token } = await engine.record(`cut-${seed}.hindcast`);
    const { recordingId } = summary;
    const programs: Program[] = [];
    for (let process = 1; process <= count; process++) {
      const hello = helloOf({ token, pid: 100 + process, runId: runIdOf(process), timeOriginMs: originMs });
      programs.push(new Program(await SocketAgent.greet(socketPath, hello), recordsOf(history, process)));
    }
    // The scope, so that it can be asked for; and which channels there are.
    for (const program of programs) await program.deliver(2 + count);
    let [naiveFailures, turn] = [0, 0];
    const compare = async (asked: number): Promise<void> => {
      for (const at of history.instants(asked)) {
        const seen = await seenAt(recordingId, count, at, turn++);
        expect(unexplained(history, seen)).toEqual([]);
        const naive = history.processes.map((points) => points.filter((point) => point.instant <= at).length);
        if (unexplained(history, naive).length > 0) naiveFailures++;
      }
    };
    for (;;) {
      const waiting = programs.filter(({ isDone }) => !isDone);
      const next = waiting[Math.floor(random() * waiting.length)];
      if (next === undefined) break;
      await next.deliver(1 + Math.floor(random() * 200));
      await compare(1);
    }
    await compare(10);
    await engine.call("recording.stop", { recordingId });
    await compare(25);
    expect(naiveFailures).toBeGreaterThan(10);
  });
});
