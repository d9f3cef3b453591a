// Rules over a stream of records, live or past. The same records give the same outcomes, however they are cut into batches: what is
// done depends on the time of records alone. A record may come later than others by so much; what comes later still is counted.
import type { RulePlan } from "../plan.js";
import type { RuleRecord } from "./record.js";
import { type Outcome, RuleRun, type RunLimits } from "./rule-run.js";

export const presetRunLimits: RunLimits = { groups: 1000, held: 1_000_000 };

export interface EvaluatorOptions {
  readonly latenessNs: number;
  readonly limits: RunLimits;
}

/** A rule that fires and recovers by itself, without any record, does so no longer. */
const longestSilenceNs = 7 * 86_400e9;

/** Waiting records are put in order when so many have come, or twice as many as had to go on waiting. */
const leastBatch = 4096;

export class Evaluator {
  readonly #runs: readonly RuleRun[];
  readonly #latenessNs: number;
  /** After so long without anything nothing comes of itself. */
  readonly #settledNs: number;
  #outcomes: Outcome[] = [];
  #waiting: RuleRecord[] = [];
  #batch = leastBatch;
  #newestNs = -Infinity;
  #hasBegun = false;
  #nextTickNs = Infinity;
  /** Of the last record, and of it or the last outcome. */
  #recordNs = -Infinity;
  #eventfulNs = -Infinity;
  /** Records that came too late to be counted in. */
  late = 0;

  constructor(plans: readonly RulePlan[], given: Partial<EvaluatorOptions> = {}) {
    this.#latenessNs = given.latenessNs ?? 0;
    const limits = given.limits ?? presetRunLimits;
    this.#runs = plans.map((plan) => new RuleRun(plan, limits, (outcome) => this.#note(outcome)));
    this.#settledNs = Math.max(0, ...this.#runs.map(({ settledNs }) => settledNs));
  }

  /** Records in any order within the lateness. */
  take(records: Iterable<RuleRecord>): void {
    for (const record of records) {
      if (record.timeNs < this.#newestNs - this.#latenessNs) {
        this.late += 1;
        continue;
      }
      if (record.timeNs > this.#newestNs) this.#newestNs = record.timeNs;
      this.#waiting.push(record);
      if (this.#waiting.length < this.#batch) continue;
      this.#release(this.#newestNs - this.#latenessNs);
      this.#batch = Math.max(leastBatch, this.#waiting.length * 2);
    }
  }

  /** What was decided since it was asked last, as far as nothing that may still come can change it. */
  outcomes(): readonly Outcome[] {
    this.#release(this.#newestNs - this.#latenessNs);
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    return outcomes;
  }

  /** Nothing more comes before an instant, so ticks up to it are due. */
  finish(endNs: number): readonly Outcome[] {
    this.#release(Infinity);
    this.#tickBefore(endNs + 1);
    return this.outcomes();
  }

  /** Records older than an instant: one at it may have an equal that is still to come. */
  #release(beforeNs: number): void {
    const ready = this.#waiting.filter(({ timeNs }) => timeNs < beforeNs).sort(byTime);
    if (ready.length === 0) return;
    this.#waiting = this.#waiting.filter(({ timeNs }) => timeNs >= beforeNs);
    for (const record of ready) {
      if (!this.#hasBegun) this.#begin(record.timeNs);
      if (this.#nextTickNs < record.timeNs) this.#tickBefore(record.timeNs);
      this.#recordNs = record.timeNs;
      this.#eventfulNs = Math.max(this.#eventfulNs, record.timeNs);
      for (const run of this.#runs) run.take(record);
    }
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

const byTime = (a: RuleRecord, b: RuleRecord): number => a.timeNs - b.timeNs || a.process - b.process || a.seq - b.seq;
