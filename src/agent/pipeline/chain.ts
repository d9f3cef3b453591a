// The stages of a pipeline as one chain. What kind and name of a record decide is decided once for each name and kept: of ten
// stages mostly one or two are left to be asked, and none of a name that none is about.
import type { FilteredKind, Pipeline, PipelineStage } from "../../shared/protocol/pipeline-stages.js";
import type { Attributes } from "../../shared/trace/attributes.js";
import { attributesFrom } from "../attributes.js";
import { type Accounts, type KindCode, type StageAccount, codeOf } from "./account.js";
import { type Rest, fits, isAboutKind, isAboutName, restOf } from "./conditions.js";
import { Rate } from "./rate.js";
import { traceStays } from "./sampling.js";
import { type Transform, hide, transformed, truncateTo } from "./transforms.js";

/** `drop-others`: what does not fit is left out. */
type Does = "drop" | "drop-others" | "sample" | "limit" | "transform";

interface Step {
  readonly does: Does;
  readonly rest: Rest | undefined;
  readonly account: StageAccount;
  readonly ratio: number;
  readonly rate: Rate | undefined;
  readonly transform: Transform | undefined;
}

/** What is to be asked of records of one kind and name, in order. */
type Plan = readonly Step[];

/** The trace that a record belongs to. */
export interface TraceFacts {
  readonly traceId: Uint8Array;
  /** The process that asked for it left the trace out. */
  readonly isLeftOut?: boolean;
}

/** A record on its way through. */
export interface Passing {
  readonly severity: number;
  readonly body: string;
  readonly attributes: unknown;
  /** The same where they are ours, and no more the program's. */
  readonly own: Attributes | undefined;
  readonly trace: TraceFacts | undefined;
}

export interface ChainSurroundings {
  /** In [0, 1): for what is in no trace. */
  readonly random: () => number;
  readonly clockMs: () => number;
  /** A text without the secrets in it. */
  readonly redacted: (text: string) => string;
}

interface Compiled {
  readonly stage: PipelineStage;
  readonly account: StageAccount;
  readonly rest: Rest | undefined;
  readonly rate: Rate | undefined;
  readonly transform: Transform | undefined;
}

const mostPlans = 8192;
const none: Plan = [];
const noTransforms: readonly Transform[] = [];

export class Chain {
  readonly #stages: readonly Compiled[];
  readonly #plans: readonly Map<string, Plan>[] = [new Map(), new Map(), new Map(), new Map(), new Map()];
  readonly #random: () => number;
  readonly #clockMs: () => number;
  /** What is recorded of a record that has just passed. */
  body = "";
  attributes: unknown;
  #own: Attributes | undefined;
  /** What was done to it: what comes to a span at its end is changed in the same way. */
  applied: readonly Transform[] = noTransforms;

  constructor(pipeline: Pipeline, accounts: Accounts, { random, clockMs, redacted }: ChainSurroundings) {
    this.#random = random;
    this.#clockMs = clockMs;
    this.#stages = pipeline.map((stage, place) => ({
      stage,
      account: accounts.of(stage, place),
      rest: restOf(stage.where),
      rate: stage.stage === "rate-limit" ? new Rate(stage.perSecond) : undefined,
      transform: transformOf(stage, redacted),
    }));
  }

  /** The stage that leaves the record out, which has counted it; undefined: it stays as `body` and `attributes` say. */
  leaverOf(kind: FilteredKind, code: KindCode, name: string, passing: Passing): StageAccount | undefined {
    const plan = this.#plans[code]?.get(name) ?? this.#newPlan(kind, name);
    this.body = passing.body;
    this.attributes = passing.attributes;
    this.#own = passing.own;
    this.applied = noTransforms;
    for (let at = 0; at < plan.length; at++) {
      const step = plan[at];
      if (step !== undefined && !this.#stays(step, passing)) {
        step.account.count(code);
        return step.account;
      }
    }
    return undefined;
  }

  #stays(step: Step, { severity, trace }: Passing): boolean {
    const isMeant = step.rest === undefined || fits(step.rest, this.attributes, this.#own, severity);
    switch (step.does) {
      case "drop":
        return !isMeant;
      case "drop-others":
        return isMeant;
      case "sample":
        if (!isMeant) return true;
        if (trace === undefined) return this.#random() < step.ratio;
        return trace.isLeftOut !== true && traceStays(trace.traceId, step.ratio);
      case "limit":
        return !isMeant || step.rate?.passes(this.#clockMs()) !== false;
      case "transform":
        if (isMeant && step.transform !== undefined) this.#change(step.transform);
        return true;
    }
  }

  #change(transform: Transform): void {
    this.applied = [...this.applied, transform];
    this.body = transform.body(this.body);
    if (this.attributes === undefined) return;
    const own = (this.#own ??= attributesFrom(this.attributes));
    if (!transform.spares(own)) this.#own = this.attributes = transformed(transform, own);
  }

  #newPlan(kind: FilteredKind, name: string): Plan {
    const plan = this.#planFor(kind, name);
    const plans = this.#plans[codeOf(kind)];
    // A program that makes names up must not fill our memory.
    if (plans !== undefined && plans.size >= mostPlans) plans.clear();
    plans?.set(name, plan);
    return plan;
  }

  #planFor(kind: FilteredKind, name: string): Plan {
    // What the agent says of itself, that something was left out among it.
    if (name.startsWith("hindcast.")) return none;
    const plan: Step[] = [];
    for (const { stage, account, rest, rate, transform } of this.#stages) {
      const { where } = stage;
      if (!isAboutKind(where, kind)) continue;
      const isNamed = isAboutName(where, name);
      if (!isNamed && stage.stage !== "keep") continue;
      const ratio = stage.stage === "sample" ? stage.ratio : 1;
      const step: Omit<Step, "does"> = { rest: isNamed ? rest : undefined, account, ratio, rate, transform };
      if (stage.stage === "keep") {
        if (!isNamed) plan.push({ ...step, does: "drop" });
        else if (rest !== undefined) plan.push({ ...step, does: "drop-others" });
      } else plan.push({ ...step, does: doesOf(stage.stage) });
      // Nothing comes this far.
      const last = plan.at(-1);
      if (last?.does === "drop" && last.rest === undefined) break;
    }
    return plan;
  }
}

function doesOf(name: Exclude<PipelineStage["stage"], "keep">): Does {
  switch (name) {
    case "drop":
      return "drop";
    case "sample":
      return "sample";
    case "rate-limit":
      return "limit";
    case "redact":
    case "truncate":
      return "transform";
  }
}

function transformOf(stage: PipelineStage, redacted: (text: string) => string): Transform | undefined {
  if (stage.stage === "redact") return hide(stage.keys);
  return stage.stage === "truncate" ? truncateTo(stage.characters, redacted) : undefined;
}
