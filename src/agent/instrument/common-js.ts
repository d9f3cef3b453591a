// CommonJS: every file is compiled by `Module.prototype._compile` and found by `Module._resolveFilename`, whoever loads it
// (Node, tsx, ts-node). Neither is documented; every tool of this kind has relied on both for a decade.
import module from "node:module";
import { replaceInOneFrame } from "../patch.js";
import { isNotFound, packageName } from "./api-resolution.js";
import type { Rewrite } from "./rewrite.js";

/** Both return what undoes them. */
export function hookCommonJsCompile(rewrite: Rewrite): () => void {
  return replaceInOneFrame(module.prototype, "_compile", (original, isOn) => {
    return function _compile(...given) {
      const [content, filename, format, ...rest] = given;
      const isFile = isOn() && typeof content === "string" && typeof filename === "string";
      const rewritten = isFile
        ? rewrite(content, filename, typeof format === "string" ? format : undefined)
        : undefined;
      if (rewritten === undefined) return Reflect.apply(original, this, given);
      const stated = given.length < 3 ? [] : [format === undefined ? format : rewritten.format];
      return Reflect.apply(original, this, [rewritten.source, filename, ...stated, ...rest]);
    };
  });
}

export function hookCommonJsResolution(entry: string): () => void {
  return replaceInOneFrame(module, "_resolveFilename", (original, isOn) => {
    return function _resolveFilename(...given) {
      if (given[0] !== packageName || !isOn()) return Reflect.apply(original, this, given);
      try {
        return Reflect.apply(original, this, given);
      } catch (error) {
        if (isNotFound(error)) return entry;
        throw error;
      }
    };
  });
}
