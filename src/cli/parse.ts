// The parser and --help, built from the tables of commands and options. Commander reads the words; decode-args.ts makes them
// typed.
import { Argument, Command, CommanderError, Option } from "commander";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type ParsedCommand, decodeCommand } from "./decode-args.js";
import { type CliOption, type OperandKind, operands, options } from "./option-table.js";
import { type CliCommand, type CommandName, commandNames, commands, exitCodes } from "./command-table.js";

/** A command with its arguments, or text that was asked for (--help, --version). */
export type Parsed = ParsedCommand | { readonly kind: "text"; readonly text: string };

export const timesHelp =
  "A TIME is epoch nanoseconds, an ISO time (2026-11-21T08:00:00.123456789Z), an offset from the recording's start " +
  "(+250ms, +1.5s, +2m), start or end.";

export function parse(words: readonly string[], version: string): Result<Parsed, HindcastError> {
  let outcome: Result<Parsed, HindcastError> | undefined;
  let shown = "";
  const program = new Command("hindcast")
    .description("Flight recorder and time-travel debugger for Node.js programs")
    .version(version, "-V, --version", "Print the version")
    .helpOption("-h, --help", "Show this help")
    .helpCommand("help [command]", "Show the help of a command")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void (shown += text),
      writeErr: (text) => void (shown += text),
      // The caller prints errors, with the next step.
      outputError: () => undefined,
      getOutHelpWidth: () => 110,
    })
    .addHelpText(
      "after",
      `\n${timesHelp}\n\nExit codes:\n${exitCodes.map(([code, meaning]) => `  ${code.padEnd(10)}${meaning}`).join("\n")}`,
    );
  for (const name of commandNames) {
    const subcommand = addCommand(program, name);
    subcommand.action((...given: unknown[]) => {
      const operand = operandFrom(commands[name].operand, given);
      outcome = decodeCommand(name, operand, subcommand.opts<Record<string, unknown>>());
    });
  }
  if (words.length === 0) return ok({ kind: "text", text: program.helpInformation() });
  try {
    program.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return ok({ kind: "text", text: shown });
    return failed(hindcastError("bad-usage", { reason: sentenceOf(error.message) }));
  }
  return outcome ?? ok({ kind: "text", text: shown });
}

function operandFrom(kind: OperandKind, [first, second]: readonly unknown[]): unknown {
  if (kind === "none") return undefined;
  const operand = operands[kind];
  if ("list" in operand) return { file: first, [operand.list]: second };
  if (!("words" in operand)) return first;
  return { file: first, [operand.words]: Array.isArray(second) ? second.join(" ") : second };
}

function addCommand(program: Command, name: CommandName): Command {
  const { summary, operand, required, optional, examples }: CliCommand = commands[name];
  const { shown, help } = operands[operand];
  const subcommand = program.command(name).description(summary).exitOverride();
  for (const one of shown.split(" ").filter((word) => word !== "")) subcommand.addArgument(new Argument(one, help));
  // The program's own options are not ours, with or without "--" before it.
  if (operand === "command") subcommand.passThroughOptions();
  for (const option of required) subcommand.addOption(parserOption(options[option]).makeOptionMandatory());
  for (const option of optional) subcommand.addOption(parserOption(options[option]));
  return subcommand.addHelpText("after", `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`);
}

function parserOption({ flags, help, choices, preset }: CliOption): Option {
  const option = new Option(flags, help);
  if (choices !== undefined) option.choices(choices);
  if (preset !== undefined) option.default(preset);
  return option;
}

/** "error: unknown option '--x'\n(Did you mean --y?)" as the inside of a sentence. */
function sentenceOf(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
