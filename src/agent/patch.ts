// Replaces a method of an object we do not own, so that it can be put back.
type Method = (this: unknown, ...args: unknown[]) => unknown;

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
 * The same for the loader's functions, of which what stands in is one frame in the stack of a module that cannot be found or
 * is being loaded, and must not be two. Undoing puts the original back, or lets ours only pass through when others have built
 * on it since.
 */
export function replaceInOneFrame(
  owner: object,
  name: string,
  replacementFor: (original: Method, isOn: () => boolean) => Method,
): () => void {
  const found: unknown = Reflect.get(owner, name);
  if (!isMethod(found)) return () => undefined;
  let isOn = true;
  const replacement = replacementFor(found, () => isOn);
  passFor(replacement, found);
  Reflect.set(owner, name, replacement);
  return () => {
    isOn = false;
    if (Reflect.get(owner, name) === replacement) Reflect.set(owner, name, found);
  };
}

/** By all that the program can see but `toString`: a function of its own realm, with what others added to all of those. */
export function passFor(standIn: object, found: object): void {
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
