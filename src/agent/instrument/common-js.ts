// CommonJS: every file is compiled by `Module.prototype._compile` and found by `Module._resolveFilename`, whoever loads it
// (Node, tsx, ts-node). Neither is documented; every tool of this kind has relied on both for a decade.
import module from "node:module";
import { replaceInOneFrame } from "../patch.js";
import { isNotFound, packageName } from "./api-resolution.js";
import type { Rewrite } from "./rewrite.js";

/** Both return what undoes them. */
export function hookCommonJsCompile(
  rewrite: Rewrite,
  seen: (text: string, format: string | undefined) => void,
): () => void {
  return replaceInOneFrame(module.prototype, "_compile", (original, isOn) => {
    return function _compile(...given) {
      const [content, filename, format, ...rest] = given;
      const isFile = isOn() && typeof content === "string" && typeof filename === "string";
      const stated = typeof format === "string" ? format : undefined;
      if (isFile) seen(content, stated);
      const rewritten = isFile ? rewrite(content, filename, stated) : undefined;
      if (rewritten === undefined) return Reflect.apply(original, this, given);
      const third = given.length < 3 ? [] : [format === undefined ? format : rewritten.format];
      return Reflect.apply(original, this, [rewritten.source, filename, ...third, ...rest]);
    };
  });
}

/** `found` is told each file that is about to be loaded. */
export function hookCommonJsResolution(entry: string, found: (file: unknown) => void): () => void {
  return replaceInOneFrame(module, "_resolveFilename", (original, isOn) => {
    return function _resolveFilename(...given) {
      if (!isOn()) return Reflect.apply(original, this, given);
      if (given[0] !== packageName) {
        const file = Reflect.apply(original, this, given);
        found(file);
        return file;
      }
      try {
        return Reflect.apply(original, this, given);
      } catch (error) {
        if (isNotFound(error)) return entry;
        throw error;
      }
    };
  });
}
