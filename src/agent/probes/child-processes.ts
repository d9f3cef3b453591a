// Programs that this one starts (spawn, exec, execFile, fork, cluster, and those it waits for), as spans from start to exit.
// The child is not changed, and hears nothing of it.
import { basename } from "node:path";
import { getSystemErrorName } from "node:util";
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { attributesFrom } from "../attributes.js";
import type { Started } from "../child-starts.js";
import { dataProperty, isObject, textProperty } from "../own-data.js";
import type { OpenSpan } from "../record-sink.js";
import { onChildEnd } from "./child-ends.js";
import type { ProbeKit } from "../probe-kit.js";

/** How it went, as Node's own handle says it: a negative code is an error of the system. */
interface Outcome {
  readonly pid: unknown;
  readonly exitCode: unknown;
  readonly signal: unknown;
  /** What Node itself threw, when nothing was started. */
  readonly thrown?: unknown;
}

const notStarted: Outcome = { pid: undefined, exitCode: undefined, signal: undefined };

export function installChildProcesses({ guest, context, sink, childStarts }: ProbeKit): () => void {
  const start = (options: unknown): OpenSpan | undefined => {
    if (!isObject(options)) return undefined;
    const file = textProperty(options, "file");
    if (file === undefined) return undefined;
    const name = basename(file);
    const facts = {
      "process.executable.name": name,
      "process.command_args": dataProperty(options, "args"),
      "process.working_directory": textProperty(options, "cwd"),
    };
    return sink.startSpan(name, "internal", context.asParent, attributesFrom(facts));
  };
  const end = (span: OpenSpan, { pid, exitCode, signal, thrown }: Outcome): void => {
    const attributes: Record<string, AttributeValue> = {};
    if (typeof pid === "number" && pid > 0) attributes["process.pid"] = pid;
    if (typeof signal === "string" && signal !== "") {
      attributes["process.exit.signal"] = signal;
      attributes["error.type"] = signal;
    } else if (typeof exitCode === "number") {
      if (exitCode >= 0) attributes["process.exit.code"] = exitCode;
      if (exitCode !== 0) attributes["error.type"] = exitCode > 0 ? String(exitCode) : getSystemErrorName(exitCode);
    } else if (thrown !== undefined)
      attributes["error.type"] = (isObject(thrown) ? textProperty(thrown, "code") : undefined) ?? "thrown";
    sink.endSpan(span, "error.type" in attributes ? "error" : "unset", undefined, attributes);
  };

  const hear = (span: OpenSpan, started: Started): void => {
    if (started.kind === "thrown") return end(span, { ...notStarted, thrown: started.error });
    if (started.kind === "ended") return end(span, outcomeOf(started.result));
    const { child, code } = started;
    if (typeof code === "number" && code < 0) return end(span, { ...notStarted, exitCode: code });
    const { pid } = child;
    if (!onChildEnd(guest, child, (outcome) => end(span, { pid, ...outcome }))) end(span, { ...notStarted, pid });
  };

  return childStarts.listen(guest, ({ asked }) => {
    const span = start(asked);
    return span === undefined ? undefined : (started) => hear(span, started);
  });
}

function outcomeOf(result: unknown): Outcome {
  const of = (key: string): unknown => (isObject(result) ? dataProperty(result, key) : undefined);
  // A time that ran out is an error and a signal.
  return { pid: of("pid"), exitCode: of("error") ?? of("status"), signal: of("signal") };
}
