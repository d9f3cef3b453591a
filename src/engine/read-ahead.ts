// What is read of a saved recording before anybody looks at it, a little at a time.
import type { MetricBlocks } from "./store/metric-blocks.js";
import { MetricsAhead } from "./store/metrics-ahead.js";
import type { Query } from "./store/readers.js";
import type { StoredSegments } from "./store/stored-segments.js";

export type ReadableAhead = "state" | "metrics";

interface Read {
  readonly segments: StoredSegments;
  readonly blocks: MetricBlocks;
  readonly facts: () => { readonly start: bigint; readonly end: bigint };
}

export class ReadAhead {
  readonly #metrics = new MetricsAhead();

  constructor(readonly read: Read) {}

  async more(of: ReadableAhead, query: Query): Promise<void> {
    const { segments, blocks, facts } = this.read;
    if (of === "state") return segments.readAhead(query);
    const { start, end } = facts();
    return this.#metrics.readMore({ query, start, blocks }, { since: start, until: end });
  }
}
