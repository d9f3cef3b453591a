// Short names of metrics for people. What is stored are OpenTelemetry's names; docs/protocol.md has the same table.

const aliases: Readonly<Record<string, string>> = {
  "v8js.memory.heap.used": "heap used",
  "v8js.memory.heap.limit": "heap total",
  "v8js.memory.external": "external memory",
  "process.memory.usage": "resident memory",
  "process.cpu.utilization": "CPU",
  "nodejs.eventloop.utilization": "event loop utilisation",
  "nodejs.eventloop.delay.p50": "event loop delay p50",
  "nodejs.eventloop.delay.p99": "event loop delay p99",
  "v8js.gc.count": "GC count",
  "v8js.gc.duration": "GC time",
  "v8js.gc.pause.max": "longest GC pause",
  "v8js.gc.utilization": "GC share",
  "nodejs.active_handles": "active handles",
};

export const metricAlias = (name: string): string => aliases[name] ?? name;
