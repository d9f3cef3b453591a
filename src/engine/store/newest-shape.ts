// The tables of the newest format, as its migrations make them. They are written down because making them, to look at them, takes
// longer than opening a file. Whoever appends a migration brings this up to date: newest-shape.integration.test.ts compares.

const tables = `
definition: process UINTEGER, kind UTINYINT, id UINTEGER, refers UINTEGER
density_100ms: process UINTEGER, start BIGINT, events BIGINT, logs BIGINT, spans BIGINT, writes BIGINT, log_errors BIGINT, span_errors BIGINT
density_10ms: process UINTEGER, start BIGINT, events BIGINT, logs BIGINT, spans BIGINT, writes BIGINT, log_errors BIGINT, span_errors BIGINT
density_10s: process UINTEGER, start BIGINT, events BIGINT, logs BIGINT, spans BIGINT, writes BIGINT, log_errors BIGINT, span_errors BIGINT
density_1s: process UINTEGER, start BIGINT, events BIGINT, logs BIGINT, spans BIGINT, writes BIGINT, log_errors BIGINT, span_errors BIGINT
density_3600s: process UINTEGER, start BIGINT, events BIGINT, logs BIGINT, spans BIGINT, writes BIGINT, log_errors BIGINT, span_errors BIGINT
density_600s: process UINTEGER, start BIGINT, events BIGINT, logs BIGINT, spans BIGINT, writes BIGINT, log_errors BIGINT, span_errors BIGINT
density_60s: process UINTEGER, start BIGINT, events BIGINT, logs BIGINT, spans BIGINT, writes BIGINT, log_errors BIGINT, span_errors BIGINT
event: process UINTEGER, seq BIGINT, instant BIGINT, name UINTEGER, span UINTEGER, attributes VARCHAR
eviction: process UINTEGER, since BIGINT, until BIGINT, events BIGINT, spans BIGINT, logs BIGINT, metrics BIGINT, writes BIGINT, marks BIGINT
keyframe: process UINTEGER, seq BIGINT, instant BIGINT, after BIGINT, scope UINTEGER, object UINTEGER, contents VARCHAR, location UINTEGER, span UINTEGER
lane_100ms: process UINTEGER, lane USMALLINT, start BIGINT, spans BIGINT, failed BIGINT, first BIGINT, last BIGINT
lane_10s: process UINTEGER, lane USMALLINT, start BIGINT, spans BIGINT, failed BIGINT, first BIGINT, last BIGINT
lane_1s: process UINTEGER, lane USMALLINT, start BIGINT, spans BIGINT, failed BIGINT, first BIGINT, last BIGINT
lane_3600s: process UINTEGER, lane USMALLINT, start BIGINT, spans BIGINT, failed BIGINT, first BIGINT, last BIGINT
lane_600s: process UINTEGER, lane USMALLINT, start BIGINT, spans BIGINT, failed BIGINT, first BIGINT, last BIGINT
lane_60s: process UINTEGER, lane USMALLINT, start BIGINT, spans BIGINT, failed BIGINT, first BIGINT, last BIGINT
location: id UINTEGER, file UINTEGER, line UINTEGER, column UINTEGER, function UINTEGER
log: process UINTEGER, seq BIGINT, instant BIGINT, severity UTINYINT, span UINTEGER, source UINTEGER, body VARCHAR, attributes VARCHAR
long_100ms: process UINTEGER, span UINTEGER, seq BIGINT, instant BIGINT, end_seq BIGINT, end_instant BIGINT, parent UINTEGER, lane USMALLINT, kind UTINYINT, status UTINYINT, name UINTEGER, trace_id BLOB, span_id BLOB, parent_span_id BLOB, attributes VARCHAR, length BIGINT
long_10s: process UINTEGER, span UINTEGER, seq BIGINT, instant BIGINT, end_seq BIGINT, end_instant BIGINT, parent UINTEGER, lane USMALLINT, kind UTINYINT, status UTINYINT, name UINTEGER, trace_id BLOB, span_id BLOB, parent_span_id BLOB, attributes VARCHAR, length BIGINT
long_1s: process UINTEGER, span UINTEGER, seq BIGINT, instant BIGINT, end_seq BIGINT, end_instant BIGINT, parent UINTEGER, lane USMALLINT, kind UTINYINT, status UTINYINT, name UINTEGER, trace_id BLOB, span_id BLOB, parent_span_id BLOB, attributes VARCHAR, length BIGINT
long_60s: process UINTEGER, span UINTEGER, seq BIGINT, instant BIGINT, end_seq BIGINT, end_instant BIGINT, parent UINTEGER, lane USMALLINT, kind UTINYINT, status UTINYINT, name UINTEGER, trace_id BLOB, span_id BLOB, parent_span_id BLOB, attributes VARCHAR, length BIGINT
mark: process UINTEGER, seq BIGINT, instant BIGINT, kind UTINYINT, label VARCHAR, lost BIGINT, reason VARCHAR, lost_writes BIGINT
message: id BIGINT, part UTINYINT, sender UINTEGER, sent_seq BIGINT, sent_instant BIGINT, receiver UINTEGER, received_seq BIGINT, received_instant BIGINT
message_end: process UINTEGER, seq BIGINT, instant BIGINT, side UTINYINT, part UTINYINT, channel BIGINT, up_to BIGINT, hybrid_us BIGINT, origin UINTEGER, origin_us BIGINT
metric: process UINTEGER, seq BIGINT, instant BIGINT, series UINTEGER, value DOUBLE
metric_10s: process UINTEGER, series UINTEGER, start BIGINT, samples BIGINT, finite BIGINT, total DOUBLE, least DOUBLE, least_at BIGINT, most DOUBLE, most_at BIGINT
metric_1s: process UINTEGER, series UINTEGER, start BIGINT, samples BIGINT, finite BIGINT, total DOUBLE, least DOUBLE, least_at BIGINT, most DOUBLE, most_at BIGINT
metric_3600s: process UINTEGER, series UINTEGER, start BIGINT, samples BIGINT, finite BIGINT, total DOUBLE, least DOUBLE, least_at BIGINT, most DOUBLE, most_at BIGINT
metric_600s: process UINTEGER, series UINTEGER, start BIGINT, samples BIGINT, finite BIGINT, total DOUBLE, least DOUBLE, least_at BIGINT, most DOUBLE, most_at BIGINT
metric_60s: process UINTEGER, series UINTEGER, start BIGINT, samples BIGINT, finite BIGINT, total DOUBLE, least DOUBLE, least_at BIGINT, most DOUBLE, most_at BIGINT
migration: version INTEGER, name VARCHAR, applied BIGINT
name: id UINTEGER, text VARCHAR
pin: id UINTEGER, label VARCHAR, since BIGINT, until BIGINT
process: process UINTEGER, run_id VARCHAR, pid BIGINT, parent_pid BIGINT, service_name VARCHAR, category UTINYINT, argv VARCHAR, exec_argv VARCHAR, cwd VARCHAR, node_version VARCHAR, v8_version VARCHAR, platform VARCHAR, arch VARCHAR, host_name VARCHAR, agent_version VARCHAR, settings VARCHAR, time_origin_ms DOUBLE, start BIGINT, last_seen BIGINT, ended BIGINT, exit_code INTEGER, written BIGINT, dropped BIGINT, last_batch BIGINT, signal VARCHAR, ending VARCHAR, tail_unknown BOOLEAN, received BIGINT, made BIGINT, report VARCHAR, clock_offset BIGINT, clock_uncertainty BIGINT, parent_run VARCHAR, thread_id INTEGER, thread_name VARCHAR, cluster_worker INTEGER
recording: format INTEGER, created BIGINT, start BIGINT, app_version VARCHAR, report VARCHAR, max_age_ns BIGINT, max_bytes BIGINT
rollup_cover: process UINTEGER, until BIGINT
scope: id UINTEGER, process UINTEGER, name VARCHAR, seq BIGINT, instant BIGINT
search_block: kind UTINYINT, block UINTEGER, rows BIGINT, ranges BLOB, others BLOB, part_bits UTINYINT, trigrams BLOB
search_filter: kind UTINYINT, block UINTEGER, shard UTINYINT, bits BLOB
search_open: kind UTINYINT, places BLOB
search_text: kind UTINYINT, block UINTEGER, what UTINYINT, text VARCHAR, rows BLOB
segment: process UINTEGER, number UINTEGER, parent UINTEGER, first_seq BIGINT, last_seq BIGINT, first_instant BIGINT, latest_instant BIGINT, found_after BIGINT, writes UINTEGER, first_piece BIGINT, block_bytes UINTEGER, index_bytes UINTEGER, parts_bytes UINTEGER
segment_piece: id BIGINT, bytes BLOB
series: id UINTEGER, process UINTEGER, name UINTEGER, unit UINTEGER, attributes VARCHAR
sketch_10s: process UINTEGER, series UINTEGER, bin INTEGER, start BIGINT, samples BIGINT
sketch_3600s: process UINTEGER, series UINTEGER, bin INTEGER, start BIGINT, samples BIGINT
sketch_600s: process UINTEGER, series UINTEGER, bin INTEGER, start BIGINT, samples BIGINT
sketch_60s: process UINTEGER, series UINTEGER, bin INTEGER, start BIGINT, samples BIGINT
span: process UINTEGER, span UINTEGER, seq BIGINT, instant BIGINT, end_seq BIGINT, end_instant BIGINT, parent UINTEGER, lane USMALLINT, kind UTINYINT, status UTINYINT, name UINTEGER, trace_id BLOB, span_id BLOB, parent_span_id BLOB, attributes VARCHAR
state_hole: process UINTEGER, first_seq BIGINT, last_seq BIGINT, first_instant BIGINT, last_instant BIGINT
write: process UINTEGER, seq BIGINT, instant BIGINT, after BIGINT, operation UTINYINT, object UINTEGER, key VARCHAR, value VARCHAR, location UINTEGER, span UINTEGER
`;

/** Each "table.column TYPE". */
export const newestShape: ReadonlySet<string> = new Set(
  tables
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [table = "", columns = ""] = line.split(": ", 2);
      return columns.split(", ").map((column) => `${table}.${column}`);
    }),
);
