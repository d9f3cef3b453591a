// Where a value sits inside a scope: `accounts.acc_1.balance`, `entries[0].amount`, `headers["x-id"]`.
// A path is a list of steps from the scope's root; "" is the root itself. What a bracket means depends on what it
// meets: an array's or Set's position, a Map's number key, an object's property. docs/protocol.md has the grammar.
import { type Result, failed, ok } from "../base/result.js";

export type PathStep =
  /** A property of an object, or a Map entry whose key is this string. */
  | { readonly kind: "property"; readonly key: string }
  /** An array's element, a Set's member by insertion order, or a Map entry whose key is this number. */
  | { readonly kind: "number"; readonly value: number }
  /** A Map entry whose key is another primitive. */
  | { readonly kind: "primitive"; readonly value: bigint | boolean | null | undefined }
  | { readonly kind: "symbol"; readonly description: string }
  /** The value of a Map entry whose key is an object, by insertion order. */
  | { readonly kind: "entry"; readonly position: number }
  /** The key itself of such an entry. */
  | { readonly kind: "key"; readonly position: number };

export type Path = readonly PathStep[];

export interface PathError {
  readonly reason: string;
}

const identifier = /^[A-Za-z_$][\w$]*$/;
const plainNumber = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?|-?Infinity|NaN)$/i;
const words: ReadonlyMap<string, boolean | null | undefined> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
  ["undefined", undefined],
]);

/** The path as people write it; `parsePath` reads it back to the same steps. */
export function formatPath(path: Path): string {
  return path.reduce(appendStep, "");
}

/** `path` with one more step, both as text: rows and histories grow paths without keeping steps. */
export function appendStep(path: string, step: PathStep): string {
  if (step.kind !== "property") return `${path}[${formatBracket(step)}]`;
  if (!identifier.test(step.key)) return `${path}[${JSON.stringify(step.key)}]`;
  return path === "" ? step.key : `${path}.${step.key}`;
}

/** The last step alone, as a row of a tree shows it: `balance`, `0`, `"x-id"`, `10n`. */
export function formatStep(step: PathStep): string {
  if (step.kind !== "property") return formatBracket(step);
  return identifier.test(step.key) ? step.key : JSON.stringify(step.key);
}

function formatBracket(step: Exclude<PathStep, { kind: "property" }>): string {
  switch (step.kind) {
    case "number":
      return Object.is(step.value, -0) ? "0" : String(step.value);
    case "primitive":
      return typeof step.value === "bigint" ? `${step.value}n` : String(step.value);
    case "symbol":
      return `symbol ${JSON.stringify(step.description)}`;
    default:
      return `${step.kind} ${step.position}`;
  }
}

/** Reads a path. Beyond what `formatPath` writes it takes `.0` for `[0]`, a leading dot, and any word after a dot. */
export function parsePath(text: string): Result<Path, PathError> {
  const steps: PathStep[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === "[") {
      const bracket = readBracket(text, at);
      if (!bracket.ok) return bracket;
      steps.push(bracket.value.step);
      at = bracket.value.end;
    } else {
      if (char === ".") at++;
      else if (steps.length > 0) return failed({ reason: `"." or "[" expected at character ${at + 1}` });
      const end = wordEnd(text, at);
      const word = text.slice(at, end);
      if (word === "") return failed({ reason: `a name is missing at character ${at + 1}` });
      if (/["'\]]/.test(word))
        return failed({ reason: `names with quotes or brackets are written ["…"] (character ${at + 1})` });
      steps.push(/^\d+$/.test(word) ? { kind: "number", value: Number(word) } : { kind: "property", key: word });
      at = end;
    }
  }
  return ok(steps);
}

function wordEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && text[end] !== "." && text[end] !== "[") end++;
  return end;
}

type Bracket = Result<{ readonly step: PathStep; readonly end: number }, PathError>;

function readBracket(text: string, open: number): Bracket {
  const close = closingBracket(text, open);
  if (close === undefined) return failed({ reason: `the "[" at character ${open + 1} is never closed` });
  const inside = text.slice(open + 1, close).trim();
  const step = stepFromBracket(inside);
  return step === undefined
    ? failed({ reason: `[${inside}] is neither a number nor a quoted name nor a key` })
    : ok({ step, end: close + 1 });
}

/** A "]" inside a quoted name does not close. */
function closingBracket(text: string, open: number): number | undefined {
  let quote: string | undefined;
  for (let at = open + 1; at < text.length; at++) {
    const char = text[at];
    if (quote !== undefined) {
      if (char === "\\") at++;
      else if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "]") return at;
  }
  return undefined;
}

function stepFromBracket(inside: string): PathStep | undefined {
  if (plainNumber.test(inside)) return { kind: "number", value: Number(inside) + 0 };
  if (/^-?\d+n$/.test(inside)) return { kind: "primitive", value: BigInt(inside.slice(0, -1)) };
  if (words.has(inside)) return { kind: "primitive", value: words.get(inside) };
  const position = /^(entry|key) (\d{1,15})$/.exec(inside);
  if (position !== null) return { kind: position[1] === "key" ? "key" : "entry", position: Number(position[2]) };
  if (inside.startsWith("symbol ")) {
    const description = textFromQuoted(inside.slice("symbol ".length));
    return description === undefined ? undefined : { kind: "symbol", description };
  }
  const key = textFromQuoted(inside);
  return key === undefined ? undefined : { kind: "property", key };
}

/** JSON's string, or the same between single quotes. */
function textFromQuoted(quoted: string): string | undefined {
  const json = /^'(?:[^'\\]|\\.)*'$/s.test(quoted)
    ? `"${quoted.slice(1, -1).replace(/\\'/g, "'").replace(/"/g, '\\"')}"`
    : quoted;
  try {
    const text: unknown = JSON.parse(json);
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined; // the caller names the bracket in its reason
  }
}
