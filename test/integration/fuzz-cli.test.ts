// Junk arguments and files for every command that reads a recording, each a process of its own. Each ends by itself, with
// an exit code of the documented ones, and says in one sentence what was wrong.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { type Server, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliOption, options } from "../../src/cli/option-table.js";
import { commandNames, commands } from "../../src/cli/command-table.js";
import { type Junk, fuzz } from "../fuzz/random.js";
import { rawWords } from "./every-question.js";
import { type Ended, Place } from "./hindcast-process.js";

const minutes = 60_000;
const atOnce = 4;
const isPosix = process.platform !== "win32";
const place = new Place();
const socket: Server = createServer();

const readingCommands = commandNames.filter((name) => ["file", "shell"].includes(commands[name].operand));
const files = [
  ...["whole.hindcast", "cut-1.hindcast", "cut-2.hindcast", "cut-3.hindcast", "empty.hindcast", "text.hindcast"],
  ...["folder", "folder/none.hindcast", "none/none.hindcast", "whole.hindcast/x", "é 😀.hindcast", "", "-", "."],
  ...(isPosix ? ["socket", "pipe", "circle", "/dev/null", "/dev/zero"] : []),
  `${"long".repeat(1000)}.hindcast`,
];
const script = `const { event, span, track } = require("hindcast");
  const cart = track("cart", { items: [], "a b": new Map([[1, 2]]) });
  for (let n = 0; n < 50; n++) { cart.items.push({ n }); event("added", { n }); console.log("line " + n); }`;

beforeAll(async () => {
  const recorded = await place.run(["record", "-o", "whole.hindcast", "--", "node", "-e", script]);
  expect([recorded.code, recorded.err]).toEqual([0, ""]);
  const whole = readFileSync(place.path("whole.hindcast"));
  writeFileSync(place.path("é 😀.hindcast"), whole);
  for (const part of [1, 2, 3]) {
    writeFileSync(place.path(`cut-${part}.hindcast`), whole);
    truncateSync(place.path(`cut-${part}.hindcast`), Math.floor((whole.length * part) / 4));
  }
  closeSync(openSync(place.path("empty.hindcast"), "w"));
  writeFileSync(place.path("text.hindcast"), "no recording at all\n".repeat(5000));
  mkdirSync(place.path("folder"));
  if (!isPosix) return;
  await once(socket.listen(place.path("socket")), "listening");
  execFileSync("mkfifo", [place.path("pipe")]);
  symlinkSync("circle", place.path("circle"));
});
afterAll(() => {
  socket.close();
  place.remove();
});

/** A word of a command line cannot hold `\0`. */
const textOf = (junk: Junk, most: number): string => junk.text(most).replaceAll("\0", "");

const times = [
  "+1s",
  "start",
  "end",
  "-",
  "+0ns",
  "-5s",
  "+1e9s",
  "+999999999999999h",
  "9223372036854775807",
  "9".repeat(19),
];
const isoTimes = [
  "2026-11-21T08:00:00Z",
  "2026-99-99T00:00:00Z",
  "0000-00-00 00:00:00",
  "9999-12-31T23:59:59.999999999-14:00",
];
const numbers = ["0", "1", "-1", "1.5", "1e3", "007", "１", "1000000000", "999999999999999", "NaN", "0x10", " 5"];
const paths = [
  "",
  "items",
  "items[0].n",
  "[",
  '["',
  "items[",
  "a..b",
  "['a b'][1]",
  "[entry 0]",
  "items[99999999999]",
  "__proto__",
  ".",
];
const scopes = ["cart", "carts", "__proto__", "", "1"];

function valueFor(junk: Junk, name: string, { choices }: CliOption): string {
  if (junk.chance(0.1)) return textOf(junk, 30);
  if (junk.chance(0.03)) return junk.pick(["x", "[0]", "é"]).repeat(20_000);
  if (choices !== undefined) return junk.pick(choices);
  if (["at", "from", "to"].includes(name)) return junk.pick(junk.chance(0.8) ? times : isoTimes);
  if (["limit", "last", "nearest"].includes(name)) return junk.pick(numbers);
  if (name === "out")
    return junk.pick(["made.hindcast", "whole.hindcast", "folder", "none/made.hindcast", "", "pipe", "socket"]);
  if (name === "path") return junk.pick(paths);
  return junk.pick(name === "process" ? [...scopes, ...numbers] : scopes);
}

/** A command line of the table with, as a rule, one thing or another wrong in it. */
function commandLine(junk: Junk): string[] {
  const name = junk.pick(readingCommands);
  const { operand, required, optional } = commands[name];
  const words: string[] = [];
  for (const key of [...required, ...optional]) {
    const isRequired = required.some((one) => one === key);
    const option: CliOption = options[key];
    const times = junk.chance(isRequired ? 0.97 : 0.3) ? (junk.chance(0.1) ? 2 : 1) : 0;
    const [flag = ""] = option.flags.match(/--[a-z-]+/) ?? [];
    for (let left = times; left > 0; left--) {
      if (!option.flags.includes("<")) words.push(flag);
      else if (junk.chance(0.03)) words.push(flag);
      else if (junk.chance(0.5)) words.push(`${flag}=${valueFor(junk, key, option)}`);
      else words.push(flag, valueFor(junk, key, option));
    }
  }
  if (junk.chance(0.05)) words.push(junk.pick(["--", "-", "--none", "-x", "--help", "-V", textOf(junk, 20)]));
  const operands = operand === "shell" ? ["bash", "fish", "tcsh", ""] : junk.chance(0.6) ? ["whole.hindcast"] : files;
  if (junk.chance(0.97)) words.splice(junk.chance(0.7) ? 0 : words.length, 0, junk.pick(operands));
  return [name, ...words];
}

/** One sentence and its next step; nothing that only we understand, whatever the words were that it repeats. */
function problemOf({ code, signal, err }: Ended, words: readonly string[]): string | undefined {
  if (signal !== null || ![0, 1, 2].includes(code ?? -1)) return `ended with ${code ?? signal}`;
  const repeated = [...words].sort((one, other) => other.length - one.length).filter((word) => word.length > 3);
  const own = repeated.reduce((text, word) => text.replaceAll(word, ""), err);
  if (rawWords.test(own) || /^\s+at |node:|Hindcast failed/m.test(own)) return "raw words";
  const sentences = err.match(/^hindcast: /gm)?.length ?? 0;
  if (sentences !== (code === 0 ? 0 : 1)) return `${sentences} sentences with code ${code}`;
  if (code !== 0 && !/^hindcast: [\s\S]*[.?!]\n {2}\S.*\n$/.test(err)) return "no sentence and next step";
  return undefined;
}

describe("commands that read a recording, with junk", () => {
  it(
    "end by themselves with 0, 1 or 2 and one sentence",
    async () => {
      const codes = new Map<number | null, number>();
      await fuzz({ first: 5000, seconds: 4, least: 4 }, async (junk) => {
        const lines = Array.from({ length: atOnce }, () => commandLine(junk));
        const input = Array.from({ length: 5 }, () => junk.pick(junk.chance(0.5) ? times : [textOf(junk, 10)])).join(
          "\n",
        );
        await Promise.all(
          lines.map(async (words) => {
            const ended = await place.run(words, input, { NODE_OPTIONS: "--max-old-space-size=256" });
            codes.set(ended.code, (codes.get(ended.code) ?? 0) + 1);
            const shown = words.map((word) => word.slice(0, 100));
            expect(problemOf(ended, words), `${JSON.stringify(shown)}\n${ended.err.slice(0, 1000)}`).toBeUndefined();
          }),
        );
      });
      // Each of the endings was met: it is not one check that refuses them all.
      expect([...codes.keys()].sort()).toEqual([0, 1, 2]);
      if (process.platform === "linux") await expect.poll(() => place.leftRunning(), { timeout: 5000 }).toEqual([]);
    },
    30 * minutes,
  );
});
