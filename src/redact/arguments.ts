// Command lines: what follows a flag of a secret's name is that secret, whether joined by "=" or as an argument of its own.
// Arguments of console.log: so is the word that follows one which is nothing but such a name.
import { saysNothingBare } from "./no-secrets.js";
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

const onlyName = /^[\w.$-]{1,64}$/;

/** `console.log("token", x)`: the list itself when there is none. */
export function redactedBesideNames(args: readonly unknown[], redaction: Redaction): readonly unknown[] {
  if (args.length < 2) return args;
  let redacted: unknown[] | undefined;
  for (let at = 1; at < args.length; at++) {
    const [name, value] = [args[at - 1], args[at]];
    if (typeof name !== "string" || typeof value !== "string" || !isWord(value)) continue;
    if (!onlyName.test(name) || redaction.isHarmlessName(name)) continue;
    redacted ??= [...args];
    redacted[at] = redaction.attributes({ [name]: value })[name] ?? value;
  }
  return redacted ?? args;
}

/** One that could be a secret; of several words the name is mostly one, too. */
const isWord = (text: string): boolean => !/\s/.test(text) && !saysNothingBare(text, 0, text.length, false);
