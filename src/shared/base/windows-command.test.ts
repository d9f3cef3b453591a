import { describe, expect, it } from "vitest";
import { startedCommand } from "./windows-command.js";

const environment = {
  Path: 'C:\\Windows;"C:\\Program Files\\nodejs";',
  PATHEXT: ".COM;.EXE;.BAT;.CMD",
  ComSpec: "C:\\cmd.exe",
};

function started(command: readonly string[], ...files: string[]) {
  const there = files.map((file) => file.toLowerCase());
  const isFile = (path: string) => there.includes(path.toLowerCase());
  return startedCommand(command, "win32", { environment, cwd: "C:\\app", isFile });
}

/** What cmd.exe makes of a line: a caret takes the next sign's meaning away, as long as no quote is open. */
const readByCmd = (line: string): string => line.replace(/\^(.)/g, "$1");

/** The words a program finds in its command line, as the C runtime takes them apart. */
function readByProgram(line: string): string[] {
  const words: string[] = [];
  let [word, isQuoted, has] = ["", false, false];
  for (let at = 0; at < line.length; at++) {
    const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
    if (slashes > 0 && line[at + slashes] === '"') {
      word += "\\".repeat(Math.floor(slashes / 2));
      at += slashes;
      if (slashes % 2 === 1) word += '"';
      else isQuoted = !isQuoted;
      has = true;
    } else if (line[at] === '"') [isQuoted, has] = [!isQuoted, true];
    else if (line[at] === " " && !isQuoted) {
      if (has) words.push(word);
      [word, has] = ["", false];
    } else [word, has] = [word + (line[at] ?? ""), true];
  }
  return has ? [...words, word] : words;
}

describe("startedCommand", () => {
  it("starts programs themselves, and leaves what is not found to be reported", () => {
    const direct = (command: readonly string[]) => ({
      file: command[0],
      args: command.slice(1),
      windowsVerbatimArguments: false,
    });
    expect(started(["node", "a b.js"], "C:\\Program Files\\nodejs\\node.exe")).toEqual(direct(["node", "a b.js"]));
    expect(started(["C:\\x\\tool.exe", "1"], "C:\\x\\tool.exe")).toEqual(direct(["C:\\x\\tool.exe", "1"]));
    expect(started(["missing", "&"])).toEqual(direct(["missing", "&"]));
  });

  it("has cmd.exe run a batch file, found as Windows finds it", () => {
    const npm = "C:\\Program Files\\nodejs\\npm.cmd";
    expect(started(["npm", "start"], npm)).toEqual({
      file: "C:\\cmd.exe",
      args: ["/d", "/s", "/c", '"C:\\Program^ Files\\nodejs\\npm.cmd ^"start^""'],
      windowsVerbatimArguments: true,
    });
    expect(started(["npm", "start"], npm, "C:\\app\\npm.exe").file).toBe("npm");
    expect(started(["./run", "x"], "C:\\app\\./run.bat").args.at(-1)).toBe('"C:\\app\\.\\run.bat ^"x^""');
    expect(started(["run.CMD"], "C:\\app\\run.cmd").args.at(-1)).toBe('"C:\\app\\run.CMD"');
  });

  it("takes words as they are anywhere else", () => {
    const surroundings = { environment, cwd: "/app", isFile: () => true };
    expect(startedCommand(["npm", "a b"], "linux", surroundings)).toEqual({
      file: "npm",
      args: ["a b"],
      windowsVerbatimArguments: false,
    });
  });

  const hostile = [
    "a b",
    "",
    'say "hi"',
    "C:\\dir\\",
    '\\"',
    "100%PATH%",
    "a&b|c>d<e^f",
    "!x!",
    "(a,b;c)",
    "\\\\host\\a b\\",
    "`*?",
  ];

  it("brings every word through cmd.exe to the program as it was", () => {
    const line = started(["npm", ...hostile], "C:\\app\\npm.cmd").args.at(-1) ?? "";
    const inner = line.slice(1, -1);
    expect(inner).not.toMatch(/(?<!\^)[&|<>%"]/);
    expect(readByProgram(readByCmd(inner)).slice(1)).toEqual(hostile);
  });

  it("escapes twice for the batch files in node_modules, which hand their words on", () => {
    const line =
      started(["node_modules\\.bin\\tsx", ...hostile], "C:\\app\\node_modules\\.bin\\tsx.cmd").args.at(-1) ?? "";
    const handedOn = readByCmd(line.slice(1, -1)).replace(/^\S+ /, "");
    expect(handedOn).not.toMatch(/(?<!\^)[&|<>%"]/);
    expect(readByProgram(readByCmd(handedOn))).toEqual(hostile);
  });
});
