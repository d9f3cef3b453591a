import { describe, expect, it } from "vitest";
import { randomFrom } from "../base/random.test-support.js";
import { type Path, type PathStep, formatPath, formatStep, parsePath } from "./path.js";

const reread = (text: string): string => {
  const path = parsePath(text);
  return path.ok ? formatPath(path.value) : `! ${path.error.reason}`;
};

describe("parsePath", () => {
  it("reads what people write", () => {
    const written = [
      "",
      "accounts.acc_1.balance",
      "entries[0].amount",
      'headers["x-id"]',
      "entries.0.amount",
      ".a",
      "headers['it\\'s \"it\"']",
      "acc-1.#total",
      "[ 3 ]",
    ];
    expect(written.map(reread)).toEqual([
      "",
      "accounts.acc_1.balance",
      "entries[0].amount",
      'headers["x-id"]',
      "entries[0].amount",
      "a",
      'headers["it\'s \\"it\\""]',
      '["acc-1"]["#total"]',
      "[3]",
    ]);
  });

  it("reads keys of Maps that are no names", () => {
    const written = 'm[-1.5][1e+21][NaN][10n][true][null][undefined][symbol "s]"][entry 3][key 0]["]"]';
    expect(reread(written)).toBe(written);
  });

  it("says what is wrong and where", () => {
    expect(["a[", "a..b", "a.", "a[x]", "a[0]b", 'a"b', "a[entry -1]", 'a["\\q"]'].map(reread)).toEqual([
      '! the "[" at character 2 is never closed',
      "! a name is missing at character 3",
      "! a name is missing at character 3",
      "! [x] is neither a number nor a quoted name nor a key",
      '! "." or "[" expected at character 5',
      '! names with quotes or brackets are written ["…"] (character 1)',
      "! [entry -1] is neither a number nor a quoted name nor a key",
      '! ["\\q"] is neither a number nor a quoted name nor a key',
    ]);
  });

  it.each([1, 2, 3, 4])("reads back every path that formatPath writes (seed %i)", (seed) => {
    const random = randomFrom(seed);
    for (let round = 0; round < 500; round++) {
      const path: Path = Array.from({ length: Math.floor(random() * 5) }, () => randomStep(random));
      expect(parsePath(formatPath(path))).toEqual({ ok: true, value: path });
    }
  });
});

describe("formatStep", () => {
  it("shows a step on its own", () => {
    const steps: Path = [
      { kind: "property", key: "balance" },
      { kind: "property", key: "x-id" },
      { kind: "number", value: 0 },
      { kind: "primitive", value: 1n },
    ];
    expect(steps.map(formatStep)).toEqual(["balance", '"x-id"', "0", "1n"]);
  });
});

function randomStep(random: () => number): PathStep {
  const alphabet = ["a", "B", "_", "$", "0", "7", ".", "[", "]", '"', "'", "\\", " ", "-", "é", "\n", "\ud800", "#"];
  const word = () =>
    Array.from({ length: Math.floor(random() * 4) }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
  const numbers = [0, 7, -3, 1.25, 1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const primitives = [0n, -12n, true, false, null, undefined];
  switch (Math.floor(random() * 6)) {
    case 0:
      return { kind: "number", value: numbers[Math.floor(random() * numbers.length)] ?? 0 };
    case 1:
      return { kind: "primitive", value: primitives[Math.floor(random() * primitives.length)] };
    case 2:
      return { kind: "symbol", description: word() };
    case 3:
      return { kind: random() < 0.5 ? "entry" : "key", position: Math.floor(random() * 50) };
    default:
      return { kind: "property", key: word() };
  }
}
