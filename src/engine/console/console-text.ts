// What a started program printed and was told, in the order in which it came, as far as there is room for it. Places in it are
// counted in UTF-16 units from the first that ever came: who has read up to a place asks for what is behind it.

export const consoleStreams = ["out", "err", "in", "note"] as const;
export type ConsoleStream = (typeof consoleStreams)[number];

export interface ConsoleEntry {
  readonly stream: ConsoleStream;
  readonly text: string;
}

export interface ConsolePart {
  readonly entries: readonly ConsoleEntry[];
  /** What is behind the part begins here. */
  readonly next: number;
  /** So much before the part, and not read before, is not kept any more. */
  readonly dropped: number;
  readonly isMore: boolean;
}

interface Kept {
  readonly stream: ConsoleStream;
  readonly from: number;
  text: string;
}

const mostUnits = 1_000_000;
const mostUnitsOfPart = 250_000;
/** What is printed in small pieces is put together up to here. */
const mostUnitsOfEntry = 8192;

export class ConsoleText {
  #kept: Kept[] = [];
  #total = 0;

  constructor(
    readonly most = mostUnits,
    readonly mostOfPart = mostUnitsOfPart,
  ) {}

  get total(): number {
    return this.#total;
  }

  add(stream: ConsoleStream, text: string): void {
    if (text === "") return;
    const last = this.#kept.at(-1);
    if (last?.stream === stream && last.text.length + text.length <= mostUnitsOfEntry) last.text += text;
    else
      for (let at = 0; at < text.length; at += mostUnitsOfEntry)
        this.#kept.push({ stream, from: this.#total + at, text: text.slice(at, at + mostUnitsOfEntry) });
    this.#total += text.length;
    const gone = this.#kept.findIndex(({ from, text: one }) => from + one.length > this.#total - this.most);
    if (gone > 0) this.#kept.splice(0, gone);
  }

  read(after: number): ConsolePart {
    const begin = this.#kept[0]?.from ?? this.#total;
    const from = Math.min(Math.max(after, begin), this.#total);
    const entries: ConsoleEntry[] = [];
    let next = from;
    for (const one of this.#kept) {
      if (one.from + one.text.length <= next) continue;
      if (next - from >= this.mostOfPart) break;
      const text = one.text.slice(Math.max(0, next - one.from), Math.max(0, from + this.mostOfPart - one.from));
      entries.push({ stream: one.stream, text });
      next += text.length;
    }
    return { entries, next, dropped: Math.max(0, begin - after), isMore: next < this.#total };
  }
}
