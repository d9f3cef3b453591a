// Everything a window or a command asks about one file. Whatever is in the file, each answer has to be one, or one entry of
// the catalogue that a person can read.
import { type HindcastError, explain } from "../../src/shared/protocol/errors.js";
import type { Call } from "../../src/shared/protocol/rpc.js";

export interface Answered {
  /** Questions that were answered. */
  readonly answered: readonly string[];
  /** Codes of the catalogue, each once. */
  readonly refused: readonly string[];
  /** Sentences as a person reads them, each once. */
  readonly sentences: readonly string[];
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: HindcastError };

/** Opens the file, asks, and closes it. `copyTo` is where a copy of it may be written. */
export async function askEverything(call: Call, path: string, copyTo: string): Promise<Answered> {
  const answered: string[] = [];
  const refused = new Set<string>();
  const sentences = new Set<string>();
  const note = <Answer extends Outcome>(name: string, answer: Answer): Answer => {
    if (answer.ok) answered.push(name);
    else {
      refused.add(answer.error.code);
      const { message, next } = explain(answer.error);
      sentences.add(`${message} ${next}`);
    }
    return answer;
  };
  const opened = note("open", await call("recording.open", { path }));
  if (opened.ok) {
    const { recordingId, start, end, scopes } = opened.value;
    const range = { recordingId, from: start, to: end };
    const at = { kind: "instant", instant: end } as const;
    note("summary", await call("recording.summary", { recordingId }));
    note("missing", await call("recording.missing", { recordingId }));
    note("density", await call("timeline.density", { ...range, buckets: 50 }));
    note("marks", await call("timeline.marks", { recordingId }));
    note("search", await call("search.page", { recordingId, text: "order", order: "newest", limit: 2000 }));
    note("logs", await call("logs.page", { recordingId, first: 0, limit: 2000 }));
    note("spans", await call("spans.range", { ...range, limit: 20_000 }));
    note("merged spans", await call("spans.range", { ...range, limit: 10, slices: 50 }));
    note("counted spans", await call("spans.count", { ...range, minNs: 1 }));
    const paged = note("calls", await call("calls.page", { ...range, limit: 5000 }));
    note("last calls", await call("calls.page", { ...range, limit: 100, isBackwards: true }));
    const [aCall = "0".repeat(16), process = 1] = paged.ok
      ? [paged.value.calls.spanIds[0], paged.value.calls.process[0]]
      : [];
    note("writes before", await call("calls.writes", { recordingId, process, spanId: aCall, limit: 20 }));
    note("stacks", await call("calls.stacks", { recordingId, instant: end }));
    note("tree", await call("calls.tree", range));
    const kept = note("sources", await call("sources.list", { recordingId }));
    const file = (kept.ok ? kept.value.sources[0]?.file : undefined) ?? "none";
    note("source", await call("sources.read", { ...range, file }));
    note("open spans", await call("spans.openAt", { recordingId, instant: end, limit: 1000 }));
    note("events", await call("events.range", { ...range, limit: 20_000 }));
    const where = [{ field: "attribute", key: "a", value: "1", exclude: true }] as const;
    note(
      "event rows",
      await call("events.rows", { recordingId, pattern: ".", where: [...where], first: 0, limit: 2000 }),
    );
    note("event row", await call("events.rowAt", { recordingId, instant: end }));
    note("around", await call("events.around", { recordingId, instant: end, before: 100, after: 100 }));
    const listed = note("metrics", await call("metrics.list", { recordingId }));
    const series = listed.ok ? listed.value.slice(0, 20).map((one) => one.series) : [];
    note("samples", await call("metrics.range", { ...range, series, points: 100 }));
    note("slices", await call("metrics.slices", { ...range, series, slices: 50, quantiles: [0.5, 0.95] }));
    note("correlated", await call("metrics.correlate", { ...range, series: series[0] ?? 1, limit: 100 }));
    const [one = 1, other = 1] = series;
    note("pair", await call("metrics.pair", { ...range, series: one, other }));
    const middle = (start + end) / 2n;
    note("changes", await call("range.changes", { ...range, from: middle, limit: 100 }));
    note("graph", await call("services.graph", range));
    const source = `when count(log, 10s) > 1 { log("lines") }\nwhen heap.used > 1MB { mark("heap") }\nwhen count(span, 5s) > 1 { mark("spans") }`;
    note("backtest", await call("rules.backtest", { ...range, source, name: "asked" }));
    const explained = { ...range, source, name: "asked", rule: "asked #1", at: middle, buckets: 20 };
    note("live rules", await call("rules.live", { recordingId }));
    note("alerts", await call("alerts.list", { recordingId }));
    note("explained rule", await call("rules.explain", explained));
    const routes = note("routes", await call("requests.routes", range));
    const [service = "", route = ""] = routes.ok ? [routes.value.services[0], routes.value.routes[0]] : [];
    const of = { service, route, kind: "server", order: "slowest", first: 0, limit: 100 } as const;
    const requests = note("requests", await call("requests.list", { ...range, ...of }));
    const [entered = 1, spanId = ""] = requests.ok ? [requests.value.process[0], requests.value.spanIds[0]] : [];
    note("rows of an id", await call("ids.rows", { recordingId, id: spanId, limit: 100 }));
    note("request", await call("requests.one", { recordingId, process: entered, spanId, outermost: true }));
    note("step", await call("timeline.step", { recordingId, from: at, direction: "previous", kind: "event" }));
    for (const { process: owner, scope } of scopes.slice(0, 3)) {
      const where = { recordingId, process: owner, scope };
      note("state", await call("state.at", { ...where, at }));
      note("scopes", await call("state.scopes", { recordingId, process: owner, at, offset: 0, limit: 100 }));
      note("rows", await call("state.rows", { ...where, at, expanded: [""], offset: 0, limit: 100 }));
      note("history", await call("state.history", { ...where, path: "", limit: 100 }));
      note("last writer", await call("state.lastWriter", { ...where, path: "", at }));
    }
    note("copy", await call("recording.copy", { recordingId, path: copyTo, overwrite: true }));
    note("close", await call("recording.close", { recordingId }));
  }
  return { answered, refused: [...refused], sentences: [...sentences] };
}

/** What nobody but us understands. */
export const rawWords =
  /DuckDB|Error:|checksum|transaction|Stack Trace|libduckdb|metadata|deserializ|bitpack|catalog|undefined|\bnull\b|RangeError|TypeError/i;
