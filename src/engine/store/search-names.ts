// Names of rows as searching sees them: which of them have a needle, and what they are. An id stands for the same text for ever,
// so texts are kept; which of all names have a needle is known until the next commit.
import type { Query } from "./readers.js";
import type { Named } from "./search-sources.js";

/** Characters of them that are kept, and for how many needles which have them. */
const [mostCharacters, mostNeedles] = [1 << 20, 64];

/** By their ids: where the needle begins in each that has it, counted from 1. */
export type Places = ReadonlyMap<number, number>;

export class SearchNames {
  readonly #places = new Map<string, Places>();
  readonly #texts = new Map<string, Map<number, string>>();
  #characters = 0;
  #generation: number | undefined;

  constructor(readonly generation: () => number) {}

  /** Asked once it is known which rows there are: these have no other names. */
  async having(query: Query, { dictionary, text }: Named, needle: string): Promise<Places> {
    const generation = this.generation();
    if (generation !== this.#generation || this.#places.size >= mostNeedles) this.#places.clear();
    this.#generation = generation;
    const key = JSON.stringify([dictionary, needle]);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const rows = await query(
      `SELECT id, instr(lower(${text}), lower($1)) AS place FROM ${dictionary} WHERE contains(lower(${text}), lower($1))`,
      [needle],
    );
    const at = rows.numbers("place");
    const places = new Map(rows.numbers("id").map((id, row) => [id, at[row] ?? 0]));
    if (this.#generation === generation) this.#places.set(key, places);
    return places;
  }

  /** Of those ids that have one. */
  async textsOf(
    query: Query,
    { dictionary, text }: Named,
    ids: readonly (number | undefined)[],
  ): Promise<ReadonlyMap<number, string>> {
    const known = this.#texts.get(dictionary) ?? new Map<number, string>();
    const unknown = [...new Set(ids)].filter((id) => id !== undefined && !known.has(id));
    if (unknown.length === 0) return known;
    const rows = await query(`SELECT id, ${text} AS text FROM ${dictionary} WHERE id IN (${unknown.join(", ")})`);
    const texts = rows.textsOrEmpty("text");
    const all = new Map(known);
    for (const [row, id] of rows.numbers("id").entries()) {
      all.set(id, texts[row] ?? "");
      this.#characters += texts[row]?.length ?? 0;
    }
    if (this.#characters > mostCharacters) {
      this.#texts.clear();
      this.#characters = 0;
    } else this.#texts.set(dictionary, all);
    return all;
  }
}
