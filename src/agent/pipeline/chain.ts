// The stages of a pipeline as one chain. What kind and name of a record decide is decided once for each name and kept: of ten
// stages mostly one or two are left to be asked, and none of a name that none is about.
import type { FilteredKind, Pipeline, PipelineStage } from "../../shared/protocol/pipeline-stages.js";
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { attributesFrom } from "../attributes.js";
import { isObject } from "../own-data.js";
import { type Accounts, type Hold, type KindCode, type StageAccount, codeOf } from "./account.js";
import { type Rest, fits, isAboutKind, isAboutName, restOf } from "./conditions.js";
import { Look, Shapes } from "./look.js";
import { Rate } from "./rate.js";
import { traceStays } from "./sampling.js";
import { CustomStage } from "./custom-stage.js";
import { type StageTransform, type Transform, hide, truncateTo } from "./transforms.js";

/**
 * What a step does, as a number: asked for of each record. `dropOthers`: what does not fit is left out; `hold`: it is recorded only
 * when it has taken so long.
 */
const does = { drop: 0, dropOthers: 1, sample: 2, limit: 3, transform: 4, hold: 5, ask: 6 } as const;
type Does = (typeof does)[keyof typeof does];

interface Step {
  readonly does: Does;
  readonly rest: Rest | undefined;
  readonly account: StageAccount;
  readonly place: number;
  readonly ratio: number;
  readonly rate: Rate | undefined;
  readonly transform: StageTransform | undefined;
  readonly hold: Hold | undefined;
  readonly custom: CustomStage | undefined;
  /** What it does to what a span's end brings. */
  readonly atEnd: Transform | undefined;
  /** What is done to a span's end when every step up to this one is about it: mostly nothing has to be put together then. */
  readonly appliedBefore: readonly Transform[];
  readonly appliedAfter: readonly Transform[];
}

/** What is to be asked of records of one kind and name, in order. */
interface Plan {
  readonly steps: readonly Step[];
  readonly shapes: Shapes;
}

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
  readonly place: number;
  readonly rest: Rest | undefined;
  readonly rate: Rate | undefined;
  readonly transform: StageTransform | undefined;
  readonly hold: Hold | undefined;
  readonly custom: CustomStage | undefined;
}

const mostPlans = 2048;
const noTransforms: readonly Transform[] = [];
const none: Plan = { steps: [], shapes: new Shapes() };

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
  /** They were made here for this record: nobody else sees what is changed in them. */
  #isFresh = false;
  readonly #look = new Look();
  /** Whether that was a look at what the attributes are now. */
  #isLookedAt = false;
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
        place,
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
    this.#isFresh = false;
    this.#isLookedAt = false;
    this.applied = noTransforms;
    this.hold = undefined;
    const { steps, shapes } = plan;
    let leaver: StageAccount | undefined;
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at];
      if (step !== undefined && !this.#stays(step, kind, name, passing, shapes)) {
        step.account.count(code);
        leaver = step.account;
        break;
      }
    }
    this.#look.forget();
    return leaver;
  }

  #stays(step: Step, kind: FilteredKind, name: string, { severity, trace }: Passing, shapes: Shapes): boolean {
    const isMeant = step.rest === undefined || fits(step.rest, this.attributes, this.#own, severity);
    switch (step.does) {
      case does.drop:
        return !isMeant;
      case does.dropOthers:
        return isMeant;
      case does.sample:
        if (!isMeant) return true;
        if (trace === undefined) return this.#random() < step.ratio;
        return trace.isLeftOut !== true && traceStays(trace.traceId, step.ratio);
      case does.limit:
        return !isMeant || step.rate?.passes(this.#clockMs()) !== false;
      case does.transform:
        if (isMeant && step.transform !== undefined) this.#change(step, step.transform, kind, shapes);
        return true;
      case does.hold:
        if (isMeant && step.hold !== undefined && step.hold.leastMs > (this.hold?.leastMs ?? 0)) this.hold = step.hold;
        return true;
      case does.ask:
        return !isMeant || step.custom === undefined || this.#asked(step, step.custom, kind, name, severity);
    }
  }

  /** What the function itself causes to be recorded goes through this chain meanwhile. */
  #asked(step: Step, custom: CustomStage, kind: FilteredKind, name: string, severity: number): boolean {
    if (!this.#mayAsk()) return true;
    const { body, attributes, applied, hold } = this;
    const own = this.#own;
    const isFresh = this.#isFresh;
    const answer = custom.ask({ kind, name, severity, isEnd: false, body, attributes: this.#copy() });
    this.body = body;
    this.attributes = attributes;
    this.#own = own;
    this.#isFresh = isFresh;
    this.#isLookedAt = false;
    this.applied = applied;
    this.hold = hold;
    if (answer === "left-out") return false;
    if (kind === "span") this.#apply(step);
    if (answer === "stays") return true;
    this.body = answer.body ?? body;
    if (answer.attributes !== undefined) {
      this.#own = this.attributes = answer.attributes;
      this.#isFresh = true;
    }
    return true;
  }

  #change(step: Step, transform: StageTransform, kind: FilteredKind, shapes: Shapes): void {
    if (kind === "span") this.#apply(step);
    if (this.body !== "") this.body = transform.body(this.body);
    const { attributes } = this;
    if (attributes === undefined) return;
    if (!this.#isLookedAt) {
      this.#look.at(attributes, this.#own, shapes);
      this.#isLookedAt = true;
    }
    if (!transform.spares(this.#look, step.place)) this.#changeAttributes(step, transform, attributes);
  }

  #changeAttributes(step: Step, transform: StageTransform, attributes: unknown): void {
    const flat = this.#isFresh ? this.#own : this.#flatCopy();
    if (flat !== undefined && this.#look.isFlat) {
      transform.changeFlat(flat, this.#look, step.place);
      this.#own = this.attributes = flat;
      this.#isFresh = true;
      return;
    }
    this.#isLookedAt = false;
    if (this.#own === undefined) {
      this.#own = attributesFrom(attributes);
      this.#isFresh = true;
    }
    const changed = transform.attributes(this.#own, this.#isFresh);
    if (changed !== this.#own) this.#isFresh = true;
    this.#own = this.attributes = changed;
  }

  /** For what may be changed in it. */
  #copy(): Attributes {
    return this.#flatCopy() ?? attributesFrom(this.#own ?? this.attributes);
  }

  #flatCopy(): Record<string, AttributeValue> | undefined {
    const source = this.#own ?? this.attributes;
    return this.#isLookedAt && isObject(source) ? this.#look.copyOf(source) : undefined;
  }

  #apply({ appliedBefore, appliedAfter, atEnd }: Step): void {
    if (this.applied === appliedBefore) this.applied = appliedAfter;
    else if (atEnd !== undefined) this.applied = [...this.applied, atEnd];
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
    const steps: Step[] = [];
    let applied = noTransforms;
    for (const { stage, rest, ...parts } of this.#stages) {
      const { where } = stage;
      if (!isAboutKind(where, kind) || (stage.stage === "drop-short" && kind !== "span")) continue;
      const isNamed = isAboutName(where, name);
      if (!isNamed && stage.stage !== "keep") continue;
      const ratio = stage.stage === "sample" ? stage.ratio : 1;
      const atEnd = parts.custom?.atEndOf(name) ?? parts.transform;
      const appliedBefore = applied;
      const appliedAfter = atEnd === undefined ? applied : [...applied, atEnd];
      applied = appliedAfter;
      const ends = { atEnd, appliedBefore, appliedAfter };
      const step: Omit<Step, "does"> = { ...parts, ...ends, rest: isNamed ? rest : undefined, ratio };
      if (stage.stage === "keep") {
        if (!isNamed) steps.push({ ...step, does: does.drop });
        else if (rest !== undefined) steps.push({ ...step, does: does.dropOthers });
      } else steps.push({ ...step, does: doesOf(stage.stage) });
      // Nothing comes this far.
      const last = steps.at(-1);
      if (last?.does === does.drop && last.rest === undefined) break;
    }
    return { steps, shapes: new Shapes() };
  }
}

function doesOf(name: Exclude<PipelineStage["stage"], "keep">): Does {
  switch (name) {
    case "drop":
      return does.drop;
    case "sample":
      return does.sample;
    case "rate-limit":
      return does.limit;
    case "redact":
    case "truncate":
      return does.transform;
    case "drop-short":
      return does.hold;
    case "custom":
      return does.ask;
  }
}

function transformOf(stage: PipelineStage, redacted: (text: string) => string): StageTransform | undefined {
  if (stage.stage === "redact") return hide(stage.keys);
  return stage.stage === "truncate" ? truncateTo(stage.characters, redacted) : undefined;
}
