// Requests against a plain look at all spans: over random spans of several services, with traces across them, clocks that
// differ, spans that never ended and names without a route, and over a sample recording whose incident is known.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import { durationBins, durationEdgesNs } from "../shared/protocol/request-calls.js";
import { spanKinds } from "../shared/trace/attributes.js";
import { TestEngine } from "./engine.test-support.js";
import { type PlainSpan, RequestHistory } from "./request-history.test-support.js";
import { seeds } from "./replay/seeds.test-support.js";

const engine = new TestEngine();
afterAll(() => engine.dispose());

type Routes = CallResult<"requests.routes">;

/** Whole numbers and names of a route, and its quantiles apart: those are within a bin. */
const rowsOf = (found: Routes) =>
  found.routes.map((route, at) => ({
    name: `${spanKinds[found.kind[at] ?? 0]} ${found.services[at]} ${route}`,
    requests: found.requests[at],
    failed: found.failed[at],
    unfinished: found.unfinished[at],
    totalNs: found.totalNs[at],
    maxNs: found.maxNs[at],
    quantiles: [found.p50Ns[at] ?? NaN, found.p95Ns[at] ?? NaN, found.p99Ns[at] ?? NaN],
    histogram: [...found.histogram.subarray(at * durationBins, (at + 1) * durationBins)],
  }));

describe.each(seeds(1, 2, 3))("requests of random spans, seed %d", (seed) => {
  let history: RequestHistory;
  let recordingId: string;
  beforeAll(async () => {
    history = await RequestHistory.write(engine.path(`requests-${seed}.hindcast`), seed);
    ({ recordingId } = await engine.call("recording.open", { path: history.path }));
  });

  it("are counted by routes as one by one", async () => {
    for (let ranges = 6; ranges > 0; ranges--) {
      const { from, to } = history.range();
      const found = rowsOf(await engine.call("requests.routes", { recordingId, from, to }));
      const plain = new Map<string, PlainSpan[]>();
      for (const span of history.requests(from, to))
        plain.set(history.routeOf(span), [...(plain.get(history.routeOf(span)) ?? []), span]);
      expect(found.map(({ name }) => name).sort()).toEqual([...plain.keys()].sort());
      for (const { name, quantiles, histogram, ...counts } of found) {
        const own = plain.get(name) ?? [];
        const took = own.flatMap(({ tookNs }) => tookNs ?? []).sort((a, b) => a - b);
        expect(counts).toEqual({
          requests: own.length,
          failed: own.filter(({ isError }) => isError).length,
          unfinished: own.length - took.length,
          totalNs: took.reduce((sum, one) => sum + one, 0),
          maxNs: took.at(-1) ?? NaN,
        });
        for (const [at, share] of [0.5, 0.95, 0.99].entries()) {
          const exact = took[Math.ceil(took.length * share) - 1];
          if (exact === undefined) expect(quantiles[at]).toBeNaN();
          else expect(Math.abs((quantiles[at] ?? NaN) - exact)).toBeLessThanOrEqual(exact * 0.0101);
        }
        expect(histogram.reduce((sum, one) => sum + one, 0)).toBe(took.length);
        // A duration at an edge may be told on either side of it.
        const upTo = (ns: number): number => took.filter((one) => one <= ns).length;
        let before = 0;
        for (const [bin, edge] of durationEdgesNs.entries()) {
          before += histogram[bin] ?? 0;
          expect(before).toBeGreaterThanOrEqual(upTo(edge * 0.98));
          expect(before).toBeLessThanOrEqual(upTo(edge * 1.02));
        }
      }
      const totals = found.map(({ totalNs }) => totalNs ?? 0);
      expect(totals).toEqual(totals.toSorted((a, b) => b - a));
    }
  });

  it("are listed by route, outcome, duration and order", async () => {
    const outcomes = [undefined, "failed", "unfinished", "2xx", "4xx", "5xx"] as const;
    for (let questions = 40; questions > 0; questions--) {
      const { from, to } = history.range();
      const [one] = history.requests(from, to).slice(history.below(20));
      if (one === undefined) continue;
      const outcome = outcomes[history.below(outcomes.length)];
      const order = history.below(2) === 0 ? "slowest" : "latest";
      const leastNs = history.below(3) === 0 ? 2e7 : undefined;
      const mostNs = history.below(3) === 0 ? 8e7 : undefined;
      const [first, limit] = [history.below(4), 1 + history.below(30)];
      const route = {
        service: one.service,
        route: history.routeName(one),
        kind: one.kind === 1 ? "server" : "consumer",
      } as const;
      const args = { recordingId, from, to, ...route, order, outcome, leastNs, mostNs, first, limit } as const;
      const plain = history
        .requests(from, to)
        .filter((span) => history.routeOf(span) === history.routeOf(one))
        .filter(({ isError, tookNs, code }) => {
          if (outcome === "failed") return isError;
          if (outcome === "unfinished") return tookNs === undefined;
          return outcome === undefined || Math.floor(code / 100) === Number(outcome[0]);
        })
        .filter(
          ({ tookNs = NaN }) =>
            (leastNs === undefined || tookNs >= leastNs) && (mostNs === undefined || tookNs <= mostNs),
        )
        .sort((a, b) => {
          const byTime =
            a.instant < b.instant ? -1 : a.instant > b.instant ? 1 : a.process - b.process || a.seq - b.seq;
          if (order === "latest") return -byTime;
          const [own, other] = [a.tookNs ?? Infinity, b.tookNs ?? Infinity];
          return own === other ? byTime : other - own;
        });
      const found = await engine.call("requests.list", args);
      expect({
        total: found.total,
        ids: found.spanIds,
        took: [...found.tookNs],
        codes: [...found.code],
      }).toEqual({
        total: plain.length,
        ids: plain.slice(first, first + limit).map(({ id }) => id),
        took: plain.slice(first, first + limit).map(({ tookNs }) => tookNs ?? NaN),
        codes: plain.slice(first, first + limit).map(({ code }) => code),
      });
    }
  });

  it("have below them what their spans caused, in every service, with its logs and writes", async () => {
    for (const asked of history.some(25)) {
      const one = await engine.call("requests.one", { recordingId, process: asked.process, spanId: asked.id });
      const below = history.allBelow(asked);
      expect(one.spans.spanIds.toSorted()).toEqual(below.map(({ id }) => id).sort());
      expect([one.asked, one.spans.spanIds[0]]).toEqual([0, asked.id]);
      for (const [row, parent] of one.parent.entries()) {
        if (row === 0) continue;
        expect(one.spans.parentSpanIds[row]).toBe(one.spans.spanIds[parent]);
        expect(one.depth[row]).toBe((one.depth[parent] ?? 0) + 1);
        expect(parent).toBeLessThan(row);
        // Nothing comes before its cause.
        if (one.spans.process[row] !== one.spans.process[parent])
          expect(one.spans.startNs[row]).toBeGreaterThanOrEqual(one.spans.startNs[parent] ?? 0);
      }
      const callers = history.callersOf(asked);
      expect(one.callers.map(({ spanId }) => spanId)).toEqual(callers.map(({ id }) => id));
      const inTrace = history.spans.filter(({ trace }) => trace === asked.trace).length;
      expect(one.others).toBe(inTrace - below.length - callers.length);
      expect([...one.logs.seq]).toEqual(history.logsOf(below).map(({ seq }) => seq));
      expect([...one.writes.seq]).toEqual(history.writesOf(below).map(({ seq }) => seq));
      for (const [at, row] of one.logSpan.entries())
        expect(one.spans.spanIds[row]).toBe(history.logsOf(below)[at]?.spanId);
      const outer = await engine.call("requests.one", {
        recordingId,
        process: asked.process,
        spanId: asked.id,
        outermost: true,
      });
      const entry = [...callers, asked].find(({ kind }) => kind === 1 || kind === 4) ?? callers[0] ?? asked;
      expect([outer.spans.spanIds[0], outer.spans.spanIds[outer.asked ?? -1]]).toEqual([entry.id, asked.id]);
    }
  });

  it("answer nothing for what is not there", async () => {
    const { from, to } = history.range();
    for (const spanId of ["", "xx", "0123456789abcdef", "'; DROP TABLE span"]) {
      const one = await engine.call("requests.one", { recordingId, process: 1, spanId });
      expect([one.asked, one.spans.names.length, one.criticalRow.length]).toEqual([undefined, 0, 0]);
    }
    const none = {
      recordingId,
      from,
      to,
      service: "no'body",
      route: "GET /'",
      kind: "server",
      order: "slowest",
      first: 0,
      limit: 5,
    } as const;
    expect((await engine.call("requests.list", none)).total).toBe(0);
  });
});

describe("requests of the sample with a slow dependency", () => {
  it("waited for the bank network, which the truth beside it names", async () => {
    const { recordingId, start, end } = await engine.call("recording.open", {
      path: resolve("recordings/ledger-slow-dependency.hindcast"),
    });
    const truth = v.parse(
      v.object({ seenIn: v.string() }),
      JSON.parse(readFileSync(resolve("recordings/ledger-slow-dependency.truth.jsonl"), "utf8").split("\n")[0] ?? ""),
    );
    const all = { recordingId, from: start, to: end };
    const routes = await engine.call("requests.routes", all);
    const at = routes.routes.findIndex((route, row) => route === "POST /payouts" && routes.services[row] === "gateway");
    // Of what the gateway was asked for it took the most time.
    expect(routes.services.indexOf("gateway")).toBe(at);
    const list = await engine.call("requests.list", {
      ...all,
      service: "gateway",
      route: "POST /payouts",
      kind: "server",
      order: "slowest",
      first: 0,
      limit: 1,
    });
    const one = await engine.call("requests.one", {
      recordingId,
      process: list.process[0] ?? 0,
      spanId: list.spanIds[0] ?? "",
    });
    const waited = new Map<string, number>();
    const { processes } = await engine.call("recording.summary", { recordingId });
    for (const [at, row] of one.criticalRow.entries()) {
      const service = processes.find(({ process }) => process === one.spans.process[row])?.serviceName ?? "";
      const [, to = ""] = /"url.full":"[^"]*(\/[^"]*)"/.exec(one.spans.attributes[row] ?? "") ?? [];
      const what = `${service} ${spanKinds[one.spans.kind[row] ?? 0]} ${to}`;
      waited.set(what, (waited.get(what) ?? 0) + (one.criticalToNs[at] ?? 0) - (one.criticalFromNs[at] ?? 0));
    }
    const [most = ["", 0]] = [...waited].sort((a, b) => b[1] - a[1]);
    expect(most[0]).toBe(`${truth.seenIn} client /captures`);
    expect([...waited.values()].reduce((sum, ns) => sum + ns, 0)).toBeCloseTo(list.tookNs[0] ?? NaN, -1);
    expect(most[1]).toBeGreaterThan(0.4 * (list.tookNs[0] ?? Infinity));
    expect(one.logs.total).toBeGreaterThan(0);
  });
});
