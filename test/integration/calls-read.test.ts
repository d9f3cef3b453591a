// What is said of calls when they are read: pages, stacks of an instant and trees are what spans one by one come to, by a plain way
// of looking at them.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

const spanRow = v.object({
  start: v.pipe(
    v.string(),
    v.transform((text) => BigInt(text)),
  ),
  end: v.nullable(
    v.pipe(
      v.string(),
      v.transform((text) => BigInt(text)),
    ),
  ),
  process: v.number(),
  name: v.string(),
  kind: v.string(),
  status: v.string(),
  spanId: v.string(),
  parentSpanId: v.string(),
  attributes: v.record(v.string(), v.unknown()),
});
type Span = v.InferOutput<typeof spanRow>;

const callRow = v.object({
  stack: v.optional(v.number()),
  start: v.string(),
  durationNs: v.nullable(v.number()),
  ownNs: v.optional(v.number()),
  depth: v.number(),
  function: v.string(),
  file: v.nullable(v.string()),
  line: v.nullable(v.number()),
  arguments: v.unknown(),
  result: v.optional(v.unknown()),
  thrown: v.optional(v.unknown()),
  spanId: v.string(),
});
const treeRow = v.object({
  name: v.string(),
  depth: v.number(),
  parent: v.nullable(v.number()),
  line: v.nullable(v.number()),
  calls: v.number(),
  failed: v.number(),
  recursive: v.number(),
  totalNs: v.number(),
  ownNs: v.number(),
});

async function read<T>(schema: v.GenericSchema<unknown, T>, ...words: string[]): Promise<T[]> {
  const { out, err, code } = await place.start([...words, "--json"]).ended;
  expect([code, err]).toEqual([0, ""]);
  return out.split("\n").flatMap((line) => (line === "" ? [] : [v.parse(schema, JSON.parse(line))]));
}

const isCall = ({ kind, name, attributes }: Span): boolean =>
  kind === "internal" && attributes["code.function.name"] === name;

describe("calls that are read", () => {
  const file = "a.hindcast";
  let spans: Span[] = [];
  let byId = new Map<string, Span>();
  let last = 0n;
  const wayTo = (span: Span | undefined): Span[] =>
    span === undefined ? [] : [...wayTo(byId.get(span.parentSpanId)), span];
  const endOf = ({ start, end }: Span): bigint => end ?? (last > start ? last : start);
  const childrenOf = (span: Span): Span[] => spans.filter(({ parentSpanId }) => parentSpanId === span.spanId);

  /** Edge by edge: the pieces of it in which no child is under way. */
  function ownNs(span: Span): number {
    const children = childrenOf(span);
    const edges = [span.start, endOf(span), ...children.flatMap((child) => [child.start, child.end ?? endOf(span)])]
      .filter((edge) => edge >= span.start && edge <= endOf(span))
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    let own = 0n;
    for (let at = 1; at < edges.length; at++) {
      const [from = 0n, to = 0n] = [edges[at - 1], edges[at]];
      if (!children.some((child) => child.start <= from && (child.end ?? endOf(span)) >= to)) own += to - from;
    }
    return Number(own);
  }

  beforeAll(async () => {
    copyFileSync(join(import.meta.dirname, "../programs/calls.mjs"), place.path("calls.mjs"));
    const words = ["record", "-o", file, "--level", "calls", "--", "node", "calls.mjs", "7"];
    const environment = { CALLS_ACCOUNT: place.path("account.jsonl") };
    expect((await place.start(words, environment).ended).code).toBe(0);
    spans = await read(spanRow, "spans", file);
    byId = new Map(spans.map((span) => [span.spanId, span]));
    const about = v.parse(
      v.object({
        end: v.pipe(
          v.string(),
          v.transform((text) => BigInt(text)),
        ),
      }),
      JSON.parse((await place.start(["info", file, "--json"]).ended).out),
    );
    last = about.end;
  });

  it("come in the order of time, with how deep they are and how long they took themselves", async () => {
    const found = await read(callRow, "calls", file);
    const wanted = spans.filter(isCall);
    expect(wanted.length).toBeGreaterThan(300);
    expect(found.map(({ spanId }) => spanId).sort()).toEqual(wanted.map(({ spanId }) => spanId).sort());
    expect(found.map(({ start }) => BigInt(start))).toEqual(wanted.map(({ start }) => start));
    for (const call of found) {
      const span = byId.get(call.spanId);
      if (span === undefined) throw new Error("no such span");
      expect([call.depth, call.ownNs, call.arguments ?? undefined]).toEqual([
        wayTo(byId.get(span.parentSpanId)).filter(isCall).length,
        ownNs(span),
        span.attributes["hindcast.call.arguments"],
      ]);
    }
    expect(Math.max(...found.map(({ depth }) => depth))).toBeGreaterThan(2);
    expect(found.some(({ thrown }) => thrown !== undefined)).toBe(true);
  });

  it("are those of one function, or the first so many", async () => {
    const [one] = spans.filter(isCall);
    const found = await read(callRow, "calls", file, "--function", one?.name ?? "");
    expect(found.length).toBe(
      spans.filter((span) => isCall(span) && (span.name === one?.name || span.name.endsWith(`.${one?.name}`))).length,
    );
    expect(await read(callRow, "calls", file, "--limit", "3")).toHaveLength(3);
    expect(await read(callRow, "calls", file, "--function", "no such function")).toEqual([]);
  });

  it("are in stacks at an instant, the outermost first, with what they were called in though it has ended", async () => {
    const random = randomFrom(7);
    const [first] = spans;
    let deepest = 0;
    for (let round = 0; round < 6; round++) {
      const other = spans[Math.floor(random() * spans.length)] ?? first;
      if (other === undefined) throw new Error("no spans");
      const at =
        round === 0
          ? (first?.start ?? 0n)
          : other.start + BigInt(Math.floor(random() * Number(endOf(other) - other.start)));
      const open = spans.filter(({ start, end }) => start <= at && (end === null || end > at));
      const leaves = open.filter(({ spanId }) => !open.some(({ parentSpanId }) => parentSpanId === spanId));
      const found = await read(callRow, "calls", file, "--at", String(at));
      const stacks = new Map<number, string[]>();
      for (const { stack = 0, spanId } of found) stacks.set(stack, [...(stacks.get(stack) ?? []), spanId]);
      const plain = leaves.map((leaf) => wayTo(leaf).map(({ spanId }) => spanId));
      expect([...stacks.values()].map((ids) => ids.join()).sort()).toEqual(plain.map((ids) => ids.join()).sort());
      deepest = Math.max(deepest, ...plain.map(({ length }) => length));
    }
    expect(deepest).toBeGreaterThan(1);
  });

  it("are summed up in a tree by how they were reached", async () => {
    const found = await read(treeRow, "calls", file, "--tree");
    const keyOf = ({ name, attributes }: Span): string =>
      `${name}:${JSON.stringify(attributes["code.line.number"] ?? null)}`;
    const wayOf = (span: Span): string => {
      const way: string[] = [];
      for (const key of wayTo(span).map(keyOf)) {
        const before = way.indexOf(key);
        if (before < 0) way.push(key);
        else way.length = before + 1;
      }
      return way.join(">");
    };
    const sums = new Map<string, [number, number, number, number, number]>();
    for (const span of spans) {
      const way = wayOf(span);
      const sum = sums.get(way) ?? [0, 0, 0, 0, 0];
      const isAgain = wayTo(byId.get(span.parentSpanId)).some((above) => wayOf(above) === way);
      sum[0]++;
      if (span.status === "error") sum[1]++;
      if (isAgain) sum[2]++;
      else sum[3] += Number(endOf(span) - span.start);
      sum[4] += ownNs(span);
      sums.set(way, sum);
    }
    const wayTold = ({ name, line, parent }: v.InferOutput<typeof treeRow>): string => {
      const above = parent === null ? undefined : found[parent];
      return `${above === undefined ? "" : `${wayTold(above)}>`}${name}:${line ?? "null"}`;
    };
    const told = found.map((row): [string, number[]] => [
      wayTold(row),
      [row.calls, row.failed, row.recursive, row.totalNs, row.ownNs],
    ]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(sums));
    expect(found.some(({ depth }) => depth > 1)).toBe(true);
  });

  it("are printed for people, and what does not go together is said", async () => {
    const listed = await place.start(["calls", file, "--limit", "5"]).ended;
    expect(listed.out.split("\n")[0]).toMatch(/^\+\d.* \w+\(.*\).*calls\.mjs:\d+$/);
    const tree = await place.start(["calls", file, "--tree", "--limit", "2"]).ended;
    expect(tree.out.split("\n")[0]).toMatch(/CALLS +FAILED +TOTAL +SELF +WHAT/);
    const both = await place.start(["calls", file, "--tree", "--at", "+1ms"]).ended;
    expect([both.code, both.err]).toEqual([2, expect.stringContaining("do not go together")]);
  });
});
