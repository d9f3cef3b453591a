// What repeats in records is defined once and named by id from then on: texts, code locations, metric series.
// Beyond `maxInterned` of a kind each use is defined anew, for the next record only: a program that makes names up can
// fill neither our memory nor the worker's.
import type { Attributes } from "../shared/trace/attributes.js";
import { attributesFrom, cutText } from "./attributes.js";
import type { RecordWriter } from "./record-writer.js";

const maxInterned = 65_536;
const maxNameUnits = 1024;
const none: Attributes = {};

export class Names {
  readonly #strings = new Map<string, number>();
  readonly #locations = new Map<string, number>();
  readonly #series = new Map<string, number>();
  #lastId = { string: 0, location: 0, series: 0 };

  constructor(readonly writer: RecordWriter) {}

  /** The id of a text, defined before its first use; 0 when the definition found no room. */
  string(text: string, mustBeKept = false): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    const id = this.#lastId.string + 1;
    const isInterned = this.#strings.size < maxInterned && text.length <= maxNameUnits;
    const definition = { kind: "string", id, text: cutText(text, maxNameUnits) } as const;
    if (!this.writer.define(definition, isInterned || mustBeKept)) return 0;
    this.#lastId.string = id;
    if (isInterned) this.#strings.set(text, id);
    return id;
  }

  /** The same of one that may not be empty. */
  named(name: string): number {
    return this.string(name === "" ? "(unnamed)" : name);
  }

  /** Whether the text's id holds for later records, too. */
  isKept(text: string): boolean {
    return this.#strings.has(text);
  }

  /** 0 is unknown. Kept in any case: there is one for each place in the program's code, and callers keep them, too. */
  location(file: string, line: number, column: number, functionName: string): number {
    const key = `${line}:${column}:${functionName}:${file}`;
    const known = this.#locations.get(key);
    if (known !== undefined) return known;
    const fileId = this.string(file, true);
    const nameId = functionName === "" ? 0 : this.string(functionName, true);
    if (fileId === 0) return 0;
    const id = this.#lastId.location + 1;
    if (!this.writer.define({ kind: "location", id, file: fileId, line, column, functionName: nameId }, true)) return 0;
    this.#lastId.location = id;
    if (this.#locations.size < maxInterned) this.#locations.set(key, id);
    return id;
  }

  series(name: string, unit: string, given: unknown): number {
    const isPlain = given === undefined || given === none;
    const attributes = isPlain ? none : attributesFrom(given);
    const key = `${name}\0${unit}${isPlain ? "" : `\0${JSON.stringify(attributes)}`}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const isInterned = this.#series.size < maxInterned;
    const nameId = this.string(name === "" ? "(unnamed)" : name, isInterned);
    const unitId = unit === "" ? 0 : this.string(unit, isInterned);
    if (nameId === 0) return 0;
    const id = this.#lastId.series + 1;
    if (!this.writer.define({ kind: "series", id, name: nameId, unit: unitId, attributes }, isInterned)) return 0;
    this.#lastId.series = id;
    if (isInterned) this.#series.set(key, id);
    return id;
  }
}
