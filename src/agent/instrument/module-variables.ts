// Variables at the top of a file that were chosen by name: where they are declared, and which places assign to them. A name that a
// function or block declares anew means something else in there.
import type { ESTree } from "meriyah";
import { addBound, forEachChild } from "./syntax.js";

const nothing: readonly string[] = [];

export class ModuleVariables {
  /** By the statement that declares them. */
  readonly #declared = new Map<ESTree.Node, readonly string[]>();
  /** By the assignment, update or head of a loop. */
  readonly #assigned = new Map<ESTree.Node, readonly string[]>();

  constructor(program: ESTree.Program, isNamed: (name: string) => boolean) {
    for (const statements of [program.body, wrapped(program)]) {
      const chosen = new Set<string>();
      for (const statement of statements) {
        const names = declaredAtTop(statement).filter(isNamed);
        if (names.length === 0) continue;
        this.#declared.set(statement, names);
        for (const name of names) chosen.add(name);
      }
      if (chosen.size > 0) for (const statement of statements) this.#look(statement, chosen);
    }
  }

  declaredIn(statement: ESTree.Node): readonly string[] {
    return this.#declared.get(statement) ?? nothing;
  }

  assignedBy(node: ESTree.Node): readonly string[] {
    return this.#assigned.get(node) ?? nothing;
  }

  #look(node: ESTree.Node, chosen: ReadonlySet<string>): void {
    const hidden = namesDeclaredIn(node);
    const visible = hidden.size === 0 ? chosen : new Set([...chosen].filter((name) => !hidden.has(name)));
    if (visible.size === 0) return;
    const written = new Set<string>();
    if (node.type === "AssignmentExpression") addBound(node.left, written);
    if (node.type === "UpdateExpression") addBound(node.argument, written);
    if (node.type === "ForInStatement" || node.type === "ForOfStatement") addWrittenByHead(node.left, written);
    const names = [...written].filter((name) => visible.has(name));
    if (names.length > 0) this.#assigned.set(node, names);
    forEachChild(node, (child) => this.#look(child, visible));
  }
}

/** Of a file that is one function called at once, as compilers and bundlers write them, what is in that. */
function wrapped(program: ESTree.Program): readonly ESTree.Node[] {
  const last = program.body[program.body.length - 1];
  if (last?.type !== "ExpressionStatement" || last.expression.type !== "CallExpression") return [];
  const { callee } = last.expression;
  const isFunction = callee.type === "ArrowFunctionExpression" || callee.type === "FunctionExpression";
  return isFunction && !callee.generator && callee.body?.type === "BlockStatement" ? callee.body.body : [];
}

function declaredAtTop(statement: ESTree.Node): string[] {
  const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  if (declaration?.type !== "VariableDeclaration" || /using/.test(declaration.kind)) return [];
  const names = new Set<string>();
  for (const { id } of declaration.declarations) addBound(id, names);
  return [...names];
}

/** `for (var x of …)` at the top writes to what `var x` there declares. */
function addWrittenByHead(head: ESTree.Node, names: Set<string>): void {
  if (head.type !== "VariableDeclaration") addBound(head, names);
  else if (head.kind === "var") for (const { id } of head.declarations) addBound(id, names);
}

/** What is declared in the node itself and known all over it. */
function namesDeclaredIn(node: ESTree.Node): ReadonlySet<string> {
  const names = new Set<string>();
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      for (const parameter of node.params) addBound(parameter, names);
      if (node.type === "FunctionExpression" && node.id) names.add(node.id.name);
      if (node.body) addVariables(node.body, names);
      break;
    case "ClassExpression":
      if (node.id) names.add(node.id.name);
      break;
    case "BlockStatement":
    case "StaticBlock":
      addLexical(node.body, names);
      if (node.type === "StaticBlock") for (const statement of node.body) addVariables(statement, names);
      break;
    case "SwitchStatement":
      for (const { consequent } of node.cases) addLexical(consequent, names);
      break;
    case "ForStatement":
      if (node.init) addLexical([node.init], names);
      break;
    case "ForInStatement":
    case "ForOfStatement":
      addLexical([node.left], names);
      break;
    case "CatchClause":
      if (node.param) addBound(node.param, names);
      break;
    default:
      break;
  }
  return names;
}

function addLexical(statements: readonly ESTree.Node[], names: Set<string>): void {
  for (const statement of statements) {
    if (statement.type === "VariableDeclaration" && statement.kind !== "var")
      for (const { id } of statement.declarations) addBound(id, names);
    if ((statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") && statement.id)
      names.add(statement.id.name);
  }
}

/** Declared by `var` somewhere in a function, and functions in its blocks, which its sloppy code may know all over it. */
function addVariables(node: ESTree.Node, names: Set<string>): void {
  if (node.type === "FunctionDeclaration" && node.id) names.add(node.id.name);
  if (/Function|Class/.test(node.type)) return;
  if (node.type === "VariableDeclaration" && node.kind === "var")
    for (const { id } of node.declarations) addBound(id, names);
  forEachChild(node, (child) => addVariables(child, names));
}
