// Lines that bunyan writes, as logs with the fields that its serializers made.
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { attributeFrom, attributesFrom, budgets, cutText } from "../attributes.js";
import { dataProperty, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { severityOfNumber } from "./log-levels.js";
import { writingWhatIsSaid } from "./said.js";

/** Bunyan's own fields, which a log record has places of its own for. */
const ownFields: readonly string[] = ["name", "hostname", "pid", "level", "msg", "time", "v", "err"];

export function installBunyan({ guest, onModule, sink }: ProbeKit): () => void {
  const record = (fields: object): void => {
    const level = dataProperty(fields, "level");
    const rest: Record<string, AttributeValue> = {};
    for (const [key, value] of Object.entries(attributesFrom(fields))) if (!ownFields.includes(key)) rest[key] = value;
    const name = textProperty(fields, "name");
    if (name !== undefined) rest["logger"] = cutText(name, 256);
    Object.assign(rest, errorFields(dataProperty(fields, "err")));
    const severity = severityOfNumber(typeof level === "number" ? level : 30);
    sink.log(severity, "bunyan", textProperty(fields, "msg") ?? "", rest);
  };
  return onModule(guest, "bunyan", (exports) =>
    replaceMethod(
      prototypeOf(exports),
      "_emit",
      (emit) =>
        function (...args) {
          const [fields, isOnlyText] = args;
          if (isOnlyText !== undefined && isOnlyText !== false) return Reflect.apply(emit, this, args);
          if (isObject(fields)) guest.runAsGuest(() => record(fields), undefined);
          return writingWhatIsSaid(() => Reflect.apply(emit, this, args));
        },
    ),
  );
}

/** As bunyan's own serializer leaves an error; whatever else stands there is an attribute like any other. */
function errorFields(error: unknown): Record<string, AttributeValue> {
  if (!isObject(error)) return error === undefined ? {} : { err: attributeFrom(error) ?? null };
  const [message, name, stack] = ["message", "name", "stack"].map((key) => textProperty(error, key));
  if (message === undefined || stack === undefined) return { err: attributeFrom(error) ?? null };
  return {
    "exception.type": name ?? "Error",
    "exception.message": cutText(message, budgets.textUnits),
    "exception.stacktrace": cutText(stack, budgets.stackUnits),
  };
}
