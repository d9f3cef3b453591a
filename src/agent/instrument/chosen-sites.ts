// What is inserted where classes and variables are chosen by name:
//   new Cart(id)             →  new $$hindcast.i(N,new Cart(id))
//   constructor(id) { … }    →  constructor(id) { $$hindcast.n(N,this); … }      of a class that extends none
//   class Cart { … }         →  class Cart {#made=void $$hindcast.n(N,this); … }   where it was chosen; a constructor would
//                               stand in another line of stacks
//   super(id)                →  $$hindcast.n(N,super(id))
//   let count = 0; count++   →  let count = 0;$$hindcast.g("count",N,0,count); $$hindcast.g("count",N,count++,count)
// A class that extends another and has no constructor is left as it is: one more would be a line more in stacks.
import type { ESTree } from "meriyah";
import { helpersName } from "../write-helpers.js";
import { matcherOfAny } from "../pipeline/text-pattern.js";
import type { Edits } from "./edits.js";
import { ModuleVariables } from "./module-variables.js";
import { directivesOf, functionNameFrom } from "./syntax.js";

/** What the language itself makes, by names that nobody gives to anything else. */
const builtIn: ReadonlySet<string> = new Set(
  (
    "AbortController AggregateError Array ArrayBuffer BigInt64Array BigUint64Array Blob Boolean DataView Date Error EvalError Event " +
    "EventTarget FinalizationRegistry Float32Array Float64Array FormData Function Headers Int16Array Int32Array Int8Array Map MessageChannel " +
    "Number Object Promise Proxy RangeError ReferenceError RegExp Request Response Set SharedArrayBuffer String SyntaxError TextDecoder " +
    "TextEncoder TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet"
  ).split(" "),
);

export class ChosenSites {
  readonly #edits: Edits;
  readonly #site: (node: ESTree.Node) => string;
  readonly #isNamed: (name: string) => boolean;
  readonly #field: string;
  readonly #variables: ModuleVariables;
  /** Constructors' functions. */
  readonly #constructors = new Set<ESTree.Node>();

  /** `site`: the number of a new one, as an expression. `suffix` occurs nowhere in the source. */
  constructor(
    edits: Edits,
    site: (node: ESTree.Node) => string,
    program: ESTree.Program,
    names: readonly string[],
    suffix: string,
  ) {
    this.#field = `#made${suffix}`;
    this.#edits = edits;
    this.#site = site;
    this.#isNamed = matcherOfAny(names);
    this.#variables = new ModuleVariables(program, this.#isNamed);
  }

  /** Before what is in it is visited. */
  place(node: ESTree.Node, parent: ESTree.Node): void {
    switch (node.type) {
      case "NewExpression":
        return this.#new(node, parent);
      case "CallExpression":
        if (node.callee.type === "Super") this.#around(node, `${helpersName}.n(${this.#site(node)},`, ")");
        return;
      case "ClassDeclaration":
      case "ClassExpression":
        return this.#class(node, parent);
      case "AssignmentExpression":
      case "UpdateExpression":
        return this.#assignment(node);
      case "ForInStatement":
      case "ForOfStatement":
        return this.#loopHead(node);
      default:
        return;
    }
  }

  /** When what is in a statement of the top level was visited. */
  behind(statement: ESTree.Node): void {
    for (const name of this.#variables.declaredIn(statement))
      this.#edits.insert(statement.end ?? 0, `;${this.#told(name, statement, "0")};`);
  }

  #new(node: ESTree.NewExpression, parent: ESTree.Node): void {
    if (node.callee.type === "Identifier" && builtIn.has(node.callee.name)) return;
    if (!isTakenApart(node, parent)) this.#around(node, `new ${helpersName}.i(${this.#site(node)},`, ")");
  }

  #class(node: ESTree.ClassDeclaration | ESTree.ClassExpression, parent: ESTree.Node): void {
    if (node.superClass) return;
    const { body, start } = node.body;
    const own = body.find((member) => member.type === "MethodDefinition" && member.kind === "constructor");
    if (own?.type === "MethodDefinition") this.#constructors.add(own.value);
    else if (this.#isNamed(functionNameFrom(node, parent, "") ?? ""))
      this.#edits.insert((start ?? 0) + 1, `${this.#field}=void ${helpersName}.n(${this.#site(node)},this);`);
  }

  /** Before what is in the block of a function is visited. */
  body(owner: ESTree.Node, body: ESTree.BlockStatement): void {
    if (!this.#constructors.has(owner)) return;
    const first = body.body[directivesOf(body.body).length];
    this.#edits.insert(first?.start ?? (body.end ?? 0) - 1, `${helpersName}.n(${this.#site(owner)},this);`);
  }

  #assignment(node: ESTree.AssignmentExpression | ESTree.UpdateExpression): void {
    for (const name of this.#variables.assignedBy(node))
      this.#around(node, `${helpersName}.g(${JSON.stringify(name)},${this.#site(node)},`, `,${name})`);
  }

  #loopHead(node: ESTree.ForInStatement | ESTree.ForOfStatement): void {
    const told = this.#variables.assignedBy(node).map((name) => `${this.#told(name, node, "0")};`);
    if (told.length === 0) return;
    const { body } = node;
    if (body.type === "BlockStatement") this.#edits.insert((body.start ?? 0) + 1, told.join(""));
    else this.#around(body, `{${told.join("")}`, "}");
  }

  #told(name: string, node: ESTree.Node, value: string): string {
    return `${helpersName}.g(${JSON.stringify(name)},${this.#site(node)},${value},${name})`;
  }

  #around(node: ESTree.Node, before: string, after: string): void {
    this.#edits.wrap(node.start ?? 0, node.end ?? 0, before, after);
  }
}

/** Where it is iterated over at once: that it cannot be is said of what is called. */
function isTakenApart(node: ESTree.Node, parent: ESTree.Node): boolean {
  switch (parent.type) {
    case "ForOfStatement":
      return parent.right === node;
    case "VariableDeclarator":
      return parent.id.type !== "Identifier";
    case "AssignmentExpression":
      return /Pattern$/.test(parent.left.type);
    case "AssignmentPattern":
      return true;
    case "YieldExpression":
      return parent.delegate;
    default:
      return false;
  }
}
