import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { compileRules, presetLimits } from "./compile.js";
import { planText } from "./plan-text.test-support.js";
import { lineColumns } from "./problem.js";

const cases = readFileSync(new URL("compile.cases", import.meta.url), "utf8")
  .split(/^# (?=.*\n(?:(?!==>).*\n)*==>\n)/m)
  .slice(1);

function outcome(source: string): string {
  const { plans, problems } = compileRules(source);
  const placeOf = lineColumns(source);
  const told = problems.map(({ from, severity, message, fix }) => {
    const { line, column } = placeOf(from);
    return `${line}:${column} ${severity} ${message}${fix === undefined ? "" : ` → ${fix}`}`;
  });
  return [...told, ...plans.map(planText)].join("\n");
}

describe("compileRules", () => {
  it.each(cases.map((text) => [text.slice(0, text.indexOf("\n")), text]))("%s", (title, text) => {
    const [source = "", expected = ""] = text.slice(title.length + 1).split("==>\n");
    expect(outcome(source)).toBe(expected.trim());
  });

  const limited = (source: string, limits: Partial<typeof presetLimits>) =>
    compileRules(source, { limits: { ...presetLimits, ...limits } }).problems.map(({ message }) => message);

  it("counts what a rule is made of", () => {
    const simple = 'when heap.alloc > 100MB { log("simple") }';
    const larger = 'when heap.alloc > 100MB && goroutines.count > 100 && avg("heap.alloc", 60) > 50MB { alert("x") }';
    expect(limited(simple, { nodes: 6 })).toEqual([]);
    expect(limited(simple, { nodes: 5 })).toEqual(["rule complexity (6 nodes) exceeds limit (5)"]);
    expect(limited(larger, { nodes: 10 })).toEqual(["rule complexity (16 nodes) exceeds limit (10)"]);
  });

  it("takes as many rules and windows as the limits say, and keeps the first", () => {
    const rule = "when heap.used > 1MB { }\n";
    const three = compileRules(rule.repeat(4), { limits: { ...presetLimits, rules: 3 } });
    expect([three.plans.length, three.problems[0]?.message]).toEqual([3, "maximum number of rules exceeded (3)"]);
    const windows = "when avg(heap.used, 1m) > max(heap.used, 2m) { }";
    expect(limited(windows, { windows: 1 })).toEqual(["this rule has 2 windows; a rule has at most 1"]);
  });

  it.each([
    ["parentheses", `when ${"(".repeat(10_000)}a${")".repeat(10_000)} > 1 { }`],
    ["open parentheses", `when ${"(".repeat(1_000_000)}`],
    ["calls", `when ${"f(".repeat(10_000)}a${")".repeat(10_000)} > 1 { }`],
    ["braces", "{".repeat(1_000_000)],
    ["negations", `when ${"!".repeat(10_000)}a { }`],
    ["conditions in a row", `when ${"a > 1 && ".repeat(20_000)}a > 1 { }`],
    ["quotes", '"'.repeat(300_001)],
    ["points", `when a${".".repeat(300_000)}`],
    ["names", `when a${".b".repeat(60_000)} > 1 { }`],
    ["ten megabytes", "when heap.used > 1MB { }\n".repeat(400_000)],
  ])("answers soon to any number of %s", (_, source) => {
    const before = process.cpuUsage();
    const { problems } = compileRules(source);
    const { user, system } = process.cpuUsage(before);
    expect(problems.some(({ severity }) => severity === "error")).toBe(true);
    expect((user + system) / 1e6).toBeLessThan(10);
  });

  it("allows as much nesting as anybody writes", () => {
    const nested = `when ${"(".repeat(150)}heap.used > 1MB${")".repeat(150)} { }`;
    expect(compileRules(nested).plans.map(planText)).toEqual(["rule: v8js.memory.heap.used > 1048576"]);
  });

  const sources = cases.map((text) => text.slice(text.indexOf("\n") + 1).split("==>\n")[0] ?? "");
  const scraps = [
    "when",
    "rule",
    "{",
    "}",
    "(",
    ")",
    '"',
    "'",
    "${",
    "5m",
    "&&",
    "||",
    ".",
    "*",
    "#",
    "\n",
    "where",
    "then",
  ];
  it.each([1, 2, 3, 4, 5, 6])("has a plan or a problem for whatever becomes of a rule (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (end: number): number => Math.floor(random() * end);
    for (let round = 0; round < 150; round++) {
      let source = sources[below(sources.length)] ?? "";
      for (let change = below(6); change >= 0; change--) {
        const at = below(source.length + 1);
        const cut = below(3) === 0 ? below(10) : 0;
        const put = below(2) === 0 ? (scraps[below(scraps.length)] ?? "") : String.fromCharCode(below(200));
        source = source.slice(0, at) + put + source.slice(at + cut);
      }
      const { plans, problems } = compileRules(source);
      for (const { from, to } of problems)
        expect([from >= 0, to >= from, to <= source.length]).toEqual([true, true, true]);
      const words = source.replace(/#.*|"[^"]*"|'[^']*'/g, "").trim();
      if (words !== "") expect(plans.length + problems.length, source).toBeGreaterThan(0);
    }
  });
});
