// Source in, source that tells about its writes and calls out. Lines stay where they are; what cannot be parsed stays as it is.
import { parse } from "meriyah";
import { firstWhere } from "../../shared/base/first-where.js";
import { hasOurNames, marked } from "../function-text.js";
import { helpersName } from "../write-helpers.js";
import { Edits, type Insertion, withInsertions } from "./edits.js";
import { idleHelpersSource } from "./helpers.js";
import { type SitePosition, movedMap, tableOf } from "./sites.js";
import { type Place, type PlacedLength, originalPlaces, withMovedInlineMap } from "./source-map.js";
import { directivesOf } from "./syntax.js";
import type { FoundSite } from "./site-calls.js";
import { type FunctionCounts, type Told, WriteSites, writesOnly } from "./write-sites.js";

export interface TransformOptions {
  readonly format: "commonjs" | "module";
  /** Path of the file, as locations shall name it. */
  readonly file: string;
  /** Also give the code helpers of its own, for threads where there is no agent. */
  readonly standsAlone: boolean;
  /** Writes alone, when left out. */
  readonly told?: Told;
}

export type Transformed =
  | { readonly kind: "changed"; readonly code: string; readonly sites: number; readonly functions: FunctionCounts }
  /** Nothing to tell about, or done before. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "unreadable"; readonly reason: string };

export function transform(source: string, options: TransformOptions): Transformed {
  if (hasOurNames(source)) return { kind: "unchanged" };
  try {
    return transformed(source, options);
  } catch (error) {
    return { kind: "unreadable", reason: error instanceof Error ? error.message : String(error) };
  }
}

function transformed(source: string, { format, file, standsAlone, told = writesOnly }: TransformOptions): Transformed {
  const program = parse(source, {
    sourceType: format,
    next: true,
    ranges: true,
    webcompat: true,
    validateRegex: false,
  });
  // Behind the imports: where one of them fails, Node shows its line.
  const first = program.body.slice(directivesOf(program.body).length).find(({ type }) => type !== "ImportDeclaration");
  if (first === undefined) return { kind: "unchanged" };
  const suffix = unusedSuffix(source);
  const siteVariable = `sites${suffix}`;
  const edits = new Edits(source);
  const sites = new WriteSites(edits, suffix, siteVariable, told);
  const temporaries = sites.program(program);
  if (sites.found.length === sites.functions.skipped) return { kind: "unchanged" };
  const positions = positionsOf(source, file, sites.found);
  const lineStarts = lineStartsOf(source);
  const header = (inserted: string): Insertion => {
    const table = tableOf(positions, inserted, sites.toldFunctions);
    const announcement = `var ${siteVariable}=${helpersName}.f(${asLiteral(file)},${asLiteral(table)});`;
    const text = `${standsAlone ? idleHelpersSource : ""}${announcement}${temporaries}`;
    return { at: first.start ?? 0, text: marked(text, false) };
  };
  const hasInlineMap = source.includes("//# sourceMappingURL=data:");
  const insertions = withOneThatTells(edits.insertions(), lineStarts, (inserted) =>
    header(hasInlineMap ? `${movedMap};${inserted}` : inserted),
  );
  const applied = withInsertions(source, insertions);
  const code = hasInlineMap ? withMovedInlineMap(source, applied, placedLengths(insertions, lineStarts)) : applied;
  return { kind: "changed", code, sites: sites.found.length, functions: sites.functions };
}

/** A string literal that is one line whatever the text holds. */
const asLiteral = (text: string): string =>
  JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

function unusedSuffix(source: string): string {
  let suffix = "$h";
  for (let at = 0; source.includes(suffix); at++) suffix = `$h${at}_`;
  return suffix;
}

function positionsOf(source: string, file: string, found: readonly FoundSite[]): SitePosition[] {
  const lineStarts = lineStartsOf(source);
  const places = found.map(({ at }) => placeOf(at, lineStarts));
  const order = places.map((_, index) => index).sort((a, b) => (found[a]?.at ?? 0) - (found[b]?.at ?? 0));
  const sorted = order.flatMap((index) => places[index] ?? []);
  const originals = originalPlaces(source, file, sorted);
  const positions: SitePosition[] = places.map(({ line, column }, index) => ({
    line: line + 1,
    column: column + 1,
    functionName: found[index]?.functionName ?? "",
    file: undefined,
  }));
  originals?.forEach((original, rank) => {
    const index = order[rank];
    const position = index === undefined ? undefined : positions[index];
    if (original === undefined || index === undefined || position === undefined) return;
    const { functionName } = position;
    const isSameFile = original.file === file;
    positions[index] = {
      line: original.line + 1,
      column: original.column + 1,
      functionName,
      file: isSameFile ? undefined : original.file,
    };
  });
  return positions;
}

/** With one more, which tells of all of them, of itself as well: of its own length in so many digits whatever that is. */
function withOneThatTells(
  others: readonly Insertion[],
  lineStarts: readonly number[],
  tell: (inserted: string) => Insertion,
): readonly Insertion[] {
  const { at } = tell("");
  const before = others.filter((other) => other.at < at);
  const behind = others.slice(before.length);
  const { line, column } = placeOf(at, lineStarts);
  const [ofBefore, ofBehind] = [before, behind].map((some) => insertedText(some, lineStarts));
  const withOwn = (length: number): Insertion =>
    tell(`${ofBefore}${line} ${column} ${String(length).padStart(8, "0")};${ofBehind}`);
  return [...before, withOwn(withOwn(0).text.length), ...behind];
}

const placedLengths = (insertions: readonly Insertion[], lineStarts: readonly number[]): PlacedLength[] =>
  insertions.map(({ at, text }) => ({ ...placeOf(at, lineStarts), length: text.length }));

/** With the column of the statement where it is in the same line. */
const insertedText = (insertions: readonly Insertion[], lineStarts: readonly number[]): string =>
  insertions
    .map(({ at, text, statement }) => {
      const { line, column } = placeOf(at, lineStarts);
      const meant = statement === undefined ? undefined : placeOf(statement, lineStarts);
      return `${line} ${column} ${text.length}${meant?.line === line ? ` ${meant.column}` : ""};`;
    })
    .join("");

function lineStartsOf(source: string): number[] {
  const starts = [0];
  for (const match of source.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(match.index + match[0].length);
  return starts;
}

function placeOf(at: number, lineStarts: readonly number[]): Place {
  const line = firstWhere(lineStarts.length, (next) => (lineStarts[next] ?? 0) > at) - 1;
  return { line, column: at - (lineStarts[line] ?? 0) };
}
