// All ways to look at an open recording, each with what it keeps of what was asked before.
import { ReadAhead } from "./read-ahead.js";
import type { RecordingAccess, RecordingFacts } from "./recording-access.js";
import { EventList } from "./store/event-list.js";
import { StoredHoles } from "./store/evicted.js";
import type { LastChanges } from "./store/last-changes.js";
import { Logs } from "./store/logs.js";
import { lossesOf } from "./store/losses.js";
import { StoredMessages } from "./store/messages.js";
import { MetricBlocks } from "./store/metric-blocks.js";
import { Pages } from "./store/pages.js";
import type { Query } from "./store/readers.js";
import { SearchBlocks } from "./store/search-blocks.js";
import type { KeptBlocks } from "./store/search-kept-blocks.js";
import { Search } from "./store/search.js";
import { StoredSegments } from "./store/stored-segments.js";
import { instantOf } from "./store/timeline.js";
import { StoredWrites } from "./store/writes.js";

export interface LookedAt {
  readonly query: Query;
  /** Same number, same rows. */
  generation(): number;
  changes(): LastChanges;
  facts(): RecordingFacts;
  isLive(): boolean;
  lateWrites(): number;
}

export class RecordingLooks {
  readonly access: RecordingAccess;
  readonly logs: Logs;
  readonly events: EventList;
  readonly search: Search;
  readonly segments: StoredSegments;
  readonly pages: Pages;
  readonly blocks: MetricBlocks;
  readonly ahead: ReadAhead;
  readonly index: KeptBlocks;
  readonly #afterCommit: (() => void)[] = [];

  constructor(looked: LookedAt) {
    const { query } = looked;
    const generation = (): number => looked.generation();
    const facts = (): RecordingFacts => looked.facts();
    const searched = new SearchBlocks(query, generation);
    this.index = searched.kept;
    this.logs = new Logs(query, generation, searched);
    this.events = new EventList(query, generation);
    this.search = new Search(searched);
    this.pages = new Pages(generation);
    this.blocks = new MetricBlocks(generation);
    const writes = new StoredWrites(query);
    this.segments = new StoredSegments(query, writes);
    this.ahead = new ReadAhead({ segments: this.segments, blocks: this.blocks, facts });
    const holes = new StoredHoles(query, () => looked.changes().removed);
    this.access = {
      writes,
      segments: this.segments,
      messages: new StoredMessages(query, () => looked.isLive()),
      facts,
      instantOf: (process, seq) => instantOf(query, process, seq),
      losses: (process) => lossesOf(query, process),
      holes: (process) => holes.of(process),
      generation,
      changes: () => looked.changes(),
      lateWrites: () => looked.lateWrites(),
      afterCommit: (run) => void this.#afterCommit.push(run),
    };
  }

  /** What looks kept may be brought up to date. */
  committed(): void {
    for (const run of this.#afterCommit) run();
  }
}
