// A command of a shell in which NODE_OPTIONS are set for a program: `NODE_OPTIONS=--max-old-space-size=512 node app.js`. They
// replace those that the shell was given, so ours are put in front of the value. Only what is an assignment for certain is
// touched: where the shell's grammar becomes more than words, quotes and operators, the rest stays as it is.

/** Each puts what follows where a command may begin. */
const beforeCommands: ReadonlySet<string> = new Set(["then", "do", "else", "if", "elif", "while", "until", "!", "{"]);
/** After these, assignments are words like any other. */
const takesAssignments: ReadonlySet<string> = new Set(["export", "env", "exec", "command", "time", "nohup"]);
/** Expansions that may hold commands themselves; a comment, a group that ends, a here-document, patterns of a `case`. */
const isBeyondUs = (text: string, at: number): boolean =>
  text.startsWith("$(", at) || text.startsWith("`", at) || text.startsWith("<<", at) || text.startsWith("#", at);

/** `option` is not there twice: a value that holds it, or takes over what was set before, is left alone. */
export function withNodeOption(command: string, option: string): string {
  const added = `'${option.replaceAll("'", `'\\''`)} '`;
  let [done, written, at, mayAssign] = [0, "", 0, true];
  while (at < command.length) {
    const character = command.charAt(at);
    if (/[ \t]/.test(character)) at++;
    else if (/[\n;&|()]/.test(character)) {
      at++;
      mayAssign = true;
    } else if (isBeyondUs(command, at)) break;
    else if (/[<>]/.test(character)) {
      const end = /^[<>]+[&|]?[ \t]*/.exec(command.slice(at))?.[0].length ?? 1;
      at = endOfWord(command, at + end) ?? command.length;
    } else {
      const end = endOfWord(command, at);
      if (end === undefined) break;
      const word = command.slice(at, end);
      const [, name, value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
      if (mayAssign && name === "NODE_OPTIONS" && !value.includes("NODE_OPTIONS") && !value.includes(option)) {
        const from = at + "NODE_OPTIONS=".length;
        written += command.slice(done, from) + added;
        done = from;
      }
      if (word === "case" && mayAssign) break;
      mayAssign = mayAssign && (name !== undefined || beforeCommands.has(word) || takesAssignments.has(word));
      at = end;
    }
  }
  return written + command.slice(done);
}

const shells: ReadonlySet<string> = new Set(["sh", "bash", "dash", "zsh", "ksh", "ash"]);

/** The arguments of a shell whose command sets NODE_OPTIONS for a program; undefined where they stay what they are. */
export function shellArguments(file: string, args: readonly unknown[], option: string): unknown[] | undefined {
  if (!shells.has(file.replace(/^.*\//, ""))) return undefined;
  const at = args.findIndex((one) => typeof one === "string" && /^-[a-z]*c$/.test(one)) + 1;
  const command = args[at];
  if (at === 0 || typeof command !== "string") return undefined;
  const changed = withNodeOption(command, option);
  return changed === command ? undefined : args.map((one, index) => (index === at ? changed : one));
}

/** The same for a command that is started with these NODE_OPTIONS, of which the first are ours. */
export function commandArguments(file: string, args: readonly string[], options: string | undefined): string[] {
  const [ours] = /^--require "(?:[^"\\]|\\.)*"/.exec(options ?? "") ?? [];
  const changed = ours === undefined ? undefined : shellArguments(file, args, ours);
  return (changed ?? args).map(String);
}

/** Undefined where the word does not end, or holds more than text and variables. */
function endOfWord(command: string, from: number): number | undefined {
  let quote = "";
  for (let at = from; at < command.length; at++) {
    const character = command.charAt(at);
    if (quote !== "'" && (command.startsWith("$(", at) || character === "`")) return undefined;
    if (quote !== "'" && character === "\\") at++;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (/[ \t\n;&|()<>]/.test(character)) return at;
  }
  return quote === "" ? command.length : undefined;
}
