// Files of rules, as commands that take them read them.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { compileRules, lineColumns, liveActions } from "../rules/index.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import { ruleStem } from "../shared/base/rule-file-names.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { World } from "./world.js";

export interface RuleFile {
  /** As it was typed. */
  readonly path: string;
  readonly source: string;
  /** What rules without a name are called after. */
  readonly stem: string;
}

export function readRuleFile({ cwd }: Pick<World, "cwd">, path: string): Result<RuleFile, HindcastError> {
  try {
    const bytes = readFileSync(resolve(cwd, path));
    const source = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return ok({ path, source, stem: ruleStem(path) });
  } catch (error) {
    if (error instanceof TypeError)
      return failed(hindcastError("unreadable-rules", { path, reason: "it is not UTF-8" }));
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT") return failed(hindcastError("no-such-file", { path }));
    const reason = code === "EISDIR" ? "it is a folder" : code;
    return failed(hindcastError("unreadable-rules", { path, reason }));
  }
}

/** What is wrong in it, in the order of the text; lines and columns are counted from one. */
export function problemsIn({ path, source, stem }: RuleFile, use: "live" | "past" = "past") {
  const { plans, problems } = compileRules(source, {
    fileName: stem,
    ...(use === "live" ? { actions: liveActions } : {}),
  });
  const placeOf = lineColumns(source);
  const rows = problems.map(({ from, to, severity, message, fix }) => {
    const { line, column } = placeOf(from);
    return { file: path, line, column, end: placeOf(to), severity, message, fix };
  });
  return { rules: plans.length, rows };
}

type ProblemRow = ReturnType<typeof problemsIn>["rows"][number];

/** As editors and people follow it. */
export const problemText = ({ file, line, column, severity, message }: ProblemRow): string =>
  `${file}:${line}:${column}: ${severity === "warning" ? "warning: " : ""}${message}`;
