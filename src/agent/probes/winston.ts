// Lines that winston writes, as logs: as its formats left them (what they took out stays out), and only where one of the
// logger's transports would take a line of that level. Where transports are slow winston keeps lines back: each belongs to the
// code that wrote it nevertheless.
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { attributesFrom, exceptionAttributes } from "../attributes.js";
import { DuringCall } from "../during-call.js";
import { dataProperty, isError, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { OpenSpan } from "../record-sink.js";
import type { ProbeKit } from "../probe-kit.js";
import { severityOfName } from "./log-levels.js";
import { isList, itemsOf } from "./route-path.js";
import { writingWhatIsSaid } from "./said.js";

const ownFields: readonly string[] = ["level", "message", "timestamp"];
/** What winston's formats do not change, when they change a level's name. */
const levelKey = Symbol.for("level");

export function installWinston({ guest, context, onModule, sink }: ProbeKit): () => void {
  const writers = new WeakMap<object, OpenSpan>();
  const writer = new DuringCall<OpenSpan>();

  const record = (logger: object, line: object): void => {
    const key = dataProperty(line, levelKey);
    const level = typeof key === "string" ? key : textProperty(line, "level");
    if (level === undefined || !isTaken(logger, level)) return;
    const attributes: Record<string, AttributeValue> = isError(line) ? { ...exceptionAttributes(line) } : {};
    for (const [name, value] of Object.entries(attributesFrom(line)))
      if (!ownFields.includes(name) && name !== "stack") attributes[name] = value;
    const stack = textProperty(line, "stack");
    if (stack !== undefined) attributes["exception.stacktrace"] ??= stack;
    const log = (): void =>
      sink.log(severityOfName(level), "winston", textOf(dataProperty(line, "message")), attributes);
    if (writer.current === undefined) log();
    else context.run(writer.current, log);
  };
  const patchLogger = (prototype: object): (() => void) =>
    together([
      replaceMethod(
        prototype,
        "write",
        (write) =>
          function (...args) {
            const [line] = args;
            if (isObject(line) && context.current !== undefined) writers.set(line, context.current);
            return Reflect.apply(write, this, args);
          },
      ),
      replaceMethod(
        prototype,
        "_transform",
        writer.of((_, [line]) => (isObject(line) ? writers.get(line) : undefined)),
      ),
      replaceMethod(
        prototype,
        "push",
        (push) =>
          function (...args) {
            const [line] = args;
            if (isObject(this) && isObject(line)) {
              const logger = this;
              guest.runAsGuest(() => record(logger, line), undefined);
            }
            return Reflect.apply(push, this, args);
          },
      ),
    ]);
  const patchTransport = (prototype: object): (() => void) =>
    replaceMethod(
      prototype,
      "log",
      (log) =>
        function (...args) {
          return writingWhatIsSaid(() => Reflect.apply(log, this, args));
        },
    );
  return together([
    onModule(guest, "winston/lib/winston/logger.js", (exports) => patchLogger(prototypeOf(exports))),
    // Those whose lines may come by the console or standard output again.
    ...["console", "stream"].map((name) =>
      onModule(guest, `winston/lib/winston/transports/${name}.js`, (exports) => patchTransport(prototypeOf(exports))),
    ),
  ]);
}

/** As winston's transports decide it, each by its own level or else the logger's. */
function isTaken(logger: object, level: string): boolean {
  if (dataProperty(logger, "silent") === true) return false;
  const levels = dataProperty(logger, "levels");
  const state = dataProperty(logger, "_readableState");
  const pipes = isObject(state) ? dataProperty(state, "pipes") : undefined;
  const rankOf = (name: unknown): unknown =>
    typeof name === "string" && isObject(levels) ? dataProperty(levels, name) : undefined;
  const rank = rankOf(level);
  return (isList(pipes) ? itemsOf(pipes) : [pipes]).some((transport) => {
    if (!isObject(transport) || dataProperty(transport, "silent") === true) return false;
    const most = rankOf(dataProperty(transport, "level") ?? dataProperty(logger, "level"));
    return typeof most !== "number" || typeof rank !== "number" || most >= rank;
  });
}

function textOf(message: unknown): string {
  if (typeof message === "string") return message;
  return message === undefined ? "" : JSON.stringify(attributesFrom({ message })["message"] ?? null);
}
