// Names and code locations that all processes of a recording share: one id each, written once, before their first use;
// and the messages between them.
import { type StoredDictionaries, locationKey } from "../store/stored-recording.js";
import { MessageJoin } from "./message-join.js";
import type { RecordingWriter } from "../store/recording-writer.js";

/** What the file has room for, in whole rounds of the eight colours. */
const mostCategories = 248;

/** A place in the code; its texts by their ids. */
export interface Place {
  readonly file: number;
  readonly line: number;
  readonly column: number;
  readonly functionName: number;
}

export class Dictionaries {
  readonly #names = new Map<string, number>();
  /** By their ids. */
  readonly #texts: string[] = [""];
  readonly #places: (Place | undefined)[] = [];
  readonly #locations = new Map<string, number>();
  readonly #categories = new Map<string, number>();
  readonly messages: MessageJoin;
  #lastMessage = 0;
  #series = 0;
  #scopes = 0;

  /** `known` are those of a recording that goes on. */
  constructor(
    readonly writer: RecordingWriter,
    known?: StoredDictionaries,
  ) {
    this.messages = new MessageJoin((message) => writer.message({ ...message, id: ++this.#lastMessage }));
    if (known === undefined) return;
    for (const [id, text] of known.names) {
      this.#names.set(text, id);
      this.#texts[id] = text;
    }
    for (const { id, key } of known.locations) {
      this.#locations.set(key, id);
      const [file = 0, line = 0, column = 0, functionName = 0] = key.split(":").map(Number);
      this.#places[id] = { file, line, column, functionName };
    }
    for (const serviceName of known.serviceNames) this.category(serviceName);
    this.#series = known.lastSeries;
    this.#scopes = known.lastScope;
    this.#lastMessage = known.lastMessage;
  }

  /** "" is 0, "none". */
  name(text: string): number {
    if (text === "") return 0;
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const id = this.#names.size + 1;
    this.#names.set(text, id);
    this.#texts[id] = text;
    this.writer.name(id, text);
    return id;
  }

  location(file: number, line: number, column: number, functionName: number): number {
    const key = locationKey(file, line, column, functionName);
    const known = this.#locations.get(key);
    if (known !== undefined) return known;
    const id = this.#locations.size + 1;
    this.#locations.set(key, id);
    this.#places[id] = { file, line, column, functionName };
    this.writer.location(id, file, line, column, functionName);
    return id;
  }

  /** What `name` has given this id; "" for none. */
  textOf(id: number): string {
    return this.#texts[id] ?? "";
  }

  placeOf(location: number): Place | undefined {
    return this.#places[location];
  }

  newSeries(process: number, name: number, unit: number, attributes: string): number {
    const id = ++this.#series;
    this.writer.series(id, process, name, unit, attributes);
    return id;
  }

  newScope(process: number, name: string, seq: number, instant: bigint): number {
    const id = ++this.#scopes;
    this.writer.scope(id, process, name, seq, instant);
    return id;
  }

  /** From 1 on by first appearance of a service's name; there are eight colours, and the ninth has the first's once more. */
  category(serviceName: string): number {
    const known = this.#categories.get(serviceName);
    if (known !== undefined) return known;
    const category = (this.#categories.size % mostCategories) + 1;
    this.#categories.set(serviceName, category);
    return category;
  }
}
