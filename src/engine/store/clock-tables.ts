// Order between processes: what was recorded of each end of a message, the messages of which both ends are known, and
// how far each process's clock is from the engine's.

export const clockTables: readonly string[] = [
  `ALTER TABLE process ADD COLUMN clock_offset BIGINT`,
  `ALTER TABLE process ADD COLUMN clock_uncertainty BIGINT`,
  `CREATE TABLE message_end (
     process UINTEGER, seq BIGINT, instant BIGINT, side UTINYINT, part UTINYINT, channel BIGINT, up_to BIGINT,
     hybrid_us BIGINT, origin UINTEGER, origin_us BIGINT)`,
  `CREATE TABLE message (
     id BIGINT, part UTINYINT, sender UINTEGER, sent_seq BIGINT, sent_instant BIGINT, receiver UINTEGER, received_seq BIGINT,
     received_instant BIGINT)`,
];
