// A made-up program's writes: scopes of fifty values each, as properties, in objects inside objects, in Maps and in arrays;
// values move between scopes, arrays shift, entries go and come back. The same for the same seed.
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { type CapturedValue, type ObjectContents, type ObjectId, objectId } from "../../src/shared/trace/value.js";
import type { WriteOperation } from "../../src/shared/trace/write.js";

export const leavesPerScope = 50;
const inner = 10;

type Shape = "flat" | "nested" | "map" | "array";

interface Scope {
  readonly name: string;
  readonly shape: Shape;
  readonly root: ObjectId;
  /** Of a nested one: objects by property; they move. */
  readonly inside: ObjectId[];
}

const shapes: readonly Shape[] = ["flat", "flat", "nested", "map", "flat", "array", "nested", "flat"];
const number = (value: number): CapturedValue => ({ kind: "primitive", value });
const reference = (id: ObjectId): CapturedValue => ({ kind: "object", id });
const text = (value: string): CapturedValue => ({ kind: "primitive", value });

export class StateWrites {
  readonly #random: () => number;
  readonly scopes: Scope[] = [];
  #nextId = 1;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #newId(): ObjectId {
    return objectId(this.#nextId++);
  }

  #value(): CapturedValue {
    const kind = this.#below(8);
    if (kind < 5) return number(this.#below(1_000_000));
    if (kind === 5) return number(this.#random() * 1000);
    return kind === 6 ? text(`state ${this.#below(5000)}`) : { kind: "primitive", value: this.#below(2) === 0 };
  }

  /** What makes the scopes. */
  *beginning(count: number): Iterable<WriteOperation> {
    for (let index = 0; index < count; index++) {
      const shape = shapes[index % shapes.length] ?? "flat";
      const inside = shape === "nested" ? Array.from({ length: inner }, () => this.#newId()) : [];
      for (const id of inside)
        yield { kind: "contents", target: id, contents: this.#leaves("flat", leavesPerScope / inner) };
      const root = this.#newId();
      const contents: ObjectContents =
        shape === "nested"
          ? {
              kind: "object",
              className: "Object",
              entries: inside.map((id, at) => [`group_${at}`, reference(id)]),
            }
          : this.#leaves(shape, leavesPerScope);
      yield { kind: "contents", target: root, contents };
      const name = `scope_${index}`;
      yield { kind: "scope", scope: name, value: reference(root) };
      this.scopes.push({ name, shape, root, inside });
    }
  }

  #leaves(shape: Exclude<Shape, "nested">, count: number): ObjectContents {
    const values = Array.from({ length: count }, () => this.#value());
    if (shape === "map")
      return { kind: "map", className: "Map", pairs: values.map((value, at) => [text(`key_${at}`), value]) };
    if (shape === "array") return { kind: "array", className: "Array", elements: values, entries: [] };
    return { kind: "object", className: "Object", entries: values.map((value, at) => [`field_${at}`, value]) };
  }

  /** One write, to any scope. */
  next(): WriteOperation {
    const scope = this.scopes[this.#below(this.scopes.length)];
    if (scope === undefined) throw new Error("there are no scopes");
    const { shape, root: target, inside } = scope;
    switch (shape) {
      case "flat":
        return { kind: "set", target, key: `field_${this.#below(leavesPerScope)}`, value: this.#value() };
      case "map":
        return this.#below(10) === 0
          ? { kind: "map-delete", target, key: text(`key_${this.#below(leavesPerScope)}`) }
          : { kind: "map-set", target, key: text(`key_${this.#below(leavesPerScope)}`), value: this.#value() };
      case "array":
        return this.#below(10) === 0
          ? { kind: "splice", target, start: 0, deleteCount: 1, elements: [this.#value()] }
          : { kind: "splice", target, start: this.#below(leavesPerScope), deleteCount: 1, elements: [this.#value()] };
      case "nested": {
        const at = this.#below(inside.length);
        if (this.#below(50) === 0) return this.#move(scope, at);
        const key = `field_${this.#below(leavesPerScope / inner)}`;
        return { kind: "set", target: inside[at] ?? target, key, value: this.#value() };
      }
    }
  }

  /** Another scope's object from now on: both refer to it. */
  #move(scope: Scope, at: number): WriteOperation {
    const nested = this.scopes.filter(({ shape }) => shape === "nested");
    const other = nested[this.#below(nested.length)] ?? scope;
    const moved = other.inside[this.#below(inner)] ?? scope.root;
    scope.inside[at] = moved;
    return { kind: "set", target: scope.root, key: `group_${at}`, value: reference(moved) };
  }
}
