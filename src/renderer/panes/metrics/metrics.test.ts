import { describe, expect, it } from "vitest";
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";
import { defaultSeries } from "./default-series.js";
import { type Samples, brokenBy, extentOf, lineAt, roundExtent, valueAt } from "./samples.js";
import { rowHeight } from "./row-height.js";
import { groupSeries } from "./series-groups.js";
import { numberText, scaleOf, unitWord, valueText } from "../../../shared/base/units.js";

const samplesOf = (...pairs: readonly (readonly [number, number])[]): Samples => ({
  timeNs: Float64Array.from(pairs, ([time]) => time),
  values: Float64Array.from(pairs, ([, value]) => value),
});

function seriesOf(line: string, series: number): MetricSeries {
  const [process = "1", name = ""] = line.split(" ");
  return {
    series,
    process: Number(process),
    name,
    alias: name,
    unit: "1",
    attributes: "{}",
    samples: 1,
    min: 0,
    max: 1,
  };
}

describe("scaleOf", () => {
  const text = (unit: string, value: number) => {
    const [code = "", name = ""] = unit.split(" ");
    const scale = scaleOf({ name, unit: code }, value);
    return `${valueText(value, scale)} ${scale.suffix}`.trim();
  };

  it("finds the unit people would say", () => {
    expect(
      [
        ["By", 92_600_000],
        ["By", 812],
        ["s", 0.0471],
        ["s", 3],
        ["ms", 0.25],
        ["ns", 47_100_000],
        ["1 process.cpu.utilization", 0.034],
        ["1 orders", 7],
        ["{request}/s", 158],
        ["{handle}", 12],
        ["s", 0],
      ].map(([unit, value]) => text(String(unit), Number(value))),
    ).toEqual(["92.6 MB", "812 B", "47.1 ms", "3 s", "250 µs", "47.1 ms", "3.40 %", "7", "158 /s", "12", "0 ms"]);
  });
});

describe("numberText", () => {
  it("groups thousands, uses a real minus and keeps three digits", () => {
    expect([1284, -17.1, 0.12345, 99.96, 0, -0.0001, NaN].map(numberText)).toEqual([
      "1\u2009284",
      "−17.1",
      "0.123",
      "100",
      "0",
      "0",
      "–",
    ]);
  });
});

describe("valueAt", () => {
  const samples = samplesOf([10, 1], [20, 2], [30, 3]);

  it("is the last sample at or before the instant", () => {
    expect([5, 10, 19, 20, 31].map((at) => valueAt(samples, at))).toEqual([undefined, 1, 1, 2, 3]);
  });

  it("is known all the while of a count that changed each second, and is told each four seconds since it stays", () => {
    const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20];
    const known = (at: number) => valueAt(samplesOf(...seconds.filter((s) => s <= at).map((s) => [s, s] as const)), at);
    for (let at = 2; at < 24; at += 0.25) expect([at, known(at)]).toEqual([at, seconds.findLast((s) => s <= at)]);
  });

  it("is unknown long after the last sample", () => {
    expect(valueAt(samples, 1000)).toBeUndefined();
  });
});

describe("brokenBy", () => {
  const samples = samplesOf([10, 1], [20, 2], [30, 3], [60, 6]);
  const broken = (...missing: readonly [fromNs: number, toNs: number][]) => {
    const { timeNs, values } = brokenBy(
      samples,
      missing.map(([fromNs, toNs]) => ({ fromNs, toNs })),
    );
    return [...timeNs].map((time, at) => `${time}:${values[at]}`).join(" ");
  };

  it("knows nothing from where samples were evicted to the next one", () => {
    expect(broken()).toBe("10:1 20:2 30:3 60:6");
    expect(broken([35, 60])).toBe("10:1 20:2 30:3 35:NaN 60:6");
    expect(broken([0, 10], [11, 20], [70, 80])).toBe("0:NaN 10:1 11:NaN 20:2 30:3 60:6 70:NaN");
    const known = brokenBy(samples, [{ fromNs: 35, toNs: 60 }]);
    expect([30, 34, 40, 59, 60].map((at) => valueAt(known, at))).toEqual([3, 3, NaN, NaN, 6]);
    expect([25, 32, 40, 60].map((at) => lineAt(known, at))).toEqual([2.5, undefined, undefined, 6]);
  });

  it("shows none that is on its way out", () => {
    expect(broken([15, 30])).toBe("10:1 15:NaN 30:3 60:6");
  });
});

describe("lineAt", () => {
  it("lies straight between samples and nowhere beyond them", () => {
    const samples = samplesOf([10, 1], [20, 3]);
    expect([5, 10, 15, 20, 21].map((at) => lineAt(samples, at))).toEqual([undefined, 1, 2, 3, undefined]);
  });
});

describe("extentOf", () => {
  it("surrounds the samples with round numbers", () => {
    expect([roundExtent(71.3, 128), roundExtent(3, 78), roundExtent(5, 5), roundExtent(0, 0)]).toEqual([
      { min: 60, max: 140 },
      { min: 0, max: 80 },
      { min: 4.5, max: 5.5 },
      { min: 0, max: 1 },
    ]);
  });

  it("has something to show when there are no samples", () => {
    expect(extentOf([samplesOf()])).toEqual({ min: 0, max: 1 });
  });
});

describe("series", () => {
  const all = [
    "1 v8js.memory.heap.limit",
    "1 v8js.memory.heap.used",
    "2 v8js.memory.heap.used",
    "1 nodejs.eventloop.delay.p99",
  ].map(seriesOf);

  it("are chosen by what people look at first", () => {
    expect(defaultSeries(all, 3)).toEqual([1, 3, 2]);
  });

  it("fall back to the first ones there are", () => {
    expect(defaultSeries([seriesOf("1 orders.open", 7)], 3)).toEqual([7]);
  });

  it("are found by any words of their names, by process", () => {
    const found = groupSeries(all, "heap used").map((group) => [group.process, group.series.map((one) => one.series)]);
    expect(found).toEqual([
      [1, [1]],
      [2, [2]],
    ]);
  });
});

describe("rowHeight", () => {
  it("shows whole rows, sharing what there is", () => {
    expect([rowHeight(122, 4), rowHeight(200, 4), rowHeight(600, 3), rowHeight(20, 3)]).toEqual([40, 50, 160, 38]);
  });
});

describe("unitWord", () => {
  it("is what people call the unit", () => {
    const units = ["By", "By/s", "s", "1", "{handle}", "{request}/s"];
    expect(units.map((unit) => unitWord({ name: "x", unit }))).toEqual([
      "bytes",
      "bytes/s",
      "s",
      "",
      "handle",
      "request/s",
    ]);
    expect(unitWord({ name: "process.cpu.utilization", unit: "1" })).toBe("%");
  });
});
