// What Node prints of programs that fail, and of stacks, while their writes, or their calls, are told of: every byte on both streams, and how it
// ends, is compared with what the program does alone.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeBinary, nodeVersionsAtEnds } from "../../tools/node-binaries.js";
import { failingPrograms } from "./failing-programs.js";
import { Place } from "./hindcast-process.js";
import { runUnlessItEndsFirst } from "./run-both.js";

const places = Object.entries(failingPrograms).map(([name, program]) => {
  const place = new Place();
  for (const [file, text] of Object.entries(program.files)) {
    mkdirSync(dirname(place.path(file)), { recursive: true });
    writeFileSync(place.path(file), text);
  }
  return { name, place, from: program.from ?? 0, args: program.args ?? Object.keys(program.files).slice(0, 1) };
});
afterAll(() => places.forEach(({ place }) => place.remove()));

const major = (version: string): number => Number.parseInt(version);

/** Without what is the process's own, and without how a thread of hooks came to hear of a question: that is a matter of timing. */
const withoutChance = ({ code, out, err }: { code: number | null; out: string; err: string }) => ({
  code,
  out,
  err: err
    .replace(/\(node:\d+\)/g, "(node:PID)")
    .replace(
      /^ +at .*(?:esm\/worker|processImmediate|kHybridDispatch|per_context\/messageport|process\.emit).*\n/gm,
      "",
    ),
});

/** At the level that rewrites more; on one Node, as what Node makes of a line does not depend on what stands in it. */
const levels = [
  ...nodeVersionsAtEnds.map((version) => [version, "requests"] as const),
  ...nodeVersionsAtEnds.slice(-1).map((version) => [version, "calls"] as const),
];
/** The line that stands above an error out of another realm is shown as it runs: docs/compatibility.md. */
const shownAsItRuns = "eval, Function and vm";

describe.each(levels)("on Node %s at level %s, it prints and ends as alone:", (version, level) => {
  const settings = JSON.stringify({ level, include: [], exclude: [], writes: true });
  for (const { name, place, from, args } of places) {
    if (level === "calls" && name === shownAsItRuns) continue;
    it.skipIf(major(version) < from)(name, async ({ skip }) => {
      const binary = await nodeBinary(version);
      if ("missing" in binary) return skip(binary.missing);
      const { plain, recorded } = await runUnlessItEndsFirst(
        args,
        { HINDCAST_SETTINGS: settings },
        binary.path,
        place.path("."),
      );
      expect(withoutChance(recorded)).toEqual(withoutChance(plain));
      expect(plain.out + plain.err).not.toBe("");
    });
  }
});
