// What a window with all panes asks of a recording, for a range of time and an instant in it: for what that takes of memory.
import type { BenchEngine } from "./engine-child.js";

const pixels = 1600;
const rows = 200;
const mostSeries = 20;

/** Answers how many rows and buckets there were; 0 where one of the panes has none, and so takes nothing. */
export async function askAllPanes(
  engine: BenchEngine,
  recordingId: string,
  { from, to, instant }: { readonly from: bigint; readonly to: bigint; readonly instant: bigint },
): Promise<number> {
  const range = { recordingId, from, to };
  const series = (await engine.call("metrics.list", { recordingId })).slice(0, mostSeries).map((one) => one.series);
  const around = { recordingId, instant, before: rows, after: rows };
  const at = { kind: "instant", instant } as const;
  const [density, spans, logs, events, slices, routes, found] = await Promise.all([
    engine.call("timeline.density", { ...range, buckets: pixels }),
    engine.call("spans.range", { ...range, limit: 5000, slices: pixels }),
    engine.call("logs.around", around),
    engine.call("events.around", around),
    engine.call("metrics.slices", { ...range, series, slices: pixels, quantiles: [0.5, 0.95] }),
    engine.call("requests.routes", range),
    engine.call("search.page", { recordingId, text: "overdrawn user", order: "newest", limit: rows }),
    engine.call("timeline.marks", { recordingId }),
    engine.call("spans.openAt", { recordingId, instant, limit: 1000 }),
    engine.call("services.graph", range),
    engine.call("traces.range", { ...range, order: "longest", limit: 500 }),
    ...[1, 2].map((process) => engine.call("state.scopes", { recordingId, process, at, offset: 0, limit: rows })),
  ]);
  const drawn = [density.records.length, spans.startNs.length, slices.length, routes.routes.length];
  const listed = [logs.page.seq.length, events.seq.length, found.seq.length];
  return [...drawn, ...listed].every((count) => count > 0) ? drawn.concat(listed).reduce((a, b) => a + b) : 0;
}
