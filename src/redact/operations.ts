// Secrets in writes to tracked state. What is put in place of a value depends on that value and the name it stands under
// alone, so a path whose value changes from one secret to another is still seen to change, and copies stay equal.
import { unreachable } from "../shared/base/unreachable.js";
import type { CapturedValue, Entry, ObjectContents, ObjectId } from "../shared/trace/value.js";
import type { WriteOperation } from "../shared/trace/write.js";
import { isNameKey, isOptionValue, isValueKey, optionName } from "./name-value.js";
import { withoutLastWord } from "./safe-cut.js";

export interface Replacements {
  text(text: string): string;
  /** A text under a name that may be a secret's. */
  named(name: string, text: string): string;
  /** undefined: the number may stay. */
  number(name: string, value: number): string | undefined;
  /** What stands in place of an object under this name; undefined: it may stay. */
  object(name: string, id: ObjectId): string | undefined;
}

type Pair = readonly [CapturedValue, CapturedValue];

/** No name: an element, a member, a Map's key. */
const nameless = "";

export class RedactedOperations {
  readonly #replace: Replacements;

  constructor(replace: Replacements) {
    this.#replace = replace;
  }

  redacted(operation: WriteOperation): WriteOperation {
    switch (operation.kind) {
      case "set": {
        const key = this.#replace.text(operation.key);
        const value = this.#value(operation.value, operation.key);
        return key === operation.key && value === operation.value ? operation : { ...operation, key, value };
      }
      case "delete": {
        const key = this.#replace.text(operation.key);
        return key === operation.key ? operation : { ...operation, key };
      }
      case "splice": {
        const elements = this.#values(operation.elements);
        return elements === operation.elements ? operation : { ...operation, elements };
      }
      case "map-set": {
        const [key, value] = this.#pair(operation.key, operation.value);
        return key === operation.key && value === operation.value ? operation : { ...operation, key, value };
      }
      case "map-delete": {
        const key = this.#value(operation.key, nameless);
        return key === operation.key ? operation : { ...operation, key };
      }
      case "set-add":
      case "set-delete": {
        const member = this.#value(operation.member, nameless);
        return member === operation.member ? operation : { ...operation, member };
      }
      case "contents": {
        const contents = this.#contents(operation.contents);
        return contents === operation.contents ? operation : { ...operation, contents };
      }
      case "scope": {
        const scope = this.#replace.text(operation.scope);
        const value = this.#value(operation.value, operation.scope);
        return scope === operation.scope && value === operation.value ? operation : { ...operation, scope, value };
      }
      case "clear":
        return operation;
      default:
        return unreachable(operation);
    }
  }

  #contents(contents: ObjectContents): ObjectContents {
    switch (contents.kind) {
      case "object":
      case "error": {
        const entries = this.#entries(contents.entries);
        return entries === contents.entries ? contents : { ...contents, entries };
      }
      case "array": {
        const [elements, entries] = [this.#values(contents.elements), this.#entries(contents.entries)];
        const isSame = elements === contents.elements && entries === contents.entries;
        return isSame ? contents : { ...contents, elements, entries };
      }
      case "map": {
        const pairs = mapped(contents.pairs, (pair) => this.#samePair(pair));
        return pairs === contents.pairs ? contents : { ...contents, pairs };
      }
      case "set": {
        const members = this.#values(contents.members);
        return members === contents.members ? contents : { ...contents, members };
      }
      case "bytes": {
        const text = Buffer.from(contents.bytes.buffer, contents.bytes.byteOffset, contents.bytes.length).toString(
          "latin1",
        );
        const redacted = this.#replace.text(text);
        if (redacted === text) return contents;
        const what = /\[redacted:[^\]]*\]/.exec(redacted)?.[0] ?? "";
        return { kind: "opaque", className: `${contents.className} ${what}` };
      }
      case "opaque": {
        const className = this.#replace.text(contents.className);
        return className === contents.className ? contents : { ...contents, className };
      }
      case "date":
        return contents;
      default:
        return unreachable(contents);
    }
  }

  #entries(entries: readonly Entry[]): readonly Entry[] {
    return mapped(entries, (entry) => {
      const [key, value] = entry;
      const [newKey, newValue] = [this.#replace.text(key), this.#value(this.#valueBeside(entry, entries), key)];
      return newKey === key && newValue === value ? entry : [newKey, newValue];
    });
  }

  /** `{ name: "password", value: "x" }`: a value beside a name has that name, too. */
  #valueBeside([key, value]: Entry, entries: readonly Entry[]): CapturedValue {
    if (!isValueKey(key)) return value;
    return entries.reduce((kept, [other, name]) => {
      const text = isNameKey(other) ? textOf(name) : undefined;
      return text === undefined ? kept : this.#value(kept, text);
    }, value);
  }

  #values(values: readonly CapturedValue[]): readonly CapturedValue[] {
    return mapped(values, (value, at) => this.#value(value, nameOfElement(value, values[at - 1])));
  }

  #pair(key: CapturedValue, value: CapturedValue): Pair {
    const name = key.kind === "primitive" && typeof key.value === "string" ? key.value : nameless;
    return [this.#value(key, nameless), this.#value(value, name)];
  }

  #samePair(pair: Pair): Pair {
    const [key, value] = this.#pair(...pair);
    return key === pair[0] && value === pair[1] ? pair : [key, value];
  }

  #value(value: CapturedValue, name: string): CapturedValue {
    switch (value.kind) {
      case "primitive": {
        if (typeof value.value === "string") {
          const text = this.#replace.named(name, value.value);
          return text === value.value ? value : { kind: "primitive", value: text };
        }
        if (typeof value.value !== "number" && typeof value.value !== "bigint") return value;
        const text = this.#replace.number(name, Number(value.value));
        return text === undefined ? value : { kind: "primitive", value: text };
      }
      case "symbol": {
        const description = this.#replace.text(value.description);
        return description === value.description ? value : { kind: "symbol", description };
      }
      case "cut": {
        // Said to be cut, so that an element without its end is seen to go on.
        const start = this.#replace.named(name, `${withoutLastWord(value.start)}…`);
        return { ...value, start: start.endsWith("…") ? start.slice(0, -1) : start };
      }
      case "unavailable": {
        const what = this.#replace.text(value.what);
        return what === value.what ? value : { ...value, what };
      }
      case "object": {
        const text = this.#replace.object(name, value.id);
        return text === undefined ? value : { kind: "primitive", value: text };
      }
      case "hole":
        return value;
      default:
        return unreachable(value);
    }
  }
}

/** `["--password", "x"]`: the option before it is an element's name. */
function nameOfElement(element: CapturedValue, before: CapturedValue | undefined): string {
  const text = textOf(element);
  const option = text !== undefined && isOptionValue(text) ? optionName(textOf(before)) : undefined;
  return option ?? nameless;
}

const textOf = (value: CapturedValue | undefined): string | undefined =>
  value?.kind === "primitive" && typeof value.value === "string" ? value.value : undefined;

/** The list itself when nothing in it changed. */
function mapped<Item>(list: readonly Item[], change: (item: Item, at: number) => Item): readonly Item[] {
  let changed: Item[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const item = list[at];
    if (item === undefined) continue;
    const now = change(item, at);
    if (changed === undefined && now !== item) changed = list.slice(0, at);
    if (changed !== undefined) changed[at] = now;
  }
  return changed ?? list;
}
