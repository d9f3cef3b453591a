// A file that says what went wrong when, as examples/ledger writes it: a JSON line for each incident, whose times are epoch nanoseconds.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { type KnownIncident, joinedIncidents } from "../rules/index.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { World } from "./world.js";

const ns = v.pipe(
  v.string(),
  v.regex(/^\d{1,19}$/),
  v.transform((typed) => BigInt(typed)),
);
/** One that nothing came of has no times. */
const incident = v.object({ kind: v.string(), from: v.optional(ns), to: v.optional(ns) });

export function readTruth({ cwd }: Pick<World, "cwd">, path: string): Result<readonly KnownIncident[], HindcastError> {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, path), "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT") return failed(hindcastError("no-such-file", { path }));
    return failed(hindcastError("bad-truth", { path, reason: code === "EISDIR" ? "it is a folder" : code }));
  }
  const found: KnownIncident[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), incident), line);
    if (!read.success)
      return failed(
        hindcastError("bad-truth", { path, reason: `line ${index + 1} is no incident with kind, from and to` }),
      );
    const { kind, from, to } = read.output;
    if (from !== undefined && to !== undefined) found.push({ kind, from, to });
  }
  return ok(joinedIncidents(found));
}
