// Cells of a recording's tables without what is secret: looked at as what they are, so that a name tells of its value in state
// and in attributes alike, and as the text they are afterwards, in which nothing may be left that a look at it would find.
import { createHmac, randomBytes } from "node:crypto";
import * as v from "valibot";
import { Pseudonyms } from "../../redact/pseudonyms.js";
import { isPseudonym } from "../../redact/pseudonym-text.js";
import { redactedArguments } from "../../redact/arguments.js";
import { Redactor, type RedactorSettings } from "../../redact/redactor.js";
import { SecretKeys } from "../../redact/secret-keys.js";
import { redactedSource } from "../../redact/sources.js";
import { Texts } from "../../redact/texts.js";
import type { RedactAlso } from "../../shared/protocol/export-calls.js";
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { type CapturedValue, type ObjectContents, objectId } from "../../shared/trace/value.js";
import {
  type SmallOperation,
  columnsFromOperation,
  contentsFromStored,
  contentsToJson,
  foundFromStored,
  operationFromStored,
  valueToJson,
} from "./operation-json.js";
import type { StoredOperation } from "./schema.js";
import { UnreadableStored, parseStored, valueFromStored } from "./value-json.js";

export interface WriteCells {
  readonly key: string | null;
  readonly value: string | null;
}

const noObject = objectId(0);
/** How texts of JSON are written that are not seen in it. */
const hidesTexts = /"\$utf16"|"base64"/;

export class RedactedCells {
  readonly #pseudonyms = new Pseudonyms("");
  readonly #redactor: Redactor;
  readonly #last: Texts;
  readonly #isAlwaysRead: boolean;
  readonly #also: RedactAlso;
  readonly #hashKey = randomBytes(32);

  constructor(also: RedactAlso) {
    this.#also = also;
    const settings: RedactorSettings = { ...also, isAfterwards: true };
    this.#redactor = new Redactor(settings, this.#pseudonyms);
    this.#last = new Texts(lookingOnly, new SecretKeys(also), also);
    this.#isAlwaysRead = also.texts.some((text) => JSON.stringify(text) !== `"${text}"`);
  }

  /** By kind, since they were taken last. */
  takeCounts(): ReadonlyMap<string, number> {
    return this.#pseudonyms.takeCounts();
  }

  text(cell: string): string {
    return this.#redactor.text(cell);
  }

  attributes(cell: string): string {
    if (!this.#mayConcern(cell)) return cell;
    const given = attributesIn(jsonIn(cell));
    if (given === undefined) return this.text(cell);
    const changed = this.#redactor.attributes(given);
    const redacted = changed === given ? cell : JSON.stringify(changed);
    return this.#isClean(redacted) ? redacted : JSON.stringify({ "hindcast.redacted": this.#allOf(redacted) });
  }

  /** Where only what is told by its form, or written out under a secret's name, is one: see `redactedSource`. */
  source(cell: string): string {
    return redactedSource(cell, this.#also, this.#pseudonyms);
  }

  /** That of a text as it was: who guesses what was taken out of it could tell whether it was that. */
  hash(cell: string): string {
    return cell === "" ? "" : createHmac("sha256", this.#hashKey).update(cell).digest("hex");
  }

  /** A command line: a list of texts. */
  list(cell: string): string {
    const list = v.safeParse(v.array(v.string()), jsonIn(cell));
    if (!list.success) return this.text(cell);
    const redacted = JSON.stringify(redactedArguments(list.output, this.#redactor));
    return this.#isClean(redacted) ? redacted : JSON.stringify([this.#allOf(redacted)]);
  }

  write(kind: StoredOperation, { key, value }: WriteCells): WriteCells {
    if (!this.#mayConcern(`${key ?? ""} ${value ?? ""}`)) return { key, value };
    const stored = readable(() =>
      operationFromStored(
        kind,
        noObject,
        key === null ? null : parseStored(key),
        value === null ? null : parseStored(value),
      ),
    );
    if (stored === undefined)
      return {
        key: key === null ? null : this.#unreadable(key),
        value: value === null ? null : this.#unreadable(value),
      };
    const operation = this.#redactor.operation(stored);
    const isSame = operation === stored || operation.kind === "contents" || operation.kind === "scope";
    const cells = isSame ? { key, value } : columnsFromOperation(operation);
    const isClean = (cell: string | null): boolean => cell === null || this.#isClean(cell);
    if (isClean(cells.key) && isClean(cells.value)) return cells;
    return {
      key: isClean(cells.key) ? cells.key : JSON.stringify(this.#allOf(cells.key ?? "")),
      value: isClean(cells.value) ? cells.value : this.#allOfValue(stored, cells.value ?? ""),
    };
  }

  /** What an object holds, as it is stored. */
  contents(cell: string): string {
    if (!this.#mayConcern(cell)) return cell;
    const stored = readable(() => {
      const json = parseStored(cell);
      return { contents: contentsFromStored(json), found: foundFromStored(json) };
    });
    if (stored === undefined) return this.#unreadable(cell);
    const contents = this.contentsOf(stored.contents);
    const found = this.found(stored.found);
    if (contents === stored.contents && found === stored.found) return cell;
    return contentsToJson(contents, found === undefined ? undefined : new Set(found));
  }

  contentsOf(contents: ObjectContents): ObjectContents {
    const operation = this.#redactor.operation({ kind: "contents", target: noObject, contents });
    const redacted = operation.kind === "contents" ? operation.contents : contents;
    const json = contentsToJson(redacted);
    return this.#isClean(json) ? redacted : { kind: "opaque", className: this.#allOf(json) };
  }

  /** Slots by their names. */
  found<Slot extends string | number>(slots: readonly Slot[] | undefined): readonly (string | number)[] | undefined {
    if (slots?.some((slot) => typeof slot === "string" && this.text(slot) !== slot) !== true) return slots;
    return slots.map((slot) => (typeof slot === "string" ? this.text(slot) : slot));
  }

  /** What a scope stands for, as it is stored. */
  scoped(scope: string, cell: string): string {
    const value = readable(() => valueFromStored(parseStored(cell)));
    if (value === undefined) return this.#unreadable(cell);
    const redacted = this.scopedValue(scope, value);
    return redacted === value ? cell : valueToJson(redacted);
  }

  scopedValue(scope: string, value: CapturedValue): CapturedValue {
    const operation = this.#redactor.operation({ kind: "scope", scope, value });
    const redacted = operation.kind === "scope" ? operation.value : value;
    const json = valueToJson(redacted);
    return this.#isClean(json) ? redacted : { kind: "primitive", value: this.#allOf(json) };
  }

  #mayConcern(json: string): boolean {
    return this.#isAlwaysRead || hidesTexts.test(json) || this.#redactor.mayConcern(json);
  }

  #isClean(json: string): boolean {
    return this.#last.redacted(json) === json;
  }

  /** What nothing but all of it says. */
  #allOf(json: string): string {
    const [kind] = /(?<=\[redacted:)[a-z0-9-]+(?=#0{12}\])/.exec(this.#last.redacted(json)) ?? ["text"];
    return this.#pseudonyms.of(kind, json);
  }

  #allOfValue(operation: SmallOperation, cell: string): string {
    const text = this.#allOf(cell);
    if (operation.kind !== "splice") return JSON.stringify(text);
    const { start, deleteCount, elements } = operation;
    return JSON.stringify({ start, deleteCount, elements: elements.map(() => text) });
  }

  /** No Hindcast wrote it, and none reads it. */
  #unreadable(cell: string): string {
    return this.text(cell);
  }
}

/** Says that something is there, unless all of it was taken out already. */
const lookingOnly = {
  of: (kind: string, secret: string): string => (saysNothingMore(secret) ? secret : `[redacted:${kind}#000000000000]`),
  uncounted: <Answer>(work: () => Answer): Answer => work(),
};

const takenOut = /\[redacted:[a-z0-9-]+#[0-9a-f]{12}\]/g;
const nothing = /"(?:[^"\\]|\\.)*"\s*:|\\*"|[\s[\]{},:\\]|\b(?:true|false|null|-?\d{1,3})\b/g;
const saysNothingMore = (secret: string): boolean =>
  isPseudonym(secret) ||
  (takenOut.test(secret) && secret.replace(takenOut, "").replace(nothing, "") === "") ||
  secret.replace(nothing, "") === "";

function jsonIn(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return undefined; // it stays a text
  }
}

function attributesIn(json: unknown): Attributes | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  // Entries, so that a key called "__proto__" stays a key.
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, attributeIn(value)]));
}

function attributeIn(json: unknown): AttributeValue {
  if (typeof json === "string" || typeof json === "number" || typeof json === "boolean") return json;
  return Array.isArray(json) ? json.map(attributeIn) : (attributesIn(json) ?? null);
}

function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableStored) return undefined;
    throw error;
  }
}
