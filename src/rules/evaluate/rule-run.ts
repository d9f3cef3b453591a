// One rule over a stream: which of its sources a record feeds, its groups, when it is evaluated, and when it has to give up.
import type { RulePlan, SourcePlan } from "../plan.js";
import { storedUnit } from "../quantity.js";
import { isDerivedFrom } from "./derived.js";
import { type Compute, computing, staleAfterNs } from "./expression.js";
import { type RecordTest, recordTest } from "./filter.js";
import { Group, type GroupNames } from "./group.js";
import { type Said, saying } from "./message.js";
import { type RuleRecord, fieldOf } from "./record.js";

export interface RunLimits {
  /** Of one rule. */
  readonly groups: number;
  /** Panes, buckets and samples of all groups of one rule. */
  readonly held: number;
}

export type Outcome =
  | {
      readonly kind: "fired" | "recovered";
      readonly rule: string;
      readonly timeNs: number;
      readonly group: GroupNames;
      /** What there is to do, with its texts written out; nothing where it recovered. */
      readonly actions: readonly Said[];
    }
  | { readonly kind: "disabled"; readonly rule: string; readonly timeNs: number; readonly reason: string };

interface Feed {
  readonly source: number;
  readonly takes: RecordTest;
  readonly isConverted: boolean;
  readonly windows: readonly number[];
}

export class RuleRun {
  readonly #plan: RulePlan;
  readonly #feeds: readonly Feed[];
  readonly #groups = new Map<string, Group>();
  readonly #condition: Compute;
  readonly #recover: Compute | undefined;
  readonly #say: (group: Group, nowNs: number) => readonly Said[];
  readonly #limits: RunLimits;
  readonly #tell: (outcome: Outcome) => void;
  #isDisabled = false;
  #nextTickNs = NaN;

  constructor(plan: RulePlan, limits: RunLimits, tell: (outcome: Outcome) => void) {
    this.#plan = plan;
    this.#limits = limits;
    this.#tell = tell;
    this.#condition = computing(plan.condition, plan);
    this.#recover = plan.recover === undefined ? undefined : computing(plan.recover.condition, plan);
    this.#say = saying(plan);
    this.#feeds = plan.sources.map((source, index) => ({
      source: index,
      takes: takesOf(source),
      isConverted: source.kind === "metric" && !source.isAsStored,
      windows: plan.windows.flatMap((window, at) => (window.source === index ? [at] : [])),
    }));
    // What is absent has no record that would make its group.
    if (plan.by.length === 0) this.#groups.set("", new Group(plan, { service: "", process: undefined, by: {} }));
  }

  /** NaN before the first record and for good once it is disabled. */
  get nextTickNs(): number {
    return this.#nextTickNs;
  }

  /** The stream begins, at its first record. */
  begin(timeNs: number): void {
    this.#nextTickNs = Math.ceil(timeNs / this.#plan.tickNs) * this.#plan.tickNs;
  }

  /** After so long without a record and without an outcome there is none until the next record, whenever that comes. */
  get settledNs(): number {
    const { windows, forNs, cooldownNs, recover, tickNs } = this.#plan;
    const lengths = windows.map(({ extent }) => (extent.by === "time" ? extent.ns : 0));
    return Math.max(staleAfterNs, ...lengths) + forNs + cooldownNs + (recover?.forNs ?? 0) + 2 * tickNs;
  }

  /** Its next tick is not before an instant: nothing would be decided until then. */
  skipTo(timeNs: number): void {
    if (!Number.isNaN(this.#nextTickNs)) this.begin(timeNs);
  }

  /** What it evaluates at its next tick has been taken. */
  tick(): void {
    const nowNs = this.#nextTickNs;
    let held = 0;
    for (const group of this.#groups.values()) {
      group.readWindowsAt(nowNs);
      held += group.held;
      this.#evaluate(group, nowNs);
    }
    this.#nextTickNs = nowNs + this.#plan.tickNs;
    if (held > this.#limits.held) this.#disable(nowNs, `it holds more than ${this.#limits.held} values`);
  }

  take(record: RuleRecord): void {
    if (this.#isDisabled) return;
    let group: Group | undefined;
    for (const { source, takes, isConverted, windows } of this.#feeds) {
      if (!takes(record)) continue;
      group ??= this.#groupOf(record);
      if (group === undefined) return;
      const factor = isConverted && record.kind === "metric" ? storedUnit(record.name, record.unit).factor : 1;
      group.take(source, record, factor, windows);
    }
    if (group !== undefined && this.#plan.isAtRecords) this.#evaluate(group, record.timeNs);
  }

  #groupOf(record: RuleRecord): Group | undefined {
    const { by } = this.#plan;
    const values = by.map((field) => String(fieldOf(record, field) ?? ""));
    const key = values.join("\0");
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= this.#limits.groups) {
      this.#disable(record.timeNs, `it has more than ${this.#limits.groups} groups`);
      return undefined;
    }
    const isOneProcess = by.includes("process");
    const isOneService = isOneProcess || by.includes("service");
    const group = new Group(this.#plan, {
      service: isOneService ? record.service : "",
      process: isOneProcess ? record.process : undefined,
      by: Object.fromEntries(by.map((field, index) => [field, values[index] ?? ""])),
    });
    this.#groups.set(key, group);
    return group;
  }

  #evaluate(group: Group, nowNs: number): void {
    const holds = this.#condition(group, nowNs) === 1;
    const isOver = this.#recover === undefined ? !holds : this.#recover(group, nowNs) === 1;
    const turn = group.incident.step(nowNs, holds, isOver);
    if (turn === undefined) return;
    const actions = turn === "fired" ? this.#say(group, nowNs) : [];
    this.#tell({ kind: turn, rule: this.#plan.name, timeNs: nowNs, group: group.names, actions });
  }

  #disable(timeNs: number, reason: string): void {
    this.#isDisabled = true;
    this.#nextTickNs = NaN;
    this.#groups.clear();
    this.#tell({ kind: "disabled", rule: this.#plan.name, timeNs, reason });
  }
}

function takesOf(source: SourcePlan): RecordTest {
  const passes = recordTest(source.filter);
  switch (source.kind) {
    case "metric": {
      const { name } = source;
      return (record) => record.kind === "metric" && record.name === name && passes(record);
    }
    case "derived": {
      const { derivation } = source;
      return (record) => isDerivedFrom(derivation, record) && passes(record);
    }
    case "state": {
      const { scope, className, path } = source;
      return (record) =>
        record.kind === "state" &&
        (scope === undefined || record.scope === scope) &&
        (className === undefined || record.className === className) &&
        record.path.length === path.length &&
        path.every((step, index) => step === undefined || step === record.path[index]) &&
        passes(record);
    }
    default: {
      const { kind } = source;
      return (record) => record.kind === kind && passes(record);
    }
  }
}
