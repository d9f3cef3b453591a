import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { plan } from "./load/plan.mjs";
import { patterns } from "./load/patterns.mjs";
import { incidentTable } from "./system/incident-table.mjs";
import { scheduleOf } from "./system/schedule.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const stepsOf = (seed: number, count: number, pattern?: string): unknown[] =>
  Array.from(
    { length: count },
    (
      (steps) => () =>
        steps.next().value
    )(plan(seed, pattern)),
  );

describe("a plan of load", () => {
  it("is the same for the same seed, and another one for another", () => {
    expect(stepsOf(7, 3000)).toEqual(stepsOf(7, 3000));
    expect(stepsOf(8, 100)).not.toEqual(stepsOf(7, 100));
  });

  it("has all patterns in turns, invalid input among them", () => {
    const seen = new Set(stepsOf(1, 20_000).map((step) => (step as { pattern?: string }).pattern));
    expect(patterns.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });

  it("keeps to one pattern when told to", () => {
    const names = stepsOf(1, 500, "Spike Load").map((step) => (step as { pattern?: string }).pattern);
    expect([...new Set(names)]).toEqual(["Opening", undefined, "Spike Load"]);
    expect(() => stepsOf(1, 1, "Nothing")).toThrow("no pattern is called Nothing");
  });
});

describe("a schedule of incidents", () => {
  it("is as said, or in the middle of the load", () => {
    expect(scheduleOf(["bad-deploy@2-7.5", "crash-loop@3", "memory-leak"], 20, 1)).toEqual([
      { kind: "bad-deploy", from: 2, to: 7.5 },
      { kind: "crash-loop", from: 3, to: 11 },
      { kind: "memory-leak", from: 6, to: 14 },
    ]);
    expect(() => scheduleOf(["bad-deplyo"], 20, 1)).toThrow("no incident is called bad-deplyo");
  });

  it("at random is the same for a seed, one after the other, and has each kind once", () => {
    const incidents = scheduleOf(["random"], 300, 5);
    expect(scheduleOf(["random"], 300, 5)).toEqual(incidents);
    expect(scheduleOf(["random"], 300, 6)).not.toEqual(incidents);
    incidents.slice(1).forEach(({ from }, at) => expect(from).toBeGreaterThan(incidents[at]?.to ?? 0));
    expect(new Set(incidents.slice(0, 12).map(({ kind }) => kind)).size).toBe(12);
  });
});

describe("each incident", () => {
  const sourcesOf = (service: string): string =>
    [service, "common"]
      .flatMap((name) => readdirSync(folder + name).map((file) => readFileSync(`${folder}${name}/${file}`, "utf8")))
      .join("\n");
  const page = readFileSync(fileURLToPath(new URL("../../docs/ledger.md", import.meta.url)), "utf8");

  it.each(Object.keys(incidentTable))("%s is in the code of where it is turned on, and on the page", (kind) => {
    for (const service of incidentTable[kind]?.turnedOnIn ?? [])
      expect(sourcesOf(service)).toContain(kind === "clock-step" ? "businessNow()" : `isOn("${kind}")`);
    expect(page).toContain(`**${kind}** (`);
  });
});
