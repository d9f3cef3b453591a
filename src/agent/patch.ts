// Replaces a method of an object we do not own, so that it can be put back.
import { type Choose, type Method, tailCalling } from "./frameless.js";

const { defineProperty, getOwnPropertyDescriptor } = Object;

/**
 * `wrap` gets the original and returns what stands in its place; `uninstall` restores the very property that was there.
 * Whoever wrapped our method in between keeps a working one: it then passes straight through to the original.
 */
export function replaceMethod(target: object, key: string | symbol, wrap: (original: Method) => Method): () => void {
  const before = getOwnPropertyDescriptor(target, key);
  const found: unknown = Reflect.get(target, key);
  if (!isMethod(found) || (before !== undefined && !before.configurable)) return () => undefined;
  let wrapped: Method | undefined = wrap(found);
  const standIn = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(wrapped ?? found, this, args);
  };
  passFor(standIn, found);
  defineProperty(target, key, {
    value: standIn,
    configurable: true,
    enumerable: before?.enumerable ?? false,
    writable: before?.writable ?? true,
  });
  return () => {
    wrapped = undefined;
    if (getOwnPropertyDescriptor(target, key)?.value !== standIn) return;
    if (before === undefined) Reflect.deleteProperty(target, key);
    else defineProperty(target, key, before);
  };
}

/**
 * The same for a class that several objects export: `made` is told of each instance, and must not throw. Instances are what they
 * are otherwise.
 */
export function replaceConstructor(
  owners: readonly object[],
  name: string,
  made: (instance: object) => void,
): () => void {
  const [owner] = owners;
  const found: unknown = owner === undefined ? undefined : Reflect.get(owner, name);
  if (!isMethod(found)) return () => undefined;
  const standIn: Method = new Proxy(found, {
    construct(target, args, newTarget) {
      const instance: unknown = Reflect.construct(target, args, newTarget === standIn ? target : newTarget);
      const isObject = typeof instance === "object" && instance !== null;
      if (isObject) made(instance);
      return isObject ? instance : {};
    },
  });
  noteStandIn(standIn, found);
  const prototype: unknown = Reflect.get(found, "prototype");
  const holders = typeof prototype === "object" && prototype !== null ? [prototype] : [];
  const putAll = (value: unknown, instead: unknown): void => {
    for (const each of owners) put(each, name, value, instead);
    for (const each of holders) put(each, "constructor", value, instead);
  };
  putAll(standIn, found);
  return () => putAll(found, standIn);
}

/**
 * The same for the loader's functions, in which modules run: nothing of ours is in a stack that is made there. `chooserFor`
 * gives what is asked before each call what to call instead, most often the original. Undoing puts the original back, or
 * lets ours only pass through when others have built on it since.
 */
export function replaceWithoutFrame(owner: object, name: string, chooserFor: (original: Method) => Choose): () => void {
  const found: unknown = Reflect.get(owner, name);
  if (!isMethod(found)) return () => undefined;
  const { choose, stop } = choosing(found, chooserFor(found));
  const standIn = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(choose(this, args), this, args);
  };
  passFor(standIn, found);
  const apply = tailCalling(choose);
  const replacement = apply === undefined ? standIn : noteStandIn(new Proxy(standIn, { apply }), found);
  const forgetName = nameInStacks(found, name);
  Reflect.set(owner, name, replacement);
  return () => {
    stop();
    if (Reflect.get(owner, name) !== replacement) return;
    Reflect.set(owner, name, found);
    forgetName();
  };
}

/**
 * The same for one function that several objects hold. But for being called it stays what it is: whatever hangs on it is asked of
 * the original. Nothing is replaced where that could not be done without a frame of ours.
 */
export function replaceFunctionOf(
  owners: readonly object[],
  name: string,
  chooserFor: (original: Method) => Choose,
): () => void {
  const [owner] = owners;
  const found: unknown = owner === undefined ? undefined : Reflect.get(owner, name);
  if (!isMethod(found)) return () => undefined;
  const { choose, stop } = choosing(found, chooserFor(found));
  const apply = tailCalling(choose);
  if (apply === undefined) return () => undefined;
  const replacement = noteStandIn(new Proxy(found, { apply }), found);
  const putAll = (value: unknown, instead: unknown): void => {
    for (const each of owners) put(each, name, value, instead);
  };
  putAll(replacement, found);
  return () => {
    stop();
    putAll(found, replacement);
  };
}

/** Asks until it is stopped; the original where that fails, with too deep a stack, say. */
function choosing(found: Method, asked: Choose): { readonly choose: Choose; stop(): void } {
  let isOn = true;
  const choose: Choose = (self, args) => {
    if (!isOn) return found;
    try {
      return asked(self, args);
    } catch {
      return found;
    }
  };
  return { choose, stop: () => void (isOn = false) };
}

/** Where `instead` still stands. */
function put(holder: object, key: string, value: unknown, instead: unknown): void {
  const own = getOwnPropertyDescriptor(holder, key);
  if (own?.value === instead && own?.configurable === true) defineProperty(holder, key, { ...own, value });
}

/** Of what the runtime answers by an accessor: `asked` is told of whom, before each answer, and must not throw. */
export function replaceGetter(target: object, key: string, asked: (of: object) => void): () => void {
  const before = getOwnPropertyDescriptor(target, key);
  const get: unknown = before?.get;
  if (!isMethod(get) || before?.configurable !== true) return () => undefined;
  const standIn = function (this: object): unknown {
    asked(this);
    return Reflect.apply(get, this, []);
  };
  passFor(standIn, get);
  defineProperty(target, key, { ...before, get: standIn });
  return () => {
    if (getOwnPropertyDescriptor(target, key)?.get === standIn) defineProperty(target, key, before);
  };
}

/**
 * For a function that may be called twice: `seen` is told what it returns. When it throws it does so again, where it is
 * called from.
 */
export const givingResult =
  (original: Method, seen: (result: unknown) => void): Choose =>
  (self, args) => {
    const result = Reflect.apply(original, self, args);
    seen(result);
    return () => result;
  };

/**
 * In a stack, V8 calls a function without a name by the property that holds it, which is no longer so; before version 12 by
 * what the source assigned it to.
 */
function nameInStacks(found: Method, name: string): () => void {
  const own = getOwnPropertyDescriptor(found, "name");
  const isByProperty = Number.parseInt(process.versions.v8) >= 12;
  if (!isByProperty || own?.value !== "" || own.configurable !== true) return () => undefined;
  defineProperty(found, "name", { ...own, value: name });
  return () => void defineProperty(found, "name", own);
}

const standIns = new WeakMap<object, object>();

/** What was found where this stands now; undefined of what is no stand-in of ours. Functions show the text of that. */
export function foundBelow(standIn: unknown): object | undefined {
  const isObject = typeof standIn === "function" || (typeof standIn === "object" && standIn !== null);
  let found = isObject ? standIns.get(standIn) : undefined;
  for (let below = found; below !== undefined; below = standIns.get(below)) found = below;
  return found;
}

/** A Proxy, which needs nothing else to pass for what it is of. */
export function noteStandIn<StandIn extends object>(standIn: StandIn, found: object): StandIn {
  standIns.set(standIn, found);
  return standIn;
}

/** By all that the program can see: a function of its own realm, with what others added to all of those. */
export function passFor(standIn: object, found: object): void {
  standIns.set(standIn, found);
  for (const key of ["name", "length"]) {
    const own = getOwnPropertyDescriptor(found, key);
    if (own !== undefined) defineProperty(standIn, key, own);
  }
  Reflect.setPrototypeOf(standIn, Reflect.getPrototypeOf(found));
}

const isMethod = (value: unknown): value is Method => typeof value === "function";

/** One uninstall out of several, last first. */
export function together(releases: readonly (() => void)[]): () => void {
  return () => {
    for (const release of [...releases].reverse()) release();
  };
}
