// What goes together, what changed and who calls whom, asked of the sample recordings: their incidents are known.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { type ComparedSide, changeKinds, shapePoints } from "../shared/protocol/correlation-calls.js";
import { searchKinds } from "../shared/protocol/engine-rows.js";
import { spanKinds } from "../shared/trace/attributes.js";
import { TestEngine } from "./engine.test-support.js";

const engine = new TestEngine();
afterAll(() => engine.dispose());

const opened = (name: string) => engine.call("recording.open", { path: resolve(`recordings/${name}.hindcast`) });
const truth = v.object({ from: v.string(), to: v.string() });

async function changed(name: string, from: bigint, to: bigint, against?: ComparedSide): Promise<string[]> {
  const { recordingId } = await opened(name);
  const answer = await engine.call("range.changes", { recordingId, from, to, against, limit: 100 });
  return [...answer.kind].map((kind, at) => `${changeKinds[kind]} ${answer.services[at]}: ${answer.subjects[at]}`);
}

/** What is named first of the time in which its incident was felt. */
async function ofIncident(kind: string, against?: ComparedSide): Promise<string[]> {
  const [line = ""] = readFileSync(resolve(`recordings/ledger-${kind}.truth.jsonl`), "utf8").split("\n");
  const { from, to } = v.parse(truth, JSON.parse(line));
  return changed(`ledger-${kind}`, BigInt(from), BigInt(to), against);
}

describe("what grows", () => {
  it.each([
    ["memory-leak", "payments answers", 100],
    ["promise-leak", "payments provider.open", 50],
  ])("is first what leaks: %s", async (kind, leak, least) => {
    const { recordingId, start, end } = await opened(`ledger-${kind}`);
    const range = { recordingId, from: start, to: end };
    const { tried, collections, shapes } = await engine.call("state.growth", { ...range, limit: 3 });
    const [first] = collections;
    expect(`${first?.scope} ${first?.path}`).toBe(leak);
    expect([tried > 10, first?.first, (first?.last ?? 0) > least, first?.steady]).toEqual([true, 0, true, 1]);
    expect(shapes.length).toBe(shapePoints * collections.length);
    expect(Math.max(...shapes.subarray(0, shapePoints).filter((size) => !Number.isNaN(size)))).toBe(first?.last);
  });
});

describe("changes", () => {
  it("of incidents name what went wrong near the top", async () => {
    const firstOf = async (kind: string, count: number): Promise<string[]> => (await ofIncident(kind)).slice(0, count);
    expect(await firstOf("bad-deploy", 2)).toContain("log payments: error: request failed");
    expect(await firstOf("crash-loop", 3)).toContainEqual(expect.stringMatching(/^errors payments: POST to 127/));
    expect(await firstOf("pool-exhaustion", 1)).toEqual(["latency accounts: POST /accounts"]);
    expect(await firstOf("promise-leak", 1)).toEqual(["latency payments: POST /payouts"]);
    expect(await firstOf("slow-dependency", 1)).toContainEqual(
      expect.stringMatching(/^latency payments: POST to 127\.0\.0\.1:/),
    );
    expect(await firstOf("traffic-spike", 1)).toEqual(["rate gateway: all requests from outside"]);
  });

  it("of incidents are told from what came after, where nothing but the start of a program is before", async () => {
    expect((await ofIncident("lock-contention", "after"))[0]).toBe("latency accounts: POST /entries");
    expect((await ofIncident("event-loop-block", "after"))[0]).toBe("latency gateway: POST /accounts");
    expect((await ofIncident("lock-contention", "before"))[0]).not.toBe("latency accounts: POST /entries");
  });

  it("of a quiet stretch name next to nothing", async () => {
    const { start } = await opened("ledger-first");
    const at = (seconds: number): bigint => start + BigInt(seconds * 1e9);
    for (const [from, to] of [
      [8, 10],
      [10, 13],
      [12, 16],
      [15, 19],
    ] as const)
      expect((await changed("ledger-first", at(from), at(to))).length).toBeLessThanOrEqual(3);
  });

  it("say so when there is nothing to compare with", async () => {
    const { recordingId, start, end } = await opened("ledger-first");
    const answer = await engine.call("range.changes", { recordingId, from: start, to: end, limit: 10 });
    expect(answer).toMatchObject({ baseline: undefined, tried: 0, named: 0 });
  });
});

describe("the graph of services", () => {
  it("counts calls and durations as a plain look at all spans does", async () => {
    const { recordingId, start, end, processes } = await opened("ledger-slow-dependency");
    const whole = { recordingId, from: start, to: end + 1n };
    const graph = await engine.call("services.graph", whole);
    const spans = await engine.call("spans.range", { ...whole, limit: 20_000 });
    const service = (process: number | undefined): string =>
      processes.find((one) => one.process === process)?.serviceName ?? "";
    const rows = spans.names.map((_, at) => ({
      service: service(spans.process[at]),
      kind: spanKinds[spans.kind[at] ?? 0],
      isError: spans.status[at] === 2,
      took: (spans.endNs[at] ?? 0) - (spans.startNs[at] ?? 0),
      id: spans.spanIds[at] ?? "",
      parent: spans.parentSpanIds[at] ?? "",
      attributes: v.parse(v.record(v.string(), v.unknown()), JSON.parse(spans.attributes[at] || "{}")),
    }));
    const servers = new Map(rows.filter(({ kind }) => kind === "server").map((row) => [row.parent, row.service]));
    const ids = new Set(rows.map(({ id }) => id));
    const address = (attributes: Record<string, unknown>): string =>
      `${String(attributes["server.address"])}:${String(attributes["server.port"])}`;
    const known = new Map(
      rows.flatMap(({ id, attributes }) => (servers.has(id) ? [[address(attributes), servers.get(id)]] : [])),
    );
    const plain = new Map<string, { calls: number; errors: number; took: number[] }>();
    const count = (edge: string, { isError, took }: (typeof rows)[number]): void => {
      const one = plain.get(edge) ?? { calls: 0, errors: 0, took: [] };
      plain.set(edge, one);
      one.calls++;
      if (isError) one.errors++;
      if (!Number.isNaN(took)) one.took.push(took);
    };
    for (const row of rows) {
      const there = address(row.attributes);
      if (row.kind === "client") count(`${row.service} → ${servers.get(row.id) ?? known.get(there) ?? there}`, row);
      if (row.kind === "server" && !ids.has(row.parent)) count(`outside → ${row.service}`, row);
    }
    const edges = [...graph.calls].map((calls, at) => [
      `${graph.nodes[graph.from[at] ?? 0]?.name} → ${graph.nodes[graph.to[at] ?? 0]?.name}`,
      { calls, errors: graph.errors[at], p50: graph.p50Ns[at] },
    ]);
    const middle = (took: readonly number[]): number =>
      took.toSorted((a, b) => a - b)[Math.ceil(took.length / 2) - 1] ?? NaN;
    expect(Object.fromEntries(edges)).toEqual(
      Object.fromEntries(
        [...plain].map(([edge, { calls, errors, took }]) => [edge, { calls, errors, p50: middle(took) }]),
      ),
    );
    expect(plain.size).toBeGreaterThanOrEqual(7);
  });
});

describe("metrics that go together", () => {
  it("are compared with all others, and a series that is no more than itself under another name comes first", async () => {
    const { recordingId, start, end } = await opened("ledger-memory-leak");
    const listed = await engine.call("metrics.list", { recordingId });
    const subject = listed.find(({ name, samples }) => name === "nodejs.eventloop.delay.p99" && samples > 12);
    const args = { recordingId, from: start, to: end, series: subject?.series ?? 0, limit: 1000 };
    const found = await engine.call("metrics.correlate", args);
    // With so few samples a second the longest delay is the 99th of a hundred.
    const [best] = found.series;
    expect(listed.find(({ series }) => series === best)).toMatchObject({
      name: "nodejs.eventloop.delay.max",
      process: subject?.process,
    });
    expect(found.lagNs[0]).toBe(0);
    expect(found.chance[0]).toBeLessThan(0.01);
    expect(found.chance.toSorted()).toEqual(found.chance);
    const none = await engine.call("metrics.correlate", { ...args, series: 999_999 });
    expect(none.series).toHaveLength(0);
  });
});

describe("a value of state", () => {
  it("is compared as it was held between writes, and with one of them lag by lag", async () => {
    const { recordingId, start, end } = await opened("ledger-first");
    const { scopes } = await engine.call("recording.summary", { recordingId });
    const [scope] = scopes;
    const value = { process: scope?.process ?? 0, scope: scope?.scope ?? "", path: "changes" };
    const { writes } = await engine.call("state.history", { recordingId, ...value, limit: 20_000 });
    expect(writes.length).toBeGreaterThan(50);
    const range = { recordingId, from: start, to: end };
    const found = await engine.call("metrics.correlate", { ...range, value, limit: 100 });
    expect(found.series.length).toBeGreaterThan(10);
    // It is counted up, from the first write to the last.
    const own = found.own.filter((at) => !Number.isNaN(at));
    expect(own.length).toBeGreaterThan(20);
    expect(own).toEqual(own.toSorted());
    const other = found.series[0] ?? 0;
    const pair = await engine.call("metrics.pair", { ...range, value, other, cells: found.cells });
    expect(pair.one).toHaveLength(found.cells);
    const at = [...pair.lagsNs].findIndex((lag) => Math.abs(lag - (found.lagNs[0] ?? 0)) < 1);
    const best = (found.measure[0] === 0 ? pair.pearson : pair.spearman)[at];
    expect(best).toBeCloseTo((found.measure[0] === 0 ? found.pearson : found.spearman)[0] ?? NaN, 9);
  });
});

describe("rows of an id", () => {
  it("are the spans of a trace on all services and what was logged within them, in the order of time", async () => {
    const { recordingId, start, end } = await opened("ledger-slow-dependency");
    const spans = await engine.call("spans.range", { recordingId, from: start, to: end, limit: 20_000 });
    const traces = new Map<string, Set<number>>();
    for (const [at, trace] of spans.traceIds.entries())
      traces.set(trace, (traces.get(trace) ?? new Set()).add(spans.process[at] ?? 0));
    const [trace = ""] = [...traces].find(([, processes]) => processes.size > 2) ?? [];
    const found = await engine.call("ids.rows", { recordingId, id: trace, limit: 5000 });
    const kinds = [...found.kind].map((kind) => searchKinds[kind]);
    expect(kinds.filter((kind) => kind === "span")).toHaveLength(spans.traceIds.filter((id) => id === trace).length);
    expect(kinds).toContain("log");
    expect(found.timeNs).toEqual(found.timeNs.toSorted());
    expect(new Set(found.traceIds)).toEqual(new Set([trace]));
    const own = await engine.call("ids.rows", { recordingId, id: found.spanIds[0] ?? "", limit: 5000 });
    expect(own.titles.length).toBeLessThanOrEqual(found.titles.length);
    expect(own.spanIds).toContain(found.spanIds[0]);
    for (const id of ["ord_1", "0".repeat(32), "", "'; --"])
      expect((await engine.call("ids.rows", { recordingId, id, limit: 10 })).titles).toEqual([]);
    expect((await engine.call("ids.rows", { recordingId, id: trace, limit: 2 })).truncated).toBe(true);
  });
});
