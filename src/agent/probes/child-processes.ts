// Programs that this one starts (spawn, exec, execFile, fork, cluster, and those it waits for), as spans from start to exit.
// The child is not changed, and hears nothing of it. What stands in for Node's own functions has returned when a child
// that cannot be started, or a command that failed, becomes an error: nothing of ours is in its stack.
import { ChildProcess } from "node:child_process";
import { basename } from "node:path";
import { getSystemErrorName } from "node:util";
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { attributesFrom } from "../attributes.js";
import { dataProperty, isObject, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { OpenSpan } from "../record-sink.js";
import { onChildEnd } from "./child-ends.js";
import type { ProbeKit } from "../probe-kit.js";
import { spawnSyncBinding } from "./spawn-sync.js";

/** How it went, as Node's own handle says it: a negative code is an error of the system. */
interface Outcome {
  readonly pid: unknown;
  readonly exitCode: unknown;
  readonly signal: unknown;
  /** What Node itself threw, when nothing was started. */
  readonly thrown?: unknown;
}

const notStarted: Outcome = { pid: undefined, exitCode: undefined, signal: undefined };

export function installChildProcesses({ guest, context, sink }: ProbeKit): () => void {
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

  return together([
    replaceMethod(
      ChildProcess.prototype,
      "spawn",
      (spawn) =>
        function (...args) {
          const child: unknown = this;
          const span = guest.runAsGuest(() => start(args[0]), undefined);
          if (span === undefined) return Reflect.apply(spawn, child, args);
          try {
            const code = Reflect.apply(spawn, child, args);
            guest.runAsGuest(() => {
              if (typeof code === "number" && code < 0) return end(span, { ...notStarted, exitCode: code });
              if (!(child instanceof ChildProcess)) return;
              const { pid } = child;
              if (!onChildEnd(guest, child, (outcome) => end(span, { pid, ...outcome })))
                end(span, { ...notStarted, pid });
            }, undefined);
            return code;
          } catch (error) {
            guest.runAsGuest(() => end(span, { ...notStarted, thrown: error }), undefined);
            throw error;
          }
        },
    ),
    replaceMethod(
      spawnSyncBinding() ?? {},
      "spawn",
      (spawn) =>
        function (...args) {
          const span = guest.runAsGuest(() => start(args[0]), undefined);
          const result = Reflect.apply(spawn, this, args);
          if (span !== undefined) guest.runAsGuest(() => end(span, outcomeOf(result)), undefined);
          return result;
        },
    ),
  ]);
}

function outcomeOf(result: unknown): Outcome {
  const of = (key: string): unknown => (isObject(result) ? dataProperty(result, key) : undefined);
  // A time that ran out is an error and a signal.
  return { pid: of("pid"), exitCode: of("error") ?? of("status"), signal: of("signal") };
}
