// What the program writes to its console, as logs. The console writes exactly what it would have written.
import { type Severity, severities } from "../../shared/trace/attributes.js";
import { exceptionAttributes } from "../attributes.js";
import { isError } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import { formatLine } from "../preview.js";
import type { ProbeKit } from "../probe-kit.js";

const methods: Readonly<Record<string, Severity>> = {
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  debug: "debug",
  trace: "trace",
};

export function installConsole({ guest, sink, redaction }: ProbeKit): () => void {
  // console.trace calls console.error, which must not become a second log.
  let depth = 0;
  const record = (severity: Severity, args: readonly unknown[]): void => {
    const error = args.find(isError);
    const attributes = error === undefined ? {} : exceptionAttributes(error);
    sink.log(severities[severity], "console", formatLine(args, redaction), attributes);
  };
  return together(
    Object.entries(methods).map(([method, severity]) =>
      replaceMethod(
        console,
        method,
        (original) =>
          function (...args) {
            if (depth === 0) guest.runAsGuest(() => record(severity, args), undefined);
            depth++;
            try {
              return Reflect.apply(original, this, args);
            } finally {
              depth--;
            }
          },
      ),
    ),
  );
}
