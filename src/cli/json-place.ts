// Where in a JSON text something stands, so that who wrote it finds it again. The text is known to be valid JSON.

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Of the value at this path, or of the innermost one on the way to it that is there. */
export function placeOf(text: string, path: readonly (string | number)[]): Place {
  const scanner = new Scanner(text);
  for (const key of path) if (!scanner.enter(key)) break;
  return placeAt(text, scanner.at);
}

export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - (before.lastIndexOf("\n") + 1) + 1 };
}

const blank = /[\s:,]*/y;
const atom = /"(?:[^"\\]|\\.)*"|[^\s,:{}[\]"]+/y;

class Scanner {
  at = 0;

  constructor(readonly text: string) {
    this.#skipBlank();
  }

  /** Goes to the value below this key of the one here; stays where there is none. */
  enter(key: string | number): boolean {
    const start = this.at;
    const opening = this.text[start];
    if (opening !== "{" && opening !== "[") return false;
    this.at++;
    for (let index = 0; ; index++) {
      this.#skipBlank();
      const next = this.text[this.at];
      if (next === undefined || next === "}" || next === "]") break;
      const name = opening === "{" ? this.#name() : index;
      if (name === key) return true;
      this.#skipValue();
    }
    this.at = start;
    return false;
  }

  #name(): unknown {
    const text = this.#take(atom);
    this.#skipBlank();
    return JSON.parse(text);
  }

  #skipValue(): void {
    let depth = 0;
    do {
      this.#skipBlank();
      const next = this.text[this.at];
      if (next === undefined) return;
      if (next === "{" || next === "[") depth++;
      else if (next === "}" || next === "]") depth--;
      else {
        this.#take(atom);
        continue;
      }
      this.at++;
    } while (depth > 0);
  }

  #skipBlank(): void {
    this.#take(blank);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }
}
