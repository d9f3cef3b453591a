// A seeded program that changes its state in every way the recording knows, and tells what it did as writes: the live
// value is the judge of what the fold makes of them.
import { type CapturedValue, type ObjectContents, type ObjectId, objectId } from "../../shared/trace/value.js";
import type { RecordedWrite, WriteOperation } from "../../shared/trace/write.js";
import { writeOf } from "./notation.test-support.js";

export function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

class Point {
  x: unknown = 0;
}

export class LiveProgram {
  readonly writes: RecordedWrite[] = [];
  readonly root: Record<string, unknown> = {};
  readonly #below: (limit: number) => number;
  readonly #ids = new Map<object, ObjectId>();
  readonly #objects: object[] = [];

  constructor(seed: number, scope = "s") {
    this.#below = randomFrom(seed);
    this.#write({ kind: "scope", scope, value: this.#capture(this.root) });
  }

  /** One change, which may take several writes (new objects come first). */
  step(): void {
    const object = this.#objects[this.#below(this.#objects.length)] ?? this.root;
    const target = this.#idOf(object);
    if (Array.isArray(object)) this.#changeArray(object, target);
    else if (object instanceof Map) this.#changeMap(object, target);
    else if (object instanceof Set) this.#changeSet(object, target);
    else if (!(object instanceof Date)) this.#changeObject(object, target);
  }

  #changeObject(object: object, target: ObjectId): void {
    const key = ["a", "b", "c", "10", "2", "01", "x-id", "$type", "__proto__"][this.#below(9)] ?? "a";
    if (this.#below(4) === 0) {
      Reflect.deleteProperty(object, key);
      this.#write({ kind: "delete", target, key });
    } else {
      const value = this.#some();
      const captured = this.#capture(value);
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      this.#write({ kind: "set", target, key, value: captured });
    }
  }

  #changeArray(array: unknown[], target: ObjectId): void {
    if (this.#below(5) === 0) {
      array.reverse();
      this.#write({ kind: "contents", target, contents: this.#contentsOf(array) });
      return;
    }
    const start = this.#below(array.length + 1);
    const deleteCount = Math.min(this.#below(3), array.length - start);
    const values = Array.from({ length: array.length > 6 ? 0 : this.#below(3) }, () => this.#some());
    const elements = values.map((value) => this.#capture(value));
    array.splice(start, deleteCount, ...values);
    if (values.length > 0 && this.#below(6) === 0) {
      Reflect.deleteProperty(array, start);
      elements[0] = { kind: "hole" };
    }
    this.#write({ kind: "splice", target, start, deleteCount, elements });
  }

  #changeMap(map: Map<unknown, unknown>, target: ObjectId): void {
    const key = this.#below(3) === 0 ? this.#some() : ["k", 1, -0, Number.NaN, "1", 1n, null][this.#below(7)];
    const capturedKey = this.#capture(key);
    if (this.#below(12) === 0) {
      map.clear();
      this.#write({ kind: "clear", target });
    } else if (this.#below(3) === 0) {
      map.delete(key);
      this.#write({ kind: "map-delete", target, key: capturedKey });
    } else {
      const value = this.#some();
      const captured = this.#capture(value);
      map.set(key, value);
      this.#write({ kind: "map-set", target, key: capturedKey, value: captured });
    }
  }

  #changeSet(set: Set<unknown>, target: ObjectId): void {
    const member = this.#some();
    const captured = this.#capture(member);
    if (this.#below(12) === 0) {
      set.clear();
      this.#write({ kind: "clear", target });
    } else if (this.#below(3) === 0) {
      set.delete(member);
      this.#write({ kind: "set-delete", target, member: captured });
    } else {
      set.add(member);
      this.#write({ kind: "set-add", target, member: captured });
    }
  }

  #some(): unknown {
    const known = this.#objects[this.#below(this.#objects.length)];
    const primitives = [0, -0, 1.5, Number.NaN, "", "text", true, null, undefined, 12n, Symbol.for("sign")];
    switch (this.#below(16)) {
      case 0:
        return { a: this.#below(9), b: [this.#below(9)] };
      case 1:
        return [this.#below(9), {}];
      case 2:
        return new Map<unknown, unknown>([["k", this.#below(9)]]);
      case 3:
        return new Set([this.#below(3)]);
      case 4:
        return new Date(this.#below(2) === 0 ? Number.NaN : this.#below(1e9));
      case 5:
        return new Point();
      case 6:
      case 7:
      case 8:
        return known;
      default:
        return primitives[this.#below(primitives.length)];
    }
  }

  #capture(value: unknown): CapturedValue {
    if (value === undefined || value === null) return { kind: "primitive", value };
    if (typeof value === "symbol") return { kind: "symbol", description: value.description ?? "" };
    if (typeof value === "object") return { kind: "object", id: this.#idOf(value) };
    if (typeof value === "function") return { kind: "unavailable", because: "opaque", what: "function" };
    if (
      typeof value === "string" ||
      typeof value === "number" ||
      typeof value === "boolean" ||
      typeof value === "bigint"
    )
      return { kind: "primitive", value };
    throw new Error("not a value");
  }

  #idOf(object: object): ObjectId {
    const known = this.#ids.get(object);
    if (known !== undefined) return known;
    const id = objectId(this.#ids.size + 1);
    this.#ids.set(object, id);
    this.#objects.push(object);
    this.#write({ kind: "contents", target: id, contents: this.#contentsOf(object) });
    return id;
  }

  #contentsOf(object: object): ObjectContents {
    const className = object.constructor.name;
    if (object instanceof Date) return { kind: "date", className, timeMs: object.getTime() };
    if (object instanceof Map)
      return { kind: "map", className, pairs: [...object].map(([k, v]) => [this.#capture(k), this.#capture(v)]) };
    if (object instanceof Set) return { kind: "set", className, members: [...object].map((m) => this.#capture(m)) };
    if (!Array.isArray(object))
      return { kind: "object", className, entries: Object.entries(object).map(([k, v]) => [k, this.#capture(v)]) };
    const elements = Array.from({ length: object.length }, (_, at): CapturedValue =>
      at in object ? this.#capture(object[at]) : { kind: "hole" },
    );
    return { kind: "array", className, elements, entries: [] };
  }

  #write(operation: WriteOperation): void {
    this.writes.push(writeOf(operation, this.writes.length + 1));
  }
}
