// What the Correlation pane makes of answers: lists, plots, the places of services, and texts to look for.
import { describe, expect, it } from "vitest";
import { shapePoints } from "../../../shared/protocol/correlation-calls.js";
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";
import { correlationPlaceFrom, keepCorrelationPlace } from "../../state/correlation-place.js";
import { type CorrelatedColumns, coefficientText, correlatedRows, shownRows, wordsOf } from "./correlated-rows.js";
import { layOut } from "./graph-layout.js";
import { hexIdFrom, merged, searchTextFrom } from "./id-text.js";
import { lagPath, linePath, scatterDots } from "./pair-plots.js";
import { searchedFor } from "./searched-for.js";

const series = (id: number, name: string): MetricSeries => ({
  series: id,
  process: 1,
  name,
  alias: name,
  unit: "",
  attributes: "{}",
  samples: 20,
  min: 0,
  max: 1,
});

function found(rows: readonly (readonly [id: number, pearson: number, spearman: number, chance: number])[]) {
  const column = (at: 1 | 2 | 3) => Float64Array.from(rows, (row) => row[at]);
  const none = new Float64Array(rows.length);
  const columns: CorrelatedColumns = {
    cells: 20,
    cellNs: 1e9,
    tried: rows.length,
    mostLag: 2,
    series: Uint32Array.from(rows, ([id]) => id),
    measure: new Uint8Array(rows.length),
    pearson: column(1),
    spearman: column(2),
    lagNs: none,
    pairs: new Uint32Array(rows.length),
    effective: none,
    byDifferences: new Uint8Array(rows.length),
    chance: column(3),
    shapes: new Float64Array(rows.length * shapePoints),
    own: new Float64Array(shapePoints),
  };
  const list = [series(1, "heap used"), series(2, "requests"), series(3, "gc pause")];
  return correlatedRows(columns, list, () => "gateway");
}

describe("what goes with a series", () => {
  const rows = found([
    [1, 0.5, 0.9, 0.001],
    [2, -0.8, NaN, 0.2],
    [3, 0.6, 0.7, 0.9],
    [9, 1, 1, 0],
  ]);
  const names = (shown: typeof rows): string[] => shown.map((row) => row.series.name);

  it("is listed as the engine ranks it, or by how strong one of the two is, whichever way round", () => {
    expect(names(shownRows(rows, "chance", ""))).toEqual(["heap used", "requests", "gc pause"]);
    expect(names(shownRows(rows, "pearson", ""))).toEqual(["requests", "gc pause", "heap used"]);
    expect(names(shownRows(rows, "spearman", ""))).toEqual(["heap used", "gc pause", "requests"]);
  });

  it("is found by words of its name and service, in any order", () => {
    expect(names(shownRows(rows, "chance", "USED gateway"))).toEqual(["heap used"]);
    expect(names(shownRows(rows, "chance", "payments"))).toEqual([]);
  });

  it("is called correlated where chance is no explanation, and never a cause", () => {
    expect(rows.map(wordsOf)).toEqual(["correlated", "may well be chance", "chance explains it"]);
    const [opposite] = found([[1, -0.9, -0.9, 1e-9]]);
    expect(opposite && wordsOf(opposite)).toBe("correlated, the other way round");
    expect([-0.836, NaN].map(coefficientText)).toEqual(["−0.84", "–"]);
  });
});

describe("plots of two series", () => {
  const box = { widthPx: 100, heightPx: 12 };
  it("are lines with breaks at gaps, moved by a lag", () => {
    expect(linePath(Float64Array.of(0, 10, NaN, 5, 0), box)).toBe("M0 11L25 1M75 6L100 11");
    expect(linePath(Float64Array.of(0, 10, 5, 5, 0), box, 1)).toBe("M0 1L25 6L50 6L75 11");
    expect(linePath(Float64Array.of(NaN, NaN), box)).toBe("");
  });

  it("are dots of cells that both have, at the lag", () => {
    const dots = scatterDots(Float64Array.of(0, 1, 2, NaN), Float64Array.of(9, 0, 10, 20), 1, box);
    expect(dots).toEqual([
      { x: 0, y: 12, cell: 0 },
      { x: 50, y: 6, cell: 1 },
      { x: 100, y: 0, cell: 2 },
    ]);
  });

  it("are r by lag between −1 and 1", () => {
    expect(lagPath(Float64Array.of(-1, 0, NaN, 1), box)).toBe("M0 12L33.3 6M100 0");
  });
});

describe("places of services", () => {
  const layersOf = (count: number, edges: readonly (readonly [number, number])[]): number[] =>
    layOut(
      count,
      edges.map(([from, to]) => ({ from, to })),
    ).nodes.map(({ layer }) => layer);

  it("are to the right of whoever calls them, as far as the longest way", () => {
    expect(
      layersOf(4, [
        [0, 1],
        [1, 2],
        [0, 2],
        [2, 3],
      ]),
    ).toEqual([0, 1, 2, 3]);
    expect(layersOf(0, [])).toEqual([]);
  });

  it("are found although some call each other in a circle, or themselves", () => {
    expect(
      layersOf(3, [
        [0, 1],
        [1, 2],
        [2, 0],
      ]),
    ).toEqual([0, 1, 2]);
    expect(
      layersOf(2, [
        [0, 0],
        [0, 1],
        [1, 0],
      ]),
    ).toEqual([0, 1]);
  });

  it("are ordered so that lines to the next column do not cross", () => {
    const edges = [
      { from: 0, to: 3 },
      { from: 1, to: 2 },
    ];
    const { nodes } = layOut(4, edges);
    const placeOf = (node: number): number => nodes[node]?.place ?? -1;
    expect(Math.sign(placeOf(0) - placeOf(1))).toBe(Math.sign(placeOf(3) - placeOf(2)));
  });
});

describe("an id", () => {
  it("of a trace or span is hexadecimal, also behind its name", () => {
    expect(hexIdFrom("00f067aa0ba902b7")).toBe("00f067aa0ba902b7");
    expect(hexIdFrom(" trace_id=4BF92F3577B34DA6A3CE929D0E0E4736")).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
    expect(hexIdFrom("order:00f067aa0ba902b7")).toBeUndefined();
    expect(hexIdFrom("ord_1")).toBeUndefined();
  });

  it("with a key is looked for as both, else as it stands", () => {
    expect(searchTextFrom("order:ord_1")).toBe('"ord_1" "order"');
    expect(searchTextFrom('requestId=a "b"')).toBe('"a \\"b\\"" "requestId"');
    expect(searchTextFrom("http://localhost/x")).toBe('"http://localhost/x"');
    expect(searchTextFrom("load 7")).toBe('"load 7"');
  });

  it("is shown once for each record, in the order of time", () => {
    const row = (seq: number, timeNs: number, from: string) => ({ kind: "span", process: 1, seq, timeNs, from });
    const rows = merged([row(2, 20, "id"), row(1, 10, "id")], [row(2, 20, "text"), row(3, 5, "text")]);
    expect(rows.map(({ seq, from }) => `${seq} ${from}`)).toEqual(["3 text", "1 id", "2 id"]);
  });
});

describe("the first of a change", () => {
  it("is looked for by the longest part of it that is not masked", () => {
    const asked = (kind: Parameters<typeof searchedFor>[0]["kind"], subject: string) => searchedFor({ kind, subject });
    expect(asked("log", 'error: took # ms to say "no" to #')).toEqual({ kind: "log", text: '"ms to say \\"no\\" to"' });
    expect(asked("latency", "POST to 127.0.0.1:#")).toEqual({ kind: "span", text: '"POST"' });
    expect(asked("attribute", "http.route=/a of GET /a to b:80")).toEqual({ kind: "span", text: '"GET /a"' });
    expect(asked("state", "ledger.accounts.acc_#.balance")).toEqual({ kind: "write", text: '"balance"' });
    for (const [kind, subject] of [
      ["metric", "heap"],
      ["rate", "all requests from outside"],
      ["log", "all lines of warn"],
      ["state", "ledger.*"],
    ] as const)
      expect(asked(kind, subject)).toBeUndefined();
  });
});

describe("the place of Correlation", () => {
  it("is in the address, and nothing that makes no sense is taken from there", () => {
    const place = { question: "ids", series: 12, id: "order:ord_1" } as const;
    const kept = new URLSearchParams();
    keepCorrelationPlace(kept, place);
    expect(correlationPlaceFrom(new URLSearchParams(kept.toString()))).toEqual(place);
    expect(correlationPlaceFrom(new URLSearchParams("correlation=else&series=1"))).toBeUndefined();
    expect(correlationPlaceFrom(new URLSearchParams("correlation=series&series=-1"))).toEqual({ question: "series" });
  });
});
