// Calls of `assert` and `assert.ok`. Where they fail without a message, Node shows the text of the call as it finds it in the source
// that runs: nothing may be inserted in there.
import type { ESTree } from "meriyah";
import { isMember, staticName } from "./syntax.js";

const assertModule = /^(?:node:)?assert(?:\/strict)?$/;
const exported: ReadonlySet<string> = new Set(["default", "ok", "strict"]);

/** The names by which the top level of a program knows Node's `assert` and what is called like it. */
export function assertNames(program: ESTree.Program): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration" && isAssertModule(statement.source)) {
      for (const specifier of statement.specifiers) {
        const isOne = specifier.type !== "ImportSpecifier" || exported.has(nameOf(specifier.imported) ?? "");
        if (isOne) names.add(specifier.local.name);
      }
    }
    if (statement.type !== "VariableDeclaration") continue;
    for (const { id, init } of statement.declarations) {
      if (!init || !isRequired(init)) continue;
      if (id.type === "Identifier") names.add(id.name);
      if (id.type !== "ObjectPattern") continue;
      for (const property of id.properties)
        if (
          property.type === "Property" &&
          property.value.type === "Identifier" &&
          exported.has(nameOf(property.key) ?? "")
        )
          names.add(property.value.name);
    }
  }
  return names;
}

export function isAssertion({ callee }: ESTree.CallExpression, names: ReadonlySet<string>): boolean {
  if (callee.type === "Identifier") return names.has(callee.name);
  if (!isMember(callee) || !exported.has(staticName(callee) ?? "")) return false;
  return callee.object.type === "Identifier" && names.has(callee.object.name);
}

/** `require("assert")`, or a property of it. */
function isRequired(node: ESTree.Node): boolean {
  if (isMember(node)) return exported.has(staticName(node) ?? "") && isRequired(node.object);
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return false;
  const [named] = node.arguments;
  return node.callee.name === "require" && named !== undefined && isAssertModule(named);
}

const isAssertModule = (node: ESTree.Node): boolean =>
  node.type === "Literal" && typeof node.value === "string" && assertModule.test(node.value);

const nameOf = (node: ESTree.Node): string | undefined => (node.type === "Identifier" ? node.name : undefined);
