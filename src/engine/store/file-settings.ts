// With what settings DuckDB opens a recording's file.
import { noAutomaticCheckpoint } from "./checkpoint.js";

/** DuckDB's own are four fifths of the machine and every core, for each open file. */
const bounded = { memory_limit: "512MB", threads: "2" };
/** So many rows by their numbers are found without reading the others; DuckDB's own is 50. */
const rowFilter = { dynamic_or_filter_threshold: "512" };
/** Nothing is fetched and no other file is touched, whatever a recording's views say; `Readers` locks that. */
export const confined = {
  ...bounded,
  ...rowFilter,
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  enable_external_access: "false",
  ...noAutomaticCheckpoint,
};

/**
 * Of a file in the making. Each statement runs in the thread that asks for it: one that waits for others to help it costs as
 * much again, and would take from the programs that are recorded.
 */
export const oneThread = { threads: "1" };

/** A quarter of DuckDB's own: a short recording has many tables with little in each. Long ones are no larger for it. */
const blockBytes = "65536";
/** Older ones do not know zstd. */
const oldestReader = "v1.4.0";
export const newFileSettings = {
  ...confined,
  ...oneThread,
  default_block_size: blockBytes,
  storage_compatibility_version: oldestReader,
};

/** A sixth of DuckDB's own: a commit of so many rows of a table needs no log. A multiple of its 2,048. */
export const rowsPerGroup = 20_480;
export const attachSettings = `ROW_GROUP_SIZE ${rowsPerGroup}, BLOCK_SIZE ${blockBytes}, STORAGE_VERSION '${oldestReader}'`;
/**
 * The last group of a commit is rarely full. So many times a table two or three of them become fewer when the log is folded; DuckDB's own
 * hundred times would hold up all commits for seconds after a flood.
 */
export const groupSettings = { max_vacuum_tasks: "2" };

/** A copy is written once: of so little, blocks of a quarter leave half of the file free, and read as fast. */
const littleBytes = 16 * 1024 * 1024;
const smallBlockBytes = "16384";
/** For a copy of a file in which so much is used. */
export const copySettings = (usedBytes: number) => ({
  ...newFileSettings,
  default_block_size: usedBytes < littleBytes ? smallBlockBytes : blockBytes,
});

/** Of a file that we have just made and read again to write others of it: what does not fit in memory goes into `spill`. */
export const readingSettings = (spill: string) => ({
  ...bounded,
  ...rowFilter,
  access_mode: "READ_ONLY",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  temp_directory: spill,
});
