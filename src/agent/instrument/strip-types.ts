// TypeScript that Node itself would strip: the same stripping, earlier. Positions stay, since types become blanks.
import module from "node:module";
import { pathToFileURL } from "node:url";

/** By what Node calls such a file in stacks. */
export const nameOfStripped = (path: string, isModule: boolean): string =>
  isModule || Number.parseInt(process.versions.node) >= 24 ? pathToFileURL(path).href : path;

/** Undefined when this Node cannot, or the file needs more than stripping: it then takes its usual way. */
export function stripTypes(source: string, sourceUrl: string): string | undefined {
  const strip: unknown = Reflect.get(module, "stripTypeScriptTypes");
  if (typeof strip !== "function") return undefined;
  const emitWarning = process.emitWarning;
  try {
    // Node warns that the function is experimental; the program did not call it.
    process.emitWarning = () => undefined;
    const stripped: unknown = Reflect.apply(strip, module, [source, { sourceUrl }]);
    return typeof stripped === "string" ? stripped : undefined;
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
