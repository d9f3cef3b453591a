// Rules over a recording that is being made: what is committed is read a stretch of time at a time, by the same questions that a back-test
// asks, and decided on by the same evaluator. A stretch is read once nothing of it is to be expected any more. Nothing of this is on the
// thread that records.
// What a rule knows is what the records make it: an engine that goes on with a recording reads what is there once more.
import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import {
  Evaluator,
  type RecordNeeds,
  type RulePlan,
  compileRules,
  lineColumns,
  liveActions,
  needsOf,
} from "../rules/index.js";
import { ruleStem } from "../shared/base/rule-file-names.js";
import type { LiveRule, LiveRuleFile, LiveRules as LiveRulesTold } from "../shared/protocol/alert-calls.js";
import { saidText } from "./backtest.js";
import { type Fired, alertKey } from "./live-alerts.js";
import { asksForState, originOf, recordsAtOnce, stretchesOf } from "./rule-stream.js";
import { Frontier } from "./rules-frontier.js";
import type { Query } from "./store/readers.js";
import { RecordsInOrder } from "./store/rule-columns.js";
import { RuleRecords, countIn, reachedIn } from "./store/rule-records.js";

type Outcome = ReturnType<Evaluator["outcomes"]>[number];
type OfIncident = Exclude<Outcome, { kind: "disabled" }>;
export type Said = OfIncident["actions"][number];

/** What a rule decided that is to be told. */
export type Decided =
  | { readonly kind: "fired"; readonly fired: Fired; readonly actions: readonly Said[] }
  | { readonly kind: "recovered"; readonly key: string; readonly at: bigint };

export interface RulesSurroundings {
  readonly query: Query;
  /** Where the recording begins. */
  start(): bigint;
  /** In the order of time. */
  decided(decided: readonly Decided[]): Promise<void>;
  /** All that is there was decided on. What goes on, by rule and group, and since when. */
  caughtUp(going: ReadonlyMap<string, Extract<Decided, { kind: "fired" }>>, at: bigint): Promise<void>;
  /** Which rules there are, or one of them is disabled. */
  changed(): void;
}

/** From when on what a rule decides is told: before that it was another rule, or none. */
export type RulesSince = Readonly<Record<string, { readonly hash: string; readonly since: string }>>;

/** Between two looks: what is decided on is at least as late. */
const lookEveryMs = 500;
const recordsPerTurn = 5000;

interface Running {
  readonly plans: ReadonlyMap<string, RulePlan>;
  readonly needs: RecordNeeds;
  readonly stored: RuleRecords;
  readonly evaluator: Evaluator;
  readonly origin: bigint;
  readonly going: Map<string, Extract<Decided, { kind: "fired" }>>;
  until: bigint;
  hasCaughtUp: boolean;
}

export class LiveRules {
  readonly #around: RulesSurroundings;
  #rules: LiveRule[] = [];
  #problems: LiveRulesTold["problems"] = [];
  readonly #frontier = new Frontier();
  #since: RulesSince = {};
  #running: Running | undefined;
  #records = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();
  /** Why the last look decided on nothing. */
  #trouble: string | undefined;
  #isOver = false;

  constructor(around: RulesSurroundings) {
    this.#around = around;
  }

  get since(): RulesSince {
    return this.#since;
  }

  /** In place of those before. What stays as it was goes on; `since` is of an engine before this one. */
  set(files: readonly LiveRuleFile[], since?: RulesSince): void {
    const plans = new Map<string, RulePlan>();
    const problems: LiveRulesTold["problems"][number][] = [];
    const rules: LiveRule[] = [];
    const told: Record<string, RulesSince[string]> = {};
    const now = String(this.#running?.until ?? 0n);
    for (const { path, source } of files) {
      const compiled = compileRules(source, { fileName: ruleStem(path), actions: liveActions });
      const placeOf = lineColumns(source);
      const say = (from: number, severity: "error" | "warning", message: string): void => {
        problems.push({ path, ...placeOf(from), severity, message });
      };
      for (const { from, severity, message } of compiled.problems) say(from, severity, message);
      for (const plan of compiled.plans) {
        const { name: rule, severity, place } = plan;
        const isTaken = plans.has(rule);
        if (isTaken) say(place.from, "error", `another file has a rule that is called ${rule}`);
        const disabled = asksForState(plan) ? "state is not read yet while a recording is made" : undefined;
        if (isTaken) continue;
        rules.push({
          rule,
          path,
          severity,
          line: placeOf(place.from).line,
          ...(disabled === undefined ? {} : { disabled }),
        });
        if (disabled !== undefined) continue;
        plans.set(rule, plan);
        const hash = hashOf(plan);
        const before = (since ?? this.#since)[rule];
        told[rule] = before?.hash === hash ? before : { hash, since: now };
      }
    }
    [this.#rules, this.#problems, this.#since] = [rules, problems, told];
    this.#running = this.#begin(plans);
    this.#records = 0;
    this.#around.changed();
    this.changed();
  }

  #begin(plans: ReadonlyMap<string, RulePlan>): Running {
    const all = [...plans.values()];
    const needs = needsOf(all);
    const origin = originOf(this.#around.start());
    return {
      plans,
      needs,
      stored: new RuleRecords(this.#around.query, needs, origin),
      evaluator: new Evaluator(all),
      origin,
      going: new Map(),
      until: 0n,
      hasCaughtUp: false,
    };
  }

  async told(): Promise<LiveRulesTold> {
    const running = this.#running;
    const late = running === undefined || running.until === 0n ? 0 : await this.#lateOf(running);
    return {
      rules: [...this.#rules],
      problems: [...this.#problems],
      ...(running === undefined || running.until === 0n ? {} : { until: running.until }),
      records: this.#records,
      late,
      untold: 0,
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
    };
  }

  /** Of what is there by now and was decided on up to some instant, what came after that. What was evicted is not there any more. */
  async #lateOf({ needs, until }: Running): Promise<number> {
    const records = this.#records;
    return Math.max(0, (await countIn(this.#around.query, needs, { from: 0n, until })) - records);
  }

  /** Something was committed. */
  changed(): void {
    if (this.#isOver || this.#running === undefined || this.#rules.length === 0) return;
    this.#timer ??= setTimeout(() => {
      void this.#look().finally(() => (this.#timer = undefined));
    }, lookEveryMs);
    this.#timer.unref();
  }

  /** All that came is committed, and nothing more comes. */
  async finish(end: bigint): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#look(end + 1n);
  }

  /** Nothing is decided any more. */
  stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    return this.#looking;
  }

  #look(until?: bigint): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      try {
        await this.#decide(until);
        this.#trouble = undefined;
      } catch (error) {
        // What cannot be read now is read with what comes next.
        this.#trouble = error instanceof Error ? error.message : String(error);
      }
    });
    return this.#looking;
  }

  async #decide(upTo: bigint | undefined): Promise<void> {
    const running = this.#running;
    if (running === undefined || running.plans.size === 0) return this.#caughtUp(running, upTo);
    const { query } = this.#around;
    const until = upTo ?? this.#frontier.after(await reachedIn(query));
    if (until === undefined || until <= running.until) return;
    for await (const stretch of stretchesOf(query, running.needs, { from: running.until, until }, recordsAtOnce)) {
      const found = new RecordsInOrder(await running.stored.in(stretch));
      let taken = 0;
      for (let record = found.next(); record !== undefined; record = found.next()) {
        running.evaluator.take(record);
        if (++taken % recordsPerTurn !== 0) continue;
        await turn();
        if (this.#running !== running) return;
      }
      if (this.#running !== running) return;
      this.#records += found.length;
      const outcomes = running.evaluator.finish(Number(stretch.until - 1n - running.origin));
      running.until = stretch.until;
      await this.#settle(running, outcomes);
    }
    await this.#caughtUp(running, until);
  }

  async #caughtUp(running: Running | undefined, until: bigint | undefined): Promise<void> {
    if (running === undefined || running.hasCaughtUp || this.#running !== running) return;
    running.hasCaughtUp = true;
    await this.#around.caughtUp(running.going, until ?? 0n);
  }

  async #settle(running: Running, outcomes: readonly Outcome[]): Promise<void> {
    const decided: Decided[] = [];
    for (const outcome of outcomes) {
      const at = running.origin + BigInt(Math.round(outcome.timeNs));
      if (outcome.kind === "disabled") {
        this.#rules = this.#rules.map((one) =>
          one.rule === outcome.rule ? { ...one, disabled: outcome.reason } : one,
        );
        // Nobody will say that its incidents are over.
        for (const [key, { fired }] of [...running.going]) {
          if (fired.rule !== outcome.rule) continue;
          running.going.delete(key);
          decided.push({ kind: "recovered", key, at });
        }
        this.#around.changed();
        continue;
      }
      const { rule, group, actions } = outcome;
      const key = alertKey(rule, group.by);
      if (outcome.kind === "recovered") {
        running.going.delete(key);
        decided.push({ kind: "recovered", key, at });
        continue;
      }
      const one = { kind: "fired", fired: firedOf(running.plans.get(rule), outcome, at), actions } as const;
      running.going.set(key, one);
      // Before it was there nobody was told; what goes on from then is told when all is read.
      if (at >= BigInt(this.#since[rule]?.since ?? 0)) decided.push(one);
    }
    if (decided.length > 0) await this.#around.decided(decided);
  }
}

function firedOf(plan: RulePlan | undefined, { rule, group, actions }: OfIncident, at: bigint): Fired {
  const [message] = actions.find(({ name }) => name === "alert")?.args ?? [];
  return {
    rule,
    severity: plan?.severity ?? "medium",
    labels: plan?.labels ?? {},
    group: group.by,
    at,
    message: typeof message === "string" ? message : "",
    said: actions.map(saidText),
  };
}

const hashOf = ({ place: _place, clauses: _clauses, ...plan }: RulePlan): string =>
  createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 16);
