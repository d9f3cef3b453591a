import { describe, expect, it } from "vitest";
import { historyFrom } from "./notation.test-support.js";
import { sizesIn } from "./sizes.js";
import { stateAt } from "./state-at.js";

function sizes(story: string, mostLooked = 100): string {
  const writes = historyFrom(story);
  const last = writes.at(-1);
  if (last === undefined) throw new Error("no story");
  return sizesIn(stateAt(writes, last), "s", mostLooked)
    .map(({ kind, path, size }) => `${kind}(${path})=${size}`)
    .join(" ");
}

const story =
  '@1={all: @2, name: "x", slot12: @6}; @2=Map("a"=>@3, "b"=>@4); @3={recent: @5}; @4={recent: @6}; @5=[1]; @6=[1, 2, 3]; scope s=@1';

describe("sizesIn", () => {
  it("tells of each kind of collection the largest", () => {
    expect(sizes('@1={all: @2}; @2=Map("a"=>@3, "b"=>@4); @3=[1]; @4=[1, 2, 3]; scope s=@1')).toBe(
      "all(all)=2 all.*(all.b)=3",
    );
  });

  it("looks at an object once, at the way to it that is the shortest, and masks numbers in names", () => {
    expect(sizes(story)).toBe("all(all)=2 slot#(slot12)=3 all.*.recent(all.a.recent)=1");
  });

  it("ends where too much would be looked at, and in cycles", () => {
    expect(sizes(story, 2)).toBe("all(all)=2");
    expect(sizes("@1=[@1, @1]; scope s=@1")).toBe("()=2");
    expect(sizes("@1=[1]; scope other=@1")).toBe("");
  });
});
