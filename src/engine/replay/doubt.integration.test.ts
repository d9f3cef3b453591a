// Seeded programs some of whose writes are lost, and whose state is recorded anew some time later, or never: what is not
// called uncertain is as it was.
import { describe, expect, it } from "vitest";
import { appendStep, parsePath } from "../../shared/trace/path.js";
import { type Instant, instant, seq } from "../../shared/trace/time.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { Loss, RecordedWrite } from "../../shared/trace/write.js";
import { childrenOf } from "./children.js";
import { Doubts } from "./doubt.js";
import { LiveProgram, randomFrom } from "./live-program.test-support.js";
import { historyFrom } from "./notation.test-support.js";
import { sizeOfNode } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";
import { headOf } from "./preview.js";
import { resolvePath } from "./resolve.js";
import { type UpTo, isUpTo, stateAt } from "./state-at.js";
import { type Uncertain, uncertainFrom, uncertainPaths } from "./uncertain.js";
import { triesAllSeeds } from "./seeds.test-support.js";

interface Recorded {
  /** All that the program did, and a renewal's records, which change nothing. */
  readonly made: readonly RecordedWrite[];
  readonly kept: readonly RecordedWrite[];
  readonly losses: readonly Loss[];
}

/** Two losses at most, each recorded anew after some steps, unless that was lost as well, or the program ended before. */
function recordWithLosses(seed: number): Recorded {
  const below = randomFrom(seed + 1000);
  const program = new LiveProgram(seed);
  for (let step = 0; step < 60; step++) program.step();
  const made: RecordedWrite[] = [];
  const lost = new Set<number>();
  const losses: Loss[] = [];
  let certainUntil: Instant | undefined;
  let renewIn = Infinity;
  const put = (write: Omit<RecordedWrite, "seq" | "instant">): RecordedWrite => {
    const at = made.length + 1;
    const whole = { ...write, seq: seq(at), instant: instant(BigInt(at * 10)) };
    made.push(whole);
    return whole;
  };
  let left = 0;
  for (const write of program.writes) {
    const { seq: at, instant: madeAt } = put(write);
    if (left === 0 && below(30) === 0 && at > 3) {
      left = 1 + below(6);
      certainUntil ??= instant(madeAt - 10n);
    }
    if (left > 0) lost.add(at);
    if (left > 0 && --left === 0) {
      const since = made.findLast((one) => !lost.has(one.seq))?.instant ?? instant(0n);
      losses.push({ seq: seq(at), since });
      renewIn = below(12);
    } else if (left === 0 && renewIn-- === 0) {
      const graph = stateAt(made, { seq: at });
      const certainty = { kind: "between", after: certainUntil ?? madeAt } as const;
      for (const id of reachable(graph)) {
        const contents = graph.contentsOf(id);
        if (contents !== undefined) put({ ...write, certainty, operation: { kind: "contents", target: id, contents } });
      }
      for (const [scope, value] of graph.scopes())
        put({ ...write, certainty, operation: { kind: "scope", scope, value } });
      certainUntil = undefined;
    }
  }
  // The program ended in the middle of it, and what was missing was counted afterwards.
  const last = made.findLast((one) => !lost.has(one.seq))?.instant ?? instant(0n);
  if (left > 0) losses.push({ seq: seq(Number.MAX_SAFE_INTEGER), since: last });
  return { made, kept: made.filter((write) => !lost.has(write.seq)), losses };
}

function reachable(graph: ObjectGraph): Set<ObjectId> {
  const found = new Set<ObjectId>();
  const left = [...graph.scopes().values()];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (value.kind !== "object" || found.has(value.id)) continue;
    found.add(value.id);
    const node = graph.node(value.id);
    if (node !== undefined) for (const child of childrenOf(node)) left.push(child.value);
  }
  return found;
}

/** Each value below the root that is not called uncertain, by its path. */
function certainValues(graph: ObjectGraph, uncertain: Uncertain): Map<string, string> {
  const root = graph.scopes().get("s");
  const values = new Map<string, string>();
  if (root === undefined) return values;
  const marked = new Set(uncertainPaths(graph, root, uncertain, Infinity));
  const seen = new Set<ObjectId>();
  const add = (value: CapturedValue, path: string): void => {
    if (marked.has(path)) return;
    const node = value.kind === "object" ? graph.node(value.id) : undefined;
    values.set(path, textOf(graph, value));
    if (value.kind !== "object" || node === undefined || seen.has(value.id)) return;
    seen.add(value.id);
    for (const { step, value: child } of childrenOf(node)) add(child, appendStep(path, step));
  };
  add(root, "");
  return values;
}

function textAt(graph: ObjectGraph, text: string): string {
  const path = parsePath(text);
  const value = path.ok ? resolvePath(graph, "s", path.value).value : undefined;
  return value === undefined ? "nothing" : textOf(graph, value);
}

function textOf(graph: ObjectGraph, value: CapturedValue): string {
  const node = value.kind === "object" ? graph.node(value.id) : undefined;
  return node === undefined
    ? JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part))
    : headOf(node, sizeOfNode(node));
}

describe("what is not in doubt after lost writes", () => {
  it.each(Array.from({ length: triesAllSeeds ? 60 : 15 }, (_, at) => at + 1))("is as it was (seed %i)", (seed) => {
    const { made, kept, losses } = recordWithLosses(seed);
    const doubts = new Doubts(losses);
    for (const write of kept) doubts.add(write);
    const end = made.length * 10 + 20;
    const positions: UpTo[] = kept.map((write) => ({ seq: write.seq }));
    for (let ns = 5; ns < end; ns += 5) positions.push({ instant: instant(BigInt(ns)) });
    for (const upTo of positions) {
      const [known, real] = [stateAt(kept, upTo), stateAt(made, upTo)];
      const last = kept.findLast((write) => isUpTo(write, upTo))?.seq ?? seq(0);
      const uncertain = uncertainFrom(known, new Set(), doubts.at(upTo), "s", last);
      for (const [path, text] of certainValues(known, uncertain))
        expect([upTo, path, text]).toEqual([upTo, path, textAt(real, path)]);
    }
  });

  it("is everything that was recorded anew, and everything before the loss", () => {
    const story = "@1={a: 1, b: @2}; @2={c: 1}; scope s=@1; @1.a=2; ~@1={a: 3, b: @2}; ~@2={c: 1}; ~scope s=@1; @1.a=4";
    const writes = historyFrom(story).filter(({ seq: at }) => at !== 4);
    const doubts = new Doubts([{ seq: seq(4), since: instant(30n) }]);
    for (const write of writes) doubts.add(write);
    const uncertainAt = (upTo: UpTo): readonly string[] => {
      const graph = stateAt(writes, upTo);
      const last = writes.findLast((write) => isUpTo(write, upTo))?.seq ?? seq(0);
      const root = graph.scopes().get("s");
      if (root === undefined) throw new Error("no scope");
      return uncertainPaths(graph, root, uncertainFrom(graph, new Set(), doubts.at(upTo), "s", last), 9);
    };
    expect(uncertainAt({ seq: seq(3) })).toEqual([]);
    expect(uncertainAt({ instant: instant(30n) })).toEqual([""]);
    expect(uncertainAt({ seq: seq(6) })).toEqual([""]);
    expect(uncertainAt({ seq: seq(7) })).toEqual([]);
    expect(uncertainAt({ instant: instant(20_000_000_000n) })).toEqual([]);
    expect(doubts.ranges()).toEqual([{ since: 30n, until: 70n }]);
  });

  it("is nothing any more when nothing was recorded anew", () => {
    const writes = historyFrom("@1={a: 1}; scope s=@1; @1.a=2; @1.a=3");
    const doubts = new Doubts([{ seq: seq(3), since: instant(20n) }]);
    for (const write of writes) if (write.seq !== 3) doubts.add(write);
    const graph = stateAt(writes, { seq: seq(4) });
    for (const at of [40n, 60_000_000_000n]) {
      const doubt = doubts.at({ instant: instant(at) });
      expect(uncertainFrom(graph, new Set(), doubt, "s", seq(4)).isScopeInDoubt).toBe(true);
    }
  });
});
