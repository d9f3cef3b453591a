// What a program prints, as lines of styled text. Of what terminals understand only colours and styles (SGR), carriage return
// and "erase the line" do anything; every other sequence is left out. Nothing of it becomes markup.

export interface TextStyle {
  /** One of eight colours, as a terminal numbers them: black, red, green, yellow, blue, magenta, cyan, white. */
  readonly colour?: number;
  readonly isBold?: boolean;
  readonly isDim?: boolean;
  readonly isItalic?: boolean;
  readonly isUnderlined?: boolean;
}

export interface StyledPart {
  readonly text: string;
  readonly style: TextStyle;
}

export interface PrintedLine {
  readonly parts: readonly StyledPart[];
  readonly isWhole: boolean;
}

const plain: TextStyle = {};
// ESC [ … letter; ESC ] … BEL or ESC \; ESC and one more; and what is left of control characters but tab, line feed and return.
const sequences =
  /\u001b\[([0-9;:?<=>!]*)([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;
const unfinished = /\u001b(?:\[[0-9;:?<=>!]*|\][^\u0007\u001b]{0,4096}\u001b?|[ -/]*)?$|\r$/;
/** A sequence that is still not whole after so much is none. */
const mostUnfinished = 4200;

/** Reads one stream piece by piece. */
export class TerminalText {
  #style: TextStyle = plain;
  #rest = "";
  #parts: StyledPart[] = [];

  /** The lines that this piece ends, and the one that it leaves unfinished. The first goes on with the last unfinished one. */
  push(piece: string): readonly PrintedLine[] {
    const all = this.#rest + piece;
    const cut = unfinished.exec(all);
    const isLong = cut !== null && cut[0].length > mostUnfinished;
    this.#rest = cut === null || isLong ? "" : cut[0];
    const text = all.slice(0, all.length - this.#rest.length);
    const done: PrintedLine[] = [];
    const pieces = text.split(/\r*\n/);
    pieces.forEach((line, at) => {
      this.#read(line);
      if (at === pieces.length - 1) return;
      done.push({ parts: this.#parts, isWhole: true });
      this.#parts = [];
    });
    return [...done, { parts: [...this.#parts], isWhole: false }];
  }

  /** Somebody else printed in the middle of the line: what comes begins one of its own. */
  breakLine(): void {
    this.#parts = [];
  }

  #read(line: string): void {
    let from = 0;
    for (const found of line.matchAll(sequences)) {
      this.#add(line.slice(from, found.index));
      from = found.index + found[0].length;
      const [whole, given = "", letter] = found;
      if (letter === "m") this.#style = styleAfter(this.#style, given);
      // What is written next stands in its place.
      else if (whole === "\r" || (letter === "K" && given === "2")) this.#parts = [];
    }
    this.#add(line.slice(from));
  }

  #add(text: string): void {
    if (text === "") return;
    const last = this.#parts.at(-1);
    if (last?.style === this.#style)
      this.#parts[this.#parts.length - 1] = { text: last.text + text, style: last.style };
    else this.#parts.push({ text, style: this.#style });
  }
}

function styleAfter(before: TextStyle, given: string): TextStyle {
  const codes = given.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let style = before;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes.slice(at + 1));
      if (code === 38 && colour !== undefined) style = { ...style, colour };
      at += used;
    } else style = styleOf(style, code);
  }
  return style;
}

function styleOf(style: TextStyle, code: number): TextStyle {
  if (code === 0) return plain;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 3) return { ...style, isItalic: true };
  if (code === 4) return { ...style, isUnderlined: true };
  if (code === 22) return without(style, ["isBold", "isDim"]);
  if (code === 23) return without(style, ["isItalic"]);
  if (code === 24) return without(style, ["isUnderlined"]);
  if (code === 39) return without(style, ["colour"]);
  if (code === 90) return { ...without(style, ["colour"]), isDim: true };
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 };
  if (code >= 91 && code <= 97) return { ...style, colour: code - 90 };
  return style;
}

function without(style: TextStyle, names: readonly (keyof TextStyle)[]): TextStyle {
  return Object.fromEntries(Object.entries(style).filter(([name]) => !names.some((one) => one === name)));
}

/** Of 256 or of all colours the nearest of the eight, whose contrast is known; and how many numbers said so. */
function extendedColour(codes: readonly number[]): [colour: number | undefined, used: number] {
  const [kind, first = 0, second = 0, third = 0] = codes;
  if (kind === 2) return [nearest(first, second, third), 4];
  if (kind !== 5) return [undefined, 0];
  if (first < 16) return [first % 8, 2];
  if (first >= 232) return [7, 2];
  const at = first - 16;
  const level = (n: number): number => (n === 0 ? 0 : 55 + 40 * n);
  return [nearest(level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6)), 2];
}

/** By its hue: a bit for each of red, green and blue that is nearer to the strongest of them than to the weakest. */
function nearest(red: number, green: number, blue: number): number {
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  if (most - least < 40) return 7;
  const isStrong = (one: number): number => (one - least > (most - least) / 2 ? 1 : 0);
  return isStrong(red) + 2 * isStrong(green) + 4 * isStrong(blue);
}
