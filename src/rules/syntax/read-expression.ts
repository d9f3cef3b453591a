// From the nodes of the syntax tree to expressions. Undefined where something is missing: a problem was told of that already.
import type { SyntaxNode } from "@lezer/common";
import type { Place } from "../problem.js";
import { type Argument, type BinaryOperator, type Expression, type Step, binaryOperators } from "./model.js";

export const placeOf = ({ from, to }: Place): Place => ({ from, to });

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "Comment") children.push(child);
  }
  return children;
}

export class ExpressionReader {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  text(node: Place): string {
    return this.#source.slice(node.from, node.to);
  }

  /** Between its quotes. */
  quoted(node: Place): string {
    return this.#source.slice(node.from + 1, node.to - 1);
  }

  /** The first expression among some nodes. */
  first(nodes: readonly SyntaxNode[]): Expression | undefined {
    for (const node of nodes) {
      const read = this.expression(node);
      if (read !== undefined) return read;
    }
    return undefined;
  }

  expression(node: SyntaxNode): Expression | undefined {
    const place = placeOf(node);
    switch (node.name) {
      case "Parenthesized":
        return this.first(childrenOf(node));
      case "Quantity":
        return { kind: "quantity", ...this.quantity(node), place };
      case "String":
        return { kind: "text", text: this.quoted(node), place };
      case "Boolean":
        return { kind: "boolean", value: this.text(node) === "true", place };
      case "Name":
        return { kind: "name", parts: [this.text(node)], place };
      case "Member":
        return this.#member(node);
      case "Call": {
        const [name] = childrenOf(node);
        if (name === undefined) return undefined;
        return { kind: "call", name: this.text(name), namePlace: placeOf(name), args: this.args(node), place };
      }
      case "Unary": {
        const [operator, of] = childrenOf(node);
        const read = of === undefined ? undefined : this.expression(of);
        if (operator === undefined || read === undefined) return undefined;
        return { kind: "unary", operator: this.text(operator) === "!" ? "!" : "-", of: read, place };
      }
      case "Rate": {
        const [of, , unit] = childrenOf(node);
        const read = of === undefined ? undefined : this.expression(of);
        return read === undefined || unit === undefined
          ? undefined
          : { kind: "per", of: read, unit: this.text(unit), place };
      }
      case "Binary":
        return this.#binary(node);
      default:
        return undefined;
    }
  }

  /** Of a call or an action: what stands in its parentheses. */
  args(call: SyntaxNode): Argument[] {
    const list = call.getChild("Arguments");
    return list === null
      ? []
      : childrenOf(list).flatMap((node) => {
          const read = this.#argument(node);
          return read === undefined ? [] : [read];
        });
  }

  quantity(node: SyntaxNode): { readonly value: number; readonly unit: string | undefined } {
    const number = node.getChild("Number");
    const unit = node.getChild("Unit");
    return {
      value: number === null ? NaN : Number(this.text(number)),
      unit: unit === null ? undefined : this.text(unit),
    };
  }

  #argument(node: SyntaxNode): Argument | undefined {
    const place = placeOf(node);
    if (node.name === "Selection") {
      const [of, , where] = childrenOf(node).map((child) =>
        child.name === "where" ? undefined : this.expression(child),
      );
      return of === undefined || where === undefined ? undefined : { kind: "selection", of, where, place };
    }
    if (node.name === "Window") {
      const quantity = node.getChild("Quantity");
      const word = node.getChild("WindowWord");
      if (quantity === null || word === null) return undefined;
      return { kind: "window", ...this.quantity(quantity), word: this.text(word), wordPlace: placeOf(word), place };
    }
    if (node.name !== "Object") return this.expression(node);
    const entries = childrenOf(node).flatMap((entry) => {
      const [name, ...rest] = childrenOf(entry);
      const value = this.first(rest);
      if (entry.name !== "Entry" || name === undefined || value === undefined) return [];
      return [[name.name === "String" ? this.quoted(name) : this.text(name), value] as const];
    });
    return { kind: "object", entries, place };
  }

  #binary(node: SyntaxNode): Expression | undefined {
    const [leftNode, operatorNode, rightNode] = childrenOf(node);
    if (leftNode === undefined || operatorNode === undefined || rightNode === undefined) return undefined;
    const written = this.text(operatorNode);
    const operator = binaryOperators.find((one): one is BinaryOperator => one === written);
    const left = this.expression(leftNode);
    const right = this.expression(rightNode);
    if (operator === undefined || left === undefined || right === undefined) return undefined;
    return { kind: "binary", operator, left, right, place: placeOf(node) };
  }

  /** Names and their parts become one name; whatever else has steps behind it keeps them as a list. */
  #member(node: SyntaxNode): Expression | undefined {
    const steps: Step[] = [];
    let base: SyntaxNode = node;
    while (base.name === "Member") {
      const children = childrenOf(base);
      const step = children.at(children.at(-1)?.name === "]" ? -2 : -1);
      if (step === undefined || children.length < 2) return undefined;
      steps.push(this.#step(step));
      const [inner] = children;
      if (inner === undefined) return undefined;
      base = inner;
    }
    steps.reverse();
    const of = this.expression(base);
    if (of === undefined) return undefined;
    const place = placeOf(node);
    const isPlain = steps.every((step): step is string => typeof step === "string");
    if (of.kind === "name" && isPlain) return { kind: "name", parts: [...of.parts, ...steps], place };
    return { kind: "member", of, steps, place };
  }

  #step(node: SyntaxNode): Step {
    if (node.name === "String") return this.quoted(node);
    if (node.name === "Number") return Number(this.text(node));
    const text = this.text(node);
    return text === "*" ? undefined : text;
  }
}
