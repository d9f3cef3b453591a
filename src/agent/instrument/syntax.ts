// Questions about the syntax tree that finding write sites asks.
import type { ESTree } from "meriyah";

export type Member = ESTree.MemberExpression;

export const isMember = (node: ESTree.Node): node is Member => node.type === "MemberExpression";

/** Methods of arrays, Maps, Sets, Dates and views of bytes that change their receiver. */
export const changingMethods: ReadonlySet<string> = new Set(
  (
    "push pop shift unshift splice sort reverse fill copyWithin set add delete clear setTime setDate setFullYear setHours " +
    "setMilliseconds setMinutes setMonth setSeconds setYear setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds " +
    "setUTCMinutes setUTCMonth setUTCSeconds setInt8 setUint8 setInt16 setUint16 setInt32 setUint32 setFloat16 setFloat32 " +
    "setFloat64 setBigInt64 setBigUint64 swap16 swap32 swap64 write writeInt8 writeUInt8 writeUint8 writeInt16LE " +
    "writeInt16BE writeUInt16LE writeUInt16BE writeUint16LE writeUint16BE writeInt32LE writeInt32BE writeUInt32LE " +
    "writeUInt32BE writeUint32LE writeUint32BE writeIntLE writeIntBE writeUIntLE writeUIntBE writeUintLE writeUintBE " +
    "writeFloatLE writeFloatBE writeDoubleLE writeDoubleBE writeBigInt64LE writeBigInt64BE writeBigUInt64LE " +
    "writeBigUInt64BE writeBigUint64LE writeBigUint64BE"
  ).split(" "),
);
/** Those whose first argument says where. */
export const keyedMethods: ReadonlySet<string> = new Set(["set", "add", "delete", "splice"]);
export const objectFunctions: ReadonlySet<string> = new Set(["assign", "defineProperty", "defineProperties"]);
export const reflectFunctions: ReadonlySet<string> = new Set(["set", "defineProperty", "deleteProperty"]);

/** Expressions that make a new object: nothing can be tracking it yet. */
export function isFresh(node: ESTree.Node): boolean {
  switch (node.type) {
    case "ObjectExpression":
    case "ArrayExpression":
    case "Literal":
    case "TemplateLiteral":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassExpression":
      return true;
    default:
      return false;
  }
}

/** The name of a property that is written in the source: `a.b`, `a["b"]`, `a[0]`. */
export function staticName({ computed, property }: Member): string | undefined {
  if (!computed) return property.type === "Identifier" ? property.name : undefined;
  if (property.type !== "Literal") return undefined;
  const { value } = property;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Whether a write to it may be one to an element of an array, or to its length: both have much to do with what else is there. */
export function mayBeElement(member: Member): boolean {
  const name = staticName(member);
  return name === undefined ? member.property.type !== "PrivateIdentifier" : name === "length" || /^\d+$/.test(name);
}

/** Whether evaluating the receiver can be cut short by a `?.` of the same chain. */
export function hasOptionalLink(receiver: ESTree.Node): boolean {
  let at = receiver;
  for (;;) {
    if (at.type === "MemberExpression") {
      if (at.optional) return true;
      at = at.object;
    } else if (at.type === "CallExpression") {
      if (at.optional) return true;
      at = at.callee;
    } else {
      return false;
    }
  }
}

export function directivesOf(statements: readonly ESTree.Node[]): string[] {
  const directives: string[] = [];
  for (const statement of statements) {
    if (statement.type !== "ExpressionStatement" || statement.directive === undefined) break;
    directives.push(statement.directive);
  }
  return directives;
}

export function unlabelled(node: ESTree.Node): ESTree.Node {
  let at = node;
  while (at.type === "LabeledStatement") at = at.body;
  return at;
}

/** A class's private names, and whether each is a field's: private methods and accessors are not state of their own. */
export function privateNamesOf(body: ESTree.ClassBody): ReadonlyMap<string, boolean> {
  const names = new Map<string, boolean>();
  for (const member of body.body) {
    if (!("key" in member) || member.key?.type !== "PrivateIdentifier") continue;
    names.set(member.key.name, member.type === "PropertyDefinition");
  }
  return names;
}

/** A word for a temporary's name: errors of the program may show it. */
export function wordFrom(receiver: ESTree.Node): string {
  if (receiver.type === "Identifier") return receiver.name;
  if (receiver.type === "MemberExpression") {
    const { property } = receiver;
    if (!receiver.computed && (property.type === "Identifier" || property.type === "PrivateIdentifier"))
      return property.name;
  }
  return "value";
}

/** What a stack trace would call the function or class, as far as the source says; undefined for anonymous ones. */
export function functionNameFrom(
  node:
    | ESTree.FunctionDeclaration
    | ESTree.FunctionExpression
    | ESTree.ArrowFunctionExpression
    | ESTree.ClassDeclaration
    | ESTree.ClassExpression,
  parent: ESTree.Node,
  className: string,
): string | undefined {
  if (node.type !== "ArrowFunctionExpression" && node.id) return node.id.name;
  switch (parent.type) {
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? parent.id.name : undefined;
    case "AssignmentExpression":
      if (parent.left.type === "Identifier") return parent.left.name;
      return parent.left.type === "MemberExpression" ? staticName(parent.left) : undefined;
    case "Property":
      return keyName(parent.key);
    case "MethodDefinition":
    case "PropertyDefinition": {
      const key = parent.key ? keyName(parent.key) : undefined;
      if (key === undefined) return undefined;
      return className === "" ? key : key === "constructor" ? `new ${className}` : `${className}.${key}`;
    }
    default:
      return undefined;
  }
}

function keyName(key: ESTree.Node): string | undefined {
  if (key.type === "Identifier") return key.name;
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : undefined;
}

const ignored: ReadonlySet<string> = new Set([
  "type",
  "start",
  "end",
  "range",
  "loc",
  "raw",
  "regex",
  "operator",
  "kind",
]);

const isNode = (value: unknown): value is ESTree.Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** What every object is; a property is read faster from one than by Reflect. */
const isRecord = (node: object): node is Readonly<Record<string, unknown>> => typeof node === "object";

/** Visits the node's children in the order of the source. */
export function forEachChild(node: ESTree.Node, visit: (child: ESTree.Node) => void): void {
  if (!isRecord(node)) return;
  for (const key in node) {
    const value = node[key];
    // Most are numbers and texts.
    if (typeof value !== "object" || value === null || ignored.has(key)) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) visit(item);
    } else if (isNode(value)) {
      visit(value);
    }
  }
}

/** Evaluating these twice is evaluating them once. */
export const isSimple = (node: ESTree.Node): boolean =>
  node.type === "Identifier" || node.type === "ThisExpression" || node.type === "Super";

export const isLogical = (operator: string): boolean => operator === "??=" || operator === "||=" || operator === "&&=";

/** A chain whose value is called or used as a tag passes its object on as `this`, which a call around it would lose. */
export const isBoundTo = (chain: ESTree.ChainExpression, parent: ESTree.Node): boolean =>
  (parent.type === "CallExpression" && parent.callee === chain) ||
  (parent.type === "TaggedTemplateExpression" && parent.tag === chain);

export const isResultOf = (whole: ESTree.Node, call: ESTree.CallExpression): boolean =>
  whole === call || (whole.type === "ChainExpression" && whole.expression === call);

/** The members a destructuring pattern writes to. */
export function targetsOf(pattern: ESTree.Node): Member[] {
  switch (pattern.type) {
    case "MemberExpression":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        targetsOf(property.type === "Property" ? property.value : property),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? targetsOf(element) : []));
    case "AssignmentPattern":
      return targetsOf(pattern.left);
    case "RestElement":
      return targetsOf(pattern.argument);
    default:
      return [];
  }
}

/** The names that a parameter or a declaration binds, or that are assigned to. */
export function addBound(pattern: ESTree.Node, names: Set<string>): void {
  switch (pattern.type) {
    case "Identifier":
      names.add(pattern.name);
      break;
    case "AssignmentPattern":
      addBound(pattern.left, names);
      break;
    case "RestElement":
      addBound(pattern.argument, names);
      break;
    case "ArrayPattern":
      for (const element of pattern.elements) if (element) addBound(element, names);
      break;
    case "ObjectPattern":
      for (const property of pattern.properties)
        addBound(property.type === "Property" ? property.value : property, names);
      break;
    default:
      break;
  }
}
