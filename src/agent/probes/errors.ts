// Exceptions and rejections that end the program, as logs of severity fatal, and the process's warnings. The monitor
// event changes nothing about what happens next; by default a rejection reaches it too.
import { type Attributes, severities } from "../../shared/trace/attributes.js";
import { exceptionAttributes } from "../attributes.js";
import { textProperty } from "../own-data.js";
import type { ProbeKit } from "../probe-kit.js";
import { nodeMayWriteWarning } from "./said.js";

/** `onUncaught` is called when an exception was not caught and has been recorded, with where it came from, as Node says it. */
export function installErrors(
  { guest, sink }: ProbeKit,
  onUncaught: (thrown: unknown, origin: string) => void,
): () => void {
  const record = (severity: number, thrown: unknown, more: Attributes): void => {
    const exception = exceptionAttributes(thrown);
    const body = `${exception["exception.type"]}: ${exception["exception.message"]}`;
    sink.log(severity, "process", body, { ...exception, ...more });
  };
  const recordFatal = (thrown: unknown, origin: string): void => {
    const name = origin === "unhandledRejection" ? "nodejs.unhandled_rejection" : "nodejs.uncaught_exception";
    record(severities.fatal, thrown, { "event.name": name, "hindcast.origin": origin });
  };
  const onException = (thrown: unknown, origin: unknown): void => {
    guest.runAsGuest(() => recordFatal(thrown, String(origin)), undefined);
    onUncaught(thrown, String(origin));
  };
  const onWarning = (warning: Error): void => {
    guest.runAsGuest(() => {
      const [code, detail] = [textProperty(warning, "code"), textProperty(warning, "detail")];
      const isDeprecation = textProperty(warning, "name") === "DeprecationWarning";
      record(severities.warn, warning, {
        "event.name": isDeprecation ? "nodejs.deprecation" : "nodejs.warning",
        ...(code === undefined ? {} : { "warning.code": code }),
        ...(detail === undefined ? {} : { "warning.detail": detail }),
      });
      nodeMayWriteWarning();
    }, undefined);
  };
  process.on("uncaughtExceptionMonitor", onException);
  // Before Node's own listener, which writes it.
  process.prependListener("warning", onWarning);
  return () => {
    process.removeListener("uncaughtExceptionMonitor", onException);
    process.removeListener("warning", onWarning);
  };
}
