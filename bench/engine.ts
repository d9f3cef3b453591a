// The engine at the sizes that real programs make. Parts can be asked for by name: `npm run bench -- engine ingest zoom`.
import type { Benchmark, Figure } from "./figures.js";
import { ingestFigures } from "./engine/ingest.js";
import { openFigures } from "./engine/open.js";
import { peerFigures } from "./engine/peers.js";
import { searchFigures } from "./engine/search.js";
import { stateFigures } from "./engine/state.js";
import { zoomFigures } from "./engine/zoom.js";

const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  ingest: () => ingestFigures(),
  state: () => stateFigures(),
  zoom: () => zoomFigures(),
  search: () => searchFigures(),
  open: () => openFigures(),
  peers: () => peerFigures(),
};

export const engine: Benchmark = {
  name: "engine",
  description:
    "ingest: three programs record events in a tight loop, while somebody looks ten times a second;\n" +
    "state: 10 M writes to 200 scopes; zoom: 10 M samples; search: 10 M rows; open: a file of 1 GB, also\n" +
    "after its engine was killed; peers: the writes of state, kept otherwise. Each timed answer is compared with a plain one",
  async run(wanted): Promise<readonly Figure[]> {
    const figures: Figure[] = [];
    for (const [name, run] of Object.entries(parts))
      if (wanted.length === 0 || wanted.includes(name)) figures.push(...(await run()));
    return figures;
  },
};
