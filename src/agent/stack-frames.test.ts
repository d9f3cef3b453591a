import { describe, expect, it } from "vitest";
import { type Site, sitesHere, stackBelow } from "./stack-frames.js";

/** "name file:line:column"; without a file it is built in. */
function site(text: string): Site {
  const [name = "", place = ""] = text.split(" ");
  const [, file, line, column] = /^(.*?):(\d+):(\d+)$/.exec(place) ?? [];
  return {
    getFunctionName: () => (name === "-" ? null : name),
    getFileName: () => file,
    getLineNumber: () => (line === undefined ? null : Number(line)),
    getColumnNumber: () => (column === undefined ? null : Number(column)),
  };
}

const seen = (...frames: readonly string[]): unknown => stackBelow(frames.map(site), "/agent/");

describe("the stack of what is running", () => {
  it("begins below the agent and the inspector's own line", () => {
    expect(
      seen(
        "blocked /agent/a.cjs:1:1",
        "run /agent/a.cjs:2:2",
        "- :1:24",
        "test",
        "inner /app/a.js:3:4",
        "- node:net:5:6",
      ),
    ).toEqual({
      text: ["    at test (<anonymous>)", "    at inner (/app/a.js:3:4)", "    at node:net:5:6"].join("\n"),
      place: { functionName: "inner", file: "/app/a.js", line: 3, column: 4 },
    });
  });

  it.each([
    ["the agent", ["- :1:1", "record /agent/a.cjs:1:1", "handler /app/a.js:1:1"]],
    ["a regular expression of the agent's", ["- :1:1", "test", "redact /agent/a.cjs:1:1", "handler /app/a.js:1:1"]],
    ["nothing but Node", ["- :1:1", "onread node:net:1:1"]],
    ["nothing", []],
  ])("is none while that is %s", (_, frames) => {
    expect(seen("blocked /agent/a.cjs:1:1", ...frames)).toBeUndefined();
  });

  it.each([
    ["file:///app/with%20space/a.mjs", "/app/with space/a.mjs"],
    ["file:///C:/app/a.mjs", "C:\\app\\a.mjs"],
    ["file:///app/%zz.mjs", "/app/%zz.mjs"],
    ["data:text/javascript,const%20password='x'", "data:"],
  ])("names files by their paths (%s)", (address, file) => {
    expect(stackBelow([{ ...site("f x:1:2"), getFileName: () => address }], "/agent/")?.place.file).toBe(file);
  });

  it("is no longer than what need not be cut", () => {
    const text = stackBelow(new Array<Site>(64).fill(site(`f /${"a".repeat(200)}:1:1`)), "/agent/")?.text ?? "";
    expect([text.length < 4096, text.endsWith(":1:1)")]).toEqual([true, true]);
  });

  it("is taken without the program's way to show stacks, which is as before then", () => {
    const prepare = (): never => {
      throw new Error("the program's own");
    };
    const before = [Error.prepareStackTrace, Error.stackTraceLimit] as const;
    Error.prepareStackTrace = prepare;
    Error.stackTraceLimit = 3;
    function innermost(): readonly Site[] {
      return sitesHere();
    }
    try {
      expect(innermost()[0]?.getFunctionName()).toBe("innermost");
      expect(innermost().length).toBeGreaterThan(3);
      expect([Error.prepareStackTrace, Error.stackTraceLimit]).toEqual([prepare, 3]);
    } finally {
      Reflect.set(Error, "prepareStackTrace", before[0]);
      Error.stackTraceLimit = before[1];
    }
  });
});
