import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandArguments, withNodeOption } from "./shell-options.js";

const ours = `--require "/a b/it's.cjs"`;
/** As a shell reads it: what it printed where we added nothing, and where we did. */
const changed = (command: string): string => withNodeOption(command, "--ours").replaceAll("'--ours '", "+");

describe("withNodeOption", () => {
  it.each([
    ["NODE_OPTIONS=--x node app.js", "NODE_OPTIONS=+--x node app.js"],
    ["A=1 NODE_OPTIONS='--x --y' B=2 node app.js", "A=1 NODE_OPTIONS=+'--x --y' B=2 node app.js"],
    ['cd "a b" && NODE_OPTIONS="--x" node a; node b', 'cd "a b" && NODE_OPTIONS=+"--x" node a; node b'],
    ["export NODE_OPTIONS=--x; node a", "export NODE_OPTIONS=+--x; node a"],
    ["env NODE_OPTIONS=--x node a 2>&1 | cat", "env NODE_OPTIONS=+--x node a 2>&1 | cat"],
    ["if true; then NODE_OPTIONS=$X node a; fi", "if true; then NODE_OPTIONS=+$X node a; fi"],
    ["(NODE_OPTIONS= node a)\nNODE_OPTIONS=--y node b", "(NODE_OPTIONS=+ node a)\nNODE_OPTIONS=+--y node b"],
  ])("puts ours in front of what a command sets: %s", (command, expected) => {
    expect(changed(command)).toBe(expected);
  });

  it.each([
    "node app.js NODE_OPTIONS=--x",
    "echo 'NODE_OPTIONS=--x node' \"; NODE_OPTIONS=--x\"",
    "echo NODE_OPTIONS=--x",
    'NODE_OPTIONS="$NODE_OPTIONS --x" node a',
    "NODE_OPTIONS=--ours node a",
    "MY_NODE_OPTIONS=--x node a",
    "# NODE_OPTIONS=--x node a\necho",
    "cat <<END\nNODE_OPTIONS=--x\nEND",
    "echo `true; NODE_OPTIONS=--x node a`",
    "echo $(NODE_OPTIONS=--x node a); NODE_OPTIONS=--x node b",
    "case x in a) NODE_OPTIONS=--x node a;; esac",
    "echo 'NODE_OPTIONS=--x; NODE_OPTIONS=--y node",
  ])("leaves alone what may be something else: %s", (command) => {
    expect(changed(command)).toBe(command);
  });

  it.skipIf(process.platform === "win32").each([
    ["NODE_OPTIONS=--x", `${ours} --x`],
    ['NODE_OPTIONS="--x $A" ', `${ours} --x one`],
    ["NODE_OPTIONS='--x'\\ y", `${ours} --x y`],
    ["NODE_OPTIONS=", `${ours} `],
  ])("is read by a shell as it should be: %s", (assignment, expected) => {
    const command = withNodeOption(`${assignment} sh -c 'printf %s "$NODE_OPTIONS"'`, ours);
    expect(execFileSync("sh", ["-c", command], { encoding: "utf8", env: { A: "one" } })).toBe(expected);
  });
});

describe("commandArguments", () => {
  it("puts ours into the command of a shell, and into nothing else", () => {
    const options = '--require "/a b/agent.cjs" --theirs';
    const command = "NODE_OPTIONS=--x node a";
    expect(commandArguments("/bin/bash", ["-lc", command], options)).toEqual([
      "-lc",
      `NODE_OPTIONS='--require "/a b/agent.cjs" '--x node a`,
    ]);
    expect(commandArguments("node", ["-c", command], options)).toEqual(["-c", command]);
    expect(commandArguments("sh", ["-c", "node a"], options)).toEqual(["-c", "node a"]);
    expect(commandArguments("sh", ["-c", command], undefined)).toEqual(["-c", command]);
  });
});
