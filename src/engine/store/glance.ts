// The little that a list of recordings shows of one, read from its file as it is, whatever version made it: nothing is migrated,
// counted or prepared for questions. Of a file with a log beside it more is to be done; it is opened for that.
import { DuckDBInstance } from "@duckdb/node-api";
import type { Asker } from "../../shared/base/asker.js";
import { Disposables } from "../../shared/base/disposables.js";
import { checkShape } from "./file-shape.js";
import { confined } from "./file-settings.js";
import { looksLikeDatabase } from "./open-file.js";
import { queryOn } from "./readers.js";
import { formatVersion } from "./schema.js";
import { watched } from "./watched.js";

export interface Glance {
  readonly services: string[];
  readonly start: bigint;
  readonly end: bigint;
  /** Records of each part of its time. */
  readonly density: number[];
}

const counted = ["event", "log", "span", "write", "keyframe"];
/** In all formats there were. */
const shape = new Set([
  "recording.format INTEGER",
  "recording.start BIGINT",
  "process.process UINTEGER",
  "process.service_name VARCHAR",
  "process.last_seen BIGINT",
  ...counted.map((table) => `${table}.instant BIGINT`),
]);

/** undefined, or a throw, for what is no recording that this version reads. */
export async function glanceAt(path: string, buckets: number, asker: Asker): Promise<Glance | undefined> {
  if (!looksLikeDatabase(path).ok) return undefined;
  const owned = new Disposables();
  try {
    const instance = await DuckDBInstance.create(path, { ...confined, access_mode: "READ_ONLY" });
    owned.defer(() => instance.closeSync());
    const connection = await instance.connect();
    owned.defer(() => connection.closeSync());
    return await watched(connection, { ...asker, tell: () => undefined }, async () => {
      await checkShape(connection, shape);
      const query = queryOn(connection);
      const recording = await query(`SELECT format, start FROM recording`);
      const [format, start] = [recording.numbers("format")[0], recording.bigints("start")[0]];
      if (format === undefined || start === undefined || format > formatVersion) return undefined;
      const processes = await query(`SELECT service_name, last_seen FROM process ORDER BY process`);
      const end = processes.bigints("last_seen").reduce((latest, seen) => (seen > latest ? seen : latest), start);
      const all = counted.map((table) => `SELECT instant FROM ${table}`).join(" UNION ALL ");
      const slices = await query(
        `SELECT floor((instant - ${start}) / ${Number(end + 1n - start)}::DOUBLE * ${buckets})::INTEGER AS slice,
           count(*)::DOUBLE AS records FROM (${all}) WHERE instant BETWEEN ${start} AND ${end} GROUP BY slice`,
      );
      const density = new Array<number>(buckets).fill(0);
      const records = slices.numbers("records");
      slices.numbers("slice").forEach((slice, row) => (density[Math.min(slice, buckets - 1)] = records[row] ?? 0));
      return { services: [...new Set(processes.texts("service_name"))], start, end, density };
    });
  } finally {
    await owned.dispose();
  }
}
