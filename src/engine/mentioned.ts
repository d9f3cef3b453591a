// Which words of what a call was given stand in a write: where it wrote, or what was there before and after. That a write has one says
// where to look first, and no more.
import type { Path } from "../shared/trace/path.js";

/** Shorter texts and plain numbers stand in nearly everything: they count as a key alone. */
const leastInText = 3;
const mostWords = 200;
const mostDepth = 6;

export interface GivenWords {
  /** Texts and numbers, as the keys of a path they would be. */
  readonly all: ReadonlySet<string>;
  /** As they stand in a preview. */
  readonly quoted: readonly string[];
}

/** Of arguments as they were recorded: the values, not the names of parameters and properties. */
export function wordsGiven(given: unknown): GivenWords {
  const all = new Set<string>();
  const quoted = new Set<string>();
  const look = (value: unknown, depth: number): void => {
    if (all.size >= mostWords || depth > mostDepth) return;
    if (typeof value === "number") all.add(String(value));
    else if (typeof value === "string" && value !== "") {
      all.add(value);
      if (value.length >= leastInText) quoted.add(JSON.stringify(value));
    } else if (typeof value === "object" && value !== null)
      for (const one of Object.values(value)) look(one, depth + 1);
  };
  look(given, 0);
  return { all, quoted: [...quoted] };
}

/** The first of them that stands in it; "" for none. */
export function wordIn({ all, quoted }: GivenWords, path: Path, ...texts: readonly string[]): string {
  for (const step of path) {
    const key = step.kind === "property" ? step.key : step.kind === "number" ? String(step.value) : undefined;
    if (key !== undefined && all.has(key)) return key;
  }
  const found = quoted.find((word) => texts.some((text) => text.includes(word)));
  return found === undefined ? "" : found.slice(1, -1);
}
