// Tables that say again, in another shape, what the rows of a recording say: written within a transaction of rows, so that the
// file never has more of one than of the other.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { WaitingRows } from "./waiting-rows.js";

export interface DerivedRows {
  /** Within the commit of `rows`. A commit may fail afterwards: what is remembered counts from `committed` on. */
  write(connection: DuckDBConnection, rows: WaitingRows): Promise<void>;
  committed(): void;
  /**
   * While those rows are being committed, which is not this thread's work. What is made of them is written with the next
   * commit: whoever reads the file does without.
   */
  gather?(rows: WaitingRows): Promise<void>;
  /** In a transaction of its own after the last commit: what is worth writing once nothing comes any more. */
  finish?(connection: DuckDBConnection): Promise<void>;
  /** The commit failed: its rows come again, with those that came meanwhile. */
  forget(): void;
}
