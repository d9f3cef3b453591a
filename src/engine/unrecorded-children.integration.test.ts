// Children of a program that cannot report are found among the processes of the system; those that can, or shall not, are not told of.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { UnrecordedChildren } from "./unrecorded-children.js";

const socketPath = "/nowhere/agent.sock";
const stays = "process.stdin.resume(); console.log('here')";

const started: ChildProcess[] = [];
afterEach(async () => {
  // They end with their standard input.
  for (const child of started.splice(0)) {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
});

/** A shell, a child of this process, and below it Node, which is there when this resolves. */
async function startNode(command: string, env: Readonly<Record<string, string>>): Promise<number> {
  // Not the shell itself becomes Node.
  const child = spawn("sh", ["-c", `${command} "$0" -e "$1"; exit`, process.execPath, stays], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  started.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

async function toldOf(pid: number): Promise<string[]> {
  const told: string[] = [];
  const children = new UnrecordedChildren(
    { running: () => new Map([[pid, 7]]), noteUnrecorded: (parent, words) => void told.push(`${parent}: ${words}`) },
    socketPath,
  );
  await children.look();
  await children.look();
  return told.map((words) => words.replace(/pid \d+/, "pid N"));
}

describe.skipIf(process.platform !== "linux")("children that are not recorded", () => {
  it.each([
    ["env -i", { HINDCAST_SOCKET: socketPath }, "it was started with an environment of its own"],
    ["NODE_OPTIONS=--no-warnings", { HINDCAST_SOCKET: socketPath }, "it was started with NODE_OPTIONS of its own"],
  ])("are told of once (%s)", async (command, env, why) => {
    const told = await toldOf(await startNode(command, env));
    expect(told).toEqual([`7: a child process, node (pid N), was not recorded: ${why}`]);
  });

  it.each([
    // An option that has our words in it, without a file that would have to be there.
    ["with all it needs", "NODE_OPTIONS='--title=--require=agent.cjs'", { HINDCAST_SOCKET: socketPath }],
    ["that are not meant to be recorded", "HINDCAST=off", { HINDCAST_SOCKET: socketPath }],
    ["of another recording", "HINDCAST_SOCKET=/elsewhere.sock", { HINDCAST_SOCKET: socketPath }],
    ["of somebody else who has the pid here that a program has in its container", "env -i", {}],
  ])("are not those %s", async (_which, command, env) => {
    expect(await toldOf(await startNode(command, env))).toEqual([]);
  });
});
