// Scopes that nobody gives to `track`: instances of classes that were chosen by name, and variables at the top of a file.
// An instance is told of where `new` has made it; one that code makes which is not instrumented is told of while it is constructed,
// and followed a moment later. Nothing here keeps an instance in memory, and there are never more of these scopes than `mostInstances`.
import { matcherOfAny } from "../pipeline/text-pattern.js";
import { OwnMap, OwnWeakMap, ownDescriptor, prototypeOf } from "./intrinsics.js";
import { classNamesOf, isProxy, kindOf } from "./nature.js";

export interface Chosen {
  /** Names of classes and variables; `*` is any text. */
  readonly names: readonly string[];
  /** `location`: where it became the scope; 0 is unknown. */
  follow(scope: string, value: unknown, location: number): void;
  /** An instance is there that is not followed, or not any more. */
  leaveOut(): void;
  /** Of an object under a secret's name nothing is read. */
  placeholderFor(name: string): string | undefined;
  /** What was begun is to be settled soon, when the program's own code has returned. */
  soon(): void;
}

/** Names of instances that there are in one process; those without a key of their own take those of others that are gone. */
const mostInstances = 1000;
const mostBegun = 1000;
const mostKeyUnits = 64;
/** Of how many names it is looked whether they are free again before there is one more. */
const looksForFree = 8;
const keyNames = ["id", "_id", "uuid", "key", "name"];

/** The names of one class that its instances have by their number. */
interface Numbered {
  readonly instances: WeakRef<object>[];
  next: number;
}

export class ChosenState {
  readonly #chosen: Chosen;
  readonly #isNamed: (name: string) => boolean;
  /** By prototype: what instances are called; "" for those that were not chosen. */
  readonly #classes = new OwnWeakMap<object, string>();
  readonly #scopes = new OwnWeakMap<object, string>();
  readonly #keyed = new OwnMap<string, WeakRef<object>>();
  readonly #numbered = new OwnMap<string, Numbered>();
  readonly #files = new OwnMap<string, string>();
  #count = 0;
  #begun: { readonly instance: object; readonly location: () => number }[] = [];

  constructor(chosen: Chosen) {
    this.#chosen = chosen;
    this.#isNamed = matcherOfAny(chosen.names);
  }

  /** `new` has made it, at `location`. */
  made(instance: unknown, location: () => number): void {
    const last = this.#begun.length - 1;
    if (last >= 0 && this.#begun[last]?.instance === instance) this.#begun.length = last;
    this.#add(instance, location);
  }

  /** It is being made by the constructor at `location`, who knows where. */
  begun(instance: unknown, location: () => number): void {
    if (typeof instance !== "object" || instance === null || this.#classOf(instance) === "") return;
    if (this.#begun.length >= mostBegun) return this.#chosen.leaveOut();
    if (this.#begun.length === 0) this.#chosen.soon();
    this.#begun[this.#begun.length] = { instance, location };
  }

  /** What was begun is there by now. */
  settle(): void {
    if (this.#begun.length === 0) return;
    const begun = this.#begun;
    this.#begun = [];
    for (let at = 0; at < begun.length; at++) {
      const one = begun[at];
      if (one !== undefined) this.#add(one.instance, one.location);
    }
  }

  /** A variable at the top of `file` holds `value` from here on. */
  variable(name: string, file: string, value: unknown, location: number): void {
    const first = this.#files.get(name);
    if (first === undefined) this.#files.set(name, file);
    this.#chosen.follow(first === undefined || first === file ? name : `${name} (${file})`, value, location);
  }

  #add(instance: unknown, location: () => number): void {
    if (typeof instance !== "object" || instance === null) return;
    const className = this.#classOf(instance);
    if (className === "" || this.#scopes.has(instance)) return;
    const scope = this.#scopeOf(instance, className);
    if (scope === undefined) return this.#chosen.leaveOut();
    this.#scopes.set(instance, scope);
    this.#chosen.follow(scope, instance, location());
  }

  #classOf(instance: object): string {
    if (isProxy(instance)) return "";
    const prototype: unknown = prototypeOf(instance);
    if (typeof prototype !== "object" || prototype === null) return "";
    const known = this.#classes.get(prototype);
    if (known !== undefined) return known;
    const names = classNamesOf(prototype);
    const isChosen = names.some(this.#isNamed) && kindOf(instance) !== "opaque";
    const name = isChosen ? (names[0] ?? "") : "";
    this.#classes.set(prototype, name);
    return name;
  }

  #scopeOf(instance: object, className: string): string | undefined {
    const key = this.#keyOf(instance, className);
    if (key === undefined) return this.#numberedScope(instance, className);
    const scope = `${className}(${key})`;
    const before = this.#keyed.get(scope);
    if (before === undefined) {
      if (this.#count >= mostInstances) return undefined;
      this.#count++;
    } else if (before.deref() !== undefined) {
      this.#chosen.leaveOut();
    }
    this.#keyed.set(scope, new WeakRef(instance));
    return scope;
  }

  #numberedScope(instance: object, className: string): string | undefined {
    let numbered = this.#numbered.get(className);
    if (numbered === undefined) {
      numbered = { instances: [], next: 0 };
      this.#numbered.set(className, numbered);
    }
    const { instances } = numbered;
    for (let looks = Math.min(looksForFree, instances.length); looks > 0; looks--) {
      const at = numbered.next++ % instances.length;
      if (instances[at]?.deref() !== undefined) continue;
      instances[at] = new WeakRef(instance);
      return `${className}#${at + 1}`;
    }
    if (this.#count >= mostInstances) return undefined;
    this.#count++;
    instances[instances.length] = new WeakRef(instance);
    return `${className}#${instances.length}`;
  }

  /** `id=42`; undefined where it has no property that says which it is. */
  #keyOf(instance: object, className: string): string | undefined {
    const own = `${className.charAt(0).toLowerCase()}${className.slice(1)}Id`;
    for (const name of [...keyNames.slice(0, 2), own, ...keyNames.slice(2)]) {
      const value: unknown = ownDescriptor(instance, name)?.value;
      const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
      if (typeof text !== "string" || text === "" || text.length > mostKeyUnits) continue;
      if (this.#chosen.placeholderFor(name) === undefined) return `${name}=${text}`;
    }
    return undefined;
  }
}
