// Starts a child in the way that it is told, and says how it ended.
const { exec, execFile, execFileSync, fork, spawn, spawnSync } = require("node:child_process");
const { join } = require("node:path");

const child = join(__dirname, "child.cjs");
const done = (error, out) => console.log(error?.code, out.trim());
const ended = (code, signal) => console.log("ended", code, signal);
const inherit = { stdio: "inherit" };

const ways = {
  spawn: () => spawn(process.execPath, [child, "spawn"], inherit).on("exit", ended),
  shell: () => exec(`"${process.execPath}" "${child}" shell`, done),
  execFile: () => execFile(process.execPath, [child, "execFile"], done),
  fork: () => fork(child, ["fork"]).on("exit", ended),
  detached: () => spawn(process.execPath, [child, "detached"], { ...inherit, detached: true }).on("exit", ended),
  spawnSync: () => console.log(spawnSync(process.execPath, [child, "spawnSync"], { encoding: "utf8" }).stdout.trim()),
  execFileSync: () => {
    try {
      execFileSync(process.execPath, [child, "execFileSync"], inherit);
    } catch (error) {
      console.log(error.status);
    }
  },
  killed: () => {
    const stays = fork(join(__dirname, "stays.cjs")).on("exit", ended);
    stays.on("message", () => stays.kill("SIGKILL"));
  },
  "own environment": () =>
    spawn(process.execPath, [child, "own"], { ...inherit, env: { PATH: process.env.PATH } }).on("exit", ended),
  "own options": () =>
    fork(child, ["own"], { env: { ...process.env, NODE_OPTIONS: "--max-old-space-size=512" } }).on("exit", ended),
  "own environment, waited for": () =>
    console.log(spawnSync(process.execPath, [child, "own"], { encoding: "utf8", env: { A: "1" } }).stdout.trim()),
  "options set in a shell": () => {
    const started = exec(`A=1 NODE_OPTIONS='--max-old-space-size=512' "${process.execPath}" "${child}" shell`, done);
    console.log(started.spawnfile, started.spawnargs);
  },
  "options taken over in a shell": () =>
    exec(`NODE_OPTIONS="$NODE_OPTIONS --max-old-space-size=512" "${process.execPath}" "${child}" shell`, done),
  "ours twice": () => {
    const env = { ...process.env, NODE_OPTIONS: [process.env.NODE_OPTIONS, process.env.NODE_OPTIONS].join(" ") };
    fork(child, ["own"], { env }).on("exit", ended);
  },
  "switched off": () =>
    spawn(process.execPath, [child, "own"], { ...inherit, env: { HINDCAST: "off" } }).on("exit", ended),
  "another recording's": () =>
    spawn(process.execPath, [child, "own"], { ...inherit, env: { HINDCAST_SOCKET: "/nowhere" } }).on("exit", ended),
};
ways[process.argv[2]]();
