// What is sent for a large file: by turns a write to state and an event with a text, one every so many nanoseconds of the
// program's time. The same for the same seed; what is to be answered at any of them is folded from it.
import { type Change, changeBy } from "../../src/engine/replay/change.js";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord, AgentRecordBody } from "../../src/shared/protocol/agent-records.js";
import { seq } from "../../src/shared/trace/time.js";
import type { WriteOperation } from "../../src/shared/trace/write.js";
import { StateWrites } from "./state-writes.js";

export const timeOriginMs = 1_790_000_000_000;
const startNs = BigInt(timeOriginMs) * 1_000_000n;
const nsPerRecord = 10_000;

export interface RecordsSize {
  /** Of events: sixty words, of which the search index knows each, or a body of two thousand characters without any. */
  readonly texts: "words" | "bodies";
  readonly scopes: number;
  readonly seed: number;
}

export const instantOf = (record: number): bigint => startNs + BigInt(record * nsPerRecord);

const definitions: readonly AgentRecordBody[] = [
  { kind: "string", id: 1, text: "file:///srv/app.js" },
  { kind: "location", id: 1, file: 1, line: 12, column: 3, functionName: 0 },
  { kind: "string", id: 2, text: "order.placed" },
];

/** Without end, numbered from 1. */
export function* recordsOf({ scopes, seed, texts }: RecordsSize): Iterable<AgentRecord> {
  let number = 0;
  const put = (body: AgentRecordBody): AgentRecord => ({
    ...body,
    seq: seq(++number),
    clockMs: (number * nsPerRecord) / 1e6,
  });
  const write = (operation: WriteOperation): AgentRecord =>
    put({ kind: "write", span: 0, location: 1, afterMs: NaN, operation });
  for (const body of definitions) yield put(body);
  const [made, textOf] = [new StateWrites(seed), texts === "words" ? wordsFrom(seed + 1) : bodiesFrom(seed + 1)];
  for (const operation of made.beginning(scopes)) yield write(operation);
  for (let order = 0; ; order++) {
    yield write(made.next());
    yield put({ kind: "event", name: 2, span: 0, attributes: { order, note: textOf() } });
  }
}

const wordsOfText = 60;

/** Sixty words at random, about 500 bytes: a stretch of a long list of them. */
function wordsFrom(seed: number): () => string {
  const random = randomFrom(seed);
  const words = Array.from({ length: 20_000 }, () => Math.floor(random() * 36 ** 7).toString(36));
  const starts: number[] = [];
  let all = "";
  for (let left = 500_000; left > 0; left--) {
    starts.push(all.length);
    all += `${words[Math.floor(random() * words.length)]} `;
  }
  return () => {
    const first = Math.floor(random() * (starts.length - wordsOfText));
    return all.slice(starts[first], (starts[first + wordsOfText] ?? 0) - 1);
  };
}

const charactersOfBody = 2000;

/** As a request's body may be that was compressed and then encoded. */
function bodiesFrom(seed: number): () => string {
  const random = randomFrom(seed);
  const all = Buffer.from(Array.from({ length: 3_000_000 }, () => Math.floor(random() * 256))).toString("base64");
  return () => {
    const first = Math.floor(random() * (all.length - charactersOfBody));
    return all.slice(first, first + charactersOfBody);
  };
}

/** How many records come before they take turns. */
function recordsBefore({ scopes, seed }: Pick<RecordsSize, "scopes" | "seed">): number {
  let count = definitions.length;
  for (const _ of new StateWrites(seed).beginning(scopes)) count++;
  return count;
}

export interface Sent {
  readonly definitions: number;
  /** The write at or before a record, once both take turns. */
  writeAt(record: number): number;
  /** The event at or before a record. */
  eventAt(record: number): number;
  /** Folds all writes up to the last of those named, and tells what came of it after each of them. */
  fold(writes: readonly number[], told: (write: number, graph: ObjectGraph, change: Change) => void): void;
}

export function sentOf(size: RecordsSize): Sent {
  const before = recordsBefore(size);
  return {
    definitions: definitions.length,
    writeAt: (record) => record - ((record - before + 1) % 2),
    eventAt: (record) => record - ((record - before) % 2),
    fold: (writes, told) => {
      const wanted = [...new Set(writes)].sort((a, b) => a - b);
      const [graph, made] = [ObjectGraph.empty(), new StateWrites(size.seed)];
      for (const operation of made.beginning(size.scopes)) graph.apply(operation);
      let number = before + 1;
      for (const write of wanted) {
        for (; number < write; number += 2) graph.apply(made.next());
        const operation = made.next();
        const change = changeBy(graph, operation);
        graph.apply(operation);
        number += 2;
        told(write, graph, change);
      }
    },
  };
}
