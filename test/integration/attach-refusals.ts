// Programs that cannot be attached to, each as a real process: what `hindcast attach` says of them is in errors.test.ts.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const waits = "setInterval(() => {}, 1000);";
const ready = "console.log('ready');";
/** Never gets to its event loop, and leaves the processor to others. */
const busy = `process.stdout.write("ready\\n", () => {
  for (const cell = new Int32Array(new SharedArrayBuffer(4)); ; ) Atomics.wait(cell, 0, 0, 5);
});`;

interface HowStarted {
  readonly file?: string;
  /** Arguments before those of Node. */
  readonly before?: readonly string[];
  readonly options?: readonly string[];
  readonly spawned?: { readonly uid?: number; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv };
}

/** Runs a script in Node, gives its process id to `work` when it says that it is ready, and ends it. */
async function withProgram<Value>(
  script: string,
  work: (pid: number, child: ChildProcess) => Promise<Value>,
  { file = process.execPath, before = [], options = ["--inspect-port=0"], spawned = {} }: HowStarted = {},
): Promise<Value> {
  const args = [...before, ...options, "-e", script];
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "ignore"], ...spawned });
  const ended = once(child, "exit");
  if (child.pid === undefined) throw new Error("the program did not start");
  await once(child.stdout, "data");
  try {
    return await work(child.pid, child);
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

async function withServer<Value>(body: string, work: (port: number) => Promise<Value>): Promise<Value> {
  const server = createServer((_request, response) => response.end(body)).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A copy of our Node without the symbols that nobody links to, as distributions ship it. */
function strippedNode(folder: string): string {
  const binary = readFileSync(process.execPath);
  const [sections, count] = [Number(binary.readBigUInt64LE(40)), binary.readUInt16LE(60)];
  for (let at = sections; at < sections + count * 64; at += 64)
    if (binary.readUInt32LE(at + 4) === 2) binary.writeUInt32LE(0, at + 4);
  const path = join(folder, "stripped-node");
  writeFileSync(path, binary, { mode: 0o755 });
  return path;
}

const isRoot = process.getuid?.() === 0;

export const attachRefusals = <Shown>(
  folder: string,
  attach: (program: string, ...options: string[]) => Promise<Shown>,
) => {
  const toScript = (script: string, how?: HowStarted, ...args: string[]) =>
    withProgram(script, (pid) => attach(String(pid), ...args), how);
  return {
    "no-such-program": async () => attach(String(await withProgram(ready + waits, (pid) => Promise.resolve(pid)))),
    "not-a-node-program": () =>
      toScript("", { file: "/bin/sh", options: [], before: ["-c", "echo ready; while :; do sleep 1; done"] }),
    "not-your-program": () => (isRoot ? toScript(ready + waits, { spawned: { uid: 65_534, cwd: "/" } }) : attach("1")),
    "not-on-this-machine": () => attach("192.0.2.7:9229"),
    "not-among-us": () =>
      toScript(ready + waits, { file: "unshare", before: [isRoot ? "-n" : "-rn", process.execPath] }),
    "program-stopped": () =>
      withProgram(ready + waits, (pid, child) => {
        child.kill("SIGSTOP");
        return attach(String(pid));
      }),
    "program-busy": () => toScript(busy),
    "program-ended": () =>
      toScript(`process.on("SIGUSR1", () => process.exit());${ready}${waits}`, undefined, "--signal"),
    "already-recorded": () =>
      toScript(ready + waits, {
        spawned: { env: { ...process.env, HINDCAST_SOCKET: join(folder, "elsewhere.sock") } },
      }),
    "signal-is-its-own": () => toScript(`process.on("SIGUSR1", () => {});${ready}${waits}`),
    "signal-would-end-it": () =>
      toScript(`const f = () => {}; process.on("SIGUSR1", f); process.off("SIGUSR1", f);${ready}${waits}`),
    "signal-unsure": () => toScript(ready + waits, { file: strippedNode(folder) }),
    "inspector-port-taken": () =>
      withServer("", (port) => toScript(ready + waits, { options: [`--inspect-port=${port}`] })),
    "no-inspector": async () => attach(`127.0.0.1:${await withServer("", (port) => Promise.resolve(port))}`),
    "bad-inspector": () => withServer("<p>Hello!</p>", (port) => attach(`127.0.0.1:${port}`)),
    "cannot-attach": () =>
      toScript(
        `require("worker_threads").Worker = class { constructor() { throw new Error("no threads here"); } };${ready}${waits}`,
      ),
    "bad-tracked": () => toScript(ready + waits, undefined, "--track", "carts=globalThis.nothing"),
  };
};
