// Rules over records in the order of time, live or past. The same records give the same outcomes, however often somebody asks: what is
// done depends on the time of records alone. Who reads a recording that is being made waits until nothing earlier is to come.
import type { RulePlan } from "../plan.js";
import type { RuleRecord } from "./record.js";
import { Routes } from "./routes.js";
import { type Outcome, RuleRun, type RunLimits, type Watch } from "./rule-run.js";

export const presetRunLimits: RunLimits = { groups: 1000, held: 1_000_000 };

export interface EvaluatorOptions {
  readonly limits: RunLimits;
  /** Told of each evaluation of each rule. */
  readonly watch: Watch;
}

/** A rule that fires and recovers by itself, without any record, does so no longer. */
const longestSilenceNs = 7 * 86_400e9;

export class Evaluator {
  readonly #runs: readonly RuleRun[];
  readonly #routes: Routes;
  /** After so long without anything nothing comes of itself. */
  readonly #settledNs: number;
  #outcomes: Outcome[] = [];
  #hasBegun = false;
  #nextTickNs = Infinity;
  /** Of the last record, and of it or the last outcome. */
  #recordNs = -Infinity;
  #eventfulNs = -Infinity;

  constructor(plans: readonly RulePlan[], given: Partial<EvaluatorOptions> = {}) {
    const limits = given.limits ?? presetRunLimits;
    this.#runs = plans.map((plan) => new RuleRun(plan, limits, (outcome) => this.#note(outcome), given.watch));
    this.#routes = new Routes(this.#runs);
    this.#settledNs = Math.max(0, ...this.#runs.map(({ settledNs }) => settledNs));
  }

  /** None comes behind it that is earlier, or of the same instant and before it by process and seq. The object may be another record afterwards. */
  take(record: RuleRecord): void {
    const { timeNs } = record;
    if (!this.#hasBegun) this.#begin(timeNs);
    if (this.#nextTickNs < timeNs) this.#tickBefore(timeNs);
    this.#recordNs = timeNs;
    if (timeNs > this.#eventfulNs) this.#eventfulNs = timeNs;
    for (const { run, feeds } of this.#routes.of(record)) run.take(record, feeds);
  }

  /** What was decided since it was asked last. */
  outcomes(): readonly Outcome[] {
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    return outcomes;
  }

  /** Nothing more comes up to an instant, so ticks up to it are due. */
  finish(endNs: number): readonly Outcome[] {
    this.#tickBefore(endNs + 1);
    return this.outcomes();
  }

  #note(outcome: Outcome): void {
    this.#eventfulNs = Math.max(this.#eventfulNs, outcome.timeNs);
    this.#outcomes.push(outcome);
  }

  #begin(timeNs: number): void {
    this.#hasBegun = true;
    for (const run of this.#runs) run.begin(timeNs);
    this.#nextTickNs = this.#earliest();
  }

  /** A tick has the records of its own instant, so it comes after them. */
  #tickBefore(timeNs: number): void {
    while (this.#nextTickNs < timeNs) {
      const isSettled = this.#nextTickNs - this.#eventfulNs > this.#settledNs;
      if (isSettled || this.#nextTickNs - this.#recordNs > longestSilenceNs) {
        for (const run of this.#runs) run.skipTo(timeNs);
        this.#nextTickNs = this.#earliest();
        return;
      }
      for (const run of this.#runs) if (run.nextTickNs === this.#nextTickNs) run.tick();
      this.#nextTickNs = this.#earliest();
    }
  }

  #earliest(): number {
    let earliest = Infinity;
    for (const { nextTickNs } of this.#runs) if (nextTickNs < earliest) earliest = nextTickNs;
    return earliest;
  }
}
