// Traces of a stretch, and what of spans was their own, against a plain look at all spans of a random history: traces over several
// processes whose clocks differ, with spans that never ended and parents that were not recorded.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestEngine } from "./engine.test-support.js";
import { seeds } from "./replay/seeds.test-support.js";
import { type PlainSpan, RequestHistory } from "./request-history.test-support.js";

const engine = new TestEngine();
afterAll(() => engine.dispose());

const client = 2;

describe.each(seeds(1, 2, 3))("traces of random spans, seed %d", (seed) => {
  let history: RequestHistory;
  let recordingId: string;
  let start: bigint;
  let end: bigint;
  beforeAll(async () => {
    history = await RequestHistory.write(engine.path(`traces-${seed}.hindcast`), seed);
    ({ recordingId, start, end } = await engine.call("recording.open", { path: history.path }));
  });

  const startOf = (span: PlainSpan): number => Number(span.instant - start);
  /** Without a moment in which a child was under way, as its own clock says, or where it fits if that cannot be. */
  function ownNs(span: PlainSpan): number {
    const from = startOf(span);
    const to = span.tookNs === undefined ? Math.max(from, Number(end - start)) : from + span.tookNs;
    const children = history.spans.filter(({ trace, parentId }) => trace === span.trace && parentId === span.id);
    const busy = children.map((child) => {
      let begins = startOf(child);
      const took = child.tookNs ?? NaN;
      const isLate = span.kind === client && span.tookNs !== undefined && begins > to;
      if (child.process !== span.process && (begins < from || isLate)) {
        const spare = span.tookNs === undefined ? NaN : to - from - took;
        begins = from + (spare > 0 ? spare / 2 : 0);
      }
      return [begins, Number.isNaN(took) ? Infinity : begins + took] as const;
    });
    const edges = [from, to, ...busy.flat()].filter((at) => at >= from && at <= to).sort((a, b) => a - b);
    let own = 0;
    for (const [at, edge] of edges.entries()) {
      const next = edges[at + 1] ?? edge;
      if (!busy.some(([begins, ends]) => begins <= edge && ends >= next)) own += next - edge;
    }
    return own;
  }

  it("are those with a span there, whole, in their order, and as many as are wanted", async () => {
    for (let questions = 12; questions > 0; questions--) {
      const { from, to } = history.range();
      const order = history.below(2) === 0 ? "newest" : "longest";
      const limit = 1 + history.below(40);
      const where = history.below(2) === 0 ? [] : [{ field: "service", value: "bank", exclude: false } as const];
      const endOf = ({ instant, tookNs }: PlainSpan): bigint => (tookNs === undefined ? to : instant + BigInt(tookNs));
      const plain = [...new Set(history.spans.map(({ trace }) => trace))]
        .map((trace) => {
          const spans = history.spans.filter((span) => span.trace === trace);
          const there = spans.filter((span) => span.instant <= to && endOf(span) >= from);
          const isShown = there.some(({ service }) => where.every(({ value }) => service === value));
          const begins = there.map(({ instant }) => Number(instant - start));
          const ends = there.map((span) => Number(endOf(span) - start));
          return { trace, spans, isShown, first: Math.min(...begins), took: Math.max(...ends) - Math.min(...begins) };
        })
        .filter(({ isShown }) => isShown)
        .toSorted((a, b) => {
          const byOrder = order === "newest" ? b.first - a.first : b.took - a.took || a.first - b.first;
          return byOrder || (a.trace < b.trace ? -1 : 1);
        });
      const include = plain.at(-1)?.trace;
      const found = await engine.call("traces.range", {
        recordingId,
        from,
        to,
        order,
        limit,
        filter: { where },
        ...(include === undefined ? {} : { include }),
      });
      const wanted = [...plain.slice(0, limit), ...(plain.length > limit ? plain.slice(-1) : [])];
      expect(found.total).toBe(plain.length);
      expect(found.traceIds).toEqual(wanted.map(({ trace }) => trace));
      expect([...found.allSpans]).toEqual(wanted.map(({ spans }) => spans.length));
      expect([...found.failed]).toEqual(wanted.map(({ spans }) => spans.filter(({ isError }) => isError).length));
      for (const [at, { spans }] of wanted.entries()) {
        const rows = found.spans.spanIds.flatMap((id, row) => (found.trace[row] === at ? [{ id, row }] : []));
        expect(rows.map(({ id }) => id).sort()).toEqual(spans.map(({ id }) => id).sort());
        for (const { id, row } of rows) {
          const span = spans.find((one) => one.id === id);
          if (span === undefined) throw new Error("no such span");
          expect(found.spans.startNs[row]).toBe(startOf(span));
          expect(found.ownNs[row]).toBeCloseTo(ownNs(span), 0);
        }
      }
    }
  });

  it("say of single spans the same as of whole traces, and nothing of what is not there", async () => {
    const asked = history.some(60);
    const instants = asked.map(({ instant }) => instant);
    const range = {
      from: instants.reduce((a, b) => (b < a ? b : a)),
      to: instants.reduce((a, b) => (b > a ? b : a)),
    };
    const own = await engine.call("spans.own", {
      recordingId,
      ...range,
      process: [...asked.map(({ process }) => process), 1, 99, 1],
      spanIds: [...asked.map(({ id }) => id), "0123456789abcdef", asked[0]?.id ?? "", "'"],
    });
    for (const [at, span] of asked.entries()) expect(own.ownNs[at]).toBeCloseTo(ownNs(span), 0);
    expect([...own.ownNs.slice(asked.length)]).toEqual([NaN, NaN, NaN]);
    expect([...own.children.slice(0, asked.length)]).toEqual(
      asked.map(({ trace, id }) => history.spans.filter((one) => one.trace === trace && one.parentId === id).length),
    );
    const none = await engine.call("spans.own", { recordingId, ...range, process: [], spanIds: [] });
    expect(none.ownNs.length).toBe(0);
  });
});
