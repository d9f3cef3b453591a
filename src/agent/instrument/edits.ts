// Insertions into source text. Nothing is ever removed or moved, so lines stay lines; insertions never contain a newline.
// Wraps nest by the order they were asked for: outer first. At one place everything that ends comes before all that begins.
// What is inserted carries marks by which ../function-text.ts takes it out of a function's text again.
import { marked } from "../function-text.js";

export interface Edit {
  readonly at: number;
  readonly order: number;
  readonly closes: boolean;
  readonly statement: number | undefined;
  text: string;
}

export interface Insertion {
  readonly at: number;
  readonly text: string;
  /** Where a statement starts of which nothing was evaluated before this: V8 puts down to it what has no place of its own. */
  readonly statement?: number | undefined;
}

/** The source with everything inserted. */
export function withInsertions(source: string, insertions: readonly Insertion[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { at, text } of insertions) {
    parts.push(source.slice(from, at), text);
    from = at;
  }
  parts.push(source.slice(from));
  return parts.join("");
}

export class Edits {
  readonly #source: string;
  readonly #all: Edit[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  /** Text to be put before `at`; it may be filled in later. */
  insert(at: number, text: string): Edit {
    return this.#add(at, false, text);
  }

  /** `statement`: see Insertion. */
  wrap(start: number, end: number, before: string, after: string, statement?: number): void {
    // `return++a.b`: what is put before an expression must not join the word in front of it.
    const isJoined = start > 0 && /[\w$\u0080-\uffff]/.test(this.#source.charAt(start - 1)) && /^[\w$]/.test(before);
    this.#add(start, false, isJoined ? ` ${before}` : before, statement);
    this.#add(end, true, after);
  }

  /** Two places that are filled in later, nesting like a wrap asked for now. */
  reserve(start: number, end: number): readonly [Edit, Edit] {
    return [this.#add(start, false, ""), this.#add(end, true, "")];
  }

  textOf(start: number, end: number): string {
    return this.#source.slice(start, end);
  }

  /** The place right after the `=>` of an arrow function, given a place before it where its parameters have ended. */
  afterArrow(from: number): number {
    const source = this.#source;
    let at = from;
    while (at < source.length) {
      if (source.startsWith("=>", at)) return at + 2;
      if (source.startsWith("//", at)) {
        while (at < source.length && !/[\n\r\u2028\u2029]/.test(source.charAt(at))) at++;
      } else if (source.startsWith("/*", at)) {
        at = source.indexOf("*/", at + 2) + 2;
      } else {
        at++;
      }
    }
    throw new Error("an arrow function without an arrow");
  }

  /** What is inserted where, in order, with marks. */
  insertions(): Insertion[] {
    this.#all.sort(
      (a, b) =>
        a.at - b.at || Number(b.closes) - Number(a.closes) || (a.closes ? b.order - a.order : a.order - b.order),
    );
    const insertions: Insertion[] = [];
    let gathered = "";
    let statement: number | undefined;
    this.#all.forEach(({ at, closes, text, statement: own }, index) => {
      gathered += text;
      statement ??= own;
      const next = this.#all[index + 1];
      if (next?.at === at && next.closes === closes) return;
      if (gathered !== "") insertions.push({ at, text: marked(gathered, closes), statement });
      gathered = "";
      statement = undefined;
    });
    return insertions;
  }

  #add(at: number, closes: boolean, text: string, statement?: number): Edit {
    const edit: Edit = { at, order: this.#all.length, closes, text, statement };
    this.#all.push(edit);
    return edit;
  }
}
