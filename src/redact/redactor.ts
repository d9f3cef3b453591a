// Takes secrets out of everything that is recorded, on the program's thread, before the bytes are written. What it returns
// is what it was given, the same object, when there was nothing to take out.
// Invariant: an object under a secret's name is never captured (`placeholder`), so its contents need no second look.
import type { AgentRecordBody } from "../shared/protocol/agent-records.js";
import type { RedactionSettings } from "../shared/protocol/agent-wire.js";
import type { AttributeValue, Attributes } from "../shared/trace/attributes.js";
import type { WriteOperation } from "../shared/trace/write.js";
import { isCardNumber, leastCardNumber } from "./card-numbers.js";
import { isOptionValue, isValueKey, nameKeys, optionName } from "./name-value.js";
import { looksRandom } from "./no-secrets.js";
import { Pseudonyms } from "./pseudonyms.js";
import { RedactedOperations } from "./operations.js";
import { type KeyKind, type KeyNames, SecretKeys } from "./secret-keys.js";
import { type TextSettings, Texts } from "./texts.js";
import { secretReplacement } from "./values.js";

/** What the recorder and its helpers ask. `isHarmless…` are cheap for what was seen before. */
export interface Redaction {
  isHarmlessName(name: string): boolean;
  isHarmlessText(text: string): boolean;
  /** Whether one look at an ASCII text's bytes is enough to see that it is harmless; false says nothing. */
  showsNothing(bytes: Uint8Array, start: number, end: number): boolean;
  isHarmlessNumber(value: number): boolean;
  text(text: string): string;
  attributes(attributes: Attributes): Attributes;
  value(value: AttributeValue): AttributeValue;
  record(body: AgentRecordBody): AgentRecordBody;
  /** What stands in place of an object under this name; undefined: the object may be captured. */
  placeholder(name: string): string | undefined;
  /** How often each kind of secret was taken out so far. */
  readonly counts: ReadonlyMap<string, number>;
}

export const noRedaction: Redaction = {
  isHarmlessName: () => true,
  isHarmlessText: () => true,
  showsNothing: () => true,
  isHarmlessNumber: () => true,
  text: (text) => text,
  attributes: (attributes) => attributes,
  value: (value) => value,
  record: (body) => body,
  placeholder: () => undefined,
  counts: new Map(),
};

/** `recordingToken`: what the programs of one recording share, see `Pseudonyms`. */
export function createRedaction(settings: RedactionSettings | undefined, recordingToken: string): Redaction {
  if (settings?.enabled === false) return noRedaction;
  return new Redactor(settings ?? { keys: [], prefixes: [], allow: [] }, new Pseudonyms(recordingToken));
}

const maxDepth = 32;

/** `isAfterwards`: of what was recorded already, with objects under a secret's name, and numbers as JSON shows them. */
export interface RedactorSettings extends KeyNames, TextSettings {
  readonly isAfterwards?: boolean;
}

export class Redactor implements Redaction {
  readonly #isAfterwards: boolean;
  readonly #pseudonyms: Pseudonyms;
  readonly #keys: SecretKeys;
  readonly #texts: Texts;
  readonly #operations: RedactedOperations;
  readonly #harmlessNames: (string | undefined)[] = new Array<undefined>(256).fill(undefined);

  constructor(settings: RedactorSettings, pseudonyms: Pseudonyms) {
    this.#isAfterwards = settings.isAfterwards === true;
    this.#pseudonyms = pseudonyms;
    this.#keys = new SecretKeys(settings);
    this.#texts = new Texts(this.#pseudonyms, this.#keys, settings);
    this.#operations = new RedactedOperations({
      text: (text) => this.#texts.redacted(text),
      named: (name, value) => this.#namedText(name, value),
      number: (name, value) => this.#number(this.#keys.kindOf(name), value),
      object: (name) => (this.#isAfterwards ? this.placeholder(name) : undefined),
    });
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#pseudonyms.counts;
  }

  isHarmlessName(name: string): boolean {
    const place = placeOf(name);
    if (this.#harmlessNames[place] === name) return true;
    if (this.#named(name) !== undefined || !this.#texts.isHarmless(name)) return false;
    this.#harmlessNames[place] = name;
    return true;
  }

  isHarmlessText(text: string): boolean {
    return this.#texts.isHarmless(text);
  }

  showsNothing(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#texts.showsNothing(bytes, start, end);
  }

  isHarmlessNumber(value: number): boolean {
    return value < leastCardNumber || !isCardNumber(String(value));
  }

  text(text: string): string {
    return this.#texts.redacted(text);
  }

  /** Whether a text of JSON may hold something: where not, nothing that it says is a secret. */
  mayConcern(json: string): boolean {
    return this.#keys.mayStandIn(json) || !this.#texts.isHarmless(json);
  }

  operation(operation: WriteOperation): WriteOperation {
    return this.#operations.redacted(operation);
  }

  placeholder(name: string): string | undefined {
    const kind = this.#keys.kindOf(name);
    return kind === undefined ? undefined : this.#pseudonyms.of(kind.kind, `object under ${name}`);
  }

  record(body: AgentRecordBody): AgentRecordBody {
    switch (body.kind) {
      case "string": {
        const text = this.#texts.redacted(body.text);
        return text === body.text ? body : { ...body, text };
      }
      case "log": {
        const text = this.#texts.redacted(body.body);
        const attributes = this.attributes(body.attributes);
        return text === body.body && attributes === body.attributes ? body : { ...body, body: text, attributes };
      }
      case "series":
      case "event":
      case "span-start":
      case "span-end": {
        const attributes = this.attributes(body.attributes);
        return attributes === body.attributes ? body : { ...body, attributes };
      }
      case "call-start":
      case "call-open":
        return { ...body, arguments: body.arguments && this.attributes(body.arguments) };
      case "call":
        return {
          ...body,
          arguments: body.arguments && this.attributes(body.arguments),
          result: this.attributes(body.result),
        };
      case "write": {
        const operation = this.operation(body.operation);
        return operation === body.operation ? body : { ...body, operation };
      }
      default:
        return body;
    }
  }

  attributes(attributes: Attributes): Attributes {
    return this.#attributes(attributes, undefined, maxDepth);
  }

  value(value: AttributeValue): AttributeValue {
    return this.#value(value, undefined, maxDepth);
  }

  #attributes(attributes: Attributes, outer: KeyKind | undefined, depth: number): Attributes {
    // Entries, so that a key called "__proto__" stays a key.
    let changed: [string, AttributeValue][] | undefined;
    const keys = Object.keys(attributes);
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? "";
      const value = attributes[key] ?? null;
      const own = outer !== undefined && outer.isLikely !== true ? outer : this.#kindOf(key);
      const kind = own ?? (isValueKey(key) ? this.#kindBeside(attributes) : undefined) ?? outer;
      const redacted = this.#value(value, kind, depth);
      const name = this.isHarmlessName(key) ? key : this.#texts.redacted(key);
      if (changed === undefined && (redacted !== value || name !== key))
        changed = keys.slice(0, at).map((earlier) => [earlier, attributes[earlier] ?? null]);
      changed?.push([name, redacted]);
    }
    return changed === undefined ? attributes : Object.fromEntries(changed);
  }

  #kindOf(name: string): KeyKind | undefined {
    return this.isHarmlessName(name) ? undefined : this.#named(name);
  }

  #named(name: string): KeyKind | undefined {
    return this.#keys.kindOf(name) ?? this.#keys.likelyKindOf(name);
  }

  /** `{ name: "password", value: "x" }`. */
  #kindBeside(attributes: Attributes): KeyKind | undefined {
    for (const key of nameKeys) {
      const name = attributes[key];
      const kind = typeof name === "string" ? this.#keys.kindOf(name) : undefined;
      if (kind !== undefined) return kind;
    }
    return undefined;
  }

  #value(value: AttributeValue, kind: KeyKind | undefined, depth: number): AttributeValue {
    if (typeof value === "string") return this.#textOf(kind, value);
    if (typeof value === "number") return this.#number(kind, value) ?? value;
    if (typeof value !== "object" || value === null) return value;
    if (depth <= 0) return "…";
    if (!isList(value)) return this.#attributes(value, kind, depth - 1);
    const certain = kind?.isLikely === true ? undefined : kind;
    const items = value.map((item, at) =>
      this.#value(item, certain ?? kindOfItem(value, at, this.#keys) ?? kind, depth - 1),
    );
    return items.every((item, at) => item === value[at]) ? value : items;
  }

  #namedText(name: string, value: string): string {
    return this.#textOf(this.#named(name), value);
  }

  #textOf(kind: KeyKind | undefined, value: string): string {
    if (kind === undefined || (kind.isLikely === true && !looksRandom(value))) return this.#texts.redacted(value);
    return secretReplacement(this.#pseudonyms, kind.kind, value);
  }

  /** undefined: the number may stay. */
  #number(kind: KeyKind | undefined, value: number): string | undefined {
    const covers = kind !== undefined && (kind.coversNumbers || (this.#isAfterwards && isLongNumber(kind, value)));
    if (covers) return this.#pseudonyms.of(kind.kind, String(value));
    if (!this.isHarmlessNumber(value)) return this.#pseudonyms.of("card", String(value));
    if (!this.#isAfterwards) return undefined;
    const text = this.#texts.redacted(String(value));
    return text === String(value) ? undefined : text;
  }
}

/** In text such a number is taken for a secret, whatever its kind (`saysNothingBare`). */
const isLongNumber = ({ isLikely }: KeyKind, value: number): boolean =>
  isLikely !== true && !/^-?\d{1,3}$/.test(String(value));

/** Raw headers are a list of names and values in turn; in a command's arguments the value follows its option. */
function kindOfItem(list: readonly AttributeValue[], at: number, keys: SecretKeys): KeyKind | undefined {
  const before = list[at - 1];
  if (typeof before !== "string") return undefined;
  const option = optionName(before);
  const item = list[at];
  if (option !== undefined) return typeof item === "string" && isOptionValue(item) ? keys.kindOf(option) : undefined;
  return at % 2 === 1 && list.length % 2 === 0 && headerNames.test(before) ? keys.kindOf(before) : undefined;
}

const headerNames = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{1,40})$/i;

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value);

const placeOf = (name: string): number =>
  name.length === 0 ? 0 : (name.length * 31 + name.charCodeAt(0) * 7 + name.charCodeAt(name.length - 1)) & 255;
