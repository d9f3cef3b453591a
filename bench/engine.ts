// The engine at the sizes that real programs make.
import type { Benchmark, Figure } from "./figures.js";
import { ingestFigures } from "./engine/ingest.js";

export const engine: Benchmark = {
  name: "engine",
  description: "ingest: three programs record events in a tight loop, while somebody looks ten times a second",
  async run(): Promise<readonly Figure[]> {
    return ingestFigures();
  },
};
