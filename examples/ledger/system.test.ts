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

interface Step {
  readonly path: string;
  readonly method: string;
  readonly body?: { readonly amount?: number; readonly memo?: string; readonly owner?: string };
}

/** What is asked in each eight seconds at `--rate 20`. */
function windowsOf(seed: number, count: number): Step[][] {
  const windows: Step[][] = Array.from({ length: count }, () => []);
  let atMs = 0;
  for (const step of plan(seed)) {
    if (!("path" in step)) continue;
    atMs += (step.waitMs * 5) / 20;
    const window = windows[Math.floor(atMs / 8000)];
    if (window === undefined) return windows;
    window.push(step);
  }
  return windows;
}

/** Without these an incident is on and nothing goes wrong. */
const needed: Readonly<Record<string, { readonly atLeast: number; readonly isIt: (step: Step) => boolean }>> = {
  payments: { atLeast: 40, isIt: ({ path }) => path === "/transfers" || path === "/payouts" },
  payouts: { atLeast: 5, isIt: ({ path }) => path === "/payouts" },
  "waiting for a notification": { atLeast: 4, isIt: ({ path }) => path.includes("/watch") },
  "looking for an account": {
    atLeast: 8,
    isIt: ({ path, method }) => method === "GET" && /^\/accounts\/\w+$/.test(path),
  },
  "large amounts": { atLeast: 1, isIt: ({ body }) => typeof body?.amount === "number" && body.amount > 50_000 },
  "half a character": { atLeast: 3, isIt: ({ body }) => body?.memo?.endsWith("\ud83d") === true },
  "long names": { atLeast: 3, isIt: ({ body }) => body?.owner?.startsWith("Wolfe") === true },
};

describe("a plan of load", () => {
  it("is the same for the same seed, and another one for another", () => {
    expect(stepsOf(7, 3000)).toEqual(stepsOf(7, 3000));
    expect(stepsOf(8, 100)).not.toEqual(stepsOf(7, 100));
  });

  it("has all patterns in turns, invalid input among them", () => {
    const seen = new Set(stepsOf(1, 20_000).map((step) => (step as { pattern?: string }).pattern));
    expect(patterns.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("meets every incident within eight seconds at the preset rate: seed %i", (seed) => {
    const windows = windowsOf(seed, 15);
    const least = Object.fromEntries(
      Object.entries(needed).map(([what, { isIt }]) => [
        what,
        Math.min(...windows.map((some) => some.filter(isIt).length)),
      ]),
    );
    const tooFew = Object.entries(needed).filter(([what, { atLeast }]) => (least[what] ?? 0) < atLeast);
    expect(tooFew.map(([what]) => `${what}: ${least[what]}`)).toEqual([]);
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
