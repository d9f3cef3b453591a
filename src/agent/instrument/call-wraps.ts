// Wraps what is in a function, in place, so that it tells when it is entered, what it returns or throws, and when it is left:
//   function f(a) { … return v; }
//   function f(a) { const call=$$hindcast.e(N,"a",a);try{… return $$hindcast.r(call,(v));}finally{$$hindcast.x(call)} }
// Where it waits or yields, it tells so before and after: what else runs meanwhile does not run in it.
// An error passes through `finally` as it is, and so does where it was thrown; of what is async, which nobody above catches, it is
// caught and thrown on, as nothing else says what a promise was rejected with.
import type { ESTree } from "meriyah";
import { helpersName } from "../write-helpers.js";
import type { Edits } from "./edits.js";
import { directivesOf, unlabelled } from "./syntax.js";
import { type FunctionNode, reasonNotToWrap } from "./wrappable.js";

/** Inserted in an arrow function without a block: in front of all, around what it returns, and behind. */
export interface ExpressionWrap {
  readonly before: string;
  readonly result: readonly [string, string];
  readonly after: string;
}

/** What `break` and `continue` may leave, or what a label stands in front of. */
interface Leavable {
  readonly kind: "loop" | "switch" | "label";
  /** A `for await`, which waits as it is left, too. */
  readonly waits: boolean;
  readonly label: string | undefined;
}

/** What is known of the function that a place is in. */
interface Inside {
  readonly isWrapped: boolean;
  /** The innermost last. */
  readonly leavable: Leavable[];
}

/** More are handed over in a list, which takes longer. */
const mostGiven = 4;

const outside: Inside = { isWrapped: false, leavable: [] };

export interface CallWrapsOptions {
  /** Occurs nowhere in the source. */
  readonly suffix: string;
  /** The number of a new site, as an expression. */
  readonly site: (node: ESTree.Node) => string;
  /** It is not wrapped, and why. */
  readonly noteSkipped: (node: FunctionNode, reason: string) => void;
  /** Nothing may be inserted in it. */
  readonly isLeftAlone: (node: ESTree.Node) => boolean;
}

export class CallWraps {
  readonly #edits: Edits;
  readonly #options: CallWrapsOptions;
  /** What the call that runs is called in the source. */
  readonly call: string;
  readonly #error: string;
  #inside = outside;
  /** Of the functions that were to be wrapped, how many are, and how many cannot be. */
  wrapped = 0;
  skipped = 0;

  constructor(edits: Edits, options: CallWrapsOptions) {
    this.#edits = edits;
    this.#options = options;
    this.call = `call${options.suffix}`;
    this.#error = `error${options.suffix}`;
  }

  /** Whether what is visited now stands in a function that is wrapped. */
  get isInWrapped(): boolean {
    return this.#inside.isWrapped;
  }

  /** For what belongs to none of the functions around it: `visit` looks at it. */
  apart(visit: () => void): void {
    this.#within(outside, visit);
  }

  /** Wraps a function with a block, where there is one to be wrapped; within `visit` places in it are told of. */
  block(node: FunctionNode | undefined, body: ESTree.BlockStatement, visit: () => void): void {
    const isWrapped = node !== undefined && this.#canWrap(node);
    if (isWrapped) this.#wrapBlock(node, body);
    this.#within({ isWrapped, leavable: [] }, visit);
  }

  /** The same for an arrow function without one: what is to be inserted is returned. */
  expression(node: FunctionNode | undefined, visit: () => void): ExpressionWrap | undefined {
    const isWrapped = node !== undefined && this.#canWrap(node);
    const wrap = isWrapped ? this.#expressionWrap(node) : undefined;
    this.#within({ isWrapped, leavable: [] }, visit);
    return wrap;
  }

  /** Before what is in it is visited. `parent`: what it stands in. */
  place(node: ESTree.Node, parent: ESTree.Node): void {
    if (!this.#inside.isWrapped) return;
    switch (node.type) {
      case "ReturnStatement":
        return this.#return(node);
      case "ThrowStatement":
        return this.#around(node.argument, this.#told("t", ",("), "))", node.start);
      case "AwaitExpression":
        this.#around(node, this.#told("w", ","), ")");
        return this.#around(node.argument, this.#told("a", ",("), "))");
      case "YieldExpression":
        this.#around(node, this.#told("w", ","), node.argument ? ")" : ` ${this.#told("a", ")")})`);
        if (node.argument) this.#around(node.argument, this.#told("a", ",("), "))");
        return;
      case "TryStatement":
        if (node.handler) this.#edits.insert((node.handler.body.start ?? 0) + 1, this.#told("u", ");"));
        if (node.finalizer) this.#edits.insert((node.finalizer.start ?? 0) + 1, this.#told("v", ");"));
        return;
      case "LabeledStatement":
        // Behind a label nothing may come between it and the loop.
        if (parent.type !== "LabeledStatement" && waitsInHead(unlabelled(node))) this.#aroundLoopThatWaits(node);
        return;
      case "ForOfStatement":
        if (node.await) this.#loopThatWaits(node, parent);
        return;
      case "BreakStatement":
      case "ContinueStatement":
        if (this.#leavesLoopThatWaits(node)) this.#around(node, `{${this.#told("a", ");")}`, "}");
        return;
      default:
        return;
    }
  }

  /** Within `visit` it can be left by `break` or `continue`, where it is what these may leave. */
  inside(node: ESTree.Node, visit: () => void): void {
    const kind = leavableKinds.get(node.type);
    if (kind === undefined || !this.#inside.isWrapped) return visit();
    const { leavable } = this.#inside;
    leavable.push({ kind, waits: waitsInHead(node), label: kind === "label" ? labelOf(node) : undefined });
    visit();
    leavable.pop();
  }

  #within(inside: Inside, visit: () => void): void {
    const outer = this.#inside;
    this.#inside = inside;
    visit();
    this.#inside = outer;
  }

  #canWrap(node: FunctionNode): boolean {
    const reason = reasonNotToWrap(node, this.#options.isLeftAlone);
    if (reason === undefined) {
      this.wrapped++;
      return true;
    }
    this.skipped++;
    this.#options.noteSkipped(node, reason);
    return false;
  }

  #told(helper: string, rest: string): string {
    return `${helpersName}.${helper}(${this.call}${rest}`;
  }

  /** `statement`: see Insertion. */
  #around(node: ESTree.Node, before: string, after: string, statement?: number): void {
    this.#edits.wrap(node.start ?? 0, node.end ?? 0, before, after, statement);
  }

  #entering(node: FunctionNode): string {
    const names = node.params.map(nameOfParameter);
    const [site, told] = [this.#options.site(node), JSON.stringify(names.join(","))];
    const given = names.map((name) => (name === "" ? "0" : name));
    if (given.length > mostGiven) return `${helpersName}.E(${site},${told},[${given.join(",")}])`;
    return `${helpersName}.e(${[site, told, ...given].join(",")})`;
  }

  #leaving(node: FunctionNode): string {
    const thrown = node.async ? `catch(${this.#error}){throw ${this.#told("t", `,${this.#error},true)`)}}` : "";
    return `}${thrown}finally{${this.#told("x", ")}")}`;
  }

  #wrapBlock(node: FunctionNode, body: ESTree.BlockStatement): void {
    const first = body.body[directivesOf(body.body).length];
    const end = (body.end ?? 0) - 1;
    if (first === undefined) {
      this.#edits.insert(end, `;${helpersName}.x(${helpersName}.d(${this.#entering(node)}));`);
      return;
    }
    const [open, close] = this.#edits.reserve(first.start ?? 0, end);
    open.text = `const ${this.call}=${this.#entering(node)};try{`;
    close.text = `;${this.#told("d", ")")}${this.#leaving(node)}`;
  }

  #expressionWrap(node: FunctionNode): ExpressionWrap {
    return {
      before: `const ${this.call}=${this.#entering(node)};try{`,
      result: [` ${this.#told("r", ",")}`, ")"],
      after: this.#leaving(node),
    };
  }

  /** `return` alone does not wait in an async generator, `return undefined` does. */
  #return(node: ESTree.ReturnStatement): void {
    const isAwaited = this.#inside.leavable.some(({ waits }) => waits);
    const away = isAwaited ? this.#told("a", ");") : "";
    if (!node.argument) return this.#around(node, `{${this.#told("d", ");")}${away}`, "}");
    if (isAwaited) this.#around(node.argument, this.#told("a", `,${this.#told("r", ",(")}`), ")))", node.start);
    else this.#around(node.argument, this.#told("r", ",("), "))", node.start);
  }

  #loopThatWaits(node: ESTree.ForOfStatement, parent: ESTree.Node): void {
    const [waits, goesOn] = [this.#told("a", ");"), this.#told("w", ");")];
    if (parent.type !== "LabeledStatement") this.#aroundLoopThatWaits(node);
    this.#around(node.right, this.#told("a", ",("), "))");
    const { body } = node;
    if (body.type !== "BlockStatement") return this.#around(body, `{${goesOn}`, `;${waits}}`);
    this.#edits.insert((body.start ?? 0) + 1, goesOn);
    this.#edits.insert((body.end ?? 0) - 1, `;${waits}`);
  }

  /** However it is left, it has waited by then. */
  #aroundLoopThatWaits(node: ESTree.Node): void {
    this.#around(node, "try{", `}finally{${this.#told("v", ")")}}`);
  }

  #leavesLoopThatWaits(node: ESTree.BreakStatement | ESTree.ContinueStatement): boolean {
    const label = node.label?.name;
    const { leavable } = this.#inside;
    for (let at = leavable.length - 1; at >= 0; at--) {
      const one = leavable[at];
      if (one === undefined || one.waits) return true;
      const isMeant =
        label !== undefined
          ? one.label === label
          : one.kind === "loop" || (one.kind === "switch" && node.type === "BreakStatement");
      if (isMeant) return false;
    }
    return false;
  }
}

const leavableKinds: ReadonlyMap<ESTree.Node["type"], Leavable["kind"]> = new Map([
  ["ForStatement", "loop"],
  ["ForInStatement", "loop"],
  ["ForOfStatement", "loop"],
  ["WhileStatement", "loop"],
  ["DoWhileStatement", "loop"],
  ["SwitchStatement", "switch"],
  ["LabeledStatement", "label"],
]);

const labelOf = (node: ESTree.Node): string | undefined =>
  node.type === "LabeledStatement" ? node.label.name : undefined;

const waitsInHead = (node: ESTree.Node): boolean => node.type === "ForOfStatement" && node.await;

function nameOfParameter(parameter: ESTree.Node): string {
  const bound =
    parameter.type === "AssignmentPattern"
      ? parameter.left
      : parameter.type === "RestElement"
        ? parameter.argument
        : parameter;
  return bound.type === "Identifier" ? bound.name : "";
}
