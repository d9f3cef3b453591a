// What was given to `track`, by its name: the object, as long as the program has it itself, or a value that is none.
import { OwnMap, isSame } from "./intrinsics.js";

interface Root {
  readonly object: WeakRef<object> | undefined;
  readonly primitive: unknown;
}

export class Roots {
  readonly #byName = new OwnMap<string, Root>();

  /** False where it is that already. */
  set(name: string, value: unknown): boolean {
    const root = this.#byName.get(name);
    if (root !== undefined && isSame(root.object === undefined ? root.primitive : root.object.deref(), value))
      return false;
    const isObject = typeof value === "object" && value !== null;
    this.#byName.set(
      name,
      isObject ? { object: new WeakRef(value), primitive: undefined } : { object: undefined, primitive: value },
    );
    return true;
  }

  /** Undefined where there is none, or the program has let its object go. */
  find(name: string): { readonly value: unknown } | undefined {
    const root = this.#byName.get(name);
    if (root === undefined) return undefined;
    if (root.object === undefined) return { value: root.primitive };
    const value = root.object.deref();
    return value === undefined ? undefined : { value };
  }

  objects(): object[] {
    const objects: object[] = [];
    this.#byName.forEach((root) => {
      const object = root.object?.deref();
      if (object !== undefined) objects[objects.length] = object;
    });
    return objects;
  }

  names(): string[] {
    const names: string[] = [];
    this.#byName.forEach((_root, name) => (names[names.length] = name));
    return names;
  }

  clear(): void {
    this.#byName.clear();
  }
}
