// A text of rules, as written, with the problems of its syntax. Whatever is wrong with one rule leaves the others as they are.
// Nothing here goes deeper than the limits allow: a tree is walked by a cursor before anything recursive looks at it.
import { type SyntaxNode, type Tree, TreeFragment } from "@lezer/common";
import type { Place, Problem } from "../problem.js";
import type { ActionCall, Clause, ClauseArgument, Expression, WrittenRule } from "./model.js";
import { parser } from "./parser-tables.js";
import { ExpressionReader, childrenOf, placeOf } from "./read-expression.js";
import { firstError, syntaxProblems } from "./syntax-problems.js";

export interface SyntaxLimits {
  /** Of one rule: values, operators, calls and actions. */
  readonly nodes: number;
  readonly rules: number;
}

export interface WrittenRules {
  readonly rules: readonly WrittenRule[];
  readonly problems: readonly Problem[];
}

/** Brackets within brackets. What walks an expression calls itself as often, and as often again for each operator in a row. */
const mostDepth = 200;
/** UTF-16 units, of a file. */
const mostCharacters = 1024 * 1024;
/** The parser recovers from errors at a hundredth of its speed, so it is asked to go on only as far as there are few. */
const firstStretch = 64 * 1024;
/** Errors, and characters skipped by them. */
const mostErrors = 4000;
const mostProblems = 100;
const expressionParser = parser.configure({ top: "Expression" });

export function readRules(source: string, limits: SyntaxLimits): WrittenRules {
  if (source.length > mostCharacters)
    return nothing(`a file of rules has at most ${mostCharacters} characters, this one has ${source.length}`, 0);
  const tooDeep = deeperThan(mostDepth, source);
  if (tooDeep !== undefined) return nothing(`nested deeper than ${mostDepth}`, tooDeep);
  const { tree, problems: syntax } = parsed(source);
  const problems: Problem[] = [...syntax];
  const reader = new ExpressionReader(source);
  const rules: WrittenRule[] = [];
  let count = 0;
  for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
    if (node.name !== "ShortRule" && node.name !== "NamedRule") continue;
    count += 1;
    if (count > limits.rules) {
      problems.push(problemAt(headOf(node), `maximum number of rules exceeded (${limits.rules})`));
      break;
    }
    if (firstError(node) !== undefined) continue;
    const nodes = nodesOf(node);
    if (nodes > limits.nodes)
      problems.push(problemAt(headOf(node), `rule complexity (${nodes} nodes) exceeds limit (${limits.nodes})`));
    else rules.push(...ruleOf(node, reader, problems));
  }
  return { rules, problems };
}

const nothing = (message: string, from: number): WrittenRules => ({
  rules: [],
  problems: [problemAt({ from, to: from }, message)],
});

function parsed(source: string): { readonly tree: Tree; readonly problems: readonly Problem[] } {
  let fragments: readonly TreeFragment[] = [];
  for (let end = firstStretch; ; end *= 2) {
    const part = source.slice(0, end);
    const tree = parser.parse(part, fragments);
    const isAll = end >= source.length;
    const problems = syntaxProblems(tree, part);
    if (problems.length > mostProblems || errorsIn(tree) > mostErrors) {
      const shown = problems.slice(0, mostProblems);
      const from = shown.at(-1)?.to ?? 0;
      return { tree, problems: [...shown, problemAt({ from, to: from }, "and more is not understood")] };
    }
    if (isAll) return { tree, problems };
    fragments = TreeFragment.addTree(tree, [], true);
  }
}

function errorsIn(tree: Tree): number {
  let errors = 0;
  tree.cursor().iterate((at) => {
    if (at.type.isError) errors += 1 + at.to - at.from;
  });
  return errors;
}

/** Where brackets are nested too deep, outside of texts and comments. */
function deeperThan(most: number, source: string): number | undefined {
  let depth = 0;
  // A quote that nothing closes is one character to the parser, too.
  for (const { 0: token, index } of source.matchAll(/"[^"]*"|'[^']*'|#[^\n]*|[([{]|[)\]}]/g)) {
    if (token.length > 1) continue;
    if ("([{".includes(token)) depth += 1;
    else if (")]}".includes(token)) depth = Math.max(0, depth - 1);
    if (depth > most) return index;
  }
  return undefined;
}

/** An expression by itself, as between `${` and `}`; undefined where it is none or too large. */
export function readExpression(source: string): Expression | undefined {
  if (source.length > 1000 || deeperThan(mostDepth, source) !== undefined) return undefined;
  const { topNode } = expressionParser.parse(source);
  return firstError(topNode) === undefined ? new ExpressionReader(source).first(childrenOf(topNode)) : undefined;
}

export const problemAt = ({ from, to }: Place, message: string): Problem => ({ from, to, severity: "error", message });

const counted = new Set([
  ...[
    "ShortRule",
    "NamedRule",
    "When",
    "Recover",
    "Binary",
    "Unary",
    "Rate",
    "Selection",
    "Call",
    "Quantity",
    "String",
  ],
  ...["Boolean", "Name", "Action", "Object", "Window"],
]);

/** Complexity: values, operators, calls and actions; a name counts once, however many parts it has. */
function nodesOf(node: SyntaxNode): number {
  let count = 0;
  node.cursor().iterate((at) => {
    if (counted.has(at.name)) count += 1;
  });
  return count;
}

/** The line a rule begins with, as far as it is the rule's. */
const headOf = (node: SyntaxNode): Place => ({ from: node.from, to: Math.min(node.to, node.from + 4) });

function ruleOf(node: SyntaxNode, reader: ExpressionReader, problems: Problem[]): WrittenRule[] {
  const children = childrenOf(node);
  const clauses = clausesIn(children, reader);
  const place = placeOf(node);
  if (node.name === "ShortRule") {
    const condition = reader.first(children);
    const block = node.getChild("Block");
    if (condition === undefined) return [];
    const actions = block === null ? [] : actionsIn(block, reader);
    return [{ name: undefined, clauses, condition, recover: undefined, actions, place, headPlace: condition.place }];
  }
  const title = node.getChild("String");
  const parts = childrenOf(node.getChild("RuleBody") ?? node);
  const headPlace = title === null ? headOf(node) : placeOf(title);
  const name = title === null ? undefined : reader.quoted(title);
  const only = (kind: string): SyntaxNode | undefined => {
    const [first, second] = parts.filter((part) => part.name === kind);
    if (second !== undefined)
      problems.push(problemAt(headOf(second), `a rule has one "${kind.toLowerCase()}"; join conditions by && or ||`));
    return first;
  };
  const [when, recoverNode, then] = [only("When"), only("Recover"), only("Then")];
  if (when === undefined) {
    problems.push(problemAt(headPlace, `this rule has no "when"`));
    return [];
  }
  const condition = reader.first(childrenOf(when));
  if (condition === undefined) return [];
  const recoverCondition = recoverNode === undefined ? undefined : reader.first(childrenOf(recoverNode));
  const recover =
    recoverNode === undefined || recoverCondition === undefined
      ? undefined
      : { condition: recoverCondition, clauses: clausesIn(childrenOf(recoverNode), reader) };
  const block = then?.getChild("Block");
  const actions = block === null || block === undefined ? [] : actionsIn(block, reader);
  return [{ name, clauses, condition, recover, actions, place, headPlace }];
}

const actionsIn = (block: SyntaxNode, reader: ExpressionReader): ActionCall[] =>
  block.getChildren("Action").flatMap((node) => {
    const name = node.getChild("ActionName");
    if (name === null) return [];
    return [{ name: reader.text(name), namePlace: placeOf(name), args: reader.args(node), place: placeOf(node) }];
  });

const clausesIn = (nodes: readonly SyntaxNode[], reader: ExpressionReader): Clause[] =>
  nodes.flatMap((node) => {
    const name = node.getChild("ClauseName");
    if (node.name !== "Clause" || name === null) return [];
    const args = node.getChildren("ClauseArgument").flatMap((arg) => clauseArgument(arg, reader));
    return [{ name: reader.text(name), namePlace: placeOf(name), args, place: placeOf(node) }];
  });

function clauseArgument(node: SyntaxNode, reader: ExpressionReader): ClauseArgument[] {
  const [child] = childrenOf(node);
  const place = placeOf(node);
  switch (child?.name) {
    case "Quantity":
      return [{ kind: "quantity", ...reader.quantity(child), place }];
    case "Path":
      return [{ kind: "word", text: reader.text(child).replace(/\s+/g, ""), place }];
    case "String":
      return [{ kind: "text", text: reader.quoted(child), place }];
    case "Label": {
      const name = child.getChild("LabelName");
      const text = child.getChild("String");
      return name === null || text === null
        ? []
        : [{ kind: "label", name: reader.text(name), text: reader.quoted(text), place }];
    }
    default:
      return [];
  }
}
