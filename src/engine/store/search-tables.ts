// The index that searching asks. The rows of a kind are taken in blocks of `rows`, in the order in which they were written:
// the first row of a block is behind the last one of the block before it, by row number. Rows behind the last block are in
// none yet, and are looked at. What a block says of its texts (search-texts.ts) is about positions: its rows in order and,
// among them, spans of earlier blocks that ended while the block was open.
//   ranges    pairs of int64, first and last instant, little endian: between them lie the rows at all positions
//   others    pairs of uint32: a position that is no row of the block, and its row number
//   trigrams  bits of three bytes of words that few rows have; NULL for a block of which nothing more is known
//   bits      of five bytes of such words, in which parts of the block they are (search-grams.ts), in 128 shards, and
//             behind them 32 of four letters, which blocks of earlier files are without; a
//             part is 2 to the power of `part_bits` positions;
//             uncompressed, as DuckDB unpacks many where few are asked for
//   text      what many rows have, in lower case: 0 a word, 1 a whole text, 2 the number of a process
//   places    uint32: numbers of rows of blocks that may have changed since, which are spans that were open when the
//             last block was written; NULL when they were too many

export const searchTables: readonly string[] = [
  `CREATE TABLE search_open (kind UTINYINT, rows BIGINT, ranges BLOB)`,
  `CREATE TABLE search_block (kind UTINYINT, block UINTEGER, rows BIGINT, ranges BLOB, trigrams BLOB)`,
  `CREATE TABLE search_filter (kind UTINYINT, block UINTEGER, shard UTINYINT, bits BLOB USING COMPRESSION uncompressed)`,
];

/** In place of those, which knew blocks and not their rows. */
export const searchTablesByRow: readonly string[] = [
  `DROP TABLE search_open`,
  `DROP TABLE search_block`,
  `DROP TABLE search_filter`,
  `CREATE TABLE search_open (kind UTINYINT, places BLOB)`,
  `CREATE TABLE search_block (kind UTINYINT, block UINTEGER, rows BIGINT, ranges BLOB, others BLOB, part_bits UTINYINT, trigrams BLOB)`,
  `CREATE TABLE search_filter (kind UTINYINT, block UINTEGER, shard UTINYINT, bits BLOB USING COMPRESSION uncompressed)`,
  `CREATE TABLE search_text (kind UTINYINT, block UINTEGER, what UTINYINT, text VARCHAR, rows BLOB USING COMPRESSION uncompressed)`,
];

/** And positions. */
export const mostRowsPerBlock = 16_384;
/** Nobody has more of them. */
export const mostBlocks = 200_000;

/** Asked after every page. */
export const evictionsSql = `SELECT count(*) AS rows FROM eviction`;

export const textKinds = { word: 0, whole: 1, process: 2 } as const;

export interface SearchSettings {
  readonly rowsPerBlock: number;
  /** Texts that so many rows of a block have, or more, are kept with their rows. */
  readonly leastRowsOfText: number;
}
export const searchSettings: SearchSettings = { rowsPerBlock: mostRowsPerBlock, leastRowsOfText: 16 };
