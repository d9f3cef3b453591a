// The programs that can be attached to, a line each.
import type { RunningProgram } from "../shared/protocol/attach-calls.js";
import { type HindcastError, explain } from "../shared/protocol/errors.js";
import { sizeText } from "./byte-size.js";
import { instantsAsText, onOneLine } from "./rows.js";
import { shellQuoted } from "./shell-words.js";
import { aligned } from "./table-text.js";

const headings = ["PID", "NAME", "NODE", "AGE", "MEMORY", "PROGRAM"];

export function programRows(programs: readonly RunningProgram[], now: bigint, asJson: boolean): string[] {
  if (asJson) return programs.map((program) => JSON.stringify(program, instantsAsText));
  const rows = programs.map(({ pid, name, nodeVersion, started, memoryBytes, script, argv, isRecorded, obstacle }) => [
    String(pid),
    onOneLine(name),
    nodeVersion ?? "?",
    ageText(now - started),
    sizeText(memoryBytes),
    onOneLine(script === "" ? shellQuoted(argv) : script) + noteText(isRecorded, obstacle),
  ]);
  return rows.length === 0 ? [] : aligned([headings, ...rows]);
}

const noteText = (isRecorded: boolean, obstacle: HindcastError | undefined): string =>
  isRecorded ? "  (recorded already)" : obstacle === undefined ? "" : `  (${explain(obstacle).message})`;

/** In its two largest units: `3d 4h`, `12m 5s`. */
export function ageText(ns: bigint): string {
  let seconds = Math.max(0, Math.floor(Number(ns) / 1e9));
  const parts: string[] = [];
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0 || parts.length > 0 || unit === "s") parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}
