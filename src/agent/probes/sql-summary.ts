// What a statement does and to which table, in a few words: "SELECT accounts". Read from its first tokens, not parsed: what
// cannot be told is left out.

export interface SqlSummary {
  /** In capitals: SELECT, INSERT … */
  readonly operation: string | undefined;
  /** As it stands there, without quotes: "accounts", "public.accounts". */
  readonly collection: string | undefined;
}

/** Statements may hold megabytes of values; their beginning says enough. */
const maxUnits = 8192;
const maxKept = 512;
const maxNameUnits = 128;

// Comments, texts and parameters, names in quotes, words, and single signs.
const token =
  /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'?|\$(\w*)\$[^]*?\$\1\$|"(?:[^"]|"")*"|`[^`]*`|\[\w[^\]]*\]|[\p{L}_][\p{L}\p{N}_$]*|[^\s]/gu;
const isComment = (text: string): boolean => text.startsWith("--") || text.startsWith("/*");
const mainVerbs: ReadonlySet<string> = new Set(["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"]);
/** Between these and a name may stand words that are none. */
const beforeName: ReadonlySet<string> = new Set([
  "FROM",
  "INTO",
  "UPDATE",
  "TABLE",
  "VIEW",
  "INDEX",
  "TRUNCATE",
  "CALL",
]);
const noNames: ReadonlySet<string> = new Set([
  ..."IF NOT EXISTS ONLY INTO TABLE LOW_PRIORITY IGNORE CONCURRENTLY OR ABORT FAIL ROLLBACK REPLACE".split(" "),
]);
const withNames: ReadonlySet<string> = new Set([...mainVerbs, ..."CREATE DROP ALTER TRUNCATE CALL".split(" ")]);

interface Token {
  readonly text: string;
  readonly depth: number;
}

export class SqlSummaries {
  readonly #kept = new Map<string, SqlSummary>();

  /** Programs ask the same few things again and again. */
  of(sql: string): SqlSummary {
    const known = this.#kept.get(sql);
    if (known !== undefined) return known;
    const summary = summaryOf(sql);
    if (this.#kept.size >= maxKept) this.#kept.clear();
    if (sql.length <= maxUnits) this.#kept.set(sql, summary);
    return summary;
  }
}

export function summaryOf(sql: string): SqlSummary {
  const tokens = tokensOf(sql.slice(0, maxUnits));
  const first = tokens.findIndex(({ text }) => isWord(text));
  const start = upper(tokens[first]) === "WITH" ? mainVerbAfter(tokens, first) : first;
  const operation = upper(tokens[start]);
  if (operation === undefined) return { operation: undefined, collection: undefined };
  return { operation, collection: withNames.has(operation) ? collectionAfter(tokens, start) : undefined };
}

function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const [text] of sql.matchAll(token)) {
    if (isComment(text)) continue;
    if (text === ")") depth--;
    tokens.push({ text, depth });
    if (text === "(") depth++;
  }
  return tokens;
}

const isWord = (text: string): boolean => /^[\p{L}_]/u.test(text);
const upper = (found: Token | undefined): string | undefined => found?.text.toUpperCase();

function mainVerbAfter(tokens: readonly Token[], at: number): number {
  const depth = tokens[at]?.depth;
  return tokens.findIndex((found, i) => i > at && found.depth === depth && mainVerbs.has(upper(found) ?? ""));
}

/** At the statement's own level first; what it selects from may also be a statement in parentheses. */
function collectionAfter(tokens: readonly Token[], start: number): string | undefined {
  const depth = tokens[start]?.depth;
  const isLead = (found: Token, i: number): boolean => i >= start && beforeName.has(upper(found) ?? "");
  const own = tokens.findIndex((found, i) => isLead(found, i) && found.depth === depth);
  if (own === -1) return undefined;
  const direct = nameAt(tokens, own + 1);
  if (direct !== undefined || tokens[own + 1]?.text !== "(") return direct;
  const inner = tokens.findIndex((found, i) => i > own && upper(found) === "FROM");
  return inner === -1 ? undefined : nameAt(tokens, inner + 1);
}

function nameAt(tokens: readonly Token[], from: number): string | undefined {
  let at = from;
  while (noNames.has(upper(tokens[at]) ?? "")) at++;
  const parts: string[] = [];
  for (; isName(tokens[at]?.text); at += 2) {
    parts.push(unquoted(tokens[at]?.text ?? ""));
    if (tokens[at + 1]?.text !== ".") break;
  }
  return parts.length === 0 ? undefined : parts.join(".").slice(0, maxNameUnits);
}

const isName = (text: string | undefined): boolean => text !== undefined && (isWord(text) || /^["`[]./.test(text));

const unquoted = (text: string): string => (/^["`[]/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text);
