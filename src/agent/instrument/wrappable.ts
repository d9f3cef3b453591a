// Which functions can be wrapped in place: what is in them then stands in a block, and that must mean the same as before.
import type { ESTree } from "meriyah";
import { addBound, forEachChild, unlabelled } from "./syntax.js";

export type FunctionNode = ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression;

/** Why not; undefined where it can. `isLeftAlone`: nothing may be inserted in there. */
export function reasonNotToWrap(
  { params, body }: FunctionNode,
  isLeftAlone: (node: ESTree.Node) => boolean,
): string | undefined {
  const inside = new Inside(isLeftAlone);
  if (body?.type !== "BlockStatement") {
    if (body === null || body === undefined) return "without a body";
    inside.look(body, false);
    return inside.leavesUnseen ? "waits where nothing may be inserted" : undefined;
  }
  const names = new Set<string>();
  for (const parameter of params) addBound(parameter, names);
  const lexical = new Set<string>();
  const functions = new Set<string>();
  for (const statement of body.body) {
    if (statement.type === "ClassDeclaration" && statement.id) lexical.add(statement.id.name);
    if (statement.type === "VariableDeclaration" && statement.kind !== "var")
      for (const { id } of statement.declarations) addBound(id, lexical);
    const declared = unlabelled(statement);
    if (declared.type !== "FunctionDeclaration") continue;
    const name = declared.id?.name ?? "";
    // Beside each other in a function the last of them counts; in a block that is an error.
    if (functions.has(name) || declared !== statement) return "declares a function twice, or behind a label";
    functions.add(name);
  }
  // In a block they could be there beside a parameter, which is an error of the program's.
  if ([...lexical].some((name) => names.has(name))) return "declares a parameter anew";
  for (const statement of body.body) inside.look(statement, false);
  if (inside.leavesUnseen) return "waits or returns where nothing may be inserted";
  if (inside.hasUsing) return "gives something back as it ends";
  if (functions.size === 0) return undefined;
  if (functions.has("arguments")) return "declares a function called arguments";
  if (inside.hasEval) return "declares functions and evaluates text";
  const other = [...functions].find((name) => names.has(name) || inside.variables.has(name));
  return other === undefined ? undefined : "declares a function and a variable of one name";
}

/** What stands in one function, but not in those inside it. */
class Inside {
  /** Declared by `var`, or as functions in blocks. */
  readonly variables = new Set<string>();
  hasEval = false;
  hasUsing = false;
  /** It waits, yields or returns in what is left alone. */
  leavesUnseen = false;
  readonly #isLeftAlone: (node: ESTree.Node) => boolean;

  constructor(isLeftAlone: (node: ESTree.Node) => boolean) {
    this.#isLeftAlone = isLeftAlone;
  }

  look(node: ESTree.Node, isInBlock: boolean, isAlone = false): void {
    if (isAlone && /^(?:Await|Yield|Return)/.test(node.type)) this.leavesUnseen = true;
    switch (node.type) {
      case "FunctionDeclaration":
        if (isInBlock && node.id) this.variables.add(node.id.name);
        return;
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        // The text that an arrow function evaluates knows the names around it.
        return;
      case "VariableDeclaration":
        if (node.kind === "var") for (const { id } of node.declarations) addBound(id, this.variables);
        else if (/using/.test(node.kind)) this.hasUsing = true;
        break;
      case "CallExpression":
        if (node.callee.type === "Identifier" && node.callee.name === "eval") this.hasEval = true;
        break;
      default:
        break;
    }
    const isInsideAlone = isAlone || this.#isLeftAlone(node);
    forEachChild(node, (child) => this.look(child, true, isInsideAlone));
  }
}
