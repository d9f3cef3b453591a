import { describe, expect, it } from "vitest";
import { drawTrack, type Lifetime, type TrackContext, type TrackPicture } from "./draw-track.js";

/** A canvas that notes what is filled, as `colour left,top width×height`; of a path, its corners. */
function notingCanvas(): { readonly context: TrackContext; readonly filled: string[] } {
  const filled: string[] = [];
  let corners: string[] = [];
  const ignore = (): void => undefined;
  const colour = (): string => (typeof context.fillStyle === "string" ? context.fillStyle : "");
  const context: TrackContext = {
    fillStyle: "",
    strokeStyle: "",
    globalAlpha: 1,
    beginPath: () => void (corners = []),
    moveTo: (x, y) => void corners.push(`${x},${y}`),
    lineTo: (x, y) => void corners.push(`${x},${y}`),
    fill: () => void filled.push(`${colour()} ${corners.join(" ")}`),
    fillRect: (x, y, width, height) => void filled.push(`${colour()} ${x},${y} ${width}×${height}`),
    clearRect: ignore,
    clip: ignore,
    rect: ignore,
    restore: ignore,
    save: ignore,
    setLineDash: ignore,
    stroke: ignore,
  };
  return { context, filled };
}

/** A track of 100 pixels between its insets, a pixel each nanosecond. */
function filledOf(picture: Partial<TrackPicture>): readonly string[] {
  const { context, filled } = notingCanvas();
  drawTrack(context, {
    widthPx: 124,
    range: { fromNs: 0, toNs: 100 },
    ticks: { offsetsNs: [], stepNs: 50 },
    density: undefined,
    lifetimes: [],
    marks: [],
    gaps: [],
    firings: [],
    color: (token) => token,
    category: (category) => `category-${category}`,
    liveNs: undefined,
    ...picture,
  });
  return filled;
}

const lives = (count: number): readonly Lifetime[] =>
  Array.from({ length: count }, (_, at) => ({ fromNs: 10, toNs: 30, category: at + 1 }));

describe("the stripes of processes on the ruler", () => {
  it("begin and end with the process, each in its own row, two pixels thick, the lowest at the bottom", () => {
    const lifetimes = [
      { fromNs: 0, toNs: 100, category: 3 },
      { fromNs: 20, toNs: 50, category: 1 },
    ];
    expect(filledOf({ lifetimes })).toEqual(["category-3 12,72 100×2", "category-1 32,74 30×2"]);
  });

  it("are a pixel thick where there are more than four, and share rows beyond eight", () => {
    const tops = filledOf({ lifetimes: lives(10) }).map((one) => /,(\d+) 20×1$/.exec(one)?.[1]);
    expect(tops).toEqual(["68", "69", "70", "71", "72", "73", "74", "75", "68", "69"]);
  });

  it("are at least a pixel wide", () => {
    expect(filledOf({ lifetimes: [{ fromNs: 40, toNs: 40, category: 2 }] })).toEqual(["category-2 52,74 1×2"]);
  });
});

describe("the firings of rules on the ruler", () => {
  it("lie under the bars: kept and gained ones solid, lost ones as two lines", () => {
    const firings = [
      { fromNs: 10, toNs: 20, change: "same" },
      { fromNs: 30, toNs: 30, change: "gained" },
      { fromNs: 50, toNs: 60, change: "lost" },
    ] as const;
    expect(filledOf({ firings })).toEqual([
      "degraded 22,64 10×3",
      "accent 42,64 2×3",
      "text-3 62,64 10×1",
      "text-3 62,67 10×1",
    ]);
  });

  it("are drawn once where they would cover each other, however many there are", () => {
    const firings = Array.from({ length: 10_000 }, (_, at) => ({
      fromNs: at / 100,
      toNs: at / 100,
      change: "same" as const,
    }));
    expect(filledOf({ firings }).length).toBeLessThanOrEqual(101);
  });
});

describe("the live edge of the ruler", () => {
  it("is a line with a cap where the recording has come to", () => {
    expect(filledOf({ liveNs: 80 })).toEqual(["critical 92,18 1×58", "critical 89,18 96,18 92.5,22"]);
  });

  it("is not there once the recording is saved", () => {
    expect(filledOf({})).toEqual([]);
  });
});
