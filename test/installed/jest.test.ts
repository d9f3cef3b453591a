// jest, which takes 55 MB: with its files in one process, in child processes and in worker threads, and with coverage of both kinds.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lineageTexts } from "../integration/lineage-text.js";
import { runBoth } from "../integration/run-both.js";
import { installInto } from "./install.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-jest-"));
const suite = (name: string): string => `const { add } = require("./sums.js");
test("${name} adds", () => {
  console.log("adding in ${name}");
  expect(add(1, 1)).toBe(2);
});
test("${name} fails", () => expect(add(1, 1)).toBe(3));
`;

beforeAll(async () => {
  await installInto(folder, ["jest@30.5.2"]);
  writeFileSync(join(folder, "sums.js"), "exports.add = (a, b) => a + b;\n");
  for (const name of ["one", "two"]) writeFileSync(join(folder, `${name}.test.js`), suite(name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files that run at once are told of as they come, and all with how long they took; of a child that takes half a second to end, too. */
const lines = (text: string): readonly string[] =>
  text
    .replace(/\s*\([\d.]+ m?s\)/g, "")
    .replace(/Time:.*/g, "")
    .replace(/A worker process has failed to exit gracefully.*\n/g, "")
    .split("\n")
    .toSorted();

describe("jest", () => {
  it.each([
    ["--runInBand", ["process 1"]],
    ["--maxWorkers=2", ["process 1", "process 1 > process 0"]],
    ["--maxWorkers=2 --workerThreads", ["process 1", "process 1 > thread 0"]],
    ["--runInBand --coverage --coverageProvider=babel", ["process 1"]],
    ["--runInBand --coverage --coverageProvider=v8", ["process 1"]],
  ])(
    "%s: prints and ends as it does alone, and its processes and threads are recorded below it",
    async (how, below) => {
      const args = [join(folder, "node_modules/jest/bin/jest.js"), "--no-cache", "--ci", ...how.split(" ")];
      const { plain, recorded, programs } = await runBoth(
        args,
        [],
        { NO_COLOR: "1" },
        "welcome",
        process.execPath,
        folder,
      );
      expect([recorded.code, lines(recorded.out), lines(recorded.err)]).toEqual([
        plain.code,
        lines(plain.out),
        lines(plain.err),
      ]);
      expect([plain.code, plain.err]).toEqual([1, expect.stringContaining("2 failed, 2 passed, 4 total")]);
      // How many it takes, and how it ends them, is jest's own business.
      const ways = lineageTexts(programs).map((text) => text.replaceAll(/ > (\w+) .*/g, " > $1 0"));
      expect([...new Set(ways)]).toEqual(below);
    },
  );
});
