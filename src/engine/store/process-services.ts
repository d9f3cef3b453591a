// What processes are called.
import type { Query } from "./readers.js";

/** By number. */
export async function processServices(query: Query): Promise<ReadonlyMap<number, string>> {
  const rows = await query(`SELECT process, service_name FROM process`);
  const names = rows.textsOrEmpty("service_name");
  return new Map(rows.numbers("process").map((process, row) => [process, names[row] ?? ""]));
}
