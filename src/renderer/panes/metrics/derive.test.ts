// Everything derived from samples against the slow and obvious way to it, and rows as they are kept.
import { describe, expect, it } from "vitest";
import { outlinesOf } from "./band-series.js";
import { chartOption, tooltipText } from "./chart-option.js";
import { rateOf, rateUnit, ratioOf, ratioUnit } from "./derive.js";
import { logExtentOf, onAxis } from "./log-scale.js";
import { makeRow } from "./metric-row.js";
import { plotMarks } from "./plot-marks.js";
import { moved, rowsFromText, seriesOf, textFromRows, toggled, withBelow, withLog, without } from "./row-choice.js";
import { storeRows, storedRows } from "./rows-stored.js";
import { type Samples, bandOf } from "./samples.js";

type Pairs = readonly (readonly [number, number])[];
const samplesOf = (pairs: Pairs): Samples => ({
  timeNs: Float64Array.from(pairs, ([time]) => time),
  values: Float64Array.from(pairs, ([, value]) => value),
});
const pairsOf = ({ timeNs, values }: Samples): Pairs => [...timeNs].map((time, at) => [time, values[at] ?? NaN]);

/** Uneven steps of about a second; a value is whole, may stay, fall and be missing. */
function randomPairs(seed: number, count: number): Pairs {
  let state = seed;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  let [time, value] = [next(1000) * 1e6, 0];
  return Array.from({ length: count }, () => {
    time += 5e8 + next(1000) * 1e6;
    value = next(10) === 0 ? 0 : value + next(5);
    return [time, next(20) === 0 ? NaN : value] as const;
  });
}

describe("rateOf", () => {
  it("is the growth between neighbours, as one by one", () => {
    for (let seed = 1; seed < 40; seed++) {
      const pairs = randomPairs(seed, seed);
      const expected = pairs.slice(1).map(([time, value], at) => {
        const [earlier = 0, before = NaN] = pairs[at] ?? [];
        return [time, value < before ? NaN : (value - before) / ((time - earlier) / 1e9)];
      });
      expect(pairsOf(rateOf(samplesOf(pairs)))).toEqual(expected);
    }
  });

  it("is nothing where a counter began anew", () => {
    const restarted = rateOf(
      samplesOf([
        [0, 10],
        [2e9, 30],
        [3e9, 4],
        [4e9, 5],
      ]),
    );
    expect([...restarted.values]).toEqual([10, NaN, 1]);
  });
});

describe("ratioOf", () => {
  it("divides by what the other was last known to be, and by nothing when that is too old, none or 0", () => {
    for (let seed = 1; seed < 40; seed++) {
      const [above, below] = [randomPairs(seed, 30), randomPairs(seed + 100, 20)];
      const interval = ((below.at(-1)?.[0] ?? 0) - (below[0]?.[0] ?? 0)) / (below.length - 1);
      const expected = above.map(([time, value]) => {
        const known = below.filter(([earlier]) => earlier <= time).at(-1);
        const isKnown = known !== undefined && time - known[0] <= 5 * interval && known[1] !== 0;
        return [time, isKnown ? value / known[1] : NaN];
      });
      expect(pairsOf(ratioOf(samplesOf(above), samplesOf(below)))).toEqual(expected);
    }
  });

  it("says its unit", () => {
    const [heap, requests, delay] = [
      { name: "heap", unit: "By" },
      { name: "requests", unit: "{request}" },
      { name: "delay", unit: "s" },
    ];
    expect(
      [ratioUnit(heap, heap, 1), ratioUnit(heap, requests, 1), ratioUnit(requests, delay, 1)].map(({ unit }) => unit),
    ).toEqual(["1", "By", "1/s"]);
    expect([ratioUnit(heap, heap, 1), ratioUnit(heap, heap, 30)].map(({ name }) => name)).toEqual(["ratio", "times"]);
    expect([rateUnit(heap), rateUnit(requests)].map(({ unit }) => unit)).toEqual(["By/s", "/s"]);
  });
});

const columns = (startNs: number[], average: number[], least: number[], most: number[]) => ({
  startNs: Float64Array.from(startNs),
  average: Float64Array.from(average),
  least: Float64Array.from(least),
  most: Float64Array.from(most),
});
const series = (id: number, name: string, unit: string) => ({
  ...{ series: id, process: 1, name, alias: name, unit, attributes: "{}", samples: 3, min: 0, max: 1 },
});

describe("a row of merged samples", () => {
  const merged = bandOf(columns([0, 10, 20, 30], [2, NaN, 4, 5], [0, NaN, 3, 1], [9, NaN, 8, 100]), 10);
  const [plain, rate] = rowsFromText("5 log,rate(5)").map((choice) =>
    makeRow({
      choice,
      series: series(5, "orders", "{order}"),
      over: undefined,
      samplesOf: () => merged.samples,
      bandOf: () => merged.band,
      before: () => samplesOf([[-25, 1000]]),
      spanNs: 30,
      marksUnusual: true,
    }),
  );

  it("has the averages of slices with samples, each in its middle, and a band that its axis holds", () => {
    expect(pairsOf(merged.samples)).toEqual([
      [5, 2],
      [25, 4],
      [35, 5],
    ]);
    expect([...merged.band.least, ...merged.band.most]).toEqual([0, 3, 1, 9, 8, 100]);
    expect(plain?.extent).toEqual({ min: 1, max: 1000 });
    expect(plain?.before).toEqual(samplesOf([[5, 1000]]));
  });

  it("says of what is derived that it comes from averages, and draws no band there", () => {
    expect([plain?.meaning, rate?.meaning]).toEqual([
      "orders",
      "Growth of orders per second, of averages; none where it falls",
    ]);
    expect(rate?.band).toBeUndefined();
  });

  it("is drawn as line, dots of before and band, in powers of ten on a log scale", () => {
    if (plain === undefined) throw new Error("no row");
    const colours = {
      line: "red",
      grid: "",
      text: "",
      textSoft: "grey",
      textQuiet: "",
      raised: "",
      border: "",
      font: "",
    };
    const row = { ...plain, isLog: true, fromNs: 0, toNs: 40, timeText: (ns: number) => `at ${ns}` };
    const option: unknown = chartOption(row, colours);
    expect(option).toMatchObject({
      yAxis: { min: 0, max: 3, interval: 1 },
      series: [
        {
          id: "line",
          data: [
            [5, Math.log10(2)],
            [25, Math.log10(4)],
            [35, Math.log10(5)],
          ],
        },
        { id: "before", lineStyle: { type: "dotted" }, data: [[5, 3]] },
        { id: "band", type: "custom" },
      ],
    });
    const shown = [
      { seriesId: "before", dataIndex: 0 },
      { seriesId: "line", dataIndex: 1 },
    ];
    expect(tooltipText(row, shown)).toBe("orders  average 4 · 3 to 8 · before 1\u2009000\nat 25");
  });

  it("is one outline up to a break; what is not above 0 goes down to the floor of a log scale", () => {
    const band = {
      timeNs: Float64Array.of(0, 1, 2, 3),
      least: Float64Array.of(0, 1, NaN, 10),
      most: Float64Array.of(10, 10, NaN, 100),
    };
    expect(outlinesOf(band, true, -1)).toEqual([
      [
        [0, 1],
        [1, 1],
        [1, 0],
        [0, -1],
      ],
      [
        [3, 2],
        [3, 1],
      ],
    ]);
  });
});

describe("a log scale", () => {
  it("goes from one power of ten to another, around what is above 0", () => {
    const extents = [[3, 40, 0, -5], [100], [0], [0.02, 0.5]].map((values) =>
      logExtentOf([samplesOf(values.map((value, at) => [at, value]))]),
    );
    expect(extents).toEqual([
      { min: 1, max: 100 },
      { min: 100, max: 1000 },
      { min: 1, max: 10 },
      { min: 0.01, max: 1 },
    ]);
    expect([onAxis(1000, true), onAxis(0, true), onAxis(-1, false)]).toEqual([expect.closeTo(3, 10), NaN, -1]);
  });
});

describe("chosen rows", () => {
  it("are kept as text, without what is none and what is there already", () => {
    const text = "5,rate(5) log,5/7,12 log";
    expect(textFromRows(rowsFromText(text))).toBe(text);
    expect(textFromRows(rowsFromText("5,5 log,x,rate(),5/,1/2/3,-4,rate(6)"))).toBe("5,rate(6)");
    expect(rowsFromText("")).toEqual([]);
    expect(seriesOf(rowsFromText(text))).toEqual([5, 7, 12]);
  });

  it("are moved, removed, toggled, and derived below where they come from", () => {
    const rows = rowsFromText("1,2,3");
    const derived = { series: 1, derived: { kind: "rate" }, isLog: false } as const;
    const texts = [
      moved(rows, "3", -1),
      moved(rows, "1", -1),
      without(rows, "2"),
      toggled(rows, 2),
      toggled(rows, 4),
      withBelow(rows, "1", derived),
      withBelow(withBelow(rows, "1", derived), "1", derived),
      withLog(rows, "2", true),
    ].map((one) => textFromRows(one));
    expect(texts).toEqual(["1,3,2", "1,2,3", "1,3", "1,3", "1,2,3,4", "1,rate(1),2,3", "1,rate(1),2,3", "1,2 log,3"]);
  });

  it("are kept of each recording, the last fifty", () => {
    const kept = new Map([["hindcast.metrics", "not JSON"]]);
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
    };
    expect(storedRows(storage, "r1")).toBeUndefined();
    for (let at = 0; at <= 50; at++) storeRows(storage, `r${at}`, { rows: `${at}`, comparesBefore: at === 3 });
    storeRows(storage, "r3", { rows: undefined, comparesBefore: true, hidesUnusual: true });
    expect(["r0", "r1", "r3"].map((recording) => storedRows(storage, recording))).toEqual([
      undefined,
      { rows: "1", comparesBefore: false, hidesUnusual: false },
      { rows: undefined, comparesBefore: true, hidesUnusual: true },
    ]);
  });
});

describe("plotMarks", () => {
  it("draws one line a pixel, notes first, gaps as long as they are, and nothing out of view or filtered", () => {
    const mark = (kind: "note" | "start" | "gap", offsetNs: number, sinceNs = offsetNs, reason?: string) => ({
      ...{ kind, offsetNs, sinceNs, reason },
    });
    const marks = [
      mark("start", 101),
      mark("note", 101.2),
      mark("start", 50),
      mark("start", 250),
      mark("gap", 140, 80),
      mark("gap", 190, 180, "filtered"),
    ];
    expect(plotMarks(marks, { fromNs: 100, toNs: 200 }, 100)).toEqual([
      { xPx: 1, kind: "note", widthPx: 0 },
      { xPx: 0, kind: "gap", widthPx: 40 },
    ]);
  });
});
