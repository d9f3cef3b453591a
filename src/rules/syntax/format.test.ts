import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { compileRules } from "../compile.js";
import { planText } from "../plan-text.test-support.js";
import { formatRules } from "./format.js";

const page = readFileSync("docs/rules.md", "utf8");
const examples = [...page.matchAll(/```rules\n(.*?)```/gs)].map(([, source = ""]) => source);
const meaning = (source: string): string =>
  compileRules(source)
    .plans.map((plan) => `${planText(plan)} ${JSON.stringify(plan.actions)}`)
    .join("\n");

describe("formatRules", () => {
  it("lays rules out in one way", () => {
    const source = `
# about memory


when heap.used>200 MB&&trend( heap.used ,5 m )> -1MB{alert("x");log("y");}
when  !(heap.used > 1MB) || http.request_rate > 100 / s
  && state( Cart ).items [0].*.count * 2 < 5 {
      # why
      alert( "a" ) ; mark()  # what
  }
rule "a"  severity   high label team="core"{ when heap.used > 1MB recover when heap.used < 1MB for 10 s then{ record("x",{k:1,"b c":2}) } }`;
    expect(formatRules(source)).toBe(`# about memory

when heap.used > 200MB && trend(heap.used, 5m) > -1MB { alert("x"); log("y") }
when !(heap.used > 1MB) || http.request_rate > 100/s
    && state(Cart).items[0].*.count * 2 < 5 {
  # why
  alert("a")
  mark() # what
}
rule "a" severity high label team = "core" {
  when heap.used > 1MB
  recover when heap.used < 1MB for 10s
  then { record("x", { k: 1, "b c": 2 }) }
}
`);
  });

  it("takes a large file's time, not its square's", () => {
    const before = process.cpuUsage();
    const source = "when heap.used > 1MB { mark() }\n".repeat(5_000);
    expect(formatRules(source)).toBe(source);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(5);
  });

  it("leaves what it cannot read to its author", () => {
    expect(formatRules("when heap.used > { }")).toBeUndefined();
    expect(formatRules("")).toBe("");
  });

  it.each(examples)("leaves examples of the documentation as they are: %s", (source) => {
    expect(formatRules(source)).toBe(source);
  });

  it.each([1, 2, 3, 4, 5])(
    "changes no meaning, loses no comment, and changes nothing the second time (seed %i)",
    (seed) => {
      const random = randomFrom(seed);
      const gaps = [" ", "  ", "\n", "\n\n\n", " # note\n", "\n  # line\n"];
      for (let round = 0; round < 40; round++) {
        const example = examples[Math.floor(random() * examples.length)] ?? "";
        const source = example.replace(/"[^"]*"|'[^']*'|#.*\n|[ \n]+/g, (part) =>
          part.trim() === "" && random() < 0.4 ? (gaps[Math.floor(random() * gaps.length)] ?? " ") : part,
        );
        const formatted = formatRules(source) ?? "";
        expect(meaning(formatted)).toBe(meaning(source));
        const comments = (text: string) => text.match(/# (note|line)/g)?.length ?? 0;
        expect(comments(formatted)).toBe(comments(source));
        expect(formatRules(formatted)).toBe(formatted);
      }
    },
  );
});
