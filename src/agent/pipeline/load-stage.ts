// Loads the file of a stage that somebody wrote, by the program's own `require`. The program finds nothing of it among its modules,
// and a file that was changed is read anew; Node keeps ES modules and what such a file imports.
import { createRequire } from "node:module";

export function loadStage(file: string): unknown {
  const require = createRequire(file);
  const known = new Set(Object.keys(require.cache));
  try {
    const exported: unknown = require(file);
    return exported;
  } finally {
    const path = require.resolve(file);
    if (!known.has(path)) Reflect.deleteProperty(require.cache, path);
  }
}

/** Nothing may be left in a program that was attached to. */
export function refuseStage(): never {
  throw new Error("functions are not loaded into a program that ran already");
}
