// Node's inspector, where this Node was built with one.
import { createRequire } from "node:module";

export type Inspector = typeof import("node:inspector");

/** Undefined where there is none, or nobody may use it. */
export function nodeInspector(): Inspector | undefined {
  // Node makes none for the process of its test runner, and ends it when a thread asks for it all the same.
  if (process.execArgv.includes("--test")) return undefined;
  try {
    const found: unknown = createRequire(process.execPath)("node:inspector");
    return isInspector(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

const isInspector = (found: unknown): found is Inspector =>
  typeof found === "object" && found !== null && "Session" in found && "url" in found;
