// What other panes write down as a rule is one, whatever was selected.
import { describe, expect, it } from "vitest";
import { compileRules } from "../../../rules/index.js";
import { ruleOfEvent, ruleOfLog, ruleOfMetric, ruleOfSpan } from "../../state/rule-text.js";

const names = [
  "heap.used",
  "GET /pay/:id",
  `it's`,
  `say "x"`,
  `it's "x"`,
  "",
  "two\nlines",
  "ümlaut-β",
  "${x}",
  "x".repeat(500),
  "a..b",
  "99",
];

describe("a rule from a selection", () => {
  it.each(names)("compiles without an error: %j", (name) => {
    const texts = [
      ruleOfMetric({ name, value: 1.23456e7 }),
      ruleOfMetric({ name, value: undefined }),
      ruleOfMetric({ name, value: 1.5e-9 }),
      ruleOfMetric({ name, value: -3 }),
      ruleOfLog({ body: name, level: "warn" }),
      ruleOfSpan({ name, durationNs: 12_345_678 }),
      ruleOfSpan({ name, durationNs: NaN }),
      ruleOfEvent({ name }),
    ];
    for (const text of texts) {
      const { plans, problems } = compileRules(text);
      expect([text, problems.filter(({ severity }) => severity === "error")]).toEqual([text, []]);
      expect(plans).toHaveLength(1);
    }
  });

  it("says what was selected", () => {
    expect(ruleOfMetric({ name: "v8js.memory.heap.used", value: 31_666_176 })).toContain(
      "avg(v8js.memory.heap.used, 1m) > 31700000",
    );
    expect(ruleOfLog({ body: "capture attempt 3 timed out", level: "error" })).toContain(
      'level == "error" && startsWith(message, "capture attempt")',
    );
    expect(ruleOfSpan({ name: "POST /pay", durationNs: 250e6 })).toContain('name == "POST /pay", 1m) >= 250ms');
  });
});
