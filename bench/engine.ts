// The engine at the sizes that real programs make. Parts can be asked for by name: `npm run bench -- engine ingest zoom`;
// some of them at another size: `engine open --gigabytes 10`, and, of the same writes and in one run, so that what they are
// compared at is one load of the machine, `engine state peers --writes 1000000`.
import { parseArgs } from "node:util";
import type { Benchmark, Figure } from "./figures.js";
import { cutFigures } from "./engine/cut.js";
import { ingestFigures, ingestRulesFigures } from "./engine/ingest.js";
import { openFigures, openSize } from "./engine/open.js";
import { liveStateFigures } from "./engine/live-state.js";
import { largeStateFigures } from "./engine/large-state.js";
import { peerFigures, tenMillionKept } from "./engine/peers.js";
import { searchFigures } from "./engine/search.js";
import { stateFigures, tenMillion } from "./engine/state.js";
import { spanZoomFigures, tenMillionSpans } from "./engine/span-zoom.js";
import { zoomFigures } from "./engine/zoom.js";

interface Sizes {
  readonly gigabytes: number;
  readonly writes: number;
  readonly spans: number;
  readonly samples: number;
}

const parts: Readonly<Record<string, (sizes: Sizes) => Promise<readonly Figure[]>>> = {
  ingest: () => ingestFigures(),
  rules: () => ingestRulesFigures(),
  state: ({ writes }) => stateFigures({ ...tenMillion, writes }),
  "live-state": () => liveStateFigures(),
  cut: () => cutFigures(),
  large: () => largeStateFigures(),
  zoom: async ({ spans, samples }) => [
    ...(await zoomFigures(samples)),
    ...(await spanZoomFigures({ ...tenMillionSpans, spans })),
  ],
  search: () => searchFigures(),
  open: ({ gigabytes }) => openFigures(openSize(gigabytes)),
  peers: ({ writes }) => peerFigures({ ...tenMillionKept, writes }),
};

export const engine: Benchmark = {
  name: "engine",
  description:
    "ingest: three programs record events in a tight loop, while somebody looks ten times a second; rules: the same with rules that are evaluated;\n" +
    "state: 10 M writes to 200 scopes; live-state: the same while 20,000 writes a second come; cut: four processes whose clocks contradict\n" +
    "10,000 messages a second, saved and while they come; large: a Map of 100,000 entries, 50 MB, 5,000 scopes; zoom: 10 M samples, and 10 M spans; search: 10 M rows; open: a file of 1 GB, also\n" +
    "after its engine was killed; peers: the writes of state, kept otherwise. Each timed answer is compared with a plain one",
  async run(args): Promise<readonly Figure[]> {
    const { values, positionals: wanted } = parseArgs({
      args: [...args],
      options: {
        gigabytes: { type: "string", default: "1" },
        writes: { type: "string", default: "10000000" },
        spans: { type: "string", default: "10000000" },
        samples: { type: "string", default: "10000000" },
      },
      allowPositionals: true,
    });
    const sizes = {
      gigabytes: Number(values.gigabytes),
      writes: Number(values.writes),
      spans: Number(values.spans),
      samples: Number(values.samples),
    };
    const figures: Figure[] = [];
    for (const [name, run] of Object.entries(parts))
      if (wanted.length === 0 || wanted.includes(name)) figures.push(...(await run(sizes)));
    return figures;
  },
};
