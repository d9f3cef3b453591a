// What one rule remembers of one group: last values, windows, and whether it fires.
import type { RulePlan } from "../plan.js";
import { type Derive, deriving } from "./derived.js";
import { Incident } from "./incident.js";
import type { RuleRecord } from "./record.js";
import { type Window, windowOf } from "./window.js";

export interface GroupNames {
  readonly service: string;
  readonly process: number | undefined;
  /** What `by` names, as texts. */
  readonly by: Readonly<Record<string, string>>;
}

export class Group {
  readonly names: GroupNames;
  readonly latest: Float64Array;
  /** -Infinity where nothing came so far. */
  readonly latestNs: Float64Array;
  readonly texts: (string | undefined)[] = [];
  readonly windows: readonly Window[];
  /** Of each window what is read of it, as of the last tick. */
  readonly windowValues: Float64Array;
  readonly incident: Incident;
  readonly #derive: readonly (Derive | undefined)[];

  constructor(rule: RulePlan, names: GroupNames) {
    this.names = names;
    this.latest = new Float64Array(rule.sources.length).fill(NaN);
    this.latestNs = new Float64Array(rule.sources.length).fill(-Infinity);
    this.windows = rule.windows.map((plan) => {
      const kind = rule.sources[plan.source]?.kind;
      return windowOf(plan, rule.tickNs, kind === "span" || kind === "log" || kind === "event");
    });
    this.windowValues = new Float64Array(rule.windows.reduce((sum, { reads }) => sum + reads.length, 0)).fill(NaN);
    const recoverForNs = rule.recover?.forNs ?? 0;
    this.incident = new Incident({ forNs: rule.forNs, cooldownNs: rule.cooldownNs, recoverForNs });
    this.#derive = rule.sources.map((source) => (source.kind === "derived" ? deriving(source.derivation) : undefined));
  }

  /** A value of a source; `factor` brings a sample into the unit that the rule counts in. */
  take(source: number, record: RuleRecord, factor: number, windows: readonly number[]): void {
    const value = this.#derive[source]?.(record) ?? valueOf(record) * factor;
    this.latest[source] = value;
    this.latestNs[source] = record.timeNs;
    if (record.kind === "state") this.texts[source] = record.value === undefined ? undefined : String(record.value);
    // What is no number has no place among numbers.
    if (Number.isNaN(value)) return;
    for (const window of windows) this.windows[window]?.add(record.timeNs, value);
  }

  readWindowsAt(timeNs: number): void {
    let from = 0;
    for (const window of this.windows) from = window.readAt(timeNs, this.windowValues, from);
  }

  get held(): number {
    return this.windows.reduce((sum, window) => sum + window.held, 1);
  }
}

function valueOf(record: RuleRecord): number {
  switch (record.kind) {
    case "metric":
      return record.value;
    case "span":
      return record.durationNs / 1e9;
    case "state":
      return typeof record.value === "number"
        ? record.value
        : typeof record.value === "boolean"
          ? Number(record.value)
          : NaN;
    case "log":
    case "event":
      return 1;
  }
}
