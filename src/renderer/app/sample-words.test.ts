import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bySampleOrder, sampleTitle, sampleWords } from "./sample-words.js";

const folder = fileURLToPath(new URL("../../../recordings", import.meta.url));
const samples = readdirSync(folder).flatMap((file) => /^(.*)\.hindcast$/.exec(file)?.[1] ?? []);

describe("the words for samples", () => {
  it("are there for every recording that comes with Hindcast, and for no other", () => {
    expect([...sampleWords.keys()].sort()).toEqual(samples.sort());
  });

  it("begin with those of the stories, and name each by what goes wrong in it", () => {
    const listed = ["zzz", ...samples].map((name) => ({ name })).sort(bySampleOrder);
    expect(listed.slice(0, 3).map(({ name }) => sampleTitle(name))).toEqual([
      "Overdraft",
      "Slow dependency",
      "Memory leak",
    ]);
    expect(listed.at(-1)?.name).toBe("zzz");
  });
});
