// Node's inspector, where this Node was built with one.
import { createRequire } from "node:module";

export type Inspector = typeof import("node:inspector");

/** Undefined where there is none, or nobody may use it. */
export function nodeInspector(): Inspector | undefined {
  try {
    const found: unknown = createRequire(process.execPath)("node:inspector");
    return isInspector(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

const isInspector = (found: unknown): found is Inspector =>
  typeof found === "object" && found !== null && "Session" in found && "url" in found;
