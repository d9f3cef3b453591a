// Why a rule did or did not fire at an instant: what each clause came to, by the very evaluations that decided it, and how far it was
// from what it needs. The course of the values of clauses over a stretch is kept by buckets, the least and the greatest of each.
import type { ClausePlan, RulePlan } from "../plan.js";
import { valueText } from "../quantity.js";
import { type Compute, computing } from "./expression.js";
import type { Group, GroupNames } from "./group.js";
import type { Incident } from "./incident.js";

export interface LookedAt {
  readonly atNs: number;
  /** What the course is kept of. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly buckets: number;
  /** Of groups beyond these no course is kept. */
  readonly courses: number;
}

export interface ClauseLook {
  /** Undefined: something in it has no value. */
  readonly holds: boolean | undefined;
  /** Undefined where it compares no numbers. */
  readonly compared:
    | {
        readonly value: number;
        readonly limit: number;
        readonly text: string;
        readonly limitText: string;
        /** How much there is between the two. */
        readonly awayText: string;
      }
    | undefined;
}

/** Of the last evaluation up to the instant that is asked for. `values`: of each clause whether it holds, its value, its limit. */
interface Latest extends Pick<GroupLook, "state" | "sinceNs" | "coolUntilNs" | "evaluatedNs"> {
  readonly values: Float64Array;
}

export interface GroupLook {
  readonly group: GroupNames;
  readonly state: Incident["state"];
  readonly sinceNs: number;
  readonly coolUntilNs: number;
  readonly evaluatedNs: number;
  readonly clauses: readonly ClauseLook[];
}

/** By bucket; NaN where a clause had no value. Where it compares no numbers: 1 where it held, and 0. */
export interface Course {
  readonly least: Float64Array<ArrayBuffer>;
  readonly most: Float64Array<ArrayBuffer>;
}

interface Clause {
  readonly plan: ClausePlan;
  readonly holds: Compute;
  readonly value: Compute | undefined;
  readonly limit: Compute | undefined;
}

export class RuleLook {
  readonly #clauses: readonly Clause[];
  readonly #at: LookedAt;
  readonly #latest = new Map<Group, Latest>();
  readonly #courses = new Map<Group, readonly Course[]>();

  constructor(plan: RulePlan, at: LookedAt) {
    this.#at = at;
    this.#clauses = plan.clauses.map((clause) => ({
      plan: clause,
      holds: computing(clause.condition, plan),
      value: clause.compared && computing(clause.compared.value, plan),
      limit: clause.compared && computing(clause.compared.limit, plan),
    }));
  }

  /** What an evaluator tells, in the order of time. */
  note(group: Group, nowNs: number): void {
    if (nowNs <= this.#at.atNs) this.#keepLatest(group, nowNs);
    if (nowNs >= this.#at.fromNs && nowNs <= this.#at.toNs) this.#keepCourse(group, nowNs);
  }

  /** Those that had been evaluated by then: first what fires, then what most clauses hold of. */
  get groups(): readonly (GroupLook & { readonly courses: readonly Course[] })[] {
    return [...this.#latest]
      .map(([group, { values, ...latest }]) => ({
        ...latest,
        group: group.names,
        clauses: this.#clauses.map(({ plan }, index) => lookOf(plan, values.subarray(3 * index, 3 * index + 3))),
        courses: this.#courses.get(group) ?? [],
      }))
      .sort((a, b) => rankOf(b) - rankOf(a) || compareTexts(nameOf(a.group), nameOf(b.group)));
  }

  /** Evaluations are many and only the last is looked at: nothing is made for one but numbers. */
  #keepLatest(group: Group, nowNs: number): void {
    const { state, sinceNs, coolUntilNs } = group.incident;
    const values = this.#latest.get(group)?.values ?? new Float64Array(3 * this.#clauses.length);
    for (const [index, { holds, value, limit }] of this.#clauses.entries()) {
      values[3 * index] = holds(group, nowNs);
      values[3 * index + 1] = value?.(group, nowNs) ?? NaN;
      values[3 * index + 2] = limit?.(group, nowNs) ?? NaN;
    }
    this.#latest.set(group, { state, sinceNs, coolUntilNs, evaluatedNs: nowNs, values });
  }

  #keepCourse(group: Group, nowNs: number): void {
    const courses = this.#courses.get(group) ?? this.#newCourses(group);
    if (courses === undefined) return;
    const { fromNs, toNs, buckets } = this.#at;
    const at = Math.min(buckets - 1, Math.floor(((nowNs - fromNs) / Math.max(1, toNs - fromNs)) * buckets));
    for (const [index, { holds, value }] of this.#clauses.entries()) {
      const course = courses[index];
      const now = (value ?? holds)(group, nowNs);
      if (course === undefined || Number.isNaN(now)) continue;
      // No comparison holds for what is not there yet.
      if (!((course.least[at] ?? NaN) <= now)) course.least[at] = now;
      if (!((course.most[at] ?? NaN) >= now)) course.most[at] = now;
    }
  }

  #newCourses(group: Group): readonly Course[] | undefined {
    if (this.#courses.size >= this.#at.courses) return undefined;
    const empty = () => new Float64Array(this.#at.buckets).fill(NaN);
    const courses = this.#clauses.map(() => ({ least: empty(), most: empty() }));
    this.#courses.set(group, courses);
    return courses;
  }
}

function lookOf({ compared }: ClausePlan, [held = NaN, value = NaN, limit = NaN]: Float64Array): ClauseLook {
  const holds = Number.isNaN(held) ? undefined : held === 1;
  if (compared === undefined) return { holds, compared: undefined };
  const textOf = (number: number) =>
    `${valueText(number, compared.kind)}${compared.isPerMinute && !Number.isNaN(number) ? "/m" : ""}`;
  const away = Math.abs(limit - value);
  return {
    holds,
    compared: { value, limit, text: textOf(value), limitText: textOf(limit), awayText: textOf(away) },
  };
}

const stateRanks = ["inactive", "pending", "recovering", "firing"] as const;
const rankOf = ({ state, clauses }: GroupLook): number =>
  stateRanks.indexOf(state) * 1000 + clauses.filter(({ holds }) => holds === true).length;
const nameOf = ({ by }: GroupNames): string => Object.values(by).join("\0");
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
