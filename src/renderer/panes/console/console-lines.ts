// The lines of a console from the entries that the engine answers, in the order in which they came. A line belongs to one stream:
// where another one prints in the middle of it, it goes on in a line of its own.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { type StyledPart, TerminalText } from "./terminal-text.js";

type Entry = CallResult<"console.read">["entries"][number];
export type ConsoleStream = Entry["stream"];

export interface ConsoleLine {
  readonly stream: ConsoleStream;
  readonly parts: readonly StyledPart[];
}

const mostLines = 20_000;

export class ConsoleLines {
  #lines: ConsoleLine[] = [];
  /** Of the unfinished line at the end. */
  #open: ConsoleStream | undefined;
  readonly #readers = new Map<ConsoleStream, TerminalText>();
  /** How many of the first lines are not kept here any more. */
  dropped = 0;

  constructor(readonly most = mostLines) {}

  get lines(): readonly ConsoleLine[] {
    return this.#lines;
  }

  add({ stream, text }: Entry): void {
    const reader = this.#readers.get(stream) ?? new TerminalText();
    this.#readers.set(stream, reader);
    if (this.#open !== stream) reader.breakLine();
    for (const { parts, isWhole } of reader.push(text)) {
      if (this.#open === stream) this.#lines.pop();
      const isThere = isWhole || parts.length > 0;
      if (isThere) this.#lines.push({ stream, parts });
      if (isThere || this.#open === stream) this.#open = isWhole || !isThere ? undefined : stream;
    }
    const over = this.#lines.length - this.most;
    if (over <= 0) return;
    this.#lines.splice(0, over);
    this.dropped += over;
  }
}

export const textOf = ({ parts }: ConsoleLine): string => parts.map(({ text }) => text).join("");
