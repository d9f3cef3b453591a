// Write operations as the columns of `write` and `keyframe`: which object, which key, which value.
//   set        key "balance"     value 5                    map-set/map-delete  key: the map's key, value: its value
//   delete     key "balance"                                set-add/set-delete  key: the member
//   splice     value {"start":0,"deleteCount":1,"elements":[…]}                 clear: neither
// Contents: {"kind":"object","class":"Account","entries":[["id","a1"],…]}; entries are pairs, as JSON objects would
// lose the program's own key order. Each text is as valueToStore writes it.
import { unreachable } from "../../shared/base/unreachable.js";
import type { CapturedValue, Entry, ObjectContents, ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { StoredOperation } from "./schema.js";
import {
  UnreadableStored,
  countFrom,
  fieldsOf,
  listFrom,
  numberFromStored,
  numberToStore,
  textFromStored,
  textToStore,
  valueFromStored,
  valueToStore,
} from "./value-json.js";

export type SmallOperation = Extract<WriteOperation, { kind: StoredOperation }>;

export interface OperationColumns {
  readonly key: string | null;
  readonly value: string | null;
}

export function columnsFromOperation(operation: SmallOperation): OperationColumns {
  switch (operation.kind) {
    case "set":
      return { key: jsonOfText(operation.key), value: jsonOf(operation.value) };
    case "delete":
      return { key: jsonOfText(operation.key), value: null };
    case "splice": {
      const { start, deleteCount, elements } = operation;
      return { key: null, value: JSON.stringify({ start, deleteCount, elements: elements.map(valueToStore) }) };
    }
    case "map-set":
      return { key: jsonOf(operation.key), value: jsonOf(operation.value) };
    case "map-delete":
      return { key: jsonOf(operation.key), value: null };
    case "set-add":
    case "set-delete":
      return { key: jsonOf(operation.member), value: null };
    case "clear":
      return { key: null, value: null };
    default:
      return unreachable(operation);
  }
}

/** `key` and `value`: what the columns' JSON says. */
export function operationFromStored(
  kind: StoredOperation,
  target: ObjectId,
  key: unknown,
  value: unknown,
): SmallOperation {
  switch (kind) {
    case "set":
      return { kind, target, key: textFromStored(key), value: valueFromStored(value) };
    case "delete":
      return { kind, target, key: textFromStored(key) };
    case "splice": {
      const { start, deleteCount, elements } = fieldsOf(value);
      return {
        kind,
        target,
        start: countFrom(start),
        deleteCount: countFrom(deleteCount),
        elements: listFrom(elements).map(valueFromStored),
      };
    }
    case "map-set":
      return { kind, target, key: valueFromStored(key), value: valueFromStored(value) };
    case "map-delete":
      return { kind, target, key: valueFromStored(key) };
    case "set-add":
    case "set-delete":
      return { kind, target, member: valueFromStored(key) };
    case "clear":
      return { kind, target };
    default:
      return unreachable(kind);
  }
}

const jsonOf = (value: CapturedValue): string => JSON.stringify(valueToStore(value));
const jsonOfText = (text: string): string => JSON.stringify(textToStore(text));

export const valueToJson = jsonOf;

/** `found`: in place of evicted writes, slots of which the last of them was found by comparing. */
export function contentsToJson(contents: ObjectContents, found?: ReadonlySet<string | number>): string {
  const slots = found === undefined ? {} : { found: [...found].map(slotToStore) };
  const head = { kind: contents.kind, class: textToStore(contents.className), ...slots };
  switch (contents.kind) {
    case "object":
    case "error":
      return JSON.stringify({ ...head, entries: contents.entries.map(entryToStore) });
    case "array": {
      const elements = contents.elements.map(valueToStore);
      if (contents.entries.length === 0) return JSON.stringify({ ...head, elements });
      return JSON.stringify({ ...head, elements, entries: contents.entries.map(entryToStore) });
    }
    case "map":
      return JSON.stringify({
        ...head,
        pairs: contents.pairs.map(([key, value]) => [valueToStore(key), valueToStore(value)]),
      });
    case "set":
      return JSON.stringify({ ...head, members: contents.members.map(valueToStore) });
    case "date":
      return JSON.stringify({ ...head, timeMs: numberToStore(contents.timeMs) });
    case "bytes": {
      const base64 = Buffer.from(contents.bytes).toString("base64");
      return JSON.stringify({ ...head, length: contents.length, base64 });
    }
    case "opaque":
      return JSON.stringify(head);
    default:
      return unreachable(contents);
  }
}

const slotToStore = (slot: string | number): unknown => (typeof slot === "number" ? slot : textToStore(slot));

/** Undefined for contents that came from the program. */
export function foundFromStored(json: unknown): readonly (string | number)[] | undefined {
  const { found } = fieldsOf(json);
  if (found === undefined) return undefined;
  return listFrom(found).map((slot) => (typeof slot === "number" ? countFrom(slot) : textFromStored(slot)));
}

const entryToStore = ([key, value]: Entry): unknown => [textToStore(key), valueToStore(value)];

export function contentsFromStored(json: unknown): ObjectContents {
  const stored = fieldsOf(json);
  const className = textFromStored(stored["class"]);
  const kind = stored["kind"];
  switch (kind) {
    case "object":
    case "error":
      return { kind, className, entries: entriesFrom(stored["entries"]) };
    case "array": {
      const elements = listFrom(stored["elements"]).map(valueFromStored);
      return { kind, className, elements, entries: entriesFrom(stored["entries"] ?? []) };
    }
    case "map":
      return { kind, className, pairs: listFrom(stored["pairs"]).map(pairFrom) };
    case "set":
      return { kind, className, members: listFrom(stored["members"]).map(valueFromStored) };
    case "date":
      return { kind, className, timeMs: numberFromStored(stored["timeMs"]) };
    case "bytes": {
      const { length, base64 } = stored;
      if (typeof base64 !== "string") throw new UnreadableStored("bytes expected");
      return { kind, className, length: countFrom(length), bytes: new Uint8Array(Buffer.from(base64, "base64")) };
    }
    case "opaque":
      return { kind, className };
    default:
      throw new UnreadableStored("object kind");
  }
}

function entriesFrom(stored: unknown): Entry[] {
  return listFrom(stored).map((entry) => {
    const [key, value] = listFrom(entry);
    return [textFromStored(key), valueFromStored(value)];
  });
}

function pairFrom(stored: unknown): readonly [CapturedValue, CapturedValue] {
  const [key, value] = listFrom(stored);
  return [valueFromStored(key), valueFromStored(value)];
}
