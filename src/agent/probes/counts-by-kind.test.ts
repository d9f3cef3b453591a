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

  it("counts the rest of very many kinds together", () => {
    const told = new Map<string, number>();
    const counts = new CountsByKind("kind", (count, { kind }) => told.set(text(kind), count));
    counts.sample(Array.from({ length: 100 }, (_, index) => [`kind ${index}`, 1] as const));
    expect([told.size, told.get("(others)")]).toEqual([33, 68]);
  });
});
