// What every hook does with a file it sees: is it ours to change, is it JavaScript by now, and what becomes of it.
import { types } from "node:util";
import type { KeptRewrites, Rewritten } from "./kept-rewrites.js";
import { nameOfStripped, stripTypes } from "./strip-types.js";
import type { Selection } from "./selection.js";
import { transform } from "./transform.js";
import { type Told, writesOnly } from "./write-sites.js";

export interface RewriteOptions {
  readonly isSelected: Selection;
  /** The rewritten code may run in threads without an agent. */
  readonly standsAlone: boolean;
  /** A selected file that could not be read as JavaScript and runs as it is. */
  readonly noteUnreadable: (file: string, reason: string) => void;
  /** What became of files when they were loaded earlier. */
  readonly kept?: KeptRewrites;
  /** Writes alone, when left out. */
  readonly told?: Told;
  /** Of a file, the names of functions whose statements are told of. */
  readonly linesIn?: ((path: string) => readonly string[] | undefined) | undefined;
}

/** Formats as Node names them; undefined where Node decides by trying. */
export type Rewrite = (source: string, path: string, format: string | undefined) => Rewritten | undefined;

export function rewriterOf({
  isSelected,
  standsAlone,
  noteUnreadable,
  kept,
  told = writesOnly,
  linesIn,
}: RewriteOptions): Rewrite {
  return (source, path, format) => {
    if (format !== undefined && !knownFormats.has(format)) return undefined;
    if (!isSelected(path)) return undefined;
    const lines = linesIn?.(path);
    const name = kept?.nameOf(
      source,
      path,
      `${format ?? ""}${told.writes ? " writes" : ""}${told.calls ? " calls" : ""} ${(told.state ?? []).join()} ${lines?.join() ?? ""}`,
    );
    const earlier = name === undefined ? undefined : kept?.find(name);
    if (earlier !== undefined) return earlier.rewritten;
    const rewritten = rewriteAnew(source, path, format, lines);
    if (rewritten !== "unreadable" && name !== undefined) kept?.keep(name, rewritten);
    return rewritten === "unreadable" ? undefined : rewritten;
  };

  function rewriteAnew(
    source: string,
    path: string,
    format: string | undefined,
    lines: Told["lines"],
  ): Rewritten | undefined | "unreadable" {
    const isTypeScript = format?.endsWith("typescript") === true;
    const goal = format === "module" || format === "module-typescript" ? "module" : "commonjs";
    const code = isTypeScript ? stripTypes(source, nameOfStripped(path, goal === "module")) : source;
    if (code === undefined) return "unreadable";
    const result = transform(code, { format: goal, file: path, standsAlone, told: { ...told, lines } });
    if (result.kind === "changed") return { source: result.code, format: goal };
    if (result.kind === "unreadable" && !isModuleInDisguise(code, path, goal) && !isForACompiler(path, isTypeScript))
      noteUnreadable(path, result.reason);
    return result.kind === "unreadable" ? result.kind : undefined;
  }
}

const knownFormats: ReadonlySet<string> = new Set([
  "commonjs",
  "module",
  "typescript",
  "commonjs-typescript",
  "module-typescript",
]);

/** Node tries a file of no declared kind as CommonJS first, and comes back with it as a module. */
const isModuleInDisguise = (code: string, file: string, goal: string): boolean =>
  goal === "commonjs" && transform(code, { format: "module", file, standsAlone: false }).kind !== "unreadable";

/** A loader that compiles it has yet to see it, and we see it again after that. */
const isForACompiler = (path: string, isStripped: boolean): boolean => !isStripped && /\.(?:[cm]?tsx?|jsx)$/.test(path);

const decoder = new TextDecoder();
const { decode } = decoder;
const decoded = (bytes: Uint8Array): string => Reflect.apply(decode, decoder, [bytes]);

/** Source as hooks pass it on; undefined when there is none. */
export function textOf(source: unknown): string | undefined {
  if (typeof source === "string") return source;
  // Not by `instanceof`: the agent's ArrayBuffer is not the program's.
  if (types.isArrayBuffer(source)) return decoded(new Uint8Array(source));
  if (!ArrayBuffer.isView(source)) return undefined;
  return decoded(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
}
