// Hooks of the program's own that print, from the thread Node runs them in, to the last line before an exit.
import { register } from "node:module";

const hooks = `
export async function initialize() { console.log("hooks began"); console.error("to the other stream"); }
export async function resolve(specifier, context, next) {
  if (specifier.startsWith("node:")) console.log("asked for " + specifier);
  return next(specifier, context);
}
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
await import("node:zlib");
process.stdout.write("the program\n");
// What the thread of the hooks prints may be lost when a program ends at once; that is so without a recording, too.
await new Promise((resolve) => setTimeout(resolve, 300));
