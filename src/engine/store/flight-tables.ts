// Tables of the flight recorder: how much a recording keeps, and what was evicted so that it keeps no more.
//   eviction    of each process, stretches of time of which records were removed, and how many of each kind
//   state_hole  writes that were removed: state between the first and the last of them is not known any more. What objects
//               held after the last is in `keyframe`, at the Seq of the last write to each, and in a segment without writes
//   pin         stretches of time of which nothing is evicted

export const evictedKinds = ["events", "spans", "logs", "metrics", "writes", "marks"] as const;
export type EvictedKind = (typeof evictedKinds)[number];

export const flightTables: readonly string[] = [
  `ALTER TABLE recording ADD COLUMN max_age_ns BIGINT`,
  `ALTER TABLE recording ADD COLUMN max_bytes BIGINT`,
  `CREATE TABLE eviction (process UINTEGER, since BIGINT, until BIGINT, ${evictedKinds.map((kind) => `${kind} BIGINT`).join(", ")})`,
  `CREATE TABLE state_hole (process UINTEGER, first_seq BIGINT, last_seq BIGINT, first_instant BIGINT, last_instant BIGINT)`,
  `CREATE TABLE pin (id UINTEGER, label VARCHAR, since BIGINT, until BIGINT)`,
];
