// Writes spans that took long a second time, beside others of their kind (long-spans.ts), in the commit that brings their ends.
import type { DuckDBConnection } from "@duckdb/node-api";
import { longs } from "./column-buffers.js";
import type { DerivedRows } from "./derived-rows.js";
import { classOf, longClasses, longTableOf, shortestLongNs } from "./long-spans.js";
import type { SpanRow } from "./recording-rows.js";
import { SpanRows } from "./span-rows.js";
import type { WaitingRows } from "./waiting-rows.js";

class LongSpanBuffer {
  readonly lengths = longs();
  readonly rows = new SpanRows([this.lengths]);
}

export class LongSpanRows implements DerivedRows {
  readonly #buffers = longClasses.map(() => new LongSpanBuffer());

  async write(connection: DuckDBConnection, { newSpans, endedSpans }: WaitingRows): Promise<void> {
    this.forget();
    for (const row of newSpans.values()) this.#add(row);
    for (const row of endedSpans) this.#add(row);
    for (const [at, { rows }] of this.#buffers.entries()) {
      const one = longClasses[at];
      if (one !== undefined && rows.length > 0) await rows.appendInto(connection, longTableOf(one));
    }
  }

  #add(row: SpanRow): void {
    if (row.end === undefined) return;
    const length = row.end.instant - row.instant;
    if (length < shortestLongNs) return;
    const buffer = this.#buffers[classOf(length) ?? 0];
    buffer?.rows.add(row);
    buffer?.lengths.push(length);
  }

  committed(): void {
    this.forget();
  }

  forget(): void {
    for (const { rows } of this.#buffers) if (rows.length > 0) rows.clear();
  }
}
