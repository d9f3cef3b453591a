// CommonJS: every file is compiled by `Module.prototype._compile` and found by `Module._resolveFilename`, whoever loads it
// (Node, tsx, ts-node). Neither is documented; every tool of this kind has relied on both for a decade.
import module from "node:module";
import { isNotFound, packageName } from "./api-resolution.js";
import type { Rewrite } from "./rewrite.js";

type Method = (this: unknown, ...given: unknown[]) => unknown;

/** Both return what undoes them. */
export function hookCommonJsCompile(rewrite: Rewrite): () => void {
  return replaceMethod(
    module.prototype,
    "_compile",
    (original) =>
      function _compile(...given) {
        const [content, filename, format, ...rest] = given;
        const isFile = typeof content === "string" && typeof filename === "string";
        const rewritten = isFile
          ? rewrite(content, filename, typeof format === "string" ? format : undefined)
          : undefined;
        if (rewritten === undefined) return Reflect.apply(original, this, given);
        const stated = given.length < 3 ? [] : [format === undefined ? format : rewritten.format];
        return Reflect.apply(original, this, [rewritten.source, filename, ...stated, ...rest]);
      },
  );
}

export function hookCommonJsResolution(entry: string): () => void {
  return replaceMethod(
    module,
    "_resolveFilename",
    (original) =>
      function _resolveFilename(...given) {
        if (given[0] !== packageName) return Reflect.apply(original, this, given);
        try {
          return Reflect.apply(original, this, given);
        } catch (error) {
          if (isNotFound(error)) return entry;
          throw error;
        }
      },
  );
}

/** Undoing puts the original back, or lets ours only pass through when others have built on it since. */
function replaceMethod(owner: object, name: string, replacementFor: (original: Method) => Method): () => void {
  const found: unknown = Reflect.get(owner, name);
  if (typeof found !== "function") return () => undefined;
  const original: Method = function (...given) {
    return Reflect.apply(found, this, given);
  };
  const replacement = replacementFor(original);
  let isOn = true;
  const own: Method = function (...given) {
    return Reflect.apply(isOn ? replacement : found, this, given);
  };
  Reflect.set(owner, name, own);
  return () => {
    isOn = false;
    if (Reflect.get(owner, name) === own) Reflect.set(owner, name, found);
  };
}
