// How to start an npm script from a program. npm is a .cmd file on Windows, which only a shell can start.

export interface ShellCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly shell: boolean;
}

export function npmRunCommand(script: string, args: readonly string[] = []): ShellCommand {
  const npmArgs = ["run", "--silent", script, ...(args.length === 0 ? [] : ["--", ...args])];
  return { command: "npm", args: npmArgs, shell: process.platform === "win32" };
}
