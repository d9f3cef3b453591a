// Command lines: what follows a flag of a secret's name is that secret, whether joined by "=" or as an argument of its own.
import { isOptionValue, optionName } from "./name-value.js";
import type { Redaction } from "./redactor.js";

const maxArgumentUnits = 65_536;

export function redactedArguments(list: readonly string[], redaction: Redaction): string[] {
  return list.map((argument, at) => {
    const flag = optionName(list[at - 1]);
    if (flag !== undefined && isOptionValue(argument)) {
      const redacted = redaction.attributes({ [flag]: argument })[flag];
      // `curl -u user:password`
      const asUser =
        flag === "u" || flag === "user" ? redaction.text(` -u ${argument}`).slice(" -u ".length) : argument;
      if (redacted !== argument && typeof redacted === "string") return redacted;
      return asUser;
    }
    return redaction.text(argument.slice(0, maxArgumentUnits));
  });
}
