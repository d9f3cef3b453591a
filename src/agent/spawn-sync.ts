// What all functions that wait for a child call in the end.
import { isObject } from "./own-data.js";

/**
 * Who runs Node with warnings of what may go some day would be warned of us, and where there are permissions it is not to be
 * had: then these are left alone.
 */
export function spawnSyncBinding(): object | undefined {
  const isWarned = (options: readonly string[]): boolean =>
    options.some((option) => /pending.deprecation/.test(option));
  if (isWarned([...process.execArgv, process.env["NODE_OPTIONS"] ?? ""])) return undefined;
  if (process.env["NODE_PENDING_DEPRECATION"] === "1") return undefined;
  try {
    const binding: unknown = Reflect.get(process, "binding");
    const found: unknown = typeof binding === "function" ? Reflect.apply(binding, process, ["spawn_sync"]) : undefined;
    return isObject(found) ? found : undefined;
  } catch {
    return undefined; // not in this version, or not allowed
  }
}
