// Tells a probe of one of Node's own modules when the program asks for it: loading it here earlier would cost the program,
// and may print a warning that it would not have printed. Known where Node has hooks in the program's thread (22.15 on).
import module from "node:module";
import { types } from "node:util";
import type { Guest } from "./guest.js";
import { dataProperty, isFunction, isObject } from "./own-data.js";
import { replaceMethod, replaceWithoutFrame, together } from "./patch.js";

type Next = (...given: unknown[]) => unknown;

/** `name` without "node:"; what `patch` returns puts everything back. */
export function onBuiltIn(guest: Guest, name: string, patch: (exports: object) => () => void): () => void {
  const registerHooks = dataProperty(module, "registerHooks");
  const getBuiltinModule = dataProperty(process, "getBuiltinModule");
  if (!isFunction(registerHooks) || !isFunction(getBuiltinModule)) return () => undefined;
  let putBack: (() => void) | undefined;
  const seen = (): void => {
    if (putBack !== undefined) return;
    putBack = () => undefined;
    guest.runAsGuest(() => {
      const exports = Reflect.apply(getBuiltinModule, process, [`node:${name}`]);
      if (isObject(exports)) putBack = patch(exports);
    }, undefined);
  };
  const isIt = (specifier: unknown): boolean => specifier === `node:${name}`;
  const loaded = dataProperty(process, "moduleLoadList");
  if (Array.isArray(loaded) && loaded.includes(`NativeModule ${name}`)) seen();
  const resolve = (specifier: unknown, context: unknown, next: Next): unknown => {
    const resolved = next(specifier, context);
    // Some may be asked for without "node:"; of others, that is the name of a package.
    if (isIt(isObject(resolved) ? dataProperty(resolved, "url") : undefined)) seen();
    return resolved;
  };
  // What a module asks for is asked of a hook; whatever is not found then says so in its stack. There is none before
  // a module has the name in its text.
  let hooks: readonly unknown[] = [];
  const load = (url: unknown, context: unknown, next: Next): unknown => {
    const loaded = next(url, context);
    if (hooks.length === 1 && guest.runAsGuest(() => isModuleWith(name, loaded), false))
      hooks = [...hooks, Reflect.apply(registerHooks, module, [{ resolve }])];
    return loaded;
  };
  hooks = [Reflect.apply(registerHooks, module, [{ load }])];
  return together([
    () => putBack?.(),
    () => {
      for (const registered of hooks) {
        const deregister: unknown = isObject(registered) ? Reflect.get(registered, "deregister") : undefined;
        if (isFunction(deregister)) Reflect.apply(deregister, registered, []);
      }
    },
    replaceWithoutFrame(module, "_load", (original) => (_self, [request]) => {
      if (isIt(request) || (request === name && module.isBuiltin(name))) seen();
      return original;
    }),
    replaceMethod(
      process,
      "getBuiltinModule",
      (get) =>
        function (...args) {
          const found = Reflect.apply(get, this, args);
          if (isIt(args[0]) || (args[0] === name && found !== undefined)) seen();
          return found;
        },
    ),
  ]);
}

function isModuleWith(name: string, loaded: unknown): boolean {
  if (!isObject(loaded) || !String(dataProperty(loaded, "format")).startsWith("module")) return false;
  const source = dataProperty(loaded, "source");
  if (typeof source === "string") return source.includes(name);
  if (types.isArrayBuffer(source)) return Buffer.from(source).includes(name);
  if (!types.isUint8Array(source)) return false;
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength).includes(name);
}
