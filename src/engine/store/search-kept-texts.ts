// The texts that blocks in memory have, each of them once: most come in every block.
import type { Word } from "./search-words.js";
import { textKinds } from "./search-tables.js";

/** What an object and a place in a list or two take, nearly. */
const bytesPerText = 120;

export interface NamedText {
  readonly what: number;
  readonly text: string;
}

export class KeptTexts {
  readonly #texts: NamedText[] = [];
  readonly #ids = new Map<NamedText, number>();
  /** Same number, same ids. */
  generation = 0;

  get count(): number {
    return this.#texts.length;
  }

  /** What it takes to have another one. */
  static bytesOf({ text }: NamedText): number {
    return bytesPerText + 2 * text.length;
  }

  /** Undefined for one that is not here. */
  idOf(text: NamedText): number | undefined {
    return this.#ids.get(text);
  }

  add(text: NamedText): number {
    const id = this.#texts.push(text) - 1;
    this.#ids.set(text, id);
    return id;
  }

  textOf(id: number): string {
    return this.#texts[id]?.text ?? "";
  }

  whatOf(id: number): number {
    return this.#texts[id]?.what ?? 0;
  }

  clear(): void {
    this.generation++;
    this.#texts.length = 0;
    this.#ids.clear();
  }
}

/** Which of them tell something of some words, or of a process. Each is looked at once. */
export class AskedTexts {
  #tells: boolean[] = [];
  #generation: number | undefined;

  constructor(
    readonly texts: KeptTexts,
    readonly words: readonly Word[],
    readonly process: number | undefined,
  ) {}

  tells(id: number): boolean {
    if (this.#generation !== this.texts.generation) this.#tells = [];
    this.#generation = this.texts.generation;
    for (let next = this.#tells.length; next <= id; next++) this.#tells.push(this.#isAsked(next));
    return this.#tells[id] ?? false;
  }

  #isAsked(id: number): boolean {
    const text = this.texts.textOf(id);
    if (this.texts.whatOf(id) === textKinds.process) return text === String(this.process);
    return this.words.some((word) => text.includes(word.text));
  }
}
