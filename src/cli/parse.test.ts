import { describe, expect, it } from "vitest";
import { completionScript } from "./completions.js";
import { type CliOption, options } from "./option-table.js";
import { type CliCommand, commandNames, commands } from "./command-table.js";
import { parse } from "./parse.js";

/** What a command line means: the command and its arguments, the text it asks for, or why it was not understood. */
function meaning(...words: string[]): unknown {
  const parsed = parse(words, "1.2.3");
  if (!parsed.ok) return parsed.error.details["reason"];
  return parsed.value.kind === "text" ? parsed.value.text : [parsed.value.name, parsed.value.args];
}

const delivery = { buffer: 16e6, overflow: "drop-newest", backlog: 128e6, spill: 0 };
const thresholds = { block: 50, blockStacks: "on", collection: 10 };
const redaction = { redact: "on", redactKey: [], redactPrefix: [], redactAllow: [] };
const capture = {
  level: "requests",
  include: [],
  exclude: [],
  propagate: [],
  writes: "on",
  state: [],
  lines: [],
  sources: "on",
  ...thresholds,
  ...delivery,
  rules: [],
  durability: undefined,
  ...redaction,
};

describe("parse", () => {
  it("leaves everything after -- to the program", () => {
    expect(meaning("record", "-o", "a b.hindcast", "--", "node", "--json", "-o", "x", "--", "y z")).toEqual([
      "record",
      { out: "a b.hindcast", ...capture, command: ["node", "--json", "-o", "x", "--", "y z"] },
    ]);
  });

  it("leaves the program's own options alone without -- too", () => {
    expect(meaning("record", "-o", "x", "node", "app.js", "--level", "lines", "-o", "y")).toEqual([
      "record",
      { out: "x", ...capture, command: ["node", "app.js", "--level", "lines", "-o", "y"] },
    ]);
  });

  it("asks for a name where the name of the file is empty", () => {
    expect(meaning("record", "-o", "", "--", "node", "app.js")).toBe("-o needs the name of a file");
    expect(meaning("copy", "a.hindcast", "-o", "")).toBe("-o needs the name of a file");
  });

  it("reads what is looked for, in one word or many", () => {
    const rest = { process: undefined, from: undefined, to: undefined, limit: undefined, last: undefined, json: false };
    expect(meaning("search", "a.hindcast", "two", "words", "--kind", "log", "write", "--last", "3")).toEqual([
      "search",
      { file: "a.hindcast", text: "two words", ...rest, kind: ["log", "write"], last: 3 },
    ]);
    expect(meaning("search", "a.hindcast", '"a phrase"')).toEqual([
      "search",
      { file: "a.hindcast", text: '"a phrase"', ...rest, kind: undefined },
    ]);
    expect(meaning("search", "a.hindcast")).toContain("text");
    expect(meaning("search", "a.hindcast", "x", "--kind", "mark")).toContain(
      "event, span, log, write, keyframe, metric",
    );
  });

  it("reads capture options", () => {
    const words = [
      "--level",
      "metrics",
      "--include",
      "src/**",
      "lib/**",
      "--include",
      "*.cjs",
      "--exclude",
      "x",
      "--writes",
      "off",
    ];
    expect(meaning("run", ...words, "--", "node", "a")).toEqual([
      "run",
      {
        out: undefined,
        level: "metrics",
        include: ["src/**", "lib/**", "*.cjs"],
        exclude: ["x"],
        writes: "off",
        state: [],
        lines: [],
        sources: "on",
        propagate: [],
        ...thresholds,
        ...delivery,
        ...redaction,
        rules: [],
        durability: undefined,
        port: undefined,
        open: true,
        command: ["node", "a"],
      },
    ]);
  });

  it("takes names of classes and variables with commas or without", () => {
    const given = (...words: string[]) => meaning("record", "-o", "x", "--state", ...words, "--", "node");
    expect(given("Cart,Session*", "$open")).toMatchObject(["record", { state: ["Cart", "Session*", "$open"] }]);
    expect(given("Cart,")).toBe("--state takes names of classes and variables, such as Cart,Session*");
    expect(given("cart.js")).toBe("--state takes names of classes and variables, such as Cart,Session*");
  });

  it("reads how much is kept, and what gives way", () => {
    const words = ["--buffer", "64MB", "--overflow", "block", "--backlog", "1GB", "--spill", "2GB"];
    expect(meaning("record", "-o", "x", ...words, "--", "node")).toMatchObject([
      "record",
      { buffer: 64e6, overflow: "block", backlog: 1e9, spill: 2e9 },
    ]);
  });

  it("takes - for standard input", () => {
    expect(meaning("state", "f", "--scope", "s", "--at", "-", "--json")).toEqual([
      "state",
      { file: "f", scope: "s", at: "-", process: undefined, json: true },
    ]);
  });

  it("takes an empty path, which is the whole scope", () => {
    expect(meaning("history", "f", "--scope", "s", "--path", "")).toMatchObject(["history", { path: "" }]);
  });

  it("reads numbers and switches", () => {
    expect(meaning("serve", "--port", "0", "--no-open")).toEqual(["serve", { file: undefined, port: 0, open: false }]);
  });

  it.each([
    [["recrod"], "Unknown command 'recrod' (Did you mean record?)"],
    [["record", "--", "node", "a"], "Required option '-o, --out <file>' not specified"],
    [["record", "-o", "x"], "Missing required argument 'command'"],
    [["record", "-o", "x", "--buffer", "4KB", "--", "node"], "--buffer takes a size from 1MB to 1GB, such as 64MB"],
    [["record", "-o", "x", "--level", "all", "--", "node"], /'all' is invalid.*metrics, requests, calls, lines/],
    [["run", "--writes", "maybe", "--", "node"], /'maybe' is invalid.*on, off/],
    [["serve", "--port", "65536"], "--port takes a whole number from 0 to 65535"],
    [["serve", "--port", "http"], "--port takes a whole number from 0 to 65535"],
    [["events", "f", "--limit", "0"], "--limit takes a whole number from 1 to 1000000000"],
    [["info"], "Missing required argument 'file'"],
    [["info", "a", "b"], /Too many arguments/],
    [["info", "a", "--jsn"], "Unknown option '--jsn' (Did you mean --json?)"],
    [["completion", "powershell"], /bash/],
  ])("does not understand %j", (words, reason) => {
    expect(meaning(...words)).toEqual(reason instanceof RegExp ? expect.stringMatching(reason) : reason);
  });

  it("prints the version, and help for the whole and for each command", () => {
    expect(meaning("--version")).toBe("1.2.3\n");
    expect(meaning()).toMatch(/^Usage: hindcast /);
    expect(meaning("--help")).toEqual(expect.stringContaining(String(meaning())));
    for (const name of commandNames) {
      const help = String(meaning(name, "--help"));
      expect(help).toContain(`hindcast ${name}`);
      const { required, optional, examples }: CliCommand = commands[name];
      for (const option of [...required, ...optional]) expect(help).toContain(options[option].flags);
      for (const example of examples) expect(help).toContain(example);
    }
  });

  it("understands every example of the table", () => {
    for (const name of commandNames) {
      for (const example of commands[name].examples) {
        const words = (/hindcast (.*?)(?: [<>].*|\))?$/.exec(example)?.[1] ?? "").split(" ");
        expect([example, meaning(...words)]).toEqual([example, [name, expect.anything()]]);
      }
    }
  });
});

describe("the option table", () => {
  it("names each option as the parser will", () => {
    const wrong = Object.entries(options).filter(([name, { flags }]: [string, CliOption]) => {
      const long = (/--(?:no-)?([a-z-]+)/.exec(flags)?.[1] ?? "").replace(/-(.)/g, (_, letter: string) =>
        letter.toUpperCase(),
      );
      return long !== name;
    });
    expect(wrong).toEqual([]);
  });
});

describe("completionScript", () => {
  it.each(["bash", "zsh", "fish"] as const)("names every command and option for %s", (shell) => {
    const script = completionScript(shell);
    for (const name of commandNames) expect(script).toContain(name);
    for (const { flags } of Object.values(options)) {
      const long = /--([a-z-]+)/.exec(flags)?.[1] ?? "";
      expect(script).toContain(shell === "fish" ? `-l ${long}` : `--${long}`);
    }
  });
});
