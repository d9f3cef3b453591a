// One line of a file of cases, read from left to right. What cannot be read is thrown as a `CannotRead`, which says where.
import { nsOf } from "../quantity.js";

export class CannotRead extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const quoted = /"([^"]*)"|'([^']*)'/y;
const duration = /(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)?(?![\w.])/y;
const labelName = /[A-Za-z_][\w.]*/y;
const bareValue = /[^\s,{}"']+/y;
const blank = /[ \t]*/y;

export class LineReader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipBlank();
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length;
  }

  /** What matches here, and goes behind it and what is blank after it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found === undefined) return undefined;
    this.at += found[0].length;
    this.#skipBlank();
    return found;
  }

  takeWord(word: string): boolean {
    const end = this.at + word.length;
    if (!this.#text.startsWith(word, this.at) || /[\w.{]/.test(this.#text[end] ?? "")) return false;
    this.at = end;
    this.#skipBlank();
    return true;
  }

  text(of: string): string {
    const found = this.take(quoted);
    return found?.[1] ?? found?.[2] ?? this.fail(`${of} is missing, in quotation marks`);
  }

  isText(): boolean {
    return /["']/.test(this.#text[this.at] ?? "");
  }

  /** As rules write them: a bare number is seconds. */
  durationNs(of: string): number {
    const start = this.at;
    const found = this.take(duration);
    const ns = found === undefined ? undefined : nsOf(Number(found[1]), found[2]);
    return ns ?? this.fail(`${of} is missing, such as 30s`, start);
  }

  /** `{name="value", other=5}`, or nothing. */
  labels(): Map<string, string | number | boolean> {
    const labels = new Map<string, string | number | boolean>();
    if (this.take(/\{/y) === undefined) return labels;
    while (this.take(/\}/y) === undefined) {
      const start = this.at;
      const name = this.take(labelName)?.[0] ?? this.fail("the name of a field is missing");
      if (labels.has(name)) this.fail(`${name} is there twice`, start);
      if (this.take(/=/y) === undefined) this.fail(`= is missing after ${name}`);
      labels.set(name, this.isText() ? this.text("a text") : this.#bareValue(name));
      if (this.take(/,/y) === undefined && this.#text[this.at] !== "}") this.fail("} is missing");
    }
    return labels;
  }

  #bareValue(name: string): string | number | boolean {
    const found = this.take(bareValue)?.[0] ?? this.fail(`the value of ${name} is missing`);
    if (found === "true" || found === "false") return found === "true";
    return Number.isNaN(Number(found)) ? found : Number(found);
  }

  end(): void {
    if (!this.isAtEnd) this.fail(`nothing more is expected here`);
  }

  fail(message: string, at = this.at): never {
    throw new CannotRead(at, message);
  }

  #skipBlank(): void {
    blank.lastIndex = this.at;
    this.at += blank.exec(this.#text)?.[0].length ?? 0;
  }
}
