// One rule over a stream: which of its sources a record feeds, its groups, when it is evaluated, and when it has to give up.
import type { RulePlan, SourcePlan } from "../plan.js";
import { storedUnit } from "../quantity.js";
import { isServerRequest } from "./derived.js";
import { type Compute, computing, staleAfterNs } from "./expression.js";
import { type RecordTest, recordTest } from "./filter.js";
import { Group, type GroupNames } from "./group.js";
import { type Said, saying } from "./message.js";
import { type FieldValue, type RuleRecord, fieldReader } from "./record.js";

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

/** Told of each evaluation, with what was decided on. */
export type Watch = (group: Group, nowNs: number) => void;

/** How records come to a source of a rule. */
export interface Feed {
  readonly source: number;
  readonly kind: RuleRecord["kind"];
  /** Where it takes samples of one metric. */
  readonly metric: string | undefined;
  /** Of records of that kind and metric. */
  readonly takes: RecordTest | undefined;
  readonly isConverted: boolean;
  readonly windows: readonly number[];
}

export class RuleRun {
  readonly #plan: RulePlan;
  readonly feeds: readonly Feed[];
  readonly #groups = new Map<string | number, Group>();
  readonly #keyOf: (record: RuleRecord) => string | number;
  /** Records of one group often follow each other. */
  #lastKey: string | number | undefined;
  #lastGroup: Group | undefined;
  /** Of the last sample that was converted. */
  #converted: { readonly name: string; readonly unit: string; readonly factor: number } | undefined;
  readonly #condition: Compute;
  readonly #recover: Compute | undefined;
  readonly #say: (group: Group, nowNs: number) => readonly Said[];
  readonly #limits: RunLimits;
  readonly #tell: (outcome: Outcome) => void;
  readonly #watch: Watch | undefined;
  #isDisabled = false;
  #nextTickNs = NaN;

  constructor(plan: RulePlan, limits: RunLimits, tell: (outcome: Outcome) => void, watch?: Watch) {
    this.#plan = plan;
    this.#limits = limits;
    this.#tell = tell;
    this.#watch = watch;
    this.#condition = computing(plan.condition, plan);
    this.#recover = plan.recover === undefined ? undefined : computing(plan.recover.condition, plan);
    this.#say = saying(plan);
    this.feeds = plan.sources.map((source, index) => ({
      source: index,
      ...takenBy(source),
      isConverted: source.kind === "metric" && !source.isAsStored,
      windows: plan.windows.flatMap((window, at) => (window.source === index ? [at] : [])),
    }));
    this.#keyOf = keyReader(plan.by);
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

  /** A record of the kind, and of the metric, of some of its feeds, which are given. */
  take(record: RuleRecord, feeds: readonly Feed[]): void {
    if (this.#isDisabled) return;
    let group: Group | undefined;
    for (const { source, takes, isConverted, windows } of feeds) {
      if (takes !== undefined && !takes(record)) continue;
      group ??= this.#groupOf(record);
      if (group === undefined) return;
      const factor = isConverted && record.kind === "metric" ? this.#factorOf(record.name, record.unit) : 1;
      group.take(source, record, factor, windows);
    }
    if (group !== undefined && this.#plan.isAtRecords) this.#evaluate(group, record.timeNs);
  }

  #factorOf(name: string, unit: string): number {
    if (name !== this.#converted?.name || unit !== this.#converted.unit)
      this.#converted = { name, unit, factor: storedUnit(name, unit).factor };
    return this.#converted.factor;
  }

  #groupOf(record: RuleRecord): Group | undefined {
    const key = this.#keyOf(record);
    if (key === this.#lastKey && this.#lastGroup !== undefined) return this.#lastGroup;
    const group = this.#groups.get(key) ?? this.#newGroup(key, record);
    this.#lastKey = key;
    this.#lastGroup = group;
    return group;
  }

  #newGroup(key: string | number, record: RuleRecord): Group | undefined {
    if (this.#groups.size >= this.#limits.groups) {
      this.#disable(record.timeNs, `it has more than ${this.#limits.groups} groups`);
      return undefined;
    }
    const { by } = this.#plan;
    const isOneProcess = by.includes("process");
    const isOneService = isOneProcess || by.includes("service");
    const group = new Group(this.#plan, {
      service: isOneService ? record.service : "",
      process: isOneProcess ? record.process : undefined,
      by: Object.fromEntries(by.map((field) => [field, keyText(fieldReader(field)(record))])),
    });
    this.#groups.set(key, group);
    return group;
  }

  #evaluate(group: Group, nowNs: number): void {
    const holds = this.#condition(group, nowNs) === 1;
    const isOver = this.#recover === undefined ? !holds : this.#recover(group, nowNs) === 1;
    const turn = group.incident.step(nowNs, holds, isOver);
    this.#watch?.(group, nowNs);
    if (turn === undefined) return;
    const actions = turn === "fired" ? this.#say(group, nowNs) : [];
    this.#tell({ kind: turn, rule: this.#plan.name, timeNs: nowNs, group: group.names, actions });
  }

  #disable(timeNs: number, reason: string): void {
    this.#isDisabled = true;
    this.#nextTickNs = NaN;
    this.#groups.clear();
    this.#lastGroup = undefined;
    this.#tell({ kind: "disabled", rule: this.#plan.name, timeNs, reason });
  }
}

const keyText = (value: FieldValue): string => String(value ?? "");

function keyReader(by: readonly string[]): (record: RuleRecord) => string | number {
  const [first, ...others] = by;
  if (first === undefined) return () => "";
  if (others.length > 0) {
    const readers = by.map(fieldReader);
    return (record) => readers.map((read) => keyText(read(record))).join("\0");
  }
  if (first === "process") return (record) => record.process;
  const read = fieldReader(first);
  return (record) => keyText(read(record));
}

function takenBy(source: SourcePlan): Pick<Feed, "kind" | "metric" | "takes"> {
  const passes = source.filter === undefined ? undefined : recordTest(source.filter);
  switch (source.kind) {
    case "metric":
      return { kind: "metric", metric: source.name, takes: passes };
    case "derived": {
      const { derivation } = source;
      if (derivation.how === "total") return { kind: "metric", metric: derivation.metric, takes: passes };
      const takes: RecordTest =
        passes === undefined ? isServerRequest : (record) => isServerRequest(record) && passes(record);
      return { kind: "span", metric: undefined, takes };
    }
    case "state": {
      const { scope, className, path } = source;
      const takes: RecordTest = (record) =>
        record.kind === "state" &&
        (scope === undefined || record.scope === scope) &&
        (className === undefined || record.className === className) &&
        record.path.length === path.length &&
        path.every((step, index) => step === undefined || step === record.path[index]) &&
        (passes === undefined || passes(record));
      return { kind: "state", metric: undefined, takes };
    }
    default:
      return { kind: source.kind, metric: undefined, takes: passes };
  }
}
