// Which command opens a place of a file in which editor, as arguments: no shell reads them, and nothing in a path is expanded.
import { delimiter, join } from "node:path";
import type { EditorChoice } from "../shared/protocol/launch-calls.js";

export interface Place {
  readonly file: string;
  /** From 1, both. */
  readonly line: number;
  readonly column: number;
}

interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  isExecutable(path: string): boolean;
}

export interface EditorCommand {
  readonly file: string;
  readonly args: readonly string[];
}

const vsCodes = ["code", "codium", "code-insiders", "cursor", "windsurf"];
const jetBrains = ["webstorm", "idea", "phpstorm", "pycharm", "goland", "rider"];
/** Editors that need a terminal, and how they take a line. */
const inTerminal = ["vim", "vi", "nvim", "nano", "emacs", "micro", "joe", "ne"];
const terminals = ["x-terminal-emulator", "gnome-terminal", "konsole", "kitty", "alacritty", "foot", "xterm"];

/** The first that is installed; undefined: none is. `words` are those of a command of the user's own. */
export function editorCommand(
  choice: EditorChoice,
  place: Place,
  around: Surroundings,
  words: readonly string[] = [],
): EditorCommand | undefined {
  switch (choice) {
    case "vscode":
      return withFirst(vsCodes, around, (name) => vsCodeArgs(name, place));
    case "jetbrains":
      return withFirst(jetBrains, around, () => jetBrainsArgs(place));
    case "environment":
      return fromEnvironment(place, around);
    case "custom":
      return fromWords(words, place, around);
  }
}

/** The place stands where the words say, and at the end where they do not. */
function fromWords(words: readonly string[], place: Place, around: Surroundings): EditorCommand | undefined {
  const [command, ...rest] = words;
  const file = command === undefined ? undefined : found(command, around);
  if (file === undefined) return undefined;
  const parts: Readonly<Record<string, string>> = {
    "{file}": place.file,
    "{line}": String(place.line),
    "{column}": String(place.column),
  };
  // In one go: a path that holds such a word stays as it is.
  const args = rest.map((word) => word.replace(/\{(?:file|line|column)\}/g, (part) => parts[part] ?? part));
  return { file, args: rest.some((word) => word.includes("{file}")) ? args : [...args, place.file] };
}

const vsCodeArgs = (_name: string, { file, line, column }: Place): string[] => ["-g", `${file}:${line}:${column}`];
const jetBrainsArgs = ({ file, line, column }: Place): string[] => [
  "--line",
  String(line),
  "--column",
  String(Math.max(0, column - 1)),
  file,
];

/** `$VISUAL` or `$EDITOR`: a file as a whole, else words split at spaces, as every program that reads them does. */
function fromEnvironment(place: Place, around: Surroundings): EditorCommand | undefined {
  const { environment } = around;
  const typed = environment["VISUAL"] ?? environment["EDITOR"] ?? "";
  const isWhole = /[\\/]/.test(typed) && found(typed, around) !== undefined;
  const [command, ...own] = isWhole ? [typed] : typed.split(/\s+/).filter((word) => word !== "");
  const file = command === undefined ? undefined : found(command, around);
  if (command === undefined || file === undefined) return undefined;
  const name = (command.split(/[\\/]/).at(-1) ?? "").replace(/\.(?:exe|cmd|bat)$/i, "");
  if (vsCodes.includes(name)) return { file, args: [...own, ...vsCodeArgs(name, place)] };
  if (jetBrains.includes(name)) return { file, args: [...own, ...jetBrainsArgs(place)] };
  const args = [...own, ...lineArgs(name, place)];
  if (!inTerminal.includes(name)) return { file, args };
  return terminalFor({ file, args }, around);
}

function lineArgs(name: string, { file, line, column }: Place): string[] {
  if (name === "subl" || name === "zed" || name === "hx" || name === "micro") return [`${file}:${line}:${column}`];
  if (name === "nano") return [`+${line},${column}`, file];
  if (name === "emacs" || name === "emacsclient") return [`+${line}:${column}`, file];
  return inTerminal.includes(name) || name === "gvim" ? [`+${line}`, file] : [file];
}

/** Undefined where there is no terminal to be opened: on a machine without a display, say. */
function terminalFor({ file, args }: EditorCommand, around: Surroundings): EditorCommand | undefined {
  const { environment, platform } = around;
  if (platform === "win32" || platform === "darwin") return undefined;
  if (environment["DISPLAY"] === undefined && environment["WAYLAND_DISPLAY"] === undefined) return undefined;
  return withFirst(terminals, around, (name) => [
    ...(name === "gnome-terminal" ? ["--"] : name === "kitty" || name === "foot" ? [] : ["-e"]),
    file,
    ...args,
  ]);
}

function withFirst(
  names: readonly string[],
  around: Surroundings,
  args: (name: string) => readonly string[],
): EditorCommand | undefined {
  for (const name of names) {
    const file = found(name, around);
    if (file !== undefined) return { file, args: args(name) };
  }
  return undefined;
}

/** Where a command is on the path; also with the endings of Windows. */
function found(command: string, { environment, platform, isExecutable }: Surroundings): string | undefined {
  const endings = platform === "win32" ? [".exe", ".cmd", ".bat", ""] : [""];
  const folders = /[\\/]/.test(command) ? [""] : (environment["PATH"] ?? environment["Path"] ?? "").split(delimiter);
  for (const folder of folders)
    for (const ending of endings) {
      const path = folder === "" ? command + ending : join(folder, command + ending);
      if (isExecutable(path)) return path;
    }
  return undefined;
}
