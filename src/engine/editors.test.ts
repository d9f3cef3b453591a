import { describe, expect, it } from "vitest";
import { editorCommand } from "./editors.js";

const place = { file: "/srv/my shop/$(rm -rf).ts", line: 88, column: 5 };

/** `installed` are paths; what is said is the file and its arguments. */
const said = (
  choice: Parameters<typeof editorCommand>[0],
  installed: string[],
  environment = {},
  words: string[] = [],
): unknown => {
  const around = {
    environment: { PATH: "/usr/local/bin:/usr/bin", ...environment },
    platform: "linux",
    isExecutable: (path: string) => installed.includes(path),
  } as const;
  const command = editorCommand(choice, place, around, words);
  return command === undefined ? undefined : [command.file, ...command.args];
};

describe("editorCommand", () => {
  it("opens VS Code, or what is built of it, at line and column", () => {
    expect(said("vscode", ["/usr/bin/code"])).toEqual(["/usr/bin/code", "-g", `${place.file}:88:5`]);
    expect(said("vscode", ["/usr/local/bin/codium"])).toEqual(["/usr/local/bin/codium", "-g", `${place.file}:88:5`]);
    expect(said("vscode", [])).toBeUndefined();
  });

  it("opens JetBrains editors, which count columns from 0", () => {
    expect(said("jetbrains", ["/usr/bin/idea"])).toEqual([
      ...["/usr/bin/idea", "--line", "88", "--column", "4"],
      place.file,
    ]);
  });

  it("opens what VISUAL or EDITOR names with its own arguments, as each takes a line", () => {
    expect(said("environment", ["/usr/bin/subl"], { EDITOR: "subl -n" })).toEqual([
      ...["/usr/bin/subl", "-n"],
      `${place.file}:88:5`,
    ]);
    expect(said("environment", ["/usr/bin/code"], { VISUAL: "code --wait", EDITOR: "vi" })).toEqual([
      ...["/usr/bin/code", "--wait", "-g"],
      `${place.file}:88:5`,
    ]);
    expect(said("environment", ["/usr/bin/gedit"], { EDITOR: "gedit" })).toEqual(["/usr/bin/gedit", place.file]);
    expect(said("environment", ["/opt/my editor"], { EDITOR: "/opt/my editor" })).toEqual([
      "/opt/my editor",
      place.file,
    ]);
    expect(said("environment", [], { EDITOR: "gedit" })).toBeUndefined();
    expect(said("environment", ["/usr/bin/code"])).toBeUndefined();
  });

  it("opens a command of one's own, with the place where its words say", () => {
    const own = (...words: string[]) => said("custom", ["/usr/bin/zed", "/opt/my editor"], {}, words);
    expect(own("zed", "--at={line}:{column}", "{file}", "{line")).toEqual([
      ...["/usr/bin/zed", "--at=88:5"],
      ...[place.file, "{line"],
    ]);
    expect(own("/opt/my editor", "-n")).toEqual(["/opt/my editor", "-n", place.file]);
    expect([own("gedit", "{file}"), own()]).toEqual([undefined, undefined]);
    const odd = { ...place, file: "/srv/{line}.ts" };
    const around = { environment: {}, platform: "linux", isExecutable: () => true } as const;
    expect(editorCommand("custom", odd, around, ["/e", "{file}"])?.args).toEqual([odd.file]);
  });

  it("opens editors of a terminal in one, where there is a display", () => {
    const both = ["/usr/bin/vim", "/usr/bin/xterm"];
    expect(said("environment", both, { EDITOR: "vim", DISPLAY: ":0" })).toEqual([
      ...["/usr/bin/xterm", "-e", "/usr/bin/vim", "+88"],
      place.file,
    ]);
    expect(said("environment", both, { EDITOR: "vim" })).toBeUndefined();
  });
});
