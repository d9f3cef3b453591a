// What is written around a place that writes: the call that tells about it afterwards, and the look right before it.
// Invariants: every part of the program's source is evaluated once, in its order; a temporary belongs to one activation
// of one function and to one site, so recursion, generators and getters cannot mix them up.
import type { ESTree } from "meriyah";
import type { Edits } from "./edits.js";
import { helpersName } from "../write-helpers.js";
import {
  type Member,
  hasOptionalLink,
  isFresh,
  isMember,
  isResultOf,
  isSimple,
  keyedMethods,
  mayBeElement,
  staticName,
  wordFrom,
} from "./syntax.js";

/** Where temporaries are declared: a function body, or the top level. */
export interface Scope {
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

export class SiteCalls {
  readonly found: FoundSite[] = [];
  /** What encloses the place that is looked at. */
  functionName = "";
  readonly privateNames: ReadonlyMap<string, boolean>[] = [];
  readonly #edits: Edits;
  readonly #sites: string;
  readonly #suffix: string;
  #temporaries = 0;

  /** `suffix` occurs nowhere in the source; `sites` names the variable with the number of the first site. */
  constructor(edits: Edits, suffix: string, sites: string) {
    this.#edits = edits;
    this.#suffix = suffix;
    this.#sites = sites;
  }

  /** The call that tells about a write to `member`, before and after its value; wrapped around `whole` where given. */
  write(
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
    // Before `super()` there is no `this`, and what is destructured is evaluated before anybody finds out.
    const isThisLater = isPattern && (member.object.type === "Super" || member.object.type === "ThisExpression");
    const receiver: Receiver = isThisLater
      ? { kind: "after", text: "this" }
      : needsTemporary && scope !== undefined
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
    const call = this.#callText(told, key, this.site(whole ?? member));
    if (whole !== undefined) this.#edits.wrap(whole.start ?? 0, whole.end ?? 0, call[0], call[1]);
    if (look !== undefined) this.#lookBefore(last, receiver.text, look, keyText);
    if (isThisLater) this.#lookAtThis(member.object, receiverLook);
    else if (receiver.kind === "after") this.#capture(member.object, receiver.text, receiverLook, keyText);
    if (key.kind === "temporary") this.#wrap(member.property, `${key.text}=(`, ")");
    return call;
  }

  /**
   * `exports.f = () => …` as a statement: in stacks V8 calls the function by all the names in the expression that it is
   * written in, ours as well. So it is told of behind it. False where it is not such a statement.
   */
  functionStatement(node: ESTree.AssignmentExpression): boolean {
    const { left, operator, right } = node;
    if (operator !== "=" || !isMember(left) || !isFunctionText(right)) return false;
    const name = staticName(left);
    if (name === undefined || isFresh(left.object) || mayBeElement(left)) return false;
    if (!isSimple(left.object)) return this.behind(node, left.object);
    const told = `${textOfSimple(left.object)},${JSON.stringify(name)},${this.site(node)}`;
    this.#edits.wrap(node.start ?? 0, node.end ?? 0, "", `,${helpersName}.s(${told},0)`);
    return true;
  }

  /**
   * A statement is told of behind it: anything may have changed in `receiver`, a name or a chain of names. To follow that runs
   * nothing. False where it is something else.
   */
  behind(node: ESTree.Node, receiver: ESTree.Node): boolean {
    const names: string[] = [];
    let at = receiver;
    for (; isMember(at) && !isSimple(at); at = at.object) {
      const name = staticName(at);
      if (name === undefined || at.computed || name.includes(".")) return false;
      names.unshift(name);
    }
    if (!isSimple(at) || at.type === "Super") return false;
    const [object, site, path] = [textOfSimple(at), this.site(node), JSON.stringify(names.join("."))];
    const told = names.length === 0 ? `c(${object},${site},0)` : `O(${site},0,${object},${path})`;
    this.#edits.wrap(node.start ?? 0, node.end ?? 0, "", `,${helpersName}.${told}`);
    return true;
  }

  /** A function that changes its first argument. */
  argument(whole: ESTree.Node, call: ESTree.CallExpression, argument: ESTree.Node, scope: Scope | undefined): void {
    if (isFresh(argument)) return;
    const isNamed = isSimple(argument);
    if (!isNamed && scope === undefined) return;
    const site = this.site(whole);
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

  method(
    call: ESTree.CallExpression,
    owner: ESTree.Node,
    name: string,
    whole: ESTree.Node,
    scope: Scope | undefined,
  ): void {
    const isNamed = isSimple(owner);
    if (!isNamed && scope === undefined) return;
    const site = this.site(whole);
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
  behindLink(owner: ESTree.Node, whole: ESTree.Node, scope: Scope | undefined, last?: ESTree.Node): void {
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
    this.#wrap(whole, `${helpersName}.O(${this.site(whole)},`, `,${temporary},${path})`);
    const value = last?.type === "SpreadElement" ? last.argument : last;
    if (value === undefined) this.#wrap(at, `${helpersName}.Q(${path},(${temporary}=(`, ")))");
    else {
      this.#wrap(value, `${helpersName}.q(${temporary},${path},(`, "))");
      this.#capture(at, temporary);
    }
  }

  #keyOf(member: Member, scope: Scope | undefined): Key {
    const { property } = member;
    if (property.type === "PrivateIdentifier") {
      const isField = this.#isPrivateField(property.name);
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

  /** What the innermost class means by it that has it. */
  #isPrivateField(name: string): boolean {
    for (let at = this.privateNames.length - 1; at >= 0; at--) {
      const isField = this.privateNames[at]?.get(name);
      if (isField !== undefined) return isField;
    }
    return false;
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

  #lookAtThis(object: ESTree.Node, look: string | undefined): void {
    if (look !== undefined && object.type === "ThisExpression") this.#wrap(object, `${helpersName}.B("${look}",`, ")");
  }

  #wrap(node: ESTree.Node, before: string, after: string): void {
    this.#edits.wrap(node.start ?? 0, node.end ?? 0, before, after);
  }

  /** The number of a new one, as an expression. */
  site(node: { readonly start?: number | undefined }): string {
    this.found.push({ at: node.start ?? 0, functionName: this.functionName });
    return `${this.#sites}+${this.found.length - 1}`;
  }

  #temporary(scope: Scope, word: string): string {
    const name = `${word}${this.#suffix}${++this.#temporaries}`;
    scope.temporaries.push(name);
    return name;
  }
}

const isFunctionText = ({ type }: ESTree.Node): boolean =>
  type === "FunctionExpression" || type === "ArrowFunctionExpression";

const textOfSimple = (node: ESTree.Node): string => (node.type === "Identifier" ? node.name : "this");

const lookText = (look: string, object: string, keyText = ""): string =>
  `${helpersName}.B("${look}",${object}${keyText})`;
