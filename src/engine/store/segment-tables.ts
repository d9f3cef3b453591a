// Captured state as reconstruction reads it: see replay/segments. Bytes lie in pieces of about a kilobyte, of which those of
// one segment follow each other: to find one row among thousands, DuckDB reads whatever stands beside it, so rows are small.
// They are deflated already: DuckDB, left to itself, tries at every checkpoint in which other way they might be packed.

export const segmentTables: readonly string[] = [
  `CREATE TABLE segment (
     process UINTEGER, number UINTEGER, parent UINTEGER, first_seq BIGINT, last_seq BIGINT, first_instant BIGINT,
     latest_instant BIGINT, found_after BIGINT, writes UINTEGER, first_piece BIGINT, block_bytes UINTEGER,
     index_bytes UINTEGER, parts_bytes UINTEGER)`,
  `CREATE TABLE segment_piece (id BIGINT, bytes BLOB USING COMPRESSION uncompressed)`,
];

export const pieceBytes = 1000;

/** In the order in which they were appended, which is that of their ids: to sort them takes as long as to find them. */
export const piecesSql = `SELECT id, bytes FROM segment_piece WHERE id BETWEEN $1 AND $2`;
