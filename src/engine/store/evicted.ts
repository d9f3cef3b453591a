// What was evicted, as the file says.
import { type ProcessId, instant, seq } from "../../shared/trace/time.js";
import type { Hole } from "../../shared/trace/write.js";
import { type EvictedKind, evictedKinds } from "./flight-tables.js";
import type { Query } from "./readers.js";

export type EvictedCounts = Readonly<Record<EvictedKind, number>>;

export interface Evicted extends EvictedCounts {
  /** Of what is left. */
  readonly start: bigint;
  /** Whether there is any. */
  readonly any: boolean;
}

export async function readEvicted(query: Query): Promise<Evicted> {
  const sums = evictedKinds.map((kind) => `coalesce(sum(${kind}), 0)::BIGINT AS ${kind}`).join(", ");
  const rows = await query(
    `SELECT ${sums}, count(*) AS stretches, (SELECT start FROM recording) AS start FROM eviction`,
  );
  const of = (kind: EvictedKind): number => rows.numbers(kind)[0] ?? 0;
  return {
    events: of("events"),
    spans: of("spans"),
    logs: of("logs"),
    metrics: of("metrics"),
    writes: of("writes"),
    marks: of("marks"),
    start: rows.bigints("start")[0] ?? 0n,
    any: (rows.numbers("stretches")[0] ?? 0) > 0,
  };
}

/** Writes of one process that were evicted, in Seq order. */
async function readHoles(query: Query, process: ProcessId): Promise<readonly Hole[]> {
  const rows = await query(
    `SELECT first_seq, last_seq, first_instant, last_instant FROM state_hole WHERE process = $1 ORDER BY first_seq`,
    [process],
  );
  const [lastSeq, first, last] = [
    rows.numbers("last_seq"),
    rows.bigints("first_instant"),
    rows.bigints("last_instant"),
  ];
  return rows.numbers("first_seq").map((firstSeq, row) => ({
    firstSeq: seq(firstSeq),
    lastSeq: seq(lastSeq[row] ?? 0),
    first: instant(first[row] ?? 0n),
    last: instant(last[row] ?? 0n),
  }));
}

/** Asked at every look at state: read once for as long as nothing is committed. */
export class StoredHoles {
  readonly #query: Query;
  readonly #generation: () => number;
  readonly #known = new Map<ProcessId, { readonly generation: number; readonly holes: readonly Hole[] }>();

  constructor(query: Query, generation: () => number) {
    this.#query = query;
    this.#generation = generation;
  }

  async of(process: ProcessId): Promise<readonly Hole[]> {
    const generation = this.#generation();
    const known = this.#known.get(process);
    if (known?.generation === generation) return known.holes;
    const holes = await readHoles(this.#query, process);
    this.#known.set(process, { generation, holes });
    return holes;
  }
}
