// CommonJS: every file is compiled by `Module.prototype._compile` and found by `Module._resolveFilename`, whoever loads it
// (Node, tsx, ts-node). Neither is documented; every tool of this kind has relied on both for a decade.
import module from "node:module";
import { givingResult, replaceWithoutFrame } from "../patch.js";
import { isNotFound, packageName } from "./api-resolution.js";
import type { Rewrite } from "./rewrite.js";

/** Both return what undoes them. */
export function hookCommonJsCompile(
  rewrite: Rewrite,
  seen: (text: string, format: string | undefined) => void,
): () => void {
  return replaceWithoutFrame(module.prototype, "_compile", (original) => (_module, given) => {
    const [content, filename, format] = given;
    if (typeof content !== "string" || typeof filename !== "string") return original;
    const stated = typeof format === "string" ? format : undefined;
    seen(content, stated);
    const rewritten = rewrite(content, filename, stated);
    if (rewritten === undefined) return original;
    given[0] = rewritten.source;
    if (format !== undefined) given[2] = rewritten.format;
    return original;
  });
}

/** `found` is told each file that is about to be loaded, where somebody wants to know. */
export function hookCommonJsResolution(entry: string, found: ((file: unknown) => void) | undefined): () => void {
  return replaceWithoutFrame(module, "_resolveFilename", (original) => {
    const choose = found === undefined ? () => original : givingResult(original, found);
    const resolveOurs = function (this: unknown, ...given: unknown[]): unknown {
      try {
        return Reflect.apply(original, this, given);
      } catch (error) {
        if (isNotFound(error)) return entry;
        throw error;
      }
    };
    return (self, given) => (given[0] === packageName ? resolveOurs : choose(self, given));
  });
}
