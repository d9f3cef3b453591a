// A value on one line: a primitive as JavaScript prints it, an object as a short picture of what it holds.
import { formatStep } from "../../shared/trace/path.js";
import { unreachable } from "../../shared/base/unreachable.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import { eachInOrder } from "./entries.js";
import { type GraphNode, sizeOfNode } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";

const maxText = 120;
const maxPicture = 60;

/** With `isOpen` an object's children are shown below it, so its line only says what it is. */
export function previewOf(graph: ObjectGraph, value: CapturedValue, isOpen = false): string {
  if (value.kind !== "object") return scalarText(value, maxText);
  const node = graph.node(value.id);
  if (node === undefined) return "not recorded";
  return isOpen ? headOf(node, sizeOfNode(node)) : picture(graph, node);
}

/** What an object is and how much it holds: `Map(3)`, `Account`, `{…5}`. */
export function headOf(node: GraphNode, size: number): string {
  switch (node.kind) {
    case "object":
      return node.className === "Object" || node.className === "" ? (size === 0 ? "{}" : `{…${size}}`) : node.className;
    case "error":
    case "opaque":
      return node.className;
    case "array":
    case "map":
    case "set":
      return `${node.className}(${size})`;
    case "date":
      return Number.isNaN(node.timeMs) ? "Invalid Date" : new Date(node.timeMs).toISOString();
    case "bytes":
      return `${node.className}(${node.length})`;
    default:
      return unreachable(node);
  }
}

/** The constructor's name of an object, else the primitive's type; what stands there when the value is not known. */
export function typeOf(graph: ObjectGraph, value: CapturedValue): string {
  switch (value.kind) {
    case "primitive":
      return value.value === null ? "null" : typeof value.value;
    case "object": {
      const node = graph.node(value.id);
      return node === undefined ? "not-recorded" : node.className;
    }
    case "cut":
      return "string";
    case "unavailable":
      return value.because;
    default:
      return value.kind;
  }
}

function picture(graph: ObjectGraph, node: GraphNode): string {
  const size = sizeOfNode(node);
  const head = headOf(node, size);
  if (size === 0 || (node.kind !== "object" && node.kind !== "error" && node.kind !== "array")) return head;
  const items = new Items(graph);
  if (node.kind === "array") for (const value of node.elements) if (!items.add("", value)) break;
  if (!items.isFull)
    eachInOrder(node.entries, (key, value) =>
      items.add(node.kind === "array" ? "" : `${formatStep({ kind: "property", key })}: `, value),
    );
  const isPlain = node.kind === "object" && head.startsWith("{");
  const inside = node.kind === "array" ? `[${items.text}]` : `{${items.text}}`;
  return isPlain ? inside : `${head} ${inside}`;
}

/** Objects that an object's picture may show: all that it does show of its elements or its properties, and few others. */
export function shownInPreview(node: GraphNode | undefined): readonly ObjectId[] {
  if (node === undefined || !("entries" in node)) return [];
  const shown: ObjectId[] = [];
  let length = 0;
  const fits = (label: number, value: CapturedValue): boolean => {
    if (value.kind === "object") shown.push(value.id);
    length += label + 2;
    return length <= maxPicture;
  };
  if (node.kind === "array") {
    for (const value of node.elements) if (!fits(0, value)) break;
  } else eachInOrder(node.entries, (key, value) => fits(key.length + 2, value));
  return shown;
}

/** As many as there is room for in a picture. */
class Items {
  text = "";
  isFull = false;
  readonly #graph: ObjectGraph;
  #count = 0;
  #length = 0;

  constructor(graph: ObjectGraph) {
    this.#graph = graph;
  }

  /** Whether there may be room for another. */
  add(label: string, value: CapturedValue): boolean {
    const text = `${label}${value.kind === "object" ? nestedText(this.#graph, value) : scalarText(value, 24)}`;
    this.#length += text.length + 2;
    this.isFull = this.#length > maxPicture;
    this.text += `${this.#count++ === 0 ? "" : ", "}${this.isFull ? "…" : text}`;
    return !this.isFull;
  }
}

function nestedText(graph: ObjectGraph, value: Extract<CapturedValue, { kind: "object" }>): string {
  const node = graph.node(value.id);
  return node === undefined ? "not recorded" : headOf(node, sizeOfNode(node));
}

function scalarText(value: Exclude<CapturedValue, { kind: "object" }>, limit: number): string {
  switch (value.kind) {
    case "primitive":
      return primitiveText(value.value, limit);
    case "symbol":
      return `Symbol(${value.description})`;
    case "hole":
      return "<empty>";
    case "cut":
      return `${JSON.stringify(value.start.slice(0, limit))}… ${value.length} characters`;
    case "unavailable":
      return value.because === "getter" ? `[getter] ${value.what}` : value.what;
    default:
      return unreachable(value);
  }
}

function primitiveText(value: string | number | boolean | bigint | null | undefined, limit: number): string {
  if (typeof value === "string")
    return value.length > limit ? `${JSON.stringify(value.slice(0, limit))}…` : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}
