// Completion scripts for shells, from the tables of commands and options.
import { type CliOption, type OptionName, options } from "./option-table.js";
import { type CliCommand, commandNames, commands } from "./command-table.js";

export function completionScript(shell: "bash" | "zsh" | "fish"): string {
  switch (shell) {
    case "bash":
      return bash();
    case "zsh":
      return zsh();
    case "fish":
      return fish();
  }
}

const optionsOf = (name: (typeof commandNames)[number]): readonly OptionName[] => {
  const { required, optional }: CliCommand = commands[name];
  return [...required, ...optional];
};

/** "-o, --out <file>" → ["-o", "--out"]. */
const flagsOf = ({ flags }: CliOption): string[] => flags.split(/,\s*/).map((flag) => flag.split(" ")[0] ?? flag);

const longFlag = (option: CliOption): string => flagsOf(option).at(-1) ?? option.flags;
const takesValue = ({ flags }: CliOption): boolean => flags.includes("<");
const takesFile = (name: (typeof commandNames)[number]): boolean => /files?$/.test(commands[name].operand);
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(): string {
  const perCommand = commandNames.map(
    (name) =>
      `    ${name}) words=${quoted(
        optionsOf(name)
          .flatMap((option) => flagsOf(options[option]))
          .join(" "),
      )} ;;`,
  );
  const perValue = Object.values(options).flatMap((option: CliOption) => {
    if (option.choices !== undefined) {
      return [
        `    ${longFlag(option)}) COMPREPLY=($(compgen -W ${quoted(option.choices.join(" "))} -- "$current")); return ;;`,
      ];
    }
    return option.isPath === true
      ? [`    ${flagsOf(option).join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;;`]
      : [];
  });
  return [
    "# hindcast completion bash",
    "_hindcast() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words=""',
    "  COMPREPLY=()",
    `  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W ${quoted(commandNames.join(" "))} -- "$current")); return; fi`,
    '  case "$previous" in',
    ...perValue,
    "  esac",
    '  case "${COMP_WORDS[1]}" in',
    ...perCommand,
    "  esac",
    '  case "$current" in',
    '    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;',
    '    *) COMPREPLY=($(compgen -f -- "$current")) ;;',
    "  esac",
    "}",
    "complete -o filenames -F _hindcast hindcast",
  ].join("\n");
}

function zsh(): string {
  const described = commandNames.map((name) => `    ${quoted(`${name}:${commands[name].summary}`)}`);
  const perCommand = commandNames.map((name) => {
    const specs = optionsOf(name).map((option) => quoted(zshSpec(options[option])));
    const operand = takesFile(name)
      ? " '*:file:_files'"
      : commands[name].operand === "command"
        ? " '*::program:_normal'"
        : "";
    return `      ${name}) _arguments -S ${specs.join(" ")}${operand} ;;`;
  });
  return [
    "#compdef hindcast",
    "_hindcast() {",
    "  local -a commands=(",
    ...described,
    "  )",
    "  _arguments -C '1:command:->command' '*::argument:->argument'",
    "  case $state in",
    "    command) _describe command commands ;;",
    "    argument) case $words[1] in",
    ...perCommand,
    "    esac ;;",
    "  esac",
    "}",
    "compdef _hindcast hindcast",
  ].join("\n");
}

function zshSpec(option: CliOption): string {
  const help = option.help.replace(/[[\]:]/g, " ");
  const value =
    option.choices === undefined
      ? option.isPath === true
        ? ":file:_files"
        : ":value:"
      : `:value:(${option.choices.join(" ")})`;
  return `${longFlag(option)}[${help}]${takesValue(option) ? value : ""}`;
}

function fish(): string {
  const perCommand = commandNames.flatMap((name) => [
    `complete -c hindcast -n __fish_use_subcommand -a ${name} -d ${quoted(commands[name].summary)}${takesFile(name) ? "" : " -f"}`,
    ...optionsOf(name).map((key) => {
      const option: CliOption = options[key];
      const short = flagsOf(option).find((flag) => !flag.startsWith("--"));
      const choices = option.choices === undefined ? "" : ` -xa ${quoted(option.choices.join(" "))}`;
      return [
        `complete -c hindcast -n '__fish_seen_subcommand_from ${name}' -l ${longFlag(option).slice(2)}`,
        short === undefined ? "" : ` -s ${short.slice(1)}`,
        takesValue(option) ? " -r" : "",
        choices,
        ` -d ${quoted(option.help)}`,
      ].join("");
    }),
  ]);
  return ["# hindcast completion fish", ...perCommand].join("\n");
}
