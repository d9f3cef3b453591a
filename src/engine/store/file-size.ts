// How large files are on the disk, as far as they are there.
import { stat } from "node:fs/promises";

export const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

/** Of what DuckDB has committed and not yet folded into the file. */
export const logSizeOf = (path: string): Promise<number> => sizeOf(`${path}.wal`);
