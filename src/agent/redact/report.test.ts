import { describe, expect, it } from "vitest";
import { redactionKindAttribute, redactionsMetric } from "../../shared/trace/redactions.js";
import { createRedaction } from "../../redact/redactor.js";
import { reportRedactions } from "./report.js";

describe("the report of redactions", () => {
  it("says the total of each kind that has changed, and nothing of the others", () => {
    const redaction = createRedaction({ enabled: true, keys: [], prefixes: [], allow: [] }, "a recording's token");
    const told: unknown[] = [];
    const report = reportRedactions(redaction, {
      metric: (name, unit, value, attributes) => void told.push([name, unit, value, attributes]),
    });
    const toldNow = (): unknown[] => {
      report();
      return told.splice(0);
    };
    const told1 = (kind: string, count: number): unknown[] => [
      redactionsMetric,
      "{redaction}",
      count,
      { [redactionKindAttribute]: kind },
    ];
    expect(toldNow()).toEqual([]);
    redaction.text("password=x1 password=x2 api_key=zzz");
    expect(toldNow()).toEqual([told1("password", 2), told1("api-key", 1)]);
    expect(toldNow()).toEqual([]);
    redaction.text("password=x1");
    expect(toldNow()).toEqual([told1("password", 3)]);
  });
});
