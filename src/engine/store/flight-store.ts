// What people and the flight recorder ask of the file while it is recorded: its limits, its pins, its notes, and how large it is.
// Over the connection of commits, between them.
import type { DuckDBConnection } from "@duckdb/node-api";
import { checkpointAfterRemoval } from "./checkpoint.js";
import { Evictor } from "./evictor.js";
import { logSizeOf, sizeOf } from "./file-size.js";
import { type KeptChange, changeKept } from "./kept-changes.js";
import { type Query, queryOn } from "./readers.js";
import type { SearchIndex } from "./search-index.js";
import type { SegmentRows } from "./segment-rows.js";

export interface Limits {
  readonly maxAgeNs?: bigint | undefined;
  readonly maxBytes?: number | undefined;
}

/** A stretch of time of which nothing is evicted, both ends included. */
export interface Pin {
  readonly id: number;
  readonly label: string;
  readonly since: bigint;
  readonly until: bigint;
}

export interface FileSize {
  /** What is in use, with what is not folded into the file yet. */
  readonly usedBytes: number;
  /** As it lies on the disk. */
  readonly wholeBytes: number;
}

export async function readLimits(query: Query): Promise<Limits> {
  const rows = await query(`SELECT max_age_ns, max_bytes FROM recording`);
  return { maxAgeNs: rows.optionalBigints("max_age_ns")[0], maxBytes: rows.optionalNumbers("max_bytes")[0] };
}

export async function readPins(query: Query): Promise<readonly Pin[]> {
  const rows = await query(`SELECT id, label, since, until FROM pin ORDER BY since, id`);
  const [labels, since, until] = [rows.texts("label"), rows.bigints("since"), rows.bigints("until")];
  return rows.numbers("id").map((id, row) => ({
    id,
    label: labels[row] ?? "",
    since: since[row] ?? 0n,
    until: until[row] ?? 0n,
  }));
}

export class FlightStore {
  readonly evictor: Evictor;
  readonly #connection: DuckDBConnection;
  readonly #query: Query;

  constructor(
    connection: DuckDBConnection,
    readonly path: string,
    readonly segments: SegmentRows,
    search: SearchIndex,
  ) {
    this.#connection = connection;
    this.#query = queryOn(connection);
    this.evictor = new Evictor(connection, segments, search);
  }

  limits(): Promise<Limits> {
    return readLimits(this.#query);
  }

  async setLimits({ maxAgeNs, maxBytes }: Limits): Promise<void> {
    await this.#connection.run(`UPDATE recording SET max_age_ns = $1, max_bytes = $2`, [
      maxAgeNs ?? null,
      maxBytes === undefined ? null : BigInt(maxBytes),
    ]);
  }

  pins(): Promise<readonly Pin[]> {
    return readPins(this.#query);
  }

  async pin(label: string, since: bigint, until: bigint): Promise<Pin> {
    const rows = await this.#query(`SELECT coalesce(max(id), 0) + 1 AS id FROM pin`);
    const id = rows.numbers("id")[0] ?? 1;
    await this.#connection.run(`INSERT INTO pin VALUES ($1, $2, $3, $4)`, [id, label, since, until]);
    return { id, label, since, until };
  }

  async unpin(id: number): Promise<void> {
    await this.#connection.run(`DELETE FROM pin WHERE id = $1`, [id]);
  }

  changeKept(changes: readonly KeptChange[]): Promise<void> {
    return changeKept(this.#connection, changes);
  }

  async size(): Promise<FileSize> {
    const rows = await this.#query(
      `SELECT block_size, used_blocks FROM pragma_database_size() WHERE database_name = current_database()`,
    );
    const used = (rows.numbers("block_size")[0] ?? 0) * (rows.numbers("used_blocks")[0] ?? 0);
    const log = await logSizeOf(this.path);
    return { usedBytes: used + log, wholeBytes: (await sizeOf(this.path)) + log };
  }

  /** What was removed is room for what comes from here on. False when somebody who reads forbids it, or the disk is full. */
  checkpoint(): Promise<boolean> {
    return checkpointAfterRemoval(this.#connection, this.path);
  }
}
