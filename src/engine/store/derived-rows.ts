// Tables that say again, in another shape, what the rows of a recording say: written within the same transaction as the
// rows, so that the file never has one without the other.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { WaitingRows } from "./waiting-rows.js";

export interface DerivedRows {
  /** Within the commit of `rows`. A commit may fail afterwards: what is remembered counts from `committed` on. */
  write(connection: DuckDBConnection, rows: WaitingRows): Promise<void>;
  committed(): void;
  /** The commit failed: its rows come again, with those that came meanwhile. */
  forget(): void;
}
