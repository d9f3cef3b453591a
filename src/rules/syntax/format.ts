// Rules laid out in one way: what they mean, their comments, and where somebody began a line, stay. A block stays on one line where
// it was on one; conditions break where they were broken, before && and ||.
import { unitOf } from "../quantity.js";
import { readRules } from "./read-rules.js";

interface Token {
  readonly text: string;
  readonly kind: "comment" | "text" | "number" | "word" | "sign";
  /** Line ends before it. */
  readonly lines: number;
}

/** Undefined where the text has errors of syntax: then nobody knows what it means. */
export function formatRules(source: string): string | undefined {
  const limits = { nodes: Infinity, rules: Infinity };
  if (readRules(source, limits).problems.length > 0) return undefined;
  const layout = new Layout();
  const tokens = tokensOf(source);
  for (const [index, token] of tokens.entries())
    layout.put(token, tokens.slice(index + 1, index + 3), isOneLine(tokens, index));
  return layout.text();
}

const pattern =
  /(?<space>[ \t\r\n]+)|(?<comment>#[^\n]*)|(?<text>"[^"]*"|'[^']*')|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[\p{L}\p{M}\p{N}_$\u00a1-\u{10ffff}]+)|(?<sign>&&|\|\||[<>=!]=|[^\s])/gu;

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let lines = 0;
  for (const { 0: text, groups = {} } of source.matchAll(pattern)) {
    const kind = (["comment", "text", "number", "word", "sign"] as const).find((one) => groups[one] !== undefined);
    if (kind === undefined) lines += text.split("\n").length - 1;
    else {
      tokens.push({ text: kind === "comment" ? text.trimEnd() : text, kind, lines });
      lines = 0;
    }
  }
  return tokens;
}

/** Of a brace that opens: nothing up to the one that closes it begins a line. */
function isOneLine(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]?.text !== "{") return false;
  let depth = 0;
  for (let at = index + 1; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined || token.lines > 0) return false;
    if (token.text === "{") depth += 1;
    if (token.text === "}" && depth-- === 0) return true;
  }
  return false;
}

type Brace = "rule" | "block" | "line" | "object" | "round";

const operators = new Set(["*", "/", "+", "-", "<", "<=", ">", ">=", "==", "!=", "&&", "||"]);
const partWords = new Set(["when", "recover", "then"]);

class Layout {
  readonly #lines: string[] = [];
  #line = "";
  readonly #open: Brace[] = [];
  #isInRule = false;
  /** Comments do not count. */
  #before: Token | undefined;
  #twoBefore: Token | undefined;
  /** The token before is a sign before a value, not between two. */
  #isPrefix = false;
  #isAfterComment = false;

  put(token: Token, [next]: readonly Token[], isOneLine: boolean): void {
    if (token.kind === "comment") {
      this.#comment(token);
      return;
    }
    const within = this.#open.at(-1);
    const before = this.#before;
    if (token.text === "}") this.#close(within);
    else if (token.text === ";" && (within === "block" || next?.text === "}")) {
      // The end of the line, or of the block, says as much.
    } else {
      this.#breakBefore(token, within);
      this.#word(token, next);
      if (token.text === "{") this.#open.push(this.#braceOf(within, isOneLine));
      if (token.text === "(" || token.text === "[") this.#open.push("round");
      if (token.text === ")" || token.text === "]") this.#open.pop();
      if (token.text === "rule" && within === undefined) this.#isInRule = true;
      this.#isAfterComment = false;
    }
    this.#isPrefix = (token.text === "!" || token.text === "-") && (before === undefined || !endsValue(before));
    this.#twoBefore = before;
    this.#before = token;
  }

  text(): string {
    this.#end();
    return this.#lines.length === 0 ? "" : `${this.#lines.join("\n")}\n`;
  }

  #comment({ text, lines }: Token): void {
    if (lines > 0 || this.#line.trim() === "") {
      this.#end();
      this.#blank(lines);
      this.#line = this.#indent() + text;
    } else this.#line += ` ${text}`;
    this.#isAfterComment = true;
  }

  #close(within: Brace | undefined): void {
    this.#open.pop();
    const isInLine = within === "object" || within === "line";
    if (isInLine && !this.#isAfterComment) this.#line += this.#line.endsWith("{") && within === "object" ? "}" : " }";
    else {
      this.#end();
      this.#line = `${this.#indent()}${isInLine ? "    " : ""}}`;
    }
    this.#isAfterComment = false;
    if (this.#open.length === 0) this.#isInRule = false;
  }

  #braceOf(within: Brace | undefined, isOneLine: boolean): Brace {
    if (within === "round" || within === "object") return "object";
    if (this.#isInRule && within === undefined) return "rule";
    return isOneLine ? "line" : "block";
  }

  #breakBefore(token: Token, within: Brace | undefined): void {
    const before = this.#before;
    const isRule = within === undefined && (before === undefined || before.text === "}");
    const isPart = within === "rule" && partWords.has(token.text) && before?.text !== "recover" && before?.text !== ".";
    const isAction = within === "block" && [")", "{", ";"].includes(before?.text ?? "") && token.kind === "word";
    const isBroken = (token.text === "&&" || token.text === "||") && token.lines > 0;
    if (!isRule && !isPart && !isAction && !isBroken && !this.#isAfterComment) return;
    this.#end();
    if (isRule || isPart || isAction) this.#blank(token.lines);
    this.#line = this.#indent() + (isRule || isPart || isAction ? "" : "    ");
  }

  #word(token: Token, next: Token | undefined): void {
    const isStart = this.#line.trim() === "";
    this.#line += (isStart || !this.#isSpaced(token, next) ? "" : " ") + token.text;
  }

  #isSpaced({ text, kind }: Token, next: Token | undefined): boolean {
    const before = this.#before;
    if (before === undefined || this.#isPrefix) return false;
    const isUnit = kind === "word" && unitOf(text) !== undefined;
    if (before.kind === "number" && (isUnit || text === "%")) return false;
    if (text === "/" && next?.kind === "word" && unitOf(next.text) !== undefined) return false;
    if (before.text === "/" && isUnit) return false;
    if (["(", "[", "."].includes(before.text) || [")", "]", ",", ";", ":", "."].includes(text)) return false;
    if (text === "(" || text === "[") {
      if (operators.has(before.text) && before.text !== "*") return true;
      if (before.text === "*") return this.#twoBefore?.text !== ".";
      return ["when", "where", ",", "{", ":", "="].includes(before.text);
    }
    return true;
  }

  #indent(): string {
    return "  ".repeat(this.#open.filter((brace) => brace === "rule" || brace === "block").length);
  }

  #end(): void {
    if (this.#line.trim() !== "") this.#lines.push(this.#line.trimEnd());
    this.#line = "";
  }

  /** One empty line where there were some, but not behind a brace that opens. */
  #blank(lines: number): void {
    const last = this.#lines.at(-1);
    if (lines > 1 && last !== undefined && last !== "" && !last.endsWith("{")) this.#lines.push("");
  }
}

/** Behind it a minus is one between two values. */
const endsValue = ({ text, kind }: Token): boolean =>
  kind === "text" ||
  kind === "number" ||
  text === ")" ||
  text === "]" ||
  text === "%" ||
  (kind === "word" && !["when", "where"].includes(text));
