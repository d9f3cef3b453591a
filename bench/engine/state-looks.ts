// Looks at state that are timed, and what each is to be answered by the plain fold.
import { createHash } from "node:crypto";
import type { Change } from "../../src/engine/replay/change.js";
import type { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import { rowsOf } from "../../src/engine/replay/rows.js";
import { rowsOfScopes } from "../../src/engine/replay/scope-rows.js";
import { nothingUncertain } from "../../src/engine/replay/uncertain.js";
import { taggedJson } from "../../src/shared/trace/tagged-json.js";
import type { BenchEngine } from "./engine-child.js";

/**
 * All scopes' rows, all their values, one scope's value, or the first rows of one that is open: at a random instant; or one scope's
 * value at an instant beside that looked at last.
 */
export type LookKind = "rows" | "values" | "scope" | "step" | "page";

export interface Look {
  readonly kind: LookKind;
  readonly instant: bigint;
  /** Seq of the last write that counts. */
  readonly last: number;
  readonly scopes: readonly string[];
  /** Where rows are asked for. */
  readonly mostRows: number;
}

export interface Asked {
  readonly look: Look;
  readonly tookMs: number;
  readonly hash: string;
}

export async function ask(engine: BenchEngine, recordingId: string, look: Look): Promise<Asked> {
  const about = { recordingId, process: 1, at: { kind: "instant", instant: look.instant } } as const;
  const askedMs = performance.now();
  if (look.kind === "rows") {
    const page = { offset: 0, limit: look.mostRows };
    const { scopes, firsts, rows, seq: last } = await engine.call("state.scopes", { ...about, ...page });
    const tookMs = performance.now() - askedMs;
    const { total, keys, paths, values, types, flags, previous } = rows;
    const listed = keys.map((key, row) => [key, paths[row], values[row], types[row], flags[row], previous[row]]);
    return { look, tookMs, hash: hashOf([last, scopes, [...firsts], total, listed]) };
  }
  if (look.kind === "page") {
    const open = { scope: look.scopes[0] ?? "", expanded: [""], offset: 0, limit: look.mostRows };
    const { total, keys, paths, values, types, flags, previous } = await engine.call("state.rows", {
      ...about,
      ...open,
    });
    const tookMs = performance.now() - askedMs;
    const listed = keys.map((key, row) => [key, paths[row], values[row], types[row], flags[row], previous[row]]);
    return { look, tookMs, hash: hashOf([total, listed]) };
  }
  const answers = await Promise.all(look.scopes.map((scope) => engine.call("state.at", { ...about, scope })));
  const tookMs = performance.now() - askedMs;
  return { look, tookMs, hash: hashOf(answers.map(({ value, seq: last }) => [value, last])) };
}

/** What `ask` is to be answered, by the fold's graph. */
export function answerOf(graph: ObjectGraph, change: Change, { kind, last, scopes, mostRows }: Look): string {
  if (kind === "page") {
    const [scope = ""] = scopes;
    const open = { scope, expanded: [""], offset: 0, limit: mostRows, change, uncertain: nothingUncertain };
    const { total, rows } = rowsOf(graph, open) ?? { total: 0, rows: [] };
    return hashOf([total, rows.map((row) => [row.key, row.path, row.value, row.type, row.flags, row.previous])]);
  }
  if (kind !== "rows")
    return hashOf(
      scopes.map((scope) => {
        const root = graph.scopes().get(scope);
        return [root === undefined ? undefined : taggedJson(root, graph.contentsOf), last];
      }),
    );
  const page = { offset: 0, limit: mostRows };
  const uncertainOf = () => nothingUncertain;
  const found = rowsOfScopes(graph, { scopes, expanded: new Map(), change, uncertainOf, ...page });
  const listed = found.rows.map((row) => [row.key, row.path, row.value, row.type, row.flags, row.previous]);
  return hashOf([last, found.scopes, found.firsts, found.total, listed]);
}

const hashOf = (answers: readonly unknown[]): string =>
  createHash("sha1").update(JSON.stringify(answers)).digest("hex");
