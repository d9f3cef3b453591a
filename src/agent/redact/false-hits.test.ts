// Ordinary lines as servers, databases, tools and people write them, none of which tells a secret: what is taken out of them
// is a false hit.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Attributes } from "../../shared/trace/attributes.js";
import { attributesFrom } from "../attributes.js";
import { createRedaction } from "../../redact/redactor.js";

const lines = readFileSync(new URL("ordinary-lines.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "");
const redaction = createRedaction(undefined, "a recording's token");

function attributesIn(line: string): Attributes | undefined {
  try {
    return attributesFrom(JSON.parse(line));
  } catch {
    return undefined; // not JSON
  }
}

/** Among many lines a few may be taken for what they are not. */
const mayBeHit = (count: number): number => Math.floor(count / 100);

describe("ordinary lines", () => {
  it("are more than three hundred, and all different", () => {
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.length).toBeGreaterThan(300);
  });

  it("are left as they are, but for one in a hundred", () => {
    const hits = lines.filter((line) => redaction.text(line) !== line);
    expect(hits.slice(mayBeHit(lines.length))).toEqual([]);
  });

  it("are left as they are within other text", () => {
    const hits = lines.filter((line) => {
      const quoted = JSON.stringify({ line, at: 1 });
      return redaction.text(quoted) !== quoted;
    });
    expect(hits.slice(mayBeHit(lines.length))).toEqual([]);
  });

  it("are left as they are when they are attributes", () => {
    const given = lines.map((line) => attributesIn(line)).filter((attributes) => attributes !== undefined);
    expect(given.length).toBeGreaterThan(40);
    const hits = given.filter((attributes) => redaction.attributes(attributes) !== attributes);
    expect(hits.slice(mayBeHit(given.length))).toEqual([]);
  });
});
