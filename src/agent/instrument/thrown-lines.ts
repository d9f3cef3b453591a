// Where an error was thrown that nobody caught, as Node shows it above the stack: the line as it was written, and the place in it.
// Only lines in which something was inserted are told of; all others Node shows as they were written anyway.
import { type ESTree, parse } from "meriyah";
import { withoutInsertions } from "../function-text.js";
import { pathOfFile } from "./selection.js";
import type { SiteRegistry } from "./sites.js";
import { forEachChild, isMember } from "./syntax.js";

export interface ThrownLine {
  /** As V8 names it. */
  readonly file: string;
  /** Counted from one. */
  readonly line: number;
  /** Counted from zero. */
  readonly column: number;
  readonly text: string;
}

/** `running`: the text of a file as it was rewritten. Undefined where Node shows what was written, and where nobody can tell. */
export function thrownLine(
  stack: string,
  isRejection: boolean,
  sites: SiteRegistry,
  running: (path: string) => string | undefined,
): ThrownLine | undefined {
  const frames = framesOf(stack);
  const top = frames.find(({ isBuiltIn }) => !isBuiltIn);
  const sources = new Map<string, Source | undefined>();
  const sourceOf = (file: string): Source | undefined => {
    if (!sources.has(file)) {
      const path = pathOfFile(file);
      const code = sites.has(path) ? running(path) : undefined;
      sources.set(file, code === undefined ? undefined : new Source(withoutInsertions(code), file.startsWith("file:")));
    }
    return sources.get(file);
  };
  const source = top && sourceOf(top.file);
  if (top === undefined || source === undefined) return undefined;
  // Of a rejection Node shows the place of the error itself.
  const at = isRejection
    ? source.offsetOf(top)
    : frames.some((frame) => sourceOf(frame.file)?.isCaughtAt(frame) === true)
      ? undefined
      : source.placeThrown(top, stack, frames[0]);
  if (at === undefined) return undefined;
  const { line, column, text } = source.lineAt(at);
  return sites.hasInserted(pathOfFile(top.file), line) ? { file: top.file, line, column, text } : undefined;
}

interface Frame {
  readonly text: string;
  readonly isBuiltIn: boolean;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function framesOf(stack: string): readonly Frame[] {
  const lines = stack.split("\n");
  const last = lines.findLastIndex((line) => !line.startsWith("    at "));
  return lines.slice(last + 1).map((text) => {
    const isBuiltIn = /<anonymous>\)?$|\(index \d+\)$/.test(text);
    const found = /(?:\(|^ {4}at (?:async )?)((?:file:\/\/|[A-Za-z]:|\/)[^(]*):(\d+):(\d+)\)?$/.exec(text);
    const [, file = "", line, column] = found ?? [];
    return { text, isBuiltIn, file, line: Number(line), column: Number(column) - 1 };
  });
}

class Source {
  readonly #text: string;
  readonly #lineStarts: readonly number[];
  readonly #program: ESTree.Program;

  constructor(text: string, isModule: boolean) {
    const options = { next: true, ranges: true, webcompat: true, validateRegex: false } as const;
    this.#text = text;
    this.#lineStarts = [0, ...Array.from(text.matchAll(lineEnds), ({ index, 0: end }) => index + end.length)];
    const program = (sourceType: "module" | "commonjs"): ESTree.Program => parse(text, { ...options, sourceType });
    try {
      this.#program = program(isModule ? "module" : "commonjs");
    } catch {
      // CommonJS whose types Node stripped is called by its address, too.
      this.#program = program("commonjs");
    }
  }

  offsetOf({ line, column }: Frame): number {
    return (this.#lineStarts[line - 1] ?? 0) + column;
  }

  lineAt(offset: number): { readonly line: number; readonly column: number; readonly text: string } {
    const line = this.#lineStarts.findLastIndex((start) => start <= offset) + 1;
    const start = this.#lineStarts[line - 1] ?? 0;
    const text = this.#text.slice(start, this.#lineStarts[line]).replace(lineEnds, "");
    return { line, column: offset - start, text };
  }

  /** Whatever came by here was thrown once more, by who caught it. */
  isCaughtAt(frame: Frame): boolean {
    let isCaught = false;
    this.#around(this.offsetOf(frame), (node, at) => {
      if (isFunction(node)) isCaught = false;
      else if (node.type === "TryStatement" && node.handler && at < (node.block.end ?? 0)) isCaught = true;
    });
    return isCaught;
  }

  /**
   * An error that is made in a statement that throws is thrown there; one that is made elsewhere, or by what is called, who knows
   * where; any other that comes out of an expression was thrown by that. Texts that are read as JSON are a source of their own.
   */
  placeThrown(top: Frame, stack: string, first: Frame | undefined): number | undefined {
    const place = this.offsetOf(top);
    let statement: ESTree.Node | undefined;
    let isCall = false;
    this.#around(place, (node) => {
      if (isFunction(node)) [statement, isCall] = [undefined, false];
      else if (node.type === "ThrowStatement") statement = node;
      else if (node.type === "NewExpression") isCall ||= node.start === place;
      else if (node.type === "CallExpression")
        isCall ||= node.callee.start === place || (isMember(node.callee) && node.callee.property.start === place);
    });
    if (/^ {4}at JSON\.parse /.test(first?.text ?? "")) return undefined;
    const isOfCall =
      first?.isBuiltIn === true || /^TypeError: [^\n]* is not (?:a function|a constructor|iterable)/.test(stack);
    return isCall && !isOfCall ? statement?.start : place;
  }

  /** What is around a place, outermost first. */
  #around(at: number, seen: (node: ESTree.Node, at: number) => void): void {
    const visit = (node: ESTree.Node): void => {
      if ((node.start ?? 0) > at || (node.end ?? 0) <= at) return;
      seen(node, at);
      forEachChild(node, visit);
    };
    visit(this.#program);
  }
}

const lineEnds = /\r\n|[\n\r\u2028\u2029]/g;

const isFunction = ({ type }: ESTree.Node): boolean => /Function|^StaticBlock$|^PropertyDefinition$/.test(type);
