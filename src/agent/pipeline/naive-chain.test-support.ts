// The pipeline as its documentation reads, stage by stage and record by record, with nothing kept or prepared: what the chain
// is compared with.
import type { FilteredKind, Pipeline, PipelineStage, Where } from "../../shared/protocol/pipeline-stages.js";
import { type AttributeValue, type Attributes, severities } from "../../shared/trace/attributes.js";

export interface Sample {
  readonly kind: FilteredKind;
  readonly name: string;
  readonly severity: number;
  readonly body: string;
  readonly attributes: Attributes;
  readonly trace: { readonly traceId: Uint8Array; readonly isLeftOut?: boolean } | undefined;
}

export interface Passed {
  /** Which stage left it out, from 0. */
  readonly leftOutBy: number | undefined;
  readonly body: string;
  readonly attributes: Attributes;
  /** So long it has to take to be recorded. */
  readonly leastMs?: number | undefined;
}

/** What a stage answers whose function somebody wrote, in these tests. */
export const plainAnswer = ({ name, body, attributes }: Pick<Sample, "name" | "body" | "attributes">) =>
  name.endsWith("o") ? false : body.startsWith("x") ? { body: `${body}!`, attributes: { ...attributes, ok: 1 } } : true;

export class NaiveChain {
  readonly #passedAt = new Map<number, { left: number; lastMs: number }>();

  constructor(
    readonly pipeline: Pipeline,
    readonly random: () => number,
    readonly clockMs: () => number,
  ) {}

  pass(sample: Sample): Passed {
    let { body, attributes } = sample;
    let leastMs: number | undefined;
    if (sample.name.startsWith("hindcast.")) return { leftOutBy: undefined, body, attributes };
    for (const [place, stage] of this.pipeline.entries()) {
      if (!isOfKind(stage.where, sample.kind)) continue;
      const isMeant = isNamed(stage.where, sample.name) && isFitting(stage.where, sample.severity, attributes);
      if (stage.stage === "keep" ? !isMeant : isMeant && this.#isLeftOut(stage, place, sample))
        return { leftOutBy: place, body, attributes };
      if (isMeant && stage.stage === "drop-short" && sample.kind === "span")
        leastMs = Math.max(leastMs ?? 0, stage.milliseconds);
      if (isMeant && stage.stage === "custom") {
        const answer = plainAnswer({ name: sample.name, body, attributes });
        if (answer === false) return { leftOutBy: place, body, attributes };
        if (answer !== true) ({ body, attributes } = answer);
      }
      if (isMeant && stage.stage === "truncate") {
        body = cut(body, stage.characters);
        attributes = changed(attributes, (_key, value) =>
          typeof value === "string" ? cut(value, stage.characters) : value,
        );
      }
      if (isMeant && stage.stage === "redact")
        attributes = changed(attributes, (key, value) =>
          stage.keys.some((pattern) => isLike(pattern.toLowerCase(), key.toLowerCase())) ? "[redacted]" : value,
        );
    }
    return { leftOutBy: undefined, body, attributes, leastMs };
  }

  #isLeftOut(stage: PipelineStage, place: number, { trace }: Sample): boolean {
    switch (stage.stage) {
      case "drop":
        return true;
      case "sample": {
        if (trace === undefined) return this.random() >= stage.ratio;
        if (trace.isLeftOut === true) return true;
        const id = trace.traceId.slice(9).reduce((number, byte) => number * 256n + BigInt(byte), 0n);
        return id < BigInt(Math.round((1 - stage.ratio) * 2 ** 56));
      }
      case "rate-limit": {
        const nowMs = this.clockMs();
        const most = stage.perSecond === 0 ? 0 : Math.max(1, stage.perSecond);
        const { left, lastMs } = this.#passedAt.get(place) ?? { left: most, lastMs: nowMs };
        const filled = Math.min(most, left + ((nowMs - lastMs) * stage.perSecond) / 1000);
        this.#passedAt.set(place, { left: filled >= 1 ? filled - 1 : filled, lastMs: nowMs });
        return filled < 1;
      }
      default:
        return false;
    }
  }
}

const listOf = <Item>(given: Item | readonly Item[]): readonly Item[] => [given].flat() as readonly Item[];

function isOfKind(where: Where | undefined, kind: FilteredKind): boolean {
  if (where?.kind !== undefined) return listOf<string>(where.kind).includes(kind);
  return where?.below === undefined ? kind !== "write" : kind === "log";
}

const isNamed = (where: Where | undefined, name: string): boolean =>
  where?.name === undefined || listOf<string>(where.name).some((pattern) => isLike(pattern, name));

function isFitting(where: Where | undefined, severity: number, attributes: Attributes): boolean {
  if (where?.below !== undefined && severity >= severities[where.below]) return false;
  return Object.entries(where?.attributes ?? {}).every(([key, values]) =>
    listOf<string | number | boolean>(values).some((wanted) => {
      const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      return typeof wanted === "string" && typeof value === "string" ? isLike(wanted, value) : wanted === value;
    }),
  );
}

const isLike = (pattern: string, text: string): boolean => {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`).test(text);
};

type Change = (key: string, value: AttributeValue) => AttributeValue;

function changed(attributes: Attributes, change: Change): Attributes {
  const inside = (key: string, value: AttributeValue): AttributeValue => {
    const own = change(key, value);
    if (own !== value || typeof own !== "object" || own === null) return own;
    return Array.isArray(own)
      ? own.map((item: AttributeValue) => inItem(key, item))
      : changed(own as Attributes, change);
  };
  // An item of a list has no name of its own.
  const inItem = (key: string, item: AttributeValue): AttributeValue => {
    if (typeof item === "object" && item !== null) return inside("", item);
    return change(key, item);
  };
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, inside(key, value)]));
}

/** No text of these tests has characters of two units. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const safe = text.replace("secret", "[taken out]");
  return safe.length <= characters ? safe : `${safe.slice(0, characters)}…`;
}
