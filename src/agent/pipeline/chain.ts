// The stages of a pipeline as one chain. What kind and name of a record decide is decided once for each name and kept: of ten
// stages mostly one or two are left to be asked, and none of a name that none is about.
import type { FilteredKind, Pipeline, PipelineStage } from "../../shared/protocol/pipeline-stages.js";
import type { Attributes } from "../../shared/trace/attributes.js";
import { attributesFrom } from "../attributes.js";
import { isObject } from "../own-data.js";
import { type Accounts, type Hold, type KindCode, type StageAccount, codeOf } from "./account.js";
import { type Rest, fits, isAboutKind, isAboutName, restOf } from "./conditions.js";
import { Rate } from "./rate.js";
import { traceStays } from "./sampling.js";
import { type AskedRecord, CustomStage } from "./custom-stage.js";
import { type Transform, hide, truncateTo } from "./transforms.js";

/** `drop-others`: what does not fit is left out; `hold`: it is recorded only when it has taken so long. */
type Does = "drop" | "drop-others" | "sample" | "limit" | "transform" | "hold" | "ask";

interface Step {
  readonly does: Does;
  readonly rest: Rest | undefined;
  readonly account: StageAccount;
  readonly ratio: number;
  readonly rate: Rate | undefined;
  readonly transform: Transform | undefined;
  readonly hold: Hold | undefined;
  readonly custom: CustomStage | undefined;
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
  /** What a file exports. */
  readonly load: (file: string) => unknown;
  /** Whether a function of the user's own may be run now. */
  readonly mayAsk: () => boolean;
}

interface Compiled {
  readonly stage: PipelineStage;
  readonly account: StageAccount;
  readonly rest: Rest | undefined;
  readonly rate: Rate | undefined;
  readonly transform: Transform | undefined;
  readonly hold: Hold | undefined;
  readonly custom: CustomStage | undefined;
}

const mostPlans = 8192;
const none: Plan = [];
const noTransforms: readonly Transform[] = [];

export class Chain {
  readonly #stages: readonly Compiled[];
  readonly #plans: readonly Map<string, Plan>[] = [new Map(), new Map(), new Map(), new Map(), new Map()];
  readonly #random: () => number;
  readonly #clockMs: () => number;
  readonly #mayAsk: () => boolean;
  /** What is recorded of a record that has just passed. */
  body = "";
  attributes: unknown;
  #own: Attributes | undefined;
  /** What was done to it: what comes to a span at its end is changed in the same way. */
  applied: readonly Transform[] = noTransforms;
  /** Of a span that stays if it takes long enough. */
  hold: Hold | undefined;

  constructor(pipeline: Pipeline, accounts: Accounts, { random, clockMs, redacted, load, mayAsk }: ChainSurroundings) {
    this.#random = random;
    this.#clockMs = clockMs;
    this.#mayAsk = mayAsk;
    this.#stages = pipeline.map((stage, place) => {
      const account = accounts.of(stage, place);
      return {
        stage,
        account,
        rest: restOf(stage.where),
        rate: stage.stage === "rate-limit" ? new Rate(stage.perSecond) : undefined,
        transform: transformOf(stage, redacted),
        hold: stage.stage === "drop-short" ? { leastMs: stage.milliseconds, account } : undefined,
        custom: stage.stage === "custom" ? new CustomStage(account.words, () => load(stage.module)) : undefined,
      };
    });
  }

  get customStages(): readonly CustomStage[] {
    return this.#stages.flatMap(({ custom }) => custom ?? []);
  }

  /** The stage that leaves the record out, which has counted it; undefined: it stays as `body` and `attributes` say. */
  leaverOf(kind: FilteredKind, code: KindCode, name: string, passing: Passing): StageAccount | undefined {
    const plan = this.#plans[code]?.get(name) ?? this.#newPlan(kind, name);
    this.body = passing.body;
    this.attributes = passing.attributes;
    this.#own = passing.own;
    this.applied = noTransforms;
    this.hold = undefined;
    for (let at = 0; at < plan.length; at++) {
      const step = plan[at];
      if (step !== undefined && !this.#stays(step, kind, name, passing)) {
        step.account.count(code);
        return step.account;
      }
    }
    return undefined;
  }

  #stays(step: Step, kind: FilteredKind, name: string, { severity, trace }: Passing): boolean {
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
        if (isMeant && step.transform !== undefined) this.#change(step.transform, kind);
        return true;
      case "hold":
        if (isMeant && step.hold !== undefined && step.hold.leastMs > (this.hold?.leastMs ?? 0)) this.hold = step.hold;
        return true;
      case "ask":
        return !isMeant || step.custom === undefined || this.#asked(step.custom, { kind, name, severity });
    }
  }

  /** What the function itself causes to be recorded goes through this chain meanwhile. */
  #asked(custom: CustomStage, about: Pick<AskedRecord, "kind" | "name" | "severity">): boolean {
    if (!this.#mayAsk()) return true;
    const { body, attributes, applied, hold } = this;
    const own = this.#own;
    const answer = custom.ask({ ...about, isEnd: false, body, attributes: attributesFrom(own ?? attributes) });
    [this.body, this.attributes, this.applied, this.hold, this.#own] = [body, attributes, applied, hold, own];
    if (answer === "left-out") return false;
    if (about.kind === "span") this.applied = [...applied, custom.atEndOf(about.name)];
    if (answer === "stays") return true;
    this.body = answer.body ?? body;
    if (answer.attributes !== undefined) this.#own = this.attributes = answer.attributes;
    return true;
  }

  #change(transform: Transform, kind: FilteredKind): void {
    if (kind === "span") this.applied = [...this.applied, transform];
    this.body = transform.body(this.body);
    const { attributes } = this;
    if (attributes === undefined) return;
    if (this.#own === undefined && isObject(attributes) && transform.spares?.(attributes) === true) return;
    const own = (this.#own ??= attributesFrom(attributes));
    const changed = transform.attributes(own);
    if (changed !== own) this.#own = this.attributes = changed;
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
    for (const { stage, rest, ...does } of this.#stages) {
      const { where } = stage;
      if (!isAboutKind(where, kind) || (stage.stage === "drop-short" && kind !== "span")) continue;
      const isNamed = isAboutName(where, name);
      if (!isNamed && stage.stage !== "keep") continue;
      const ratio = stage.stage === "sample" ? stage.ratio : 1;
      const step: Omit<Step, "does"> = { ...does, rest: isNamed ? rest : undefined, ratio };
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
    case "drop-short":
      return "hold";
    case "custom":
      return "ask";
  }
}

function transformOf(stage: PipelineStage, redacted: (text: string) => string): Transform | undefined {
  if (stage.stage === "redact") return hide(stage.keys);
  return stage.stage === "truncate" ? truncateTo(stage.characters, redacted) : undefined;
}
