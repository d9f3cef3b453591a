// The index that searching asks. The rows of a kind are taken in blocks, in the order in which they were written. Of each
// block it is known between which instants its rows lie and which grams (search-grams.ts) their texts have; rows that are in
// no block yet are between the instants of `search_open`. A kind that has no row there was not indexed.
//   ranges    pairs of int64, first and last instant, little endian
//   trigrams  bits of the block's three-byte grams; NULL where they are not known, and the block may hold anything
//   bits      bits of its six-byte grams, in 64 shards; uncompressed, as DuckDB unpacks many where few are asked for

export const searchTables: readonly string[] = [
  `CREATE TABLE search_open (kind UTINYINT, rows BIGINT, ranges BLOB)`,
  `CREATE TABLE search_block (kind UTINYINT, block UINTEGER, rows BIGINT, ranges BLOB, trigrams BLOB)`,
  `CREATE TABLE search_filter (kind UTINYINT, block UINTEGER, shard UTINYINT, bits BLOB USING COMPRESSION uncompressed)`,
];

export const mostRowsPerBlock = 16_384;
