// Where a place of a loaded file was written, for files a compiler made: reads the source map named by the file's
// `sourceMappingURL` comment, inline or a file beside it. A map that cannot be read is as good as none.
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Zero-based, as source maps count. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface OriginalPlace extends Place {
  readonly file: string;
}

interface RawMap {
  readonly sources: readonly string[];
  /** As many, where the map brings them. */
  readonly texts: readonly unknown[];
  readonly mappings: string;
}

const maxMapBytes = 64 * 1024 * 1024;

/** The original places of `places`, which must be in ascending order; undefined where the map says nothing. */
export function originalPlaces(
  source: string,
  file: string,
  places: readonly Place[],
): readonly (OriginalPlace | undefined)[] | undefined {
  if (places.length === 0) return undefined;
  const map = mapOf(source, file);
  return map === undefined ? undefined : lookedUp(map, places);
}

/** Texts of originals that the source's map brings, by path; undefined where it names no map that can be read. */
export function originalTexts(source: string, file: string): ReadonlyMap<string, string> | undefined {
  const map = mapOf(source, file);
  return (
    map &&
    new Map(
      map.sources.flatMap((path, at): [string, string][] => {
        const text = map.texts[at];
        return typeof text === "string" ? [[path, text]] : [];
      }),
    )
  );
}

function mapOf(source: string, file: string): RawMap | undefined {
  const at = Math.max(source.lastIndexOf("//# sourceMappingURL="), source.lastIndexOf("/*# sourceMappingURL="));
  if (at < 0) return undefined;
  const url = /^\S+/.exec(source.slice(at + "//# sourceMappingURL=".length))?.[0] ?? "";
  try {
    const [json, base] = url.startsWith("data:") ? [fromDataUrl(url), file] : fromFile(resolve(dirname(file), url));
    return rawMapFrom(JSON.parse(json), base);
  } catch {
    return undefined;
  }
}

function fromDataUrl(url: string): string {
  const comma = url.indexOf(",");
  const body = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(";base64") ? Buffer.from(body, "base64").toString() : decodeURIComponent(body);
}

function fromFile(path: string): readonly [string, string] {
  const bytes = readFileSync(path);
  if (bytes.length > maxMapBytes) throw new Error("source map too large");
  return [bytes.toString(), path];
}

function rawMapFrom(json: unknown, base: string): RawMap | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const mappings = "mappings" in json ? json.mappings : undefined;
  const sources = "sources" in json ? json.sources : undefined;
  const root = "sourceRoot" in json && typeof json.sourceRoot === "string" ? json.sourceRoot : "";
  if (typeof mappings !== "string" || !Array.isArray(sources)) return undefined;
  const texts: unknown = "sourcesContent" in json ? json.sourcesContent : undefined;
  const given: readonly unknown[] = Array.isArray(texts) ? texts : [];
  return { mappings, texts: given, sources: sources.map((entry: unknown) => pathOf(String(entry), root, base)) };
}

function pathOf(entry: string, root: string, base: string): string {
  const path = entry.startsWith("file:") ? fileURLToPath(entry) : entry;
  if (isAbsolute(path)) return path;
  return resolve(dirname(base), root.startsWith("file:") ? fileURLToPath(root) : root, path);
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const digits = new Int8Array(128).fill(-1);
for (let value = 0; value < 64; value++) digits[alphabet.charCodeAt(value)] = value;

/** One pass over the mappings: segments are (column, source, line, column, name) as differences, in base-64 VLQ. */
function lookedUp({ mappings, sources }: RawMap, places: readonly Place[]): (OriginalPlace | undefined)[] {
  const found: (OriginalPlace | undefined)[] = [];
  let [line, column, sourceIndex, originalLine, originalColumn] = [0, 0, 0, 0, 0];
  let best: OriginalPlace | undefined;
  let at = 0;
  const number = (): number => {
    let value = 0;
    let shift = 0;
    for (;;) {
      const digit = digits[mappings.charCodeAt(at++)] ?? -1;
      if (digit < 0) throw new Error("bad source map");
      value |= (digit & 31) << shift;
      if ((digit & 32) === 0) return value & 1 ? -(value >>> 1) : value >>> 1;
      shift += 5;
    }
  };
  const isBeforeSegment = (place: Place | undefined): boolean =>
    place !== undefined && (place.line < line || (place.line === line && place.column < column));
  while (at < mappings.length && found.length < places.length) {
    const char = mappings.charCodeAt(at);
    if (char === 59) {
      while (places[found.length]?.line === line) found.push(best);
      line++;
      column = 0;
      best = undefined;
      at++;
    } else if (char === 44) {
      at++;
    } else {
      column += number();
      while (isBeforeSegment(places[found.length])) found.push(best);
      best = undefined;
      if (isSegmentEnd(mappings.charCodeAt(at))) continue;
      sourceIndex += number();
      originalLine += number();
      originalColumn += number();
      if (!isSegmentEnd(mappings.charCodeAt(at))) number();
      const file = sources[sourceIndex];
      if (file !== undefined) best = { file, line: originalLine, column: originalColumn };
    }
  }
  while (places[found.length]?.line === line) found.push(best);
  return found;
}

/** So much text was inserted before a column of a line. Ascending by line, then column. */
export interface PlacedLength extends Place {
  readonly length: number;
}

/** The source with its inline map, if it has one, moved along with the insertions: stack traces go through it. */
export function withMovedInlineMap(source: string, code: string, insertions: readonly PlacedLength[]): string {
  const mark = "//# sourceMappingURL=data:";
  const at = source.lastIndexOf(mark);
  const inCode = code.lastIndexOf(mark);
  if (at < 0 || inCode < 0) return code;
  const url = /^\S+/.exec(source.slice(at + mark.length - "data:".length))?.[0] ?? "";
  try {
    const map: unknown = JSON.parse(fromDataUrl(url));
    if (typeof map !== "object" || map === null || !("mappings" in map) || typeof map.mappings !== "string")
      return code;
    const moved = JSON.stringify({ ...map, mappings: movedMappings(map.mappings, insertions) });
    const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(moved).toString("base64")}`;
    return code.slice(0, inCode) + comment + code.slice(inCode + "//# sourceMappingURL=".length + url.length);
  } catch {
    return code;
  }
}

function movedMappings(mappings: string, insertions: readonly PlacedLength[]): string {
  let next = 0;
  return mappings
    .split(";")
    .map((line, number) => {
      let column = 0;
      let movedBefore = 0;
      let moved = 0;
      const segments = line === "" ? [] : line.split(",");
      const result = segments.map((segment) => {
        const [step, used] = firstNumber(segment);
        column += step;
        for (;;) {
          const insertion = insertions[next];
          if (insertion === undefined || insertion.line > number) break;
          if (insertion.line === number && insertion.column > column) break;
          if (insertion.line === number) moved += insertion.length;
          next++;
        }
        const text = vlq(step + moved - movedBefore) + segment.slice(used);
        movedBefore = moved;
        return text;
      });
      return result.join(",");
    })
    .join(";");
}

function firstNumber(segment: string): readonly [value: number, used: number] {
  let value = 0;
  for (let at = 0; at < segment.length; at++) {
    const digit = digits[segment.charCodeAt(at)] ?? -1;
    if (digit < 0) throw new Error("bad source map");
    value |= (digit & 31) << (5 * at);
    if ((digit & 32) === 0) return [value & 1 ? -(value >>> 1) : value >>> 1, at + 1];
  }
  throw new Error("bad source map");
}

function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += alphabet.charAt(rest > 0 ? digit | 32 : digit);
  } while (rest > 0);
  return text;
}

const isSegmentEnd = (char: number): boolean => Number.isNaN(char) || char === 44 || char === 59;
