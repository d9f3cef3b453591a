// Worker threads of every kind, one after the other, so that what they print comes in one order.
import { SHARE_ENV, Worker } from "node:worker_threads";

const file = new URL("thread.mjs", import.meta.url);
const common = new URL("thread.cjs", import.meta.url);

async function run(label, from, options, then = () => undefined) {
  const worker = new Worker(from, options);
  const errors = [];
  worker.on("error", (error) => errors.push(error.message));
  // What it says and what it prints come by two ways, in whichever order.
  const said = [];
  worker.on("message", (message) => said.push(message));
  let out = "";
  if (options?.stdout) worker.stdout.on("data", (chunk) => (out += chunk));
  then(worker);
  const code = await new Promise((resolve) => worker.on("exit", resolve));
  console.log(
    label,
    code,
    JSON.stringify(said),
    errors.join(),
    out.trim(),
    worker.listenerCount("exit"),
    worker.listenerCount("error"),
  );
}

await run("module", file, { name: "a module" });
await run("common", common);
await run("exit", common, { argv: ["exit"] });
await run("exit code", common, { argv: ["exit-code"] });
await run("throw", common, { argv: ["throw"] });
await run("reject", file, { argv: ["reject"] });
await run("terminate", common, { argv: ["stay"] }, (worker) => worker.on("message", () => worker.terminate()));
await run("shared", common, { env: SHARE_ENV });
await run("no arguments", common, { execArgv: [] });
await run("own stdout", common, { stdout: true });
await run("eval", 'require("worker_threads").parentPort.postMessage("here")', { eval: true });
await run("nested", common, { argv: ["nested"] });
await run("alone", common, { env: {} });
console.log("children", process.listenerCount("exit"), Object.keys(process.env).includes("FROM_THREAD"));
