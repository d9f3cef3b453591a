// What became of a file when it was loaded by an earlier start of a program, kept by all that it follows from: its text and
// path, its source map where that is a file of its own, the format it was loaded as, this build of the agent and this Node.
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";

export interface Rewritten {
  readonly source: string;
  readonly format: "commonjs" | "module";
}

/** As keeper.ts does it. */
export interface KeepsTexts {
  nameOf(texts: readonly string[]): string | undefined;
  textOf(name: string): string | undefined;
  keepText(name: string, text: string): void;
}

/** The first unit of a kept text. */
const marks = { unchanged: "=", commonjs: "c", module: "m" } as const;

export class KeptRewrites {
  readonly #keeper: KeepsTexts;

  constructor(keeper: KeepsTexts) {
    this.#keeper = keeper;
  }

  /** Undefined where nothing is kept, or not of this file. */
  nameOf(source: string, path: string, format: string | undefined): string | undefined {
    const map = mapOf(source, path);
    if (map === undefined) return undefined;
    return this.#keeper.nameOf([process.version, format ?? "", path, map, source]);
  }

  find(name: string): { readonly rewritten: Rewritten | undefined } | undefined {
    const text = this.#keeper.textOf(name);
    if (text === undefined) return undefined;
    const source = text.slice(1);
    if (text.startsWith(marks.commonjs)) return { rewritten: { source, format: "commonjs" } };
    if (text.startsWith(marks.module)) return { rewritten: { source, format: "module" } };
    return text === marks.unchanged ? { rewritten: undefined } : undefined;
  }

  keep(name: string, rewritten: Rewritten | undefined): void {
    this.#keeper.keepText(name, rewritten === undefined ? marks.unchanged : marks[rewritten.format] + rewritten.source);
  }
}

const mapComment = "# sourceMappingURL=";

/** Which source map it is; "" for none, or one in the text itself; undefined for one that nobody can tell. */
function mapOf(source: string, path: string): string | undefined {
  const at = source.lastIndexOf(mapComment);
  if (at < 0) return "";
  const url = /^\S+/.exec(source.slice(at + mapComment.length))?.[0] ?? "";
  if (url.startsWith("data:")) return "";
  try {
    const { size, mtimeMs, ino } = statSync(resolve(dirname(path), url));
    return [size, mtimeMs, ino].join();
  } catch {
    return undefined;
  }
}
