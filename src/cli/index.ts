#!/usr/bin/env node
// The command line's root: puts the world together, runs one command, leaves as it ended.
import { fileURLToPath } from "node:url";
import { EngineChild } from "../serve/engine-child.js";
import { steadyCallTo } from "../serve/steady-call.js";
import { unreachable } from "../shared/base/unreachable.js";
import { hindcastError } from "../shared/protocol/errors.js";
import { attach } from "./attach.js";
import { compact } from "./compact.js";
import { copy } from "./copy.js";
import { completionScript } from "./completions.js";
import type { ParsedCommand } from "./decode-args.js";
import { parse } from "./parse.js";
import { search } from "./search.js";
import { metrics } from "./read-metrics.js";
import { around, events, info, logs, marks, openSpans, spans } from "./read-records.js";
import { diff, history, lastWriter, state } from "./read-state.js";
import { record } from "./record.js";
import { run } from "./run.js";
import { demo, open, serve } from "./show.js";
import { leaveAs } from "./signals.js";
import { StatusLine } from "./status-line.js";
import { type Ending, Output, type Terminal, complain, ended, failWith } from "./terminal.js";
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
    shell: built("../main/index.js"),
    packageFolder: built("../.."),
  },
  // A process of its own: whatever a file does to the database, this one is there to say so.
  startReader: () => {
    const engine = new EngineChild({ entry: built("./engine-process.js"), environment: process.env });
    return Promise.resolve({ call: steadyCallTo(engine), close: () => engine.stop() });
  },
};

function runCommand(command: ParsedCommand): Promise<Ending> {
  switch (command.name) {
    case "run":
      return run(world, command.args);
    case "record":
      return record(world, command.args);
    case "attach":
      return attach(world, command.args);
    case "open":
      return open(world, command.args);
    case "serve":
      return serve(world, command.args);
    case "demo":
      return demo(world, command.args);
    case "copy":
      return copy(world, command.args);
    case "compact":
      return compact(world, command.args);
    case "info":
      return info(world, command.args);
    case "state":
      return state(world, command.args);
    case "history":
      return history(world, command.args);
    case "last-writer":
      return lastWriter(world, command.args);
    case "diff":
      return diff(world, command.args);
    case "events":
      return events(world, command.args);
    case "spans":
      return spans(world, command.args);
    case "open-spans":
      return openSpans(world, command.args);
    case "logs":
      return logs(world, command.args);
    case "metrics":
      return metrics(world, command.args);
    case "search":
      return search(world, command.args);
    case "around":
      return around(world, command.args);
    case "marks":
      return marks(world, command.args);
    case "completion":
      return print(completionScript(command.args.shell));
    default:
      return unreachable(command);
  }
}

async function print(text: string): Promise<Ending> {
  await terminal.out.line(text.trimEnd());
  await terminal.out.flush();
  return ended(0);
}

async function main(words: readonly string[]): Promise<Ending> {
  const parsed = parse(words, __HINDCAST_VERSION__);
  if (!parsed.ok) return failWith(terminal, parsed.error, 2);
  return parsed.value.kind === "text" ? print(parsed.value.text) : runCommand(parsed.value);
}

main(process.argv.slice(2)).then(leaveAs, async (error: unknown) => {
  await complain(
    terminal,
    hindcastError("internal", { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  process.exitCode = 1;
});
