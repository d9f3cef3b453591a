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
// What the thread of the hooks prints comes when it comes, and may be lost when a program ends at once; without a recording,
// too.
const pause = () => new Promise((resolve) => setTimeout(resolve, 300));
await pause();
process.stdout.write("the program\n");
await pause();
