// Lines that pino writes, as logs with the attributes pino serialized (redacted ones stay redacted). Later pinos publish
// each line on a diagnostics channel; for earlier ones the function that composes lines is replaced, as pino loads or, where
// it was loaded before, on the prototype that all of its loggers have.
import { attributesFrom, cutText } from "../attributes.js";
import { objectIn, onChannel } from "../channels.js";
import { dataProperty, isFunction, isObject } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { severityOfNumber } from "./log-levels.js";
import { writingWhatIsSaid } from "./said.js";

const maxLineUnits = 65_536;
/** Pino's own fields, which a log record has places of its own for. */
const ownFields: readonly string[] = ["level", "time", "pid", "hostname"];

export function installPino(agent: ProbeKit): () => void {
  const { guest, onModule } = agent;
  const messageKeys = new WeakMap<object, string>();
  const record = (instance: object, level: unknown, line: unknown) => {
    if (typeof line !== "string") return;
    const messageKey = messageKeys.get(instance) ?? messageKeyOf(instance);
    messageKeys.set(instance, messageKey);
    recordLine(agent, line, messageKey, level);
  };
  const told: RecordLine = (...call) => void guest.runAsGuest(() => record(...call), undefined);
  const replaced = new WeakSet<object>();
  return together([
    onChannel(guest, "tracing:pino_asJson:end", (message) => {
      const [instance, call] = [objectIn(message, "instance"), objectIn(message, "arguments")];
      if (instance === undefined || call === undefined) return;
      record(instance, dataProperty(call, "2"), dataProperty(message, "result"));
    }),
    onModule(guest, "pino/lib/tools.js", (tools) => wrapComposer(tools, "asJson", told, replaced)),
    onModule(guest, "pino/lib/proto.js", (exports) => {
      const prototype = prototypeFrom(exports);
      return prototype === undefined
        ? () => undefined
        : together([
            wrapComposer(prototype, symbolIn(prototype, "pino.asJson"), told, replaced),
            replaceMethod(
              prototype,
              symbolIn(prototype, "pino.write"),
              (write) =>
                function (...args) {
                  return writingWhatIsSaid(() => Reflect.apply(write, this, args));
                },
            ),
          ]);
    }),
  ]);
}

type RecordLine = (instance: object, level: unknown, line: unknown) => void;

/** `replaced` are those of ours: a prototype may have taken over what stands in already. */
function wrapComposer(owner: object, key: string | symbol, record: RecordLine, replaced: WeakSet<object>): () => void {
  const asJson = dataProperty(owner, key);
  const isTold = isFunction(asJson) && Function.prototype.toString.call(asJson).includes("hasSubscribers");
  if (!isFunction(asJson) || isTold || replaced.has(asJson)) return () => undefined;
  const putBack = replaceMethod(
    owner,
    key,
    (original) =>
      function (...args) {
        const line = Reflect.apply(original, this, args);
        if (typeof this === "object" && this !== null) record(this, args[2], line);
        return line;
      },
  );
  const standIn = dataProperty(owner, key);
  if (isFunction(standIn)) replaced.add(standIn);
  return putBack;
}

/** What the module exports makes objects of it. */
function prototypeFrom(exports: object): object | undefined {
  const made: unknown = isFunction(exports) ? Reflect.apply(exports, undefined, []) : undefined;
  return isObject(made) ? (Reflect.getPrototypeOf(made) ?? undefined) : undefined;
}

/** One that nobody has where there is none. */
const symbolIn = (owner: object, description: string): symbol =>
  Object.getOwnPropertySymbols(owner).find((key) => key.description === description) ?? Symbol(description);

function recordLine({ sink }: ProbeKit, line: string, messageKey: string, level: unknown): void {
  const severity = severityOfNumber(typeof level === "number" ? level : 30);
  if (line.length > maxLineUnits) return sink.log(severity, "pino", cutText(line, maxLineUnits), {});
  const fields: unknown = JSON.parse(line);
  if (typeof fields !== "object" || fields === null) return;
  const rest: Record<string, unknown> = {};
  let body = "";
  for (const [key, value] of Object.entries(fields)) {
    if (key === messageKey) body = typeof value === "string" ? value : JSON.stringify(value);
    else if (key === "err" && isSerializedError(value)) {
      rest["exception.type"] = value.type;
      rest["exception.message"] = value.message;
      rest["exception.stacktrace"] = value.stack;
    } else if (!ownFields.includes(key)) rest[key] = value;
  }
  sink.log(severity, "pino", body, attributesFrom(rest));
}

interface SerializedError {
  readonly type: unknown;
  readonly message: unknown;
  readonly stack: unknown;
}

function isSerializedError(value: unknown): value is SerializedError {
  return typeof value === "object" && value !== null && "type" in value && "message" in value && "stack" in value;
}

/** pino keeps its settings under symbols of its own; a program may have renamed "msg". */
function messageKeyOf(instance: object): string {
  let owner: unknown = instance;
  for (let depth = 0; typeof owner === "object" && owner !== null && depth < 8; depth++) {
    const value = dataProperty(owner, symbolIn(owner, "pino.messageKey"));
    if (typeof value === "string") return value;
    owner = Object.getPrototypeOf(owner);
  }
  return "msg";
}
