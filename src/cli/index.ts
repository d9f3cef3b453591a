#!/usr/bin/env node
// The command line's root: puts the world together, runs one command, leaves as it ended.
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EngineChild } from "../serve/engine-child.js";
import { steadyCallTo } from "../serve/steady-call.js";
import { userFolders } from "../shared/base/user-folders.js";
import { hindcastError } from "../shared/protocol/errors.js";
import { runWords } from "./run-words.js";
import { leaveAs } from "./signals.js";
import { StatusLine } from "./status-line.js";
import { Output, type Terminal, complain } from "./terminal.js";
import type { World } from "./world.js";

declare const __HINDCAST_VERSION__: string;

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const status = new StatusLine(process.stderr);
const giveWay = (): void => status.giveWay();
const terminal: Terminal = {
  out: new Output(process.stdout, giveWay),
  err: new Output(process.stderr, giveWay),
  get input() {
    return process.stdin;
  },
};

const world: World = {
  terminal,
  status,
  environment: process.env,
  platform: process.platform,
  cwd: process.cwd(),
  hasTerminal: [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY),
  isRoot: process.getuid?.() === 0,
  paths: {
    engineProcess: built("./engine-process.js"),
    page: built("../renderer"),
    door: join(userFolders(process.env, process.platform, homedir()).state, "served.json"),
    shell: built("../main/index.js"),
    packageFolder: built("../.."),
  },
  // A process of its own: whatever a file does to the database, this one is there to say so.
  startReader: () => {
    const engine = new EngineChild({ entry: built("./engine-process.js"), environment: process.env });
    return Promise.resolve({ call: steadyCallTo(engine), close: () => engine.stop() });
  },
};

runWords(world, process.argv.slice(2), __HINDCAST_VERSION__).then(leaveAs, async (error: unknown) => {
  await complain(
    terminal,
    hindcastError("internal", { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  process.exitCode = 1;
});
