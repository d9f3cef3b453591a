// Lines that pino writes, as logs with the attributes pino serialized (redacted ones stay redacted). Later pinos publish
// each line on a diagnostics channel; for earlier ones the function that composes lines is replaced as pino loads.
import { attributesFrom, cutText } from "../attributes.js";
import { objectIn, onChannel } from "../channels.js";
import { dataProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { severityOfNumber } from "./log-levels.js";

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
  return together([
    onChannel(guest, "tracing:pino_asJson:end", (message) => {
      const [instance, call] = [objectIn(message, "instance"), objectIn(message, "arguments")];
      if (instance === undefined || call === undefined) return;
      record(instance, dataProperty(call, "2"), dataProperty(message, "result"));
    }),
    onModule(guest, "pino/lib/tools.js", (tools) =>
      wrapComposer(tools, (...call) => void guest.runAsGuest(() => record(...call), undefined)),
    ),
  ]);
}

type RecordLine = (instance: object, level: unknown, line: unknown) => void;

function wrapComposer(tools: object, record: RecordLine): () => void {
  const asJson = dataProperty(tools, "asJson");
  if (typeof asJson !== "function" || Function.prototype.toString.call(asJson).includes("hasSubscribers"))
    return () => undefined;
  return replaceMethod(
    tools,
    "asJson",
    (original) =>
      function (...args) {
        const line = Reflect.apply(original, this, args);
        if (typeof this === "object" && this !== null) record(this, args[2], line);
        return line;
      },
  );
}

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
    const symbol = Object.getOwnPropertySymbols(owner).find((key) => key.description === "pino.messageKey");
    const value = symbol === undefined ? undefined : dataProperty(owner, symbol);
    if (typeof value === "string") return value;
    owner = Object.getPrototypeOf(owner);
  }
  return "msg";
}
