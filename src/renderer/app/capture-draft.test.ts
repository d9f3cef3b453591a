import { describe, expect, it } from "vitest";
import { readLines, stageExamples } from "./capture-draft.svelte.js";

describe("readLines", () => {
  it("reads every example that the window offers", () => {
    const { pipeline, problems } = readLines(stageExamples.map(({ stage }) => JSON.stringify(stage)));
    expect([pipeline, problems.size]).toEqual([stageExamples.map(({ stage }) => stage), 0]);
  });

  it("says of each line what is wrong with it, and where", () => {
    const { pipeline, problems } = readLines([
      '{"stage":"drop"}',
      '{"stage":"sample","ratio":2}',
      "{",
      '{"stage":"keep","where":{"knid":1}}',
    ]);
    expect(pipeline).toBeUndefined();
    expect([...problems.keys()]).toEqual([1, 2, 3]);
    expect(problems.get(1)).toBe("ratio expected <=1, found 2");
    expect(problems.get(2)).toMatch(/^This is not JSON/);
    expect(problems.get(3)).toContain("where.knid is not known here");
  });
});
