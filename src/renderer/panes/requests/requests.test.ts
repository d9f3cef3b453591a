import { describe, expect, it } from "vitest";
import type { RequestPlace } from "../../state/request-place.js";
import { keepRequestPlace, requestPlaceFrom } from "../../state/request-place.js";
import { listedRequest, outcomeText } from "./listed-request.js";
import { type OneRequest, extentOf, oneRows, timeShares } from "./one-rows.js";
import type { RouteSort } from "../../state/request-filter.svelte.js";
import { type RouteColumns, routeRows, sortingBy } from "./route-rows.js";

const routes: RouteColumns = {
  truncated: false,
  services: ["web", "bank", "web"],
  routes: ["GET /a", "POST /b", "orders"],
  kind: Uint8Array.of(1, 1, 4),
  requests: Uint32Array.of(5, 2, 9),
  failed: Uint32Array.of(0, 1, 2),
  unfinished: Uint32Array.of(0, 2, 0),
  perSecond: Float64Array.of(5, 2, 9),
  totalNs: Float64Array.of(50, 0, 20),
  p50Ns: Float64Array.of(10, NaN, 2),
  p95Ns: Float64Array.of(12, NaN, 3),
  p99Ns: Float64Array.of(13, NaN, 4),
  maxNs: Float64Array.of(14, NaN, 5),
  histogram: new Uint32Array(3 * 29),
};
const rowsBy = (by: RouteSort, isDescending: boolean, words = ""): string =>
  routeRows(routes, words, { by, isDescending })
    .map(({ name }) => name.route)
    .join(" | ");

describe("the table of routes", () => {
  it("is sorted by any column, with what is not known last", () => {
    expect(rowsBy("totalNs", true)).toBe("GET /a | orders | POST /b");
    expect(rowsBy("failed", true)).toBe("orders | POST /b | GET /a");
    expect(rowsBy("p50Ns", true)).toBe("GET /a | orders | POST /b");
    expect(rowsBy("p50Ns", false)).toBe("orders | GET /a | POST /b");
    expect(rowsBy("service", false)).toBe("POST /b | GET /a | orders");
  });

  it("begins with the most of numbers and the first of texts, and turns round", () => {
    const first = sortingBy("p95Ns", { by: "totalNs", isDescending: false });
    expect([first.isDescending, sortingBy("p95Ns", first).isDescending]).toEqual([true, false]);
    expect(sortingBy("route", first).isDescending).toBe(false);
  });

  it("shows routes that have all words", () => {
    expect(rowsBy("totalNs", true, "WEB a")).toBe("GET /a");
    expect(rowsBy("totalNs", true, "nothing")).toBe("");
  });
});

/** Rows of `service kind name start-end`, indented below their parents, and where the time went as `row:from-to`. */
function requestOf(text: string, critical: string): OneRequest {
  const lines = text.trim().split("\n");
  const fields = lines.map((line) => line.trim().split(" "));
  const times = fields.map(([, , , time = ""]) => time.split("-").map((part) => (part === "" ? NaN : Number(part))));
  const stretches = critical.split(" ").map((one) => one.split(/[:-]/).map(Number));
  const column = (at: number): Float64Array<ArrayBuffer> => Float64Array.from(stretches, (one) => one[at] ?? 0);
  const none = new Float64Array();
  const row = lines.map(() => "");
  return {
    asked: 0,
    truncated: false,
    spans: {
      truncated: false,
      process: Uint16Array.from(fields, ([process]) => Number(process)),
      startNs: Float64Array.from(times, ([start = 0]) => start),
      endNs: Float64Array.from(times, ([, end = NaN]) => end),
      lane: new Uint16Array(lines.length),
      kind: Uint8Array.from(fields, ([, kind]) => Number(kind)),
      status: Uint8Array.from(fields, ([, , name = ""]) => (name.endsWith("!") ? 2 : 0)),
      names: fields.map(([, , name = ""]) => name),
      spanIds: lines.map((_, at) => String(at)),
      traceIds: row,
      parentSpanIds: row,
      attributes: fields.map(([, kind, name = ""]) =>
        kind === "2" ? `{"url.full":"http://there/${name}?x=1"}` : "{}",
      ),
    },
    depth: new Uint16Array(lines.length),
    parent: new Float64Array(lines.length),
    movedNs: new Float64Array(lines.length),
    callers: [],
    others: 0,
    criticalRow: Uint32Array.from(column(0)),
    criticalFromNs: column(1),
    criticalToNs: column(2),
    logs: {
      first: 0,
      total: 2,
      process: Uint16Array.of(1, 1),
      seq: none,
      timeNs: none,
      severity: Uint8Array.of(9, 17),
      bodies: ["a", "b"],
      attributes: ["", ""],
      sources: ["", ""],
      spanIds: ["", ""],
      traceIds: ["", ""],
    },
    logSpan: Uint32Array.of(0, 0),
    writesTotal: 3,
    writes: {
      process: Uint16Array.of(1),
      seq: Float64Array.of(4),
      timeNs: Float64Array.of(4),
      span: Uint32Array.of(0),
      operations: ["set"],
      keys: ["n"],
      values: ["1"],
      locations: [""],
    },
  };
}

describe("one request", () => {
  const one = requestOf(
    "1 1 GET 0-100\n  1 2 bank! 10-40\n  1 2 bank! 40-90\n  2 0 work 50-",
    "0:0-10 1:10-40 2:40-90 0:90-100",
  );

  it("says where the time went, of what is about the same together", () => {
    expect(timeShares(one).map(({ label, ns, share, spans, row }) => [label, ns, share, spans, row])).toEqual([
      ["→ bank! there/bank!", 80, 0.8, 2, 2],
      ["GET, in its own code", 20, 0.2, 1, 0],
    ]);
  });

  it("lists time, errors, spans, logs and writes, and what is left out of them", () => {
    const text = oneRows(one).map((row) =>
      row.kind === "head" ? `# ${row.title}` : row.kind === "note" ? row.text : row.kind,
    );
    expect(text).toEqual([
      "# Where the time went",
      "share",
      "share",
      "# Errors",
      "failed",
      "failed",
      "log",
      "# Spans",
      "span",
      "span",
      "span",
      "span",
      "# Logs",
      "log",
      "log",
      "# Writes to state",
      "write",
      "The first 1 of them.",
    ]);
  });

  it("reaches to the last end, or to now where that is not known", () => {
    expect(extentOf(one, 250)).toEqual({ fromNs: 0, toNs: 250 });
  });
});

describe("a listed request", () => {
  it("says what became of it", () => {
    const listed = listedRequest(
      {
        first: 0,
        total: 4,
        process: Uint16Array.of(1, 1, 1, 1),
        seq: new Float64Array(4),
        timeNs: new Float64Array(4),
        tookNs: Float64Array.of(1, 1, NaN, 1),
        status: Uint8Array.of(0, 2, 0, 2),
        code: Uint16Array.of(201, 504, 0, 200),
        targets: ["", "", "", ""],
        errorTypes: ["", "504", "", "aborted"],
        spanIds: ["", "", "", ""],
        traceIds: ["", "", "", ""],
      },
      0,
    );
    expect(outcomeText(listed)).toBe("201");
    expect(outcomeText({ ...listed, isFailed: true, code: 504 })).toBe("504 failed");
    expect(outcomeText({ ...listed, isFailed: true, errorType: "aborted" })).toBe("aborted");
    expect(outcomeText({ ...listed, tookNs: NaN })).toBe("unfinished");
  });
});

describe("the place in Requests", () => {
  it("comes back from the address", () => {
    const of = { service: "a & b", route: "GET /ü/:id?", kind: "consumer" } as const;
    const places: readonly (RequestPlace | undefined)[] = [
      undefined,
      { kind: "route", of },
      { kind: "route", of: { ...of, kind: "server" } },
      { kind: "one", process: 3, spanId: "0123456789abcdef", outermost: true },
      { kind: "one", process: 3, spanId: "0123456789abcdef", outermost: false, of },
    ];
    for (const place of places) {
      const kept = new URLSearchParams();
      keepRequestPlace(kept, place);
      expect(requestPlaceFrom(new URLSearchParams(kept.toString()))).toEqual(place);
    }
  });
});
