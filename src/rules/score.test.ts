import { describe, expect, it } from "vitest";
import { type KnownIncident, joinedIncidents, scoresOf } from "./score.js";

const s = (seconds: number): bigint => BigInt(seconds) * 1_000_000_000n;
const incident = (kind: string, from: number, to: number): KnownIncident => ({ kind, from: s(from), to: s(to) });
const textOf = (of: readonly KnownIncident[]): string =>
  of.map(({ kind, from, to }) => `${kind} ${from / s(1)}-${to / s(1)}`).join(", ");

describe("joinedIncidents", () => {
  it("makes one of those of a kind that overlap", () => {
    const found = [
      incident("a", 50, 60),
      incident("a", 5, 12),
      incident("b", 6, 8),
      incident("a", 1, 7),
      incident("a", 2, 3),
    ];
    expect(textOf(joinedIncidents(found))).toBe("a 1-12, b 6-8, a 50-60");
  });
});

describe("scoresOf", () => {
  const incidents = [incident("leak", 10, 20), incident("storm", 100, 110)];
  const score = (...instants: number[]) => {
    const firings = instants.map((at) => ({ rule: "x", instant: s(at) }));
    const [of] = scoresOf(["x"], [...firings, { rule: "y", instant: s(12) }], incidents);
    return `${of?.right ?? 0}/${of?.fired ?? 0} ${of?.caught.map(({ kind, delayNs }) => `${kind}+${delayNs / s(1)}`).join() ?? ""}`;
  };

  it.each([
    [[], "0/0 "],
    [[9], "0/1 "],
    [[10], "1/1 leak+0"],
    [[35], "1/1 leak+25"],
    [[36], "0/1 "],
    [[14, 12, 50, 105], "3/4 leak+2,storm+5"],
  ])("of firings at %s s", (instants, expected) => {
    expect(score(...instants)).toBe(expected);
  });
});
