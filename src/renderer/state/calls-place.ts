// What Calls shows: what is under way at the playhead, or all of a stretch or of a span summed up by how it was reached.
import type { RecordingSummary } from "../../shared/protocol/recording-summary.js";

/** Some program of the recording told of its calls. */
export const hasCalls = ({ level, processes }: Pick<RecordingSummary, "level" | "processes">): boolean =>
  [level, ...processes.map((one) => one.level)].some((one) => one === "calls" || one === "lines");

export interface CallsOf {
  readonly process: number;
  readonly spanId: string;
  readonly name: string;
}

export interface CallsPlace {
  readonly question: "stack" | "tree";
  /** Of the tree: all that is recorded, what begins in the selected stretch, or what a span has caused. */
  readonly scope: "all" | "range" | "span";
  readonly of?: CallsOf | undefined;
}

export const firstCallsPlace: CallsPlace = { question: "stack", scope: "all" };

const keys = { question: "calls", of: "calls-of", name: "calls-of-name" } as const;

export function callsPlaceFrom(kept: URLSearchParams): CallsPlace | undefined {
  const scope = (["all", "range", "span"] as const).find((one) => `tree-${one}` === kept.get(keys.question));
  if (scope === undefined) return undefined;
  const [, process, spanId] = /^(\d{1,6})\.([0-9a-f]{16})$/.exec(kept.get(keys.of) ?? "") ?? [];
  if (process === undefined || spanId === undefined) return scope === "span" ? undefined : { question: "tree", scope };
  return { question: "tree", scope, of: { process: Number(process), spanId, name: kept.get(keys.name) ?? "" } };
}

/** What it shows at first is not said. */
export function keepCallsPlace(kept: URLSearchParams, { question, scope, of }: CallsPlace): void {
  if (question === "stack") return;
  kept.set(keys.question, `tree-${scope}`);
  if (of === undefined) return;
  kept.set(keys.of, `${of.process}.${of.spanId}`);
  kept.set(keys.name, of.name);
}
