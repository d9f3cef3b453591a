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
  return { mappings, sources: sources.map((entry: unknown) => pathOf(String(entry), root, base)) };
}

function pathOf(entry: string, root: string, base: string): string {
  const path = entry.startsWith("file:") ? fileURLToPath(entry) : entry;
  if (isAbsolute(path)) return path;
  return resolve(dirname(base), root.startsWith("file:") ? fileURLToPath(root) : root, path);
}

const digits = new Int8Array(128).fill(-1);
for (const [value, digit] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries())
  digits[digit.charCodeAt(0)] = value;

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

const isSegmentEnd = (char: number): boolean => Number.isNaN(char) || char === 44 || char === 59;
