// From the words that were typed to the command they mean.
import { unreachable } from "../shared/base/unreachable.js";
import { alerts } from "./alerts.js";
import { attach } from "./attach.js";
import { compact } from "./compact.js";
import { copy } from "./copy.js";
import { exportRecording } from "./export.js";
import { completionScript } from "./completions.js";
import type { ParsedCommand } from "./decode-args.js";
import { parse } from "./parse.js";
import { search } from "./search.js";
import { correlate } from "./correlate.js";
import { changes, graph } from "./read-changes.js";
import { first, growth } from "./read-where.js";
import { requests } from "./read-requests.js";
import { metrics } from "./read-metrics.js";
import { around, events, info, logs, marks, openSpans, spans } from "./read-records.js";
import { diff, history, lastWriter, state } from "./read-state.js";
import { notes } from "./notes.js";
import { calls } from "./read-calls.js";
import { source } from "./read-source.js";
import { record } from "./record.js";
import { run } from "./run.js";
import { demo, open, serve } from "./show.js";
import { type Ending, type Terminal, ended, failWith } from "./terminal.js";
import { backtest } from "./backtest.js";
import { fmt, validate } from "./rules.js";
import { test } from "./test-rules.js";
import type { World } from "./world.js";

export async function runWords(world: World, words: readonly string[], version: string): Promise<Ending> {
  const parsed = parse(words, version);
  if (!parsed.ok) return failWith(world.terminal, parsed.error, 2);
  return parsed.value.kind === "text" ? print(world.terminal, parsed.value.text) : runCommand(world, parsed.value);
}

function runCommand(world: World, command: ParsedCommand): Promise<Ending> {
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
    case "export":
      return exportRecording(world, command.args);
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
    case "correlate":
      return correlate(world, command.args);
    case "changes":
      return changes(world, command.args);
    case "first":
      return first(world, command.args);
    case "growth":
      return growth(world, command.args);
    case "calls":
      return calls(world, command.args);
    case "source":
      return source(world, command.args);
    case "requests":
      return requests(world, command.args);
    case "graph":
      return graph(world, command.args);
    case "search":
      return search(world, command.args);
    case "around":
      return around(world, command.args);
    case "marks":
      return marks(world, command.args);
    case "notes":
      return notes(world, command.args);
    case "alerts":
      return alerts(world, command.args);
    case "validate":
      return validate(world, command.args);
    case "fmt":
      return fmt(world, command.args);
    case "backtest":
      return backtest(world, command.args);
    case "test":
      return test(world, command.args);
    case "completion":
      return print(world.terminal, completionScript(command.args.shell));
    default:
      return unreachable(command);
  }
}

async function print({ out }: Terminal, text: string): Promise<Ending> {
  await out.line(text.trimEnd());
  await out.flush();
  return ended(0);
}
