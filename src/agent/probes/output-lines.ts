// Cuts what a program writes to standard output or error into entries of a log: a line each, a stack trace with all of its
// lines as one. Each has the origin (the span, that is) of the write that began it. Bounded: of a line that does not end, of
// one that is written over again and again (a progress bar), little is kept, and what is too long is cut.
import { stripVTControlCharacters } from "node:util";

export const maxLineUnits = 16_384;
/** How far up from its first frame the head of a stack trace is looked for: messages may have lines of their own. */
const maxHeadLines = 8;
const maxEntryLines = 200;
/** An error is named early in its line. */
const maxHeadUnits = 300;

export interface OutputEntry<Origin> {
  readonly lines: string[];
  readonly origin: Origin;
  isStackTrace: boolean;
}

const frame = /^\s+at \S/;
const errorHead = /^(?:.{0,200}[\s:[(])?[\w$.]*(?:Error|Exception|Rejection)\b/;
/** What may follow frames of a stack trace: its causes, properties, and what closes them. */
const goesOn = /^(?:\s+\S|[}\])]|Caused by:|From previous event:)/;

export class OutputLines<Origin> {
  readonly #emit: (entry: OutputEntry<Origin>) => void;
  readonly #pass: (text: string) => string;
  #partial = "";
  #partialOrigin: { readonly is: Origin } | undefined;
  /** The rest of a line that was too long is on its way. */
  #isSkipping = false;
  /** May be the head of a stack trace, or one that goes on with the next write. */
  #held: OutputEntry<Origin> | undefined;

  /** `pass` sees whole lines, many at once, before they are told from each other. */
  constructor(emit: (entry: OutputEntry<Origin>) => void, pass: (text: string) => string = (text) => text) {
    this.#emit = emit;
    this.#pass = pass;
  }

  /** Whether `settle` has something to do. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  get hasPartial(): boolean {
    return this.#partial !== "";
  }

  take(text: string, origin: Origin): void {
    const end = text.lastIndexOf("\n");
    const lineOrigin = this.#partial === "" || this.#partialOrigin === undefined ? origin : this.#partialOrigin.is;
    if (end < 0) return this.#takePartial(text, lineOrigin);
    const whole = this.#isSkipping ? text.slice(text.indexOf("\n") + 1, end) : this.#partial + text.slice(0, end);
    const isNothing = this.#isSkipping && text.indexOf("\n") === end;
    this.#partial = "";
    this.#isSkipping = false;
    if (!isNothing) this.#takeLines(this.#pass(whole).split("\n"), lineOrigin, origin);
    this.#takePartial(text.slice(end + 1), origin);
  }

  /** No more of the same is to be expected now. */
  settle(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#emit(held);
  }

  /** Also of a line that has not ended: a question to who sits there, say. */
  settleAll(): void {
    this.settle();
    const [partial, origin] = [this.#partial, this.#partialOrigin];
    this.#partial = "";
    if (partial !== "" && origin !== undefined) this.#takeLines([this.#pass(partial)], origin.is, origin.is);
    this.settle();
  }

  #takePartial(text: string, origin: Origin): void {
    if (text === "" || this.#isSkipping) return;
    const line = sinceReturn(this.#partial + text);
    this.#partial = line;
    this.#partialOrigin = { is: origin };
    if (line.length <= maxLineUnits) return;
    this.#partial = "";
    this.#isSkipping = true;
    this.#takeLines([this.#pass(line)], origin, origin);
  }

  #takeLines(lines: readonly string[], firstOrigin: Origin, origin: Origin): void {
    const entries: OutputEntry<Origin>[] = this.#held === undefined ? [] : [this.#held];
    this.#held = undefined;
    for (const [at, line] of lines.entries()) addLine(entries, shown(line), at === 0 ? firstOrigin : origin);
    const last = entries.at(-1);
    if (last !== undefined && mayGoOn(last)) this.#held = entries.pop();
    for (const entry of entries) this.#emit(entry);
  }
}

function addLine<Origin>(entries: OutputEntry<Origin>[], line: string, origin: Origin): void {
  if (line.trim() === "") return;
  const last = entries.at(-1);
  if (last !== undefined && last.lines.length < maxEntryLines) {
    if (frame.test(line) && !last.isStackTrace) gatherHead(entries).isStackTrace = true;
    const open = entries.at(-1);
    if (open !== undefined && open.isStackTrace && goesOn.test(line)) return void open.lines.push(line);
  }
  entries.push({ lines: [line], origin, isStackTrace: false });
}

/** The entries from the line that names the error on become one, the last; without such a line it is the one before. */
function gatherHead<Origin>(entries: OutputEntry<Origin>[]): OutputEntry<Origin> {
  let at = entries.length - 1;
  for (let up = 0; up < maxHeadLines && at - up >= 0; up++) {
    const entry = entries[at - up];
    if (entry === undefined || entry.isStackTrace) break;
    if (!isErrorHead(entry.lines[0])) continue;
    at -= up;
    break;
  }
  const [head, ...others] = entries.splice(at);
  if (head === undefined) throw new Error("there is a line before");
  head.lines.push(...others.flatMap(({ lines }) => lines));
  entries.push(head);
  return head;
}

const mayGoOn = <Origin>({ lines, isStackTrace }: OutputEntry<Origin>): boolean =>
  isStackTrace || isErrorHead(lines[0]);

const isErrorHead = (line = ""): boolean => errorHead.test(line.slice(0, maxHeadUnits));

/** As a terminal shows it in the end. */
function shown(line: string): string {
  const text = sinceReturn(line.endsWith("\r") ? line.slice(0, -1) : line);
  const cut = text.length > maxLineUnits ? `${text.slice(0, maxLineUnits)}…` : text;
  return (cut.includes("\u001b") ? stripVTControlCharacters(cut) : cut).trimEnd();
}

/** Of a line that was written over: what was written last. A return at its end may belong to the end of the line. */
function sinceReturn(line: string): string {
  const at = line.lastIndexOf("\r", line.length - 2);
  return at < 0 || line.length < 2 ? line : line.slice(at + 1);
}
