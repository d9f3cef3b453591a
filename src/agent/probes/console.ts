// What the program writes to its console, as logs. The console writes exactly what it would have written.
import { Console } from "node:console";
import { Writable } from "node:stream";
import { type AttributeValue, type Severity, severities } from "../../shared/trace/attributes.js";
import { attributeFrom, exceptionAttributes } from "../attributes.js";
import { isError } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import { PlainTraces } from "../plain-traces.js";
import { formatLine } from "../preview.js";
import type { ProbeKit } from "../probe-kit.js";
import { isSaidAlready, isWarningOfNode, writingWhatIsSaid } from "./said.js";
import { redactedBesideNames } from "../../redact/arguments.js";

const methods: Readonly<Record<string, Severity>> = {
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  debug: "debug",
  trace: "trace",
  table: "info",
};

export function installConsole({ guest, sink, redaction }: ProbeKit): () => void {
  const tableOf = tableWriter();
  const traces = new PlainTraces();
  /** A table has the names of its values in its head only: what is secret is taken out before it is drawn. */
  const textOf = (method: string, args: readonly unknown[]): string => {
    if (method !== "table") return formatLine(redactedBesideNames(args, redaction), redaction);
    const [data, columns] = args;
    if (typeof data !== "object" || data === null) return formatLine([data], redaction);
    return tableOf(redaction.value(attributeFrom(data) ?? null), attributeFrom(columns));
  };
  const record = (method: string, severity: Severity, args: readonly unknown[]): void => {
    const error = args.find(isError);
    const attributes = error === undefined ? {} : exceptionAttributes(error);
    sink.log(severities[severity], "console", textOf(method, args), attributes);
  };
  return together(
    Object.entries(methods).map(([method, severity]) =>
      replaceMethod(
        console,
        method,
        (original) =>
          function (...args) {
            // console.trace calls console.error and console.table calls console.log: said already, then.
            if (!isSaidAlready() && !isWarningOfNode(args[0]))
              guest.runAsGuest(() => record(method, severity, args), undefined);
            if (method === "trace")
              return traces.during(() => writingWhatIsSaid(() => Reflect.apply(original, this, args)));
            const printed = method === "error" ? traces.argumentsOfError(args) : args;
            return writingWhatIsSaid(() => Reflect.apply(original, this, printed));
          },
      ),
    ),
  );
}

/** Node's own table, of data that is ours and drawn for nobody but the recording. */
function tableWriter(): (data: AttributeValue, columns: AttributeValue | undefined) => string {
  let text = "";
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  const drawing = new Console({ stdout: stream, colorMode: false });
  return (data, columns) => {
    text = "";
    // What is no list of columns makes the program's own call throw.
    const names = isList(columns) ? columns.filter((column) => typeof column === "string") : undefined;
    drawing.table(withPrototypes(data), names);
    return text.trimEnd();
  };
}

const isList = (value: AttributeValue | undefined): value is readonly AttributeValue[] => Array.isArray(value);

/** Ours have none, which Node would say in every cell. */
function withPrototypes(value: AttributeValue): AttributeValue {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(withPrototypes);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPrototypes(item)]));
}
