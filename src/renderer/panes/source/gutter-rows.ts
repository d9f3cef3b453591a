// What stands beside the lines of a source: how often what begins in a line was called, and why calls of something are not told of.
import type { ReadSource } from "../../../shared/protocol/source-calls.js";
import { countText, countedText, durationText } from "../../state/text.js";

export interface GutterLine {
  /** From 1. */
  readonly line: number;
  /** Undefined where nothing of it is told of. */
  readonly calls: number | undefined;
  readonly failed: number;
  /** Function by function. */
  readonly words: string;
  /** Why nothing is told of some of it; "" where all is. */
  readonly whyNot: string;
}

export function gutterLines(functions: ReadSource["functions"]): readonly GutterLine[] {
  const byLine = new Map<number, { calls: number | undefined; failed: number; words: string[]; whyNot: string[] }>();
  for (const [at, name] of functions.names.entries()) {
    const line = functions.lines[at] ?? 0;
    const known = byLine.get(line) ?? { calls: undefined, failed: 0, words: [], whyNot: [] };
    byLine.set(line, known);
    const [calls, failed, reason] = [functions.calls[at] ?? 0, functions.failed[at] ?? 0, functions.reasons[at] ?? ""];
    const shown = name === "" ? "a function without a name" : name;
    if (reason !== "" && calls === 0) {
      known.whyNot.push(reason);
      known.words.push(`${shown}: not told of, ${reason}`);
      continue;
    }
    known.calls = (known.calls ?? 0) + calls;
    known.failed += failed;
    const failures = failed === 0 ? "" : `, ${countText(failed)} failed`;
    const took = calls === 0 ? "" : `, ${durationText(functions.totalNs[at] ?? 0)} together`;
    known.words.push(`${shown}: ${countedText(calls, "call")}${failures}${took}`);
  }
  return [...byLine]
    .map(([line, { calls, failed, words, whyNot }]) => ({
      line,
      calls,
      failed,
      words: words.join("\n"),
      whyNot: whyNot.join("; "),
    }))
    .sort((a, b) => a.line - b.line);
}
