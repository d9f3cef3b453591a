// The area between the least and the most of merged samples, behind the line of their averages.
import { onAxis } from "./log-scale.js";
import type { Band } from "./samples.js";

type Point = readonly [number, number];

/** The band as closed outlines: one for each stretch without a break. `floor`: the lower edge of what is not above 0 on a log scale. */
export function outlinesOf(
  { timeNs, least, most }: Band,
  isLog: boolean,
  floor: number,
): readonly (readonly Point[])[] {
  const outlines: Point[][] = [];
  let [upper, lower]: [Point[], Point[]] = [[], []];
  const close = (): void => {
    if (upper.length > 0) outlines.push([...upper, ...lower.reverse()]);
    [upper, lower] = [[], []];
  };
  for (const [at, ns] of timeNs.entries()) {
    const [low, high] = [onAxis(least[at] ?? NaN, isLog), onAxis(most[at] ?? NaN, isLog)];
    if (Number.isNaN(high)) {
      close();
      continue;
    }
    upper.push([ns, high]);
    lower.push([ns, Number.isNaN(low) ? floor : low]);
  }
  close();
  return outlines;
}

interface Drawing {
  coord(point: readonly number[]): number[];
}

/** One item that draws all of it: ECharts has no band of its own that also works on a log scale. */
export function bandSeries(band: Band, isLog: boolean, floor: number, colour: string) {
  const outlines = outlinesOf(band, isLog, floor);
  return {
    id: "band",
    type: "custom",
    silent: true,
    clip: true,
    z: 0,
    tooltip: { show: false },
    data: outlines.map(([first]) => first ?? [0, 0]),
    renderItem: ({ dataIndex }: { readonly dataIndex: number }, { coord }: Drawing) => ({
      type: "polygon",
      silent: true,
      shape: { points: (outlines[dataIndex] ?? []).map((point) => coord(point)) },
      style: { fill: colour, opacity: 0.28 },
    }),
  };
}
