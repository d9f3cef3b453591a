// Finds the places of a source that write to objects and wraps each in a call that tells about it afterwards:
//   a.b = v          →  $$hindcast.s(a,"b",N,a.b = v)
//   x.y[f()] += v    →  $$hindcast.K(N,(t=x.y)[u=(f())] += v,t,u)
//   x.y.push(v)      →  $$hindcast.M("push",N,(t=x.y).push($$hindcast.b(t,"push",(v))),t)
// The helper `b` looks at the object right before the write, so that what others did to it is not taken for this write's.
// Invariants: every part of the program's source is evaluated once, in its order; a temporary belongs to one activation
// of one function and to one site, so recursion, generators and getters cannot mix them up. Left alone: bodies of `with`
// and "use asm", parameter defaults and field initialisers whose receiver needs a temporary.
import type { ESTree } from "meriyah";
import type { Edit, Edits } from "./edits.js";
import { helpersName } from "../write-helpers.js";
import {
  type Member,
  changingMethods,
  directivesOf,
  forEachChild,
  functionNameFrom,
  hasOptionalLink,
  isFresh,
  isMember,
  keyedMethods,
  mayBeElement,
  objectFunctions,
  privateFieldsOf,
  reflectFunctions,
  staticName,
  wordFrom,
} from "./syntax.js";

interface Scope {
  readonly temporaries: string[];
}

/** How the written object is named in the call: by text that is evaluated first, or by a temporary afterwards. */
type Receiver = { readonly kind: "first"; readonly text: string } | { readonly kind: "after"; readonly text: string };

type Key =
  | { readonly kind: "written"; readonly text: string }
  | { readonly kind: "temporary"; readonly text: string }
  | { readonly kind: "private"; readonly name: string }
  | { readonly kind: "any" };

export interface FoundSite {
  readonly at: number;
  readonly functionName: string;
}

export class WriteSites {
  readonly found: FoundSite[] = [];
  readonly #edits: Edits;
  readonly #sites: string;
  readonly #suffix: string;
  #functionName = "";
  #className = "";
  #temporaries = 0;
  #privateFields: ReadonlySet<string>[] = [];

  /** `suffix` occurs nowhere in the source; `sites` names the variable with the number of the first site. */
  constructor(edits: Edits, suffix: string, sites: string) {
    this.#edits = edits;
    this.#suffix = suffix;
    this.#sites = sites;
  }

  /** Returns the declaration of the temporaries of the top level, "" when there are none. */
  program(program: ESTree.Program): string {
    const scope: Scope = { temporaries: [] };
    for (const statement of program.body) this.#visit(statement, program, scope);
    return declarationOf(scope);
  }

  #visit(node: ESTree.Node, parent: ESTree.Node, scope: Scope | undefined): void {
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return this.#function(node, parent);
      case "ClassDeclaration":
      case "ClassExpression":
        return this.#class(node, parent, scope);
      case "PropertyDefinition":
      case "AccessorProperty":
        for (const decorator of node.decorators ?? []) this.#visit(decorator, node, scope);
        if (node.computed && node.key) this.#visit(node.key, node, scope);
        if (node.value) this.#visit(node.value, node, undefined);
        return;
      case "StaticBlock":
        return this.#block(node.body, (inner) => {
          for (const statement of node.body) this.#visit(statement, node, inner);
        });
      case "WithStatement":
        return this.#visit(node.object, node, scope);
      case "AssignmentExpression":
        // `a.b ??= c` may write nothing: what is there is looked at first.
        if (isMember(node.left))
          this.#write(node, node.left, false, scope, isLogical(node.operator) ? "maybe" : node.right);
        else for (const target of targetsOf(node.left).reverse()) this.#write(node, target, true, scope); // last is outermost
        break;
      case "ForInStatement":
      case "ForOfStatement":
        this.#loopHead(node, scope);
        break;
      case "UpdateExpression":
        if (isMember(node.argument)) this.#write(node, node.argument, false, scope);
        break;
      case "UnaryExpression":
        if (node.operator === "delete") return this.#delete(node, scope);
        break;
      case "CallExpression":
        this.#call(node, node, scope);
        break;
      case "ChainExpression":
        return this.#chain(node, isBoundTo(node, parent) ? undefined : node, scope);
      default:
        break;
    }
    forEachChild(node, (child) => this.#visit(child, node, scope));
  }

  #function(
    node: ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression,
    parent: ESTree.Node,
  ): void {
    const outer = this.#functionName;
    this.#functionName = functionNameFrom(node, parent, this.#className) ?? outer;
    for (const parameter of node.params) this.#visit(parameter, node, undefined);
    const { body } = node;
    if (body?.type === "BlockStatement") {
      if (!directivesOf(body.body).includes("use asm"))
        this.#block(body.body, (inner) => {
          for (const statement of body.body) this.#visit(statement, body, inner);
        });
    } else if (body) {
      const scope: Scope = { temporaries: [] };
      const last = node.params[node.params.length - 1];
      const [open, close] = this.#edits.reserve(this.#edits.afterArrow(last?.end ?? node.start ?? 0), node.end ?? 0);
      this.#visit(body, node, scope);
      if (scope.temporaries.length > 0) {
        open.text = `{${declarationOf(scope)}return(`;
        close.text = ")}";
      }
    }
    this.#functionName = outer;
  }

  /** The statements of a function body, with room for a declaration before the first that is no directive. */
  #block(statements: readonly ESTree.Node[], visit: (scope: Scope) => void): void {
    const scope: Scope = { temporaries: [] };
    const first = statements[directivesOf(statements).length];
    const place: Edit | undefined = first && this.#edits.insert(first.start ?? 0, "");
    visit(scope);
    if (place !== undefined) place.text = declarationOf(scope);
  }

  #class(node: ESTree.ClassDeclaration | ESTree.ClassExpression, parent: ESTree.Node, scope: Scope | undefined): void {
    const outer = this.#className;
    this.#className = node.id?.name ?? functionNameFrom(node, parent, "") ?? "";
    this.#privateFields.push(privateFieldsOf(node.body));
    forEachChild(node, (child) => this.#visit(child, node, scope));
    this.#privateFields.pop();
    this.#className = outer;
  }

  #delete(node: ESTree.UnaryExpression, scope: Scope | undefined): void {
    const { argument } = node;
    if (argument.type === "ChainExpression") {
      const { expression } = argument;
      if (isMember(expression)) {
        if (expression.optional || !hasOptionalLink(expression.object))
          this.#write(node, expression, false, scope, "maybe");
        else this.#behindLink(expression.object, node, scope);
      }
      return this.#chain(argument, node, scope);
    }
    if (isMember(argument) && argument.object.type !== "Super") this.#write(node, argument, false, scope, "maybe");
    this.#visit(argument, node, scope);
  }

  /** A chain is wrapped as a whole, or a short cut in it would no longer skip what follows. `whole`: what to wrap. */
  #chain(chain: ESTree.ChainExpression, whole: ESTree.Node | undefined, scope: Scope | undefined): void {
    let at: ESTree.Node = chain.expression;
    for (;;) {
      if (at.type === "CallExpression") {
        if (whole !== undefined) this.#call(at, whole, scope);
        for (const argument of at.arguments) this.#visit(argument, at, scope);
        at = at.callee;
      } else if (isMember(at)) {
        if (at.computed) this.#visit(at.property, at, scope);
        at = at.object;
      } else {
        return this.#visit(at, chain, scope);
      }
    }
  }

  #loopHead(node: ESTree.ForInStatement | ESTree.ForOfStatement, scope: Scope | undefined): void {
    if (node.left.type === "VariableDeclaration") return;
    const targets = isMember(node.left) ? [node.left] : targetsOf(node.left);
    const calls = targets.flatMap((target) => {
      const call = this.#callFor(target, true, scope);
      return call === undefined ? [] : [`${call[0]}0${call[1]};`];
    });
    if (calls.length === 0) return;
    const { body } = node;
    const first = body.type === "BlockStatement" ? body.body[0] : undefined;
    if (first !== undefined) this.#edits.insert(first.start ?? 0, calls.join(""));
    else this.#edits.wrap(body.start ?? 0, body.end ?? 0, `{${calls.join("")}`, "}");
  }

  /** `value`: what is evaluated right before the write; "maybe" when there may be none, or nothing to delete. */
  #write(
    whole: ESTree.Node,
    member: Member,
    isPattern: boolean,
    scope: Scope | undefined,
    value?: ESTree.Node | "maybe",
  ): void {
    this.#callFor(member, isPattern, scope, whole, value);
  }

  /** The call that tells about a write to `member`, before and after its value; wrapped around `whole` where given. */
  #callFor(
    member: Member,
    isPattern: boolean,
    scope: Scope | undefined,
    whole?: ESTree.Node,
    value?: ESTree.Node | "maybe",
  ): readonly [string, string] | undefined {
    if (isFresh(member.object)) return undefined;
    const isPrivate = member.property.type === "PrivateIdentifier";
    const needsTemporary =
      !isSimple(member.object) ||
      (isPattern && member.object.type === "Identifier") ||
      (isPrivate && member.object.type === "Identifier");
    if (needsTemporary && scope === undefined) return undefined;
    const receiver: Receiver =
      needsTemporary && scope !== undefined
        ? { kind: "after", text: this.#temporary(scope, wordFrom(member.object)) }
        : { kind: "first", text: textOfSimple(member.object) };
    const key = this.#keyOf(member, scope);
    const isMaybe = value === "maybe" && (key.kind === "written" || key.kind === "temporary");
    const look = isMaybe ? "-" : key.kind === "any" ? "" : mayBeElement(member) ? "=" : undefined;
    const keyText = isMaybe ? `,${key.text}` : "";
    // The look is made after the value, else after the key it is about, else at the receiver.
    const last = value !== "maybe" ? value : isMaybe && key.kind === "temporary" ? member.property : undefined;
    const receiverLook = last === undefined ? look : undefined;
    const told: Receiver =
      receiverLook !== undefined && receiver.kind === "first" && whole !== undefined
        ? { kind: "first", text: lookText(receiverLook, receiver.text, keyText) }
        : receiver;
    const call = this.#callText(told, key, this.#site(whole ?? member));
    if (whole !== undefined) this.#edits.wrap(whole.start ?? 0, whole.end ?? 0, call[0], call[1]);
    if (look !== undefined) this.#lookBefore(last, receiver.text, look, keyText);
    if (receiver.kind === "after") this.#capture(member.object, receiver.text, receiverLook, keyText);
    if (key.kind === "temporary") this.#wrap(member.property, `${key.text}=(`, ")");
    return call;
  }

  #keyOf(member: Member, scope: Scope | undefined): Key {
    const { property } = member;
    if (property.type === "PrivateIdentifier") {
      const isField = this.#privateFields.some((fields) => fields.has(property.name));
      return isField ? { kind: "private", name: property.name } : { kind: "any" };
    }
    const name = staticName(member);
    if (name !== undefined) return { kind: "written", text: JSON.stringify(name) };
    return scope === undefined ? { kind: "any" } : { kind: "temporary", text: this.#temporary(scope, "key") };
  }

  #callText(receiver: Receiver, key: Key, site: string): readonly [string, string] {
    const { text } = receiver;
    const h = helpersName;
    if (receiver.kind === "first") {
      switch (key.kind) {
        case "written":
          return [`${h}.s(${text},${key.text},${site},`, ")"];
        case "temporary":
          return [`${h}.k(${text},${site},`, `,${key.text})`];
        case "private":
          return [`${h}.p(${text},"#${key.name}",${site},`, `,${text}.#${key.name})`];
        case "any":
          return [`${h}.c(${text},${site},`, ")"];
      }
    }
    switch (key.kind) {
      case "written":
        return [`${h}.S(${key.text},${site},`, `,${text})`];
      case "temporary":
        return [`${h}.K(${site},`, `,${text},${key.text})`];
      case "private":
        return [`${h}.P("#${key.name}",${site},`, `,${text},${text}.#${key.name})`];
      case "any":
        return [`${h}.C(${site},`, `,${text})`];
    }
  }

  #call(call: ESTree.CallExpression, whole: ESTree.Node, scope: Scope | undefined): void {
    const { callee } = call;
    if (!isMember(callee)) return;
    const name = staticName(callee);
    if (name === undefined) return;
    const owner = callee.object;
    const first = call.arguments[0];
    const isStatic =
      owner.type === "Identifier" &&
      ((owner.name === "Object" && objectFunctions.has(name)) ||
        (owner.name === "Reflect" && reflectFunctions.has(name)));
    const isBorrowed =
      (name === "call" || name === "apply") && isMember(owner) && changingMethods.has(staticName(owner) ?? "");
    if (isStatic || isBorrowed) {
      if (first !== undefined && first.type !== "SpreadElement") this.#argument(whole, call, first, scope);
    } else if (changingMethods.has(name) && !isFresh(owner)) {
      // `a?.b?.push()` may be split at its last link: cut short before it, it is cut short there as well.
      if (callee.optional || !hasOptionalLink(owner)) this.#method(call, owner, name, whole, scope);
      else this.#behindLink(owner, whole, scope, call.arguments[call.arguments.length - 1]);
    }
  }

  /** A function that changes its first argument. */
  #argument(whole: ESTree.Node, call: ESTree.CallExpression, argument: ESTree.Node, scope: Scope | undefined): void {
    if (isFresh(argument)) return;
    const isNamed = isSimple(argument);
    if (!isNamed && scope === undefined) return;
    const site = this.#site(whole);
    const last = call.arguments[call.arguments.length - 1];
    const isAlone = last === argument;
    if (isNamed || scope === undefined) {
      const text = textOfSimple(argument);
      this.#wrap(whole, `${helpersName}.c(${isAlone ? lookText("", text) : text},${site},`, ")");
      if (!isAlone) this.#lookBefore(last, text, "");
      return;
    }
    const temporary = this.#temporary(scope, wordFrom(argument));
    this.#wrap(whole, `${helpersName}.C(${site},`, `,${temporary})`);
    if (isAlone) this.#capture(argument, temporary, "");
    else this.#edits.wrap(argument.start ?? 0, argument.end ?? 0, `${temporary}=(`, ")");
    if (!isAlone) this.#lookBefore(last, temporary, "");
  }

  #method(
    call: ESTree.CallExpression,
    owner: ESTree.Node,
    name: string,
    whole: ESTree.Node,
    scope: Scope | undefined,
  ): void {
    const isNamed = isSimple(owner);
    if (!isNamed && scope === undefined) return;
    const site = this.#site(whole);
    const first = call.arguments[0];
    // The first argument names the key, and `splice` needs its own result besides.
    const isKeyed = keyedMethods.has(name);
    const hasKey =
      first !== undefined && first.type !== "SpreadElement" && (scope !== undefined || first.type === "Literal");
    const isTold = !isKeyed || (hasKey && (name !== "splice" || isResultOf(whole, call)));
    const key = isKeyed && isTold && first !== undefined ? this.#argumentText(first, scope) : undefined;
    const keyText = key === undefined ? "" : `,${key}`;
    const look = isTold ? name : "";
    const last = call.arguments[call.arguments.length - 1];
    if (isNamed || scope === undefined) {
      const object = textOfSimple(owner);
      const text = last === undefined ? lookText(look, object) : object;
      this.#lookBefore(last, object, look, keyText);
      if (isTold) this.#wrap(whole, `${helpersName}.m(${text},"${name}",${site},`, `${keyText})`);
      else this.#wrap(whole, `${helpersName}.c(${text},${site},`, ")");
    } else {
      const temporary = this.#temporary(scope, wordFrom(owner));
      if (isTold) this.#wrap(whole, `${helpersName}.M("${name}",${site},`, `,${temporary}${keyText})`);
      else this.#wrap(whole, `${helpersName}.C(${site},`, `,${temporary})`);
      this.#lookBefore(last, temporary, look, keyText);
      this.#capture(owner, temporary, last === undefined ? look : undefined);
    }
    if (key !== undefined && first !== undefined && first.type !== "Literal")
      this.#edits.wrap(first.start ?? 0, first.end ?? 0, `${key}=(`, ")");
  }

  /** `a?.b.c.push()`: what stands before the first link is kept, and the names after it are followed from there. */
  #behindLink(owner: ESTree.Node, whole: ESTree.Node, scope: Scope | undefined, last?: ESTree.Node): void {
    const names: string[] = [];
    let at = owner;
    while (isMember(at) && hasOptionalLink(at)) {
      const name = staticName(at);
      if (name === undefined || at.computed) return;
      names.unshift(name);
      at = at.object;
    }
    if (scope === undefined || hasOptionalLink(at) || isFresh(at) || at.type === "Super") return;
    const temporary = this.#temporary(scope, wordFrom(at));
    const path = JSON.stringify(names.join("."));
    this.#wrap(whole, `${helpersName}.O(${this.#site(whole)},`, `,${temporary},${path})`);
    const value = last?.type === "SpreadElement" ? last.argument : last;
    if (value === undefined) this.#wrap(at, `${helpersName}.Q(${path},(${temporary}=(`, ")))");
    else {
      this.#wrap(value, `${helpersName}.q(${temporary},${path},(`, "))");
      this.#capture(at, temporary);
    }
  }

  /** The look right before the write: when the last thing that is evaluated before it has its value. */
  #lookBefore(value: ESTree.Node | undefined, object: string, look: string, keyText = ""): void {
    const last = value?.type === "SpreadElement" ? value.argument : value;
    if (last !== undefined) this.#wrap(last, `${helpersName}.b(${object},"${look}",(`, `)${keyText})`);
  }

  /** A literal as it is; anything else through a temporary. */
  #argumentText(argument: ESTree.Node, scope: Scope | undefined): string | undefined {
    if (argument.type === "Literal") return this.#edits.textOf(argument.start ?? 0, argument.end ?? 0);
    return scope === undefined ? undefined : this.#temporary(scope, "key");
  }

  /** `look`: where nothing more is evaluated before the write, the object is looked at here. */
  #capture(object: ESTree.Node, temporary: string, look?: string, keyText = ""): void {
    if (look === undefined) this.#wrap(object, `(${temporary}=(`, "))");
    else this.#wrap(object, `${helpersName}.B("${look}",(${temporary}=(`, `))${keyText})`);
  }

  #wrap(node: ESTree.Node, before: string, after: string): void {
    this.#edits.wrap(node.start ?? 0, node.end ?? 0, before, after);
  }

  #site(node: ESTree.Node): string {
    this.found.push({ at: node.start ?? 0, functionName: this.#functionName });
    return `${this.#sites}+${this.found.length - 1}`;
  }

  #temporary(scope: Scope, word: string): string {
    const name = `${word}${this.#suffix}${++this.#temporaries}`;
    scope.temporaries.push(name);
    return name;
  }
}

const declarationOf = ({ temporaries }: Scope): string =>
  temporaries.length > 0 ? `let ${temporaries.join(",")};` : "";

/** Evaluating these twice is evaluating them once. */
const isSimple = (node: ESTree.Node): boolean =>
  node.type === "Identifier" || node.type === "ThisExpression" || node.type === "Super";

const textOfSimple = (node: ESTree.Node): string => (node.type === "Identifier" ? node.name : "this");

const lookText = (look: string, object: string, keyText = ""): string =>
  `${helpersName}.B("${look}",${object}${keyText})`;

const isLogical = (operator: string): boolean => operator === "??=" || operator === "||=" || operator === "&&=";

/** A chain whose value is called or used as a tag passes its object on as `this`, which a call around it would lose. */
const isBoundTo = (chain: ESTree.ChainExpression, parent: ESTree.Node): boolean =>
  (parent.type === "CallExpression" && parent.callee === chain) ||
  (parent.type === "TaggedTemplateExpression" && parent.tag === chain);

const isResultOf = (whole: ESTree.Node, call: ESTree.CallExpression): boolean =>
  whole === call || (whole.type === "ChainExpression" && whole.expression === call);

/** The members a destructuring pattern writes to. */
function targetsOf(pattern: ESTree.Node): Member[] {
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
