// Starts programs in every way there is; prints how each went.
const { execFile, execFileSync, execSync, fork, spawn, spawnSync } = require("node:child_process");
const { once } = require("node:events");
const { promisify } = require("node:util");
const { span } = require("hindcast");

if (process.argv[2] === "child") process.exit(4);
/** Down to this file; below that are frames of span(). */
const top = ({ stack }) =>
  stack.split("\n").slice(0, stack.split("\n").findIndex((line) => line.includes(__filename)) + 1);
const quiet = { stdio: "ignore" };
const failed = (work) => {
  try {
    return `no error: ${work()}`;
  } catch (error) {
    return [error.message, error.status, top(error)];
  }
};
(async () => {
  await span("waiting", {}, () => {
    console.log(String(execFileSync("echo", ["one"])), spawnSync("false").status);
    console.log(failed(() => execSync("exit 3", quiet)));
    console.log(failed(() => execSync("kill -9 $$", quiet)));
    console.log(top(spawnSync("/nowhere/at-all", ["x"]).error));
    console.log(spawnSync("sleep", ["60"], { timeout: 50 }).signal);
  });
  await span("starting", {}, async () => {
    console.log(await once(spawn("true", ["--password", "hunter2-secret-word"], { cwd: "/" }), "exit"));
    console.log((await promisify(execFile)("echo", ["two"])).stdout);
    const child = spawn("sleep", ["60"], quiet);
    child.kill("SIGTERM");
    console.log(await once(child, "exit"), child.listenerCount("exit"));
    const [error] = await once(spawn("/nowhere/at-all", ["x"]), "error");
    console.log(error.stack);
    console.log(await once(fork(__filename, ["child"]), "exit"));
    console.log(failed(() => spawn("true", [], { stdio: "nonsense" }))[0]);
  });
})();
