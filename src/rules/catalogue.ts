// Every metric Hindcast itself records, and the names that stand for one in rules: short ones, and those that Descry gives to
// Go's runtime. docs/rules.md has the same tables, which a test compares.
import type { Derivation, RecordFilter } from "./plan.js";

export interface KnownMetric {
  readonly name: string;
  /** As OpenTelemetry writes it. */
  readonly unit: string;
}

export const recordedMetrics: readonly KnownMetric[] = [
  { name: "v8js.memory.heap.used", unit: "By" },
  { name: "v8js.memory.heap.limit", unit: "By" },
  { name: "v8js.memory.external", unit: "By" },
  { name: "process.memory.usage", unit: "By" },
  { name: "process.cpu.utilization", unit: "1" },
  { name: "nodejs.eventloop.utilization", unit: "1" },
  { name: "nodejs.eventloop.delay.p50", unit: "s" },
  { name: "nodejs.eventloop.delay.p99", unit: "s" },
  { name: "nodejs.eventloop.delay.max", unit: "s" },
  { name: "v8js.gc.count", unit: "{collection}" },
  { name: "v8js.gc.duration", unit: "s" },
  { name: "v8js.gc.pause.max", unit: "s" },
  { name: "v8js.gc.utilization", unit: "1" },
  { name: "nodejs.active_handles", unit: "{handle}" },
  { name: "nodejs.active_resources", unit: "{resource}" },
  { name: "nodejs.process.listeners", unit: "{listener}" },
  { name: "nodejs.emitter.listeners.max", unit: "{listener}" },
  { name: "nodejs.timer.delay.avg", unit: "s" },
  { name: "nodejs.timer.delay.max", unit: "s" },
  { name: "nodejs.timer.measured", unit: "{timer}" },
  { name: "hindcast.agent.faults", unit: "{fault}" },
];

export interface Alias {
  readonly name: string;
  readonly means: string;
  readonly series:
    | { readonly kind: "metric"; readonly name: string }
    | { readonly kind: "requests"; readonly derivation: Derivation }
    | { readonly kind: "total"; readonly metric: string };
  /** What a bare number is counted in, beside it. */
  readonly unit: string;
}

const metric = (name: string, of: string, unit: string, means = `\`${of}\``): Alias => ({
  name,
  means,
  series: { kind: "metric", name: of },
  unit,
});
const requests = (name: string, unit: string, means: string, derivation: Derivation): Alias => ({
  name,
  means,
  series: { kind: "requests", derivation },
  unit,
});

const status = (how: ">=" | "<", value: number): RecordFilter => ({
  op: "field",
  field: "http.response.status_code",
  how,
  value,
});
const statusClass = (first: number): RecordFilter => ({
  op: "and",
  left: status(">=", first),
  right: status("<", first + 100),
});

export const aliases: readonly Alias[] = [
  metric("heap.used", "v8js.memory.heap.used", "By"),
  metric("heap.total", "v8js.memory.heap.limit", "By"),
  metric("heap.external", "v8js.memory.external", "By"),
  metric("memory.rss", "process.memory.usage", "By"),
  metric("cpu.used", "process.cpu.utilization", "1"),
  metric("loop.used", "nodejs.eventloop.utilization", "1"),
  metric("loop.delay", "nodejs.eventloop.delay.p99", "ms"),
  metric("handles.active", "nodejs.active_handles", "{handle}"),
  metric("gc.time", "v8js.gc.utilization", "1"),
  metric(
    "heap.alloc",
    "v8js.memory.heap.used",
    "By",
    "`v8js.memory.heap.used`: what lives, and what is not collected yet",
  ),
  metric("heap.inuse", "v8js.memory.heap.used", "By"),
  metric("heap.sys", "v8js.memory.heap.limit", "By", "`v8js.memory.heap.limit`: what V8 has taken for the heap"),
  metric(
    "goroutines.count",
    "nodejs.active_handles",
    "{handle}",
    "`nodejs.active_handles`: what keeps the program running",
  ),
  metric(
    "gc.pause",
    "v8js.gc.pause.max",
    "ms",
    "`v8js.gc.pause.max`: the longest of the last second, not the sum since the start",
  ),
  metric("gc.cpu_fraction", "v8js.gc.utilization", "1"),
  {
    name: "gc.num",
    means: "the sum of `v8js.gc.count` since the beginning",
    series: { kind: "total", metric: "v8js.gc.count" },
    unit: "{collection}",
  },
  requests("http.response_time", "ms", "how long each request took that was answered", { how: "duration" }),
  requests("http.max_response_time", "ms", "the longest of them since the beginning", { how: "longest" }),
  requests("http.request_count", "{request}", "requests answered since the beginning", {
    how: "count",
    where: undefined,
  }),
  requests("http.error_count", "{request}", "those of them with a status of 400 or more", {
    how: "count",
    where: status(">=", 400),
  }),
  requests("http.status_2xx", "{request}", "those with a status from 200 to 299", {
    how: "count",
    where: statusClass(200),
  }),
  requests("http.status_4xx", "{request}", "those with a status from 400 to 499", {
    how: "count",
    where: statusClass(400),
  }),
  requests("http.status_5xx", "{request}", "those with a status from 500 to 599", {
    how: "count",
    where: statusClass(500),
  }),
  requests("http.error_rate", "%", "the share of a status of 400 or more, in the minute up to each request", {
    how: "share",
    where: status(">=", 400),
  }),
  requests("http.request_rate", "{request}/s", "requests a second, in the minute up to each of them", { how: "rate" }),
];

/** What Go has and Node has not: known, and without a value. */
export const withoutCounterpart: readonly string[] = [
  "heap.idle",
  "heap.released",
  "heap.objects",
  "http.pending_requests",
];
