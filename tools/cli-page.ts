// docs/cli.md as text: every command with its options and examples, out of the table the parser itself uses.

export interface CliTable {
  readonly commands: Readonly<Record<string, DocumentedCommand>>;
  readonly options: Readonly<Record<string, DocumentedOption>>;
  readonly operands: Readonly<Record<string, { readonly shown: string; readonly help: string }>>;
  readonly exitCodes: readonly (readonly [code: string, meaning: string])[];
}

interface DocumentedCommand {
  readonly summary: string;
  readonly operand: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly examples: readonly string[];
}

interface DocumentedOption {
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly preset?: string;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

function optionRow(option: DocumentedOption | undefined, isRequired: boolean): string {
  if (option === undefined) return "";
  const notes = [
    option.help,
    ...(option.choices === undefined ? [] : [`One of ${option.choices.join(", ")}`]),
    ...(option.preset === undefined ? [] : [`${option.preset} when left out`]),
    ...(isRequired ? ["Required"] : []),
  ];
  return `| \`${cell(option.flags)}\` | ${cell(notes.join(". "))}. |`;
}

function commandSection(name: string, command: DocumentedCommand, { options, operands }: CliTable): string {
  const operand = operands[command.operand];
  const usage = ["hindcast", name, "[options]", ...(command.operand === "command" ? ["--"] : []), operand?.shown ?? ""];
  const rows = [
    ...(operand === undefined || operand.shown === "" ? [] : [`| \`${operand.shown}\` | ${cell(operand.help)}. |`]),
    ...command.required.map((option) => optionRow(options[option], true)),
    ...command.optional.map((option) => optionRow(options[option], false)),
  ];
  const table = rows.length === 0 ? "" : `\n| Argument | Meaning |\n| --- | --- |\n${rows.join("\n")}\n`;
  return `## hindcast ${name}

${command.summary}.

\`\`\`sh
${usage.filter((word) => word !== "").join(" ")}
\`\`\`
${table}
For example:

\`\`\`sh
${command.examples.join("\n")}
\`\`\`
`;
}

export function cliPage(table: CliTable): string {
  const sections = Object.entries(table.commands).map(([name, command]) => commandSection(name, command, table));
  const codes = table.exitCodes.map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`);
  return `# Command line

Whatever the window shows, the command line can print. Generated from \`command-table.ts\` and
\`option-table.ts\` in \`src/cli/\` by \`npm run docs:generate\`; \`hindcast --help\` says the same.

${sections.join("\n")}
## Exit codes

| Code | Meaning |
| --- | --- |
${codes.join("\n")}
`;
}
