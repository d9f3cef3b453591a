// How a command is started on Windows. Only .exe and .com files are programs there; npm, npx and everything else that
// package managers install are batch files, which cmd.exe has to run, with every word quoted for cmd.exe and for the
// program behind it. Pure, so that it is tested everywhere; it was never run on Windows.

interface StartedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The words are quoted already. */
  readonly windowsVerbatimArguments: boolean;
}

interface WindowsSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  isFile(path: string): boolean;
}

/** The same command on any platform, as `spawn` takes it. */
export function startedCommand(
  command: readonly string[],
  platform: string,
  surroundings: WindowsSurroundings,
): StartedCommand {
  if (platform === "win32") return commandOnWindows(command, surroundings);
  const [file = "", ...args] = command;
  return { file, args, windowsVerbatimArguments: false };
}

function commandOnWindows(command: readonly string[], surroundings: WindowsSurroundings): StartedCommand {
  const [file = "", ...args] = command;
  const found = pathsOf(file, surroundings).find((path) => surroundings.isFile(path));
  const isBatch = found !== undefined && /\.(?:cmd|bat)$/i.test(found);
  if (!isBatch) return { file, args, windowsVerbatimArguments: false };
  // The batch files that npm puts there hand their words to a second cmd.exe.
  const isShim = /[\\/]node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$/i.test(found);
  const words = [escaped(found.replaceAll("/", "\\")), ...args.map((word) => quoted(word, isShim))];
  return {
    file: valueOf(surroundings.environment, "comspec") ?? "cmd.exe",
    args: ["/d", "/s", "/c", `"${words.join(" ")}"`],
    windowsVerbatimArguments: true,
  };
}

/** Where Windows looks, in its order. */
function pathsOf(file: string, { environment, cwd }: WindowsSurroundings): readonly string[] {
  const extensions = (valueOf(environment, "pathext") ?? ".COM;.EXE;.BAT;.CMD").split(";").filter((one) => one !== "");
  const hasOne = extensions.some((extension) => file.toLowerCase().endsWith(extension.toLowerCase()));
  const names = [...(hasOne ? [file] : []), ...extensions.map((extension) => `${file}${extension.toLowerCase()}`)];
  if (/^(?:[a-z]:|[\\/])/i.test(file)) return names;
  const isBare = !/[\\/]/.test(file);
  const path = isBare
    ? (valueOf(environment, "path") ?? "").split(";").map((folder) => folder.replaceAll('"', ""))
    : [];
  const folders = [cwd, ...path].filter((folder) => folder !== "");
  return folders.flatMap((folder) => names.map((name) => `${folder.replace(/[\\/]$/, "")}\\${name}`));
}

/** Names of variables have no case on Windows; a copy of the environment does. */
function valueOf(environment: WindowsSurroundings["environment"], name: string): string | undefined {
  const key = Object.keys(environment).find((one) => one.toLowerCase() === name);
  return key === undefined ? undefined : environment[key];
}

const escaped = (word: string): string => word.replace(/[()\][%!^"`<>&|;, *?]/g, "^$&");

/** For the program: backslashes before a quote, and at the end, are doubled. For cmd.exe: each special sign escaped. */
function quoted(word: string, isTwice: boolean): string {
  const forProgram = `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
  return isTwice ? escaped(escaped(forProgram)) : escaped(forProgram);
}
