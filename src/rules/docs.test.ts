// docs/rules.md says what the language is: its examples compile, and its tables name every word there is.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { aliases, withoutCounterpart } from "./catalogue.js";
import { decidedOver, differencesIn } from "./cases/check-case.js";
import { readCases } from "./cases/read-cases.js";
import { compileRules } from "./compile.js";
import { windowFunctions } from "./plan.js";
import { actionAliases, actions, clauseForms } from "./words.js";

const page = readFileSync("docs/rules.md", "utf8");
/** Without what its tables are padded with. */
const rows = page.replace(/ +/g, " ");
const examples = [...page.matchAll(/```rules\n(.*?)```/gs)].map(([, source = ""]) => source);

/** Metrics of examples that a program of somebody's records. */
const metrics = [{ name: "orders.value", unit: "" }];

describe("docs/rules.md", () => {
  it.each(examples)("has an example that is right: %s", (source) => {
    const { plans, problems } = compileRules(source, { metrics });
    expect(problems).toEqual([]);
    expect(plans.length).toBeGreaterThan(0);
  });

  it("has cases that its first rules agree with", () => {
    const { rules: none, cases, problems } = readCases(/```cases\n(.*?)```/s.exec(page)?.[1] ?? "");
    const { plans } = compileRules(examples[1] ?? "");
    const names = plans.map(({ name }) => name);
    expect([none, problems, cases.length]).toEqual([[], [], 2]);
    expect(cases.flatMap((one) => differencesIn(one, names, decidedOver(plans, one)))).toEqual([]);
  });

  it("has an example of every function, clause and action", () => {
    const words = [
      ...windowFunctions.map((name) => `${name}(`),
      ...[...actions.map(({ name }) => name), ...Object.keys(actionAliases)].map((name) => `${name}(`),
      ...Object.keys(clauseForms).map((name) => `${name} `),
    ];
    const all = examples.join("\n");
    expect(words.filter((word) => !all.includes(word))).toEqual([]);
  });

  it("names every name that stands for a metric, with what it means", () => {
    expect(aliases.filter(({ name, means }) => !rows.includes(`| \`${name}\` | ${means} |`))).toEqual([]);
    expect(withoutCounterpart.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
