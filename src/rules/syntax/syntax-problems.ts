// What the parser's error nodes mean to a person: what is missing, or what stands where it cannot. One problem for each
// stretch that is not understood, and no more than a person reads.
import type { SyntaxNode, Tree } from "@lezer/common";
import { type Problem, didYouMean, nearest } from "../problem.js";

const mostShown = 30;

/** The first of each rule: what comes after it in the same rule is mostly its consequence. */
export function syntaxProblems(tree: Tree, source: string): Problem[] {
  const problems: Problem[] = [];
  let isAfterError = false;
  for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
    if (node.name === "Comment") continue;
    const error = firstError(node);
    // What recovery made of the rest of a broken rule begins with no word that a rule begins with.
    const isDebris = node.type.isError || !beginsItself(node);
    if (error !== undefined && !(isDebris && isAfterError)) problems.push(problemOf(error, source));
    isAfterError = error !== undefined;
  }
  return problems;
}

const beginsItself = (node: SyntaxNode): boolean => node.firstChild !== null && !node.firstChild.type.isError;

export function firstError(node: SyntaxNode): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  node.cursor().iterate((at) => {
    if (at.type.isError) found ??= at.node;
    return found === undefined;
  });
  return found;
}

/** A place between two tokens: nothing is there. */
const at = (offset: number, message: string): Problem => ({ from: offset, to: offset, severity: "error", message });

function problemOf(node: SyntaxNode, source: string): Problem {
  const skipped = source.slice(node.from, node.to);
  const opening = /^["']/.exec(skipped)?.[0];
  if (opening !== undefined && !skipped.slice(1).includes(opening))
    return { from: node.from, to: source.length, severity: "error", message: `this text has no closing ${opening}` };
  return node.from < node.to ? unexpected(node, skipped) : missing(node, source);
}

const topWords = ["when", "rule"];
const bodyWords = ["when", "recover", "then"];

function unexpected(node: SyntaxNode, skipped: string): Problem {
  const before = previous(node);
  if (before?.name === "when")
    return at(node.from, `a condition is missing after when, before "${shortened(skipped)}"`);
  if (before?.name === "ClauseName") return at(before.from, `{ is missing here, before what is done`);
  const place = { from: node.from, to: node.to, severity: "error" as const };
  const word = /^[A-Za-z_]\w*/.exec(skipped)?.[0];
  const isTop = node.parent?.name === "RuleFile";
  const words = isTop ? topWords : node.parent?.name === "RuleBody" ? bodyWords : [];
  const meant = word === undefined || word !== skipped ? undefined : nearest(word, words);
  if (meant !== undefined)
    return { ...place, message: `"${skipped}" is no word of rules${didYouMean(meant)}`, fix: meant };
  if (skipped === "=") return { ...place, message: `"=" is not expected here; == compares`, fix: "==" };
  if (skipped === "&" || skipped === "|")
    return {
      ...place,
      message: `"${skipped}" is not expected here${didYouMean(skipped.repeat(2))}`,
      fix: skipped.repeat(2),
    };
  const end = isTop ? "; a rule begins with when or rule" : "";
  return { ...place, message: `"${shortened(skipped)}" is not expected here${end}` };
}

function missing(node: SyntaxNode, source: string): Problem {
  const before = previous(node);
  const found = tokenAt(source, node.to);
  const parent = node.parent?.name ?? "";
  if (before?.name.endsWith("Operator") === true)
    return at(node.from, `a value is missing after ${source.slice(before.from, before.to)}, before ${found}`);
  if (before?.name === "when") return at(node.from, `a condition is missing after when, before ${found}`);
  const isBeginning = before === null && (parent === "ShortRule" || parent === "NamedRule");
  const typo = parent === "When" ? bodyWords : isBeginning ? topWords : [];
  const [word = ""] = /^\w+/.exec(source.slice(node.to, node.to + 100)) ?? [];
  const meant = nearest(word, typo);
  if (meant !== undefined) {
    const message = `"${word}" is no word of rules${didYouMean(meant)}`;
    return { from: node.from, to: node.from + word.length, severity: "error", message, fix: meant };
  }
  switch (parent) {
    case "ShortRule":
      return at(node.from, isBeginning ? `when is missing before ${found}` : `{ is missing before ${found}`);
    case "NamedRule":
      return at(node.from, `{ is missing before ${found}`);
    case "Block":
    case "RuleBody":
    case "Object":
      return at(node.from, `} is missing before ${found}`);
    case "Arguments":
      return at(
        node.from,
        before?.name === "," ? `an argument is missing before ${found}` : `) is missing before ${found}`,
      );
    case "Parenthesized":
      return at(
        node.from,
        before?.name === "(" ? `a value is missing before ${found}` : `) is missing before ${found}`,
      );
    case "Member":
      return at(node.from, `a name is missing after ., before ${found}`);
    case "Then":
      return at(node.from, `{ is missing after then, before ${found}`);
    case "Recover":
      return at(node.from, `when is missing after recover, before ${found}`);
    case "When":
      return at(node.from, `when, recover or then is missing before ${found}`);
    default:
      return at(node.from, `something is missing before ${found}`);
  }
}

function previous(node: SyntaxNode): SyntaxNode | null {
  let before = node.prevSibling;
  while (before?.name === "Comment") before = before.prevSibling;
  return before;
}

/** What stands at an offset or after it, as a person would quote it. */
function tokenAt(source: string, offset: number): string {
  const token = /(?:\s|#[^\n]*)*([\w$.]+|[<>=!&|]+|["'][^"'\n]{0,30}["']?|[^\s])?/.exec(
    source.slice(offset, offset + 2000),
  )?.[1];
  return token === undefined ? "the end" : token.startsWith('"') ? shortened(token) : `"${shortened(token)}"`;
}

function shortened(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > mostShown || line !== text ? `${line.slice(0, mostShown)}…` : line;
}
