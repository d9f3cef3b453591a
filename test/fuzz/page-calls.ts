// Calls as a window makes them, and what a broken or hostile page could make of them.
import type { CallArgs, EngineCallName } from "../../src/shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../../src/shared/protocol/recording-summary.js";
import type { Junk } from "./random.js";

export interface AnyCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

const call = <Name extends EngineCallName>(name: Name, args: CallArgs<Name>): AnyCall => ({ name, args });

/** Each is answered with a value. Copies go to `copyTo`. */
export function validCalls({ recordingId, start, end, scopes }: RecordingSummary, copyTo: string): readonly AnyCall[] {
  const range = { recordingId, from: start, to: end };
  const instant = { kind: "instant", instant: end } as const;
  const [owner] = scopes;
  const where = { recordingId, process: owner?.process ?? 1, scope: owner?.scope ?? "" };
  return [
    call("engine.versions", {}),
    call("recordings.list", {}),
    call("recording.summary", { recordingId }),
    call("recording.copy", { recordingId, path: copyTo, overwrite: true }),
    call("timeline.density", { ...range, buckets: 100 }),
    call("timeline.step", { recordingId, from: instant, direction: "previous", kind: "write", scope: where.scope }),
    call("timeline.marks", { recordingId }),
    call("state.rows", { ...where, at: instant, expanded: [""], offset: 0, limit: 100 }),
    call("state.scopes", { recordingId, process: where.process, at: instant, offset: 0, limit: 100 }),
    call("state.at", { ...where, at: instant }),
    call("state.diff", { ...where, a: { kind: "instant", instant: start }, b: instant, limit: 100 }),
    call("state.history", { ...where, path: "", limit: 100 }),
    call("state.lastWriter", { ...where, path: "", at: instant }),
    call("spans.range", { ...range, limit: 1000 }),
    call("spans.openAt", { recordingId, instant: end, limit: 100 }),
    call("spans.page", { ...range, limit: 100 }),
    call("events.page", { ...range, limit: 100, after: { instant: start, process: 1, seq: 1 } }),
    call("events.range", { ...range, limit: 1000 }),
    call("events.around", { recordingId, instant: end, before: 10, after: 10 }),
    call("logs.page", { recordingId, first: 0, limit: 2000, text: "a", minSeverity: 1 }),
    call("search.page", { recordingId, text: 'a "b c" d', order: "newest", limit: 50 }),
    call("logs.around", { recordingId, instant: end, before: 10, after: 10 }),
    call("metrics.list", { recordingId }),
    call("metrics.range", { ...range, series: [1, 2], points: 1000 }),
    call("metrics.slices", { ...range, series: [1, 2], slices: 100, quantiles: [0.5] }),
    call("spans.range", { ...range, limit: 100, slices: 100 }),
    call("metrics.correlate", { ...range, series: 1, lagNs: 10n, cells: 50, limit: 100 }),
    call("metrics.pair", { ...range, series: 1, other: 2, cells: 50 }),
    call("ids.rows", { recordingId, id: "0123456789abcdef", limit: 100 }),
    call("range.changes", { ...range, baseline: { from: 0n, to: end }, limit: 100 }),
    call("services.graph", range),
    call("events.rows", {
      recordingId,
      pattern: "a|b",
      where: [{ field: "name", value: "a", exclude: true }],
      first: 0,
      limit: 100,
    }),
    call("events.rowAt", { recordingId, text: "a", instant: end }),
    call("requests.routes", range),
    call("requests.list", {
      ...range,
      ...{ service: "app", route: "GET /", kind: "server", order: "latest", outcome: "5xx" },
      ...{ leastNs: 1, mostNs: 1e9, first: 0, limit: 100 },
    }),
    call("requests.one", { recordingId, process: 1, spanId: "0123456789abcdef", outermost: true }),
  ];
}

/** The same call with something wrong in it, as a rule. Texts in it name no file: `\0` is in no path. */
export function mutated(junk: Junk, { name, args }: AnyCall): AnyCall {
  const keys = Object.keys(args).filter((key) => key !== "path" || name !== "recording.copy");
  if (keys.length === 0 || junk.chance(0.2)) return { name, args };
  const key = junk.pick(keys);
  const old = args[key];
  const change = (): unknown => {
    switch (junk.below(5)) {
      case 0:
        return typeof old === "bigint" ? junk.bigint() : typeof old === "number" ? junk.number() : junk.text(20);
      case 1:
        return [old, old];
      case 2:
        return deep(old, 1 + junk.below(300));
      case 3:
        return "x".repeat(junk.below(200_000));
      default:
        return withoutPaths(junk.value());
    }
  };
  switch (junk.below(8)) {
    case 0: {
      const { [key]: _left, ...rest } = args;
      return { name, args: rest };
    }
    case 1:
      return { name, args: { ...args, [junk.text(8)]: withoutPaths(junk.value()), constructor: 1, toString: null } };
    case 2:
      return { name: junk.chance(0.5) ? junk.text(300) : junk.pick(["__proto__", "constructor", "toString"]), args };
    default:
      return { name, args: { ...args, [key]: change() } };
  }
}

function deep(value: unknown, levels: number): unknown {
  let nested = value;
  for (let left = levels; left > 0; left--) nested = [nested];
  return nested;
}

/** Texts that could name a file outside the test's folder are made harmless. */
export function withoutPaths(value: unknown): unknown {
  if (typeof value === "string") return `\0${value}`;
  if (Array.isArray(value)) return value.map(withoutPaths);
  return value;
}
