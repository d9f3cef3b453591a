// From what commander parsed to what a command receives, by the tables' own schemas.
import * as v from "valibot";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type OptionName, operands, options } from "./option-table.js";
import { type CommandName, commands } from "./command-table.js";

type Output<Name extends OptionName> = v.InferOutput<(typeof options)[Name]["schema"]>;
type Row<Name extends CommandName> = (typeof commands)[Name];

/** Operand and options of one command, as its implementation gets them. */
export type CommandArgs<Name extends CommandName> = v.InferOutput<(typeof operands)[Row<Name>["operand"]]["schema"]> & {
  readonly [Option in Row<Name>["required"][number]]: NonNullable<Output<Option>>;
} & { readonly [Option in Row<Name>["optional"][number]]: Output<Option> };

/** One parsed command line. */
export type ParsedCommand = {
  readonly [Name in CommandName]: { readonly kind: "command"; readonly name: Name; readonly args: CommandArgs<Name> };
}[CommandName];

export function decodeCommand(
  name: CommandName,
  operand: unknown,
  given: Readonly<Record<string, unknown>>,
): Result<ParsedCommand, HindcastError> {
  const { operand: kind, required, optional } = commands[name];
  const args: Record<string, unknown> = {};
  const operandName = kind === "optional-file" ? "file" : kind;
  const named = "words" in operands[kind] || "list" in operands[kind] ? operand : { [operandName]: operand };
  const readOperand = v.safeParse(operands[kind].schema, named);
  if (!readOperand.success) return failed(usage(readOperand.issues[0].message));
  Object.assign(args, readOperand.output);
  for (const option of [...required, ...optional]) {
    const read = v.safeParse(options[option].schema, given[option] ?? presetOf(option));
    if (!read.success) return failed(usage(read.issues[0].message));
    args[option] = read.output;
  }
  if (args["limit"] !== undefined && args["last"] !== undefined)
    return failed(usage("--limit and --last do not go together"));
  return ok({ kind: "command", name, args } as ParsedCommand);
}

const usage = (reason: string): HindcastError => hindcastError("bad-usage", { reason });

function presetOf(name: OptionName): string | undefined {
  const option = options[name];
  return "preset" in option ? option.preset : undefined;
}
