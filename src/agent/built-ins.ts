// Tells a probe of one of Node's own modules when the program asks for it: loading it here earlier would cost the program,
// and may print a warning that it would not have printed. Known where Node has hooks in the program's thread (22.15 on).
import module from "node:module";
import type { Guest } from "./guest.js";
import { dataProperty, isFunction, isObject } from "./own-data.js";
import { replaceMethod, together } from "./patch.js";

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
  const hooks = Reflect.apply(registerHooks, module, [
    {
      resolve(specifier: unknown, context: unknown, next: (...given: unknown[]) => unknown): unknown {
        const resolved = next(specifier, context);
        // Some may be asked for without "node:"; of others, that is the name of a package.
        if (isIt(isObject(resolved) ? dataProperty(resolved, "url") : undefined)) seen();
        return resolved;
      },
    },
  ]);
  return together([
    () => putBack?.(),
    () => {
      const deregister: unknown = isObject(hooks) ? Reflect.get(hooks, "deregister") : undefined;
      if (isFunction(deregister)) Reflect.apply(deregister, hooks, []);
    },
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
