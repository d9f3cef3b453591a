// Puts the helpers where instrumented code finds them: in a lexical variable of the program's global scope, which every
// script, function and module sees but which is no property of `globalThis`, so that the global object stays as it was.
import { Script } from "node:vm";
import { type WriteHelpers, helpersName } from "../write-helpers.js";

export function offerHelpers(helpers: WriteHelpers): void {
  const found: unknown = new Script(`typeof ${helpersName}`).runInThisContext();
  if (found === "undefined") new Script(`let ${helpersName}`).runInThisContext();
  const assign: unknown = new Script(`(helpers) => { ${helpersName} = helpers; }`).runInThisContext();
  if (typeof assign === "function") Reflect.apply(assign, undefined, [Object.freeze(helpers)]);
}
