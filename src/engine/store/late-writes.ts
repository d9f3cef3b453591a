// Whether writes came that are earlier than others of their process which were committed before. Whoever keeps what they have
// read of a process's writes reads on behind the last one, and would never see these: they have to begin anew.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { DerivedRows } from "./derived-rows.js";
import { queryOn } from "./readers.js";
import type { ChangeRow } from "./recording-rows.js";
import type { WaitingRows } from "./waiting-rows.js";

export class LateWrites implements DerivedRows {
  /** By process, of what is committed. */
  readonly #last: Map<number, number>;
  #committing: readonly ChangeRow[] = [];
  #count = 0;

  private constructor(last: Map<number, number>) {
    this.#last = last;
  }

  /** Goes on from the last commit. */
  static async open(connection: DuckDBConnection): Promise<LateWrites> {
    const rows = await queryOn(connection)(
      `SELECT process, max(seq) AS seq FROM (SELECT process, seq FROM write UNION ALL SELECT process, seq FROM keyframe)
       WHERE seq >= (SELECT coalesce(min(seq), 0) FROM (SELECT max(last_seq) AS seq FROM segment GROUP BY process))
       GROUP BY process`,
    );
    const seqs = rows.bigints("seq");
    return new LateWrites(new Map(rows.numbers("process").map((process, row) => [process, Number(seqs[row])])));
  }

  /** How many so far. */
  get count(): number {
    return this.#count;
  }

  write(_connection: DuckDBConnection, rows: WaitingRows): Promise<void> {
    this.#committing = rows.changes;
    return Promise.resolve();
  }

  /** Within one commit the order is all the same: they are read by their numbers. */
  committed(): void {
    const before = new Map(this.#last);
    for (const { process, seq } of this.#committing) {
      if (seq < (before.get(process) ?? 0)) this.#count++;
      if (seq > (this.#last.get(process) ?? 0)) this.#last.set(process, seq);
    }
    this.#committing = [];
  }

  forget(): void {
    this.#committing = [];
  }
}
