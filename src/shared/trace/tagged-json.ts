// Captured values as plain JSON, for the command line, the window and tests; docs/protocol.md, "Values as JSON".
// What JSON cannot say is an object with "$type". An object met a second time is a ref to the path where it was
// met first, so aliases and cycles survive. live-json.ts writes the same for a live value: change both together.
import { unreachable } from "../base/unreachable.js";
import { appendStep } from "./path.js";
import { stepOfMapEntry } from "./slots.js";
import { type CapturedValue, type Entry, type ObjectContents, type ObjectId, propertiesNotCaptured } from "./value.js";

export type TaggedJson =
  string | number | boolean | null | readonly TaggedJson[] | { readonly [key: string]: TaggedJson };

/** Values nested deeper are not printed: readers of JSON recurse, too. */
const maxDepth = 1000;

/**
 * `contentsOf` gives what an object holds, `undefined` when that never reached the recording. Objects met after
 * `maxObjects` others are printed as too large.
 */
export function taggedJson(
  value: CapturedValue,
  contentsOf: (id: ObjectId) => ObjectContents | undefined,
  maxObjects = Number.POSITIVE_INFINITY,
): TaggedJson {
  const firstPaths = new Map<ObjectId, string>();

  function convert(value: CapturedValue, path: string, depth: number): TaggedJson {
    switch (value.kind) {
      case "primitive":
        return jsonFromPrimitive(value.value);
      case "symbol":
        return { $type: "symbol", description: value.description };
      case "hole":
        return { $type: "hole" };
      case "cut":
        return { $type: "cut", start: value.start, length: value.length };
      case "unavailable":
        return { $type: "unavailable", because: value.because, what: value.what };
      case "object": {
        const first = firstPaths.get(value.id);
        if (first !== undefined) return { $type: "ref", path: first };
        const contents = contentsOf(value.id);
        if (contents === undefined) return { $type: "unavailable", because: "not-recorded", what: "object" };
        if (contents.kind === "opaque") return { $type: "unavailable", because: "opaque", what: contents.className };
        if (firstPaths.size >= maxObjects)
          return { $type: "unavailable", because: "too-large", what: contents.className };
        if (depth > maxDepth) return { $type: "unavailable", because: "too-large", what: "nested too deeply" };
        firstPaths.set(value.id, path);
        return convertContents(contents, path, depth + 1);
      }
      default:
        return unreachable(value);
    }
  }

  function convertContents(
    contents: Exclude<ObjectContents, { kind: "opaque" }>,
    path: string,
    depth: number,
  ): TaggedJson {
    // Only an object's path is ever printed.
    const convertEntries = (entries: readonly Entry[]): (readonly [string, TaggedJson])[] =>
      entries.map(([key, item]) => [
        key,
        convert(item, item.kind === "object" ? appendStep(path, { kind: "property", key }) : "", depth),
      ]);
    const convertList = (items: readonly CapturedValue[]): TaggedJson[] =>
      items.map((item, index) => convert(item, item.kind === "object" ? `${path}[${index}]` : "", depth));
    const { className } = contents;
    const unseen: Readonly<Record<string, TaggedJson>> = className.endsWith(propertiesNotCaptured)
      ? { properties: unseenProperties }
      : {};
    switch (contents.kind) {
      case "object":
        return jsonFromEntries(convertEntries(contents.entries));
      case "error":
        return { $type: "error", className: contents.className, properties: convertEntries(contents.entries) };
      case "array": {
        const elements = convertList(contents.elements);
        if (contents.entries.length === 0) return elements;
        return { $type: "array", elements, properties: convertEntries(contents.entries) };
      }
      case "map":
        return {
          $type: "Map",
          entries: contents.pairs.map(([key, item], position) => [
            convert(key, key.kind === "object" ? `${path}[key ${position}]` : "", depth),
            convert(item, item.kind === "object" ? appendStep(path, stepOfMapEntry(key, position)) : "", depth),
          ]),
          ...unseen,
        };
      case "set":
        return { $type: "Set", values: convertList(contents.members), ...unseen };
      case "date":
        return {
          $type: "Date",
          value: Number.isNaN(contents.timeMs) ? null : new Date(contents.timeMs).toISOString(),
          ...unseen,
        };
      case "bytes":
        return {
          $type: "bytes",
          className: contents.className,
          hex: hexFromBytes(contents.bytes),
          length: contents.length,
          ...unseen,
        };
      default:
        return unreachable(contents);
    }
  }

  return convert(value, "", 0);
}

const unseenProperties = { $type: "unavailable", because: "not-recorded", what: "own properties" } as const;

function jsonFromPrimitive(value: string | number | boolean | bigint | null | undefined): TaggedJson {
  if (typeof value === "bigint") return { $type: "bigint", value: String(value) };
  if (value === undefined) return { $type: "undefined" };
  if (typeof value !== "number") return value;
  if (Object.is(value, -0)) return { $type: "number", value: "-0" };
  return Number.isFinite(value) ? value : { $type: "number", value: String(value) };
}

/** A program's own "$type" must not look like ours; "__proto__" is a key that readers of JSON stumble over. */
function jsonFromEntries(entries: readonly (readonly [string, TaggedJson])[]): TaggedJson {
  const isPlain = entries.every(([key]) => key !== "$type" && key !== "__proto__");
  return isPlain ? Object.fromEntries(entries) : { $type: "object", properties: entries };
}

function hexFromBytes(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}
