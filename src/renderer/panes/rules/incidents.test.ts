import { describe, expect, it } from "vitest";
import { randomFrom } from "../../../shared/base/random.test-support.js";
import { type Incident, compared, countsOf, incidentsOf } from "./incidents.js";

const offsetOf = (instant: bigint): number => Number(instant);
const outcome = (instant: bigint, kind: "fired" | "recovered", rule = "a", service = "web") => ({
  instant,
  kind,
  rule,
  group: { service },
  said: kind === "fired" ? [`alert(${rule})`] : [],
});
const textOf = ({ rule, group, fromNs, toNs }: Incident): string => `${rule} ${group} ${fromNs}–${toNs}`;

describe("incidentsOf", () => {
  it("begin where a rule fires and end where it recovers, each group for itself", () => {
    const outcomes = [
      outcome(1n, "fired"),
      outcome(2n, "fired", "a", "db"),
      outcome(4n, "recovered"),
      outcome(5n, "fired"),
    ];
    expect(incidentsOf(outcomes, offsetOf, 9).map(textOf)).toEqual([
      "a service web 1–4",
      "a service db 2–9",
      "a service web 5–9",
    ]);
  });
});

describe("compared", () => {
  const incident = (fromNs: number, toNs: number, rule = "a"): Incident => ({
    rule,
    group: "",
    fromNs,
    toNs,
    said: [],
  });
  const changes = (saved: readonly Incident[], edited: readonly Incident[]): string[] =>
    compared(saved, edited).map(({ change, fromNs, toNs }) => `${change} ${fromNs}–${toNs}`);

  it("takes one that meets another for the same, however its ends moved", () => {
    expect(changes([incident(1, 5), incident(10, 12)], [incident(3, 8), incident(20, 21)])).toEqual([
      "same 3–8",
      "lost 10–12",
      "gained 20–21",
    ]);
  });

  it("does not take one of another rule for the same", () => {
    expect(changes([incident(1, 5)], [incident(1, 5, "b")])).toEqual(["gained 1–5", "lost 1–5"]);
  });

  it("counts by rule", () => {
    const saved = [incident(1, 5), incident(10, 12)];
    const edited = [incident(3, 8), incident(20, 21)];
    expect(countsOf(["b", "a"], saved, compared(saved, edited))).toEqual([
      { rule: "b", saved: 0, edited: 0, same: 0, gained: 0, lost: 0 },
      { rule: "a", saved: 2, edited: 2, same: 1, gained: 1, lost: 1 },
    ]);
  });

  it.each([1, 2, 3, 4])("agrees with one that looks at every pair (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const some = (): Incident[] => {
      const ends: Record<string, number> = {};
      return Array.from({ length: 200 }, () => {
        const rule = random() < 0.5 ? "a" : "b";
        const fromNs = (ends[rule] ?? 0) + Math.floor(random() * 6);
        const toNs = fromNs + Math.floor(random() * 4);
        ends[rule] = toNs + 1;
        return incident(fromNs, toNs, rule);
      });
    };
    const [saved, edited] = [some(), some()];
    const meets = (one: Incident, others: readonly Incident[]): boolean =>
      others.some((other) => other.rule === one.rule && other.fromNs <= one.toNs && other.toNs >= one.fromNs);
    const expected = [
      ...edited.map((one) => `${meets(one, saved) ? "same" : "gained"} ${textOf(one)}`),
      ...saved.filter((one) => !meets(one, edited)).map((one) => `lost ${textOf(one)}`),
    ];
    expect(
      compared(saved, edited)
        .map((one) => `${one.change} ${textOf(one)}`)
        .sort(),
    ).toEqual(expected.sort());
  });
});
