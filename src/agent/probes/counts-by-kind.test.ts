import { describe, expect, it } from "vitest";
import { CountsByKind } from "./counts-by-kind.js";

const text = (value: unknown): string => (typeof value === "string" ? value : "no text");

describe("CountsByKind", () => {
  it("adds up what is of one kind, and says once that a kind is gone", () => {
    const told: string[] = [];
    const counts = new CountsByKind("kind", (count, { kind }) => told.push(`${text(kind)} ${count}`));
    counts.sample([
      ["Timeout", 1],
      ["TCPSocketWrap", 1],
      ["Timeout", 1],
    ]);
    counts.sample([["Timeout", 1]]);
    counts.sample([["Timeout", 1]]);
    expect(told).toEqual(["Timeout 2", "TCPSocketWrap 1", "Timeout 1", "TCPSocketWrap 0", "Timeout 1"]);
  });

  it("says a count that stays once in so many looks, and at once when it changes, is gone or back", () => {
    const told: string[] = [];
    const counts = new CountsByKind("kind", (count, { kind }) => told.push(`${text(kind)} ${count}`), 3);
    const saidOf = (...given: (readonly [string, number])[]): string => {
      told.length = 0;
      counts.sample(given);
      return told.join(", ");
    };
    const both = [["exit", 1] as const, ["SIGINT", 2] as const];
    expect([both, both, both, both].map((given) => saidOf(...given))).toEqual([
      "exit 1, SIGINT 2",
      "",
      "",
      "exit 1, SIGINT 2",
    ]);
    expect(saidOf(["exit", 5], ["SIGINT", 2])).toBe("exit 5");
    expect(saidOf(["exit", 5])).toBe("SIGINT 0");
    expect(saidOf(["exit", 5], ["SIGINT", 2])).toBe("SIGINT 2");
    expect([saidOf(["exit", 5], ["SIGINT", 2]), saidOf(["SIGINT", 2])]).toEqual(["exit 5", "exit 0"]);
  });

  it("counts the rest of very many kinds together", () => {
    const told = new Map<string, number>();
    const counts = new CountsByKind("kind", (count, { kind }) => told.set(text(kind), count));
    counts.sample(Array.from({ length: 100 }, (_, index) => [`kind ${index}`, 1] as const));
    expect([told.size, told.get("(others)")]).toEqual([33, 68]);
  });
});
