// `npm start`: builds what is missing or older than the sources, then opens Hindcast as `hindcast open` does.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildIfStale } from "./build-if-stale.js";

buildIfStale();
const root = fileURLToPath(new URL("..", import.meta.url));
const words = [join(root, "out/node/cli.js"), "open", "--fetch-electron", ...process.argv.slice(2)];
const hindcast = spawn(process.execPath, words, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => hindcast.kill(signal));
hindcast.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
