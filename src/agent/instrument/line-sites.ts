// Tells of each statement of a chosen function right before it runs, with the function's own variables as they are there:
//   total += price;   →   $$hindcast.y(call)&&$$hindcast.l(call,N,"price,total",[price,total]);total += price;
// and once more where the function ends without returning. A body that is no block is given one.
// Invariant: only variables are read that have a value at that place, or reading them would throw: what `let` and `const` declare is
// known from the statement behind it on, and what a `switch` declares only within one case.
// Left alone: what belongs to functions inside, static blocks and fields of classes, and assertions, whose text Node shows.
import type { ESTree } from "meriyah";
import { matcherOfAny } from "../pipeline/text-pattern.js";
import { helpersName } from "../write-helpers.js";
import type { Edits } from "./edits.js";
import { addBound, directivesOf, forEachChild, unlabelled } from "./syntax.js";
import type { FunctionNode } from "./wrappable.js";

/** Names that one block declares, and those of them that have a value by now. */
interface Frame {
  readonly declared: Set<string>;
  readonly ready: Set<string>;
}

/** More variables are not told of at one place; the outermost go first, parameters among them. */
const mostNames = 32;

export interface LineSitesOptions {
  /** What the call that runs is called in the source. */
  readonly call: string;
  /** The number of a new site, as an expression. */
  readonly site: (at: { readonly start?: number | undefined }) => string;
  readonly isLeftAlone: (node: ESTree.Node) => boolean;
}

export class LineSites {
  readonly #edits: Edits;
  readonly #options: LineSitesOptions;
  readonly #isNamed: (name: string) => boolean;
  /** Undefined outside of chosen functions. */
  #frames: Frame[] | undefined;

  /** `names` of functions, as `Cart.add` or `add`; `*` is any text. */
  constructor(edits: Edits, names: readonly string[], options: LineSitesOptions) {
    this.#edits = edits;
    this.#options = options;
    this.#isNamed = matcherOfAny(names);
  }

  /** Around the visit of what is in a function. `name` undefined: its calls are not told of. */
  within(node: FunctionNode, name: string | undefined, visit: () => void): void {
    const outer = this.#frames;
    this.#frames = name !== undefined && this.#isChosen(name) ? framesOf(node) : undefined;
    const { body } = node;
    const last = body?.type === "BlockStatement" ? body.body.slice(directivesOf(body.body).length).at(-1) : undefined;
    const end = (body?.end ?? 0) - 1;
    const close = this.#frames && last && this.#edits.reserve(last.start ?? 0, end)[1];
    visit();
    if (close && mayGoOn(last)) close.text = `;${this.#told({ start: end })}`;
    this.#frames = outer;
  }

  /** What is told at the beginning of an arrow function without a block. */
  expression(node: FunctionNode, name: string | undefined): string {
    if (name === undefined || !this.#isChosen(name) || !node.body) return "";
    const outer = this.#frames;
    this.#frames = framesOf(node);
    const told = this.#told(node.body);
    this.#frames = outer;
    return told;
  }

  /** Around the visit of any other node. */
  around(node: ESTree.Node, parent: ESTree.Node, visit: () => void): void {
    const frames = this.#frames;
    if (frames === undefined) return visit();
    if (node.type === "ClassBody") {
      this.#frames = undefined;
      visit();
      this.#frames = frames;
      return;
    }
    const isListed = isInList(node, parent);
    if (isListed && isTold(node) && !this.#isAlone(node)) this.#edits.insert(node.start ?? 0, this.#told(node));
    else if (isBodyWithoutBlock(node, parent) && !this.#isAlone(node))
      this.#edits.wrap(node.start ?? 0, node.end ?? 0, `{${this.#told(node)}`, "}");
    const own = frameOf(node);
    if (own !== undefined) frames.push(own);
    if (node.type === "SwitchCase") frames.at(-1)?.ready.clear();
    visit();
    if (own !== undefined) frames.pop();
    if (isListed && node.type === "VariableDeclaration" && node.kind !== "var")
      for (const { id } of node.declarations) addBound(id, frames.at(-1)?.ready ?? new Set());
  }

  #isChosen(name: string): boolean {
    return this.#isNamed(name) || this.#isNamed(name.slice(name.lastIndexOf(".") + 1));
  }

  #isAlone(node: ESTree.Node): boolean {
    const { isLeftAlone } = this.#options;
    return isLeftAlone(node) || (node.type === "ExpressionStatement" && isLeftAlone(node.expression));
  }

  #told(at: { readonly start?: number | undefined }): string {
    const { call, site } = this.#options;
    const names = this.#names();
    const told = `${call},${site(at)},${JSON.stringify(names.join(","))},[${names.join(",")}]`;
    return `${helpersName}.y(${call})&&${helpersName}.l(${told});`;
  }

  #names(): string[] {
    const frames = this.#frames ?? [];
    const hidden = new Set<string>();
    const shown: string[][] = [];
    for (const { declared, ready } of frames.toReversed()) {
      shown.push([...ready].filter((name) => !hidden.has(name)));
      for (const name of declared) hidden.add(name);
    }
    return shown.reverse().flat().slice(0, mostNames);
  }
}

/** Parameters and what `var` declares; and what the block itself does. */
function framesOf({ params, body }: FunctionNode): Frame[] {
  const outer = new Set<string>();
  for (const parameter of params) addBound(parameter, outer);
  if (body?.type !== "BlockStatement") return [{ declared: outer, ready: outer }];
  addVariables(body, outer);
  // There all along, and nothing that a program calls a variable of its own.
  outer.delete("arguments");
  return [{ declared: outer, ready: outer }, frameOfList(body.body)];
}

function addVariables(node: ESTree.Node, names: Set<string>): void {
  if (/Function|Class/.test(node.type) || node.type === "WithStatement") return;
  if (node.type === "VariableDeclaration" && node.kind === "var")
    for (const { id } of node.declarations) addBound(id, names);
  forEachChild(node, (child) => addVariables(child, names));
}

function frameOf(node: ESTree.Node): Frame | undefined {
  switch (node.type) {
    case "BlockStatement":
      return frameOfList(node.body);
    case "SwitchStatement":
      return frameOfList(node.cases.flatMap(({ consequent }) => consequent));
    case "CatchClause":
      return readyFrame(node.param ? [node.param] : []);
    case "ForStatement":
      return headFrame(node.init);
    case "ForInStatement":
    case "ForOfStatement":
      return headFrame(node.left);
    default:
      return undefined;
  }
}

function frameOfList(statements: readonly ESTree.Node[]): Frame {
  const declared = new Set<string>();
  for (const statement of statements) {
    const one = unlabelled(statement);
    if (one.type === "VariableDeclaration" && one.kind !== "var")
      for (const { id } of one.declarations) addBound(id, declared);
    if ((one.type === "FunctionDeclaration" || one.type === "ClassDeclaration") && one.id) declared.add(one.id.name);
  }
  return { declared, ready: new Set() };
}

/** In the body of the loop they have values; nothing is told of elsewhere in it. */
const headFrame = (head: ESTree.Node | null | undefined): Frame =>
  readyFrame(head?.type === "VariableDeclaration" && head.kind !== "var" ? head.declarations.map(({ id }) => id) : []);

function readyFrame(patterns: readonly ESTree.Node[]): Frame {
  const names = new Set<string>();
  for (const pattern of patterns) addBound(pattern, names);
  return { declared: names, ready: names };
}

const isInList = (node: ESTree.Node, parent: ESTree.Node): boolean =>
  parent.type === "BlockStatement" || (parent.type === "SwitchCase" && parent.test !== node);

/** Declarations of functions run nothing, and directives have to come first. */
const isTold = (node: ESTree.Node): boolean =>
  unlabelled(node).type !== "FunctionDeclaration" &&
  node.type !== "EmptyStatement" &&
  !(node.type === "ExpressionStatement" && node.directive !== undefined);

function isBodyWithoutBlock(node: ESTree.Node, parent: ESTree.Node): boolean {
  if (
    node.type === "BlockStatement" ||
    node.type === "EmptyStatement" ||
    unlabelled(node).type === "FunctionDeclaration"
  )
    return false;
  switch (parent.type) {
    case "IfStatement":
      return node === parent.consequent || node === parent.alternate;
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      return node === parent.body;
    default:
      return false;
  }
}

/** Behind what always leaves nothing is ever told. */
const mayGoOn = (last: ESTree.Node | undefined): boolean =>
  last !== undefined && last.type !== "ReturnStatement" && last.type !== "ThrowStatement";
