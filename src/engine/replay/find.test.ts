import { describe, expect, it } from "vitest";
import { findValues } from "./find.js";
import { historyFrom } from "./notation.test-support.js";
import { stateAt } from "./state-at.js";

function find(story: string, text: string, { limit = 100, mostLooked = 1000 } = {}): string {
  const writes = historyFrom(story);
  const last = writes.at(-1);
  if (last === undefined) throw new Error("no story");
  const { found, isWhole } = findValues(stateAt(writes, last), { scope: "s", text, limit, mostLooked });
  return `${found.map((one) => `${one.path}=${one.text}`).join(" ")}${isWhole ? "" : " …"}`;
}

const story = '@1={Name: "Ada", list: @2, map: @3}; @2=["adage", 12, @1]; @3=Map("x"=>@2, 7=>"b"); scope s=@1';

describe("findValues", () => {
  it("finds keys and values without regard to case, in the order of the tree", () => {
    expect(find(story, "ADA")).toBe('Name="Ada" list[0]="adage"');
    expect(find(story, "name")).toBe('Name="Ada"');
    expect(find(story, "12")).toBe("list[1]=12");
    expect(find(story, "7")).toBe('map[7]="b"');
  });

  it("finds what an object is, and what it holds once only", () => {
    expect(find(story, "map(")).toBe("map=Map(2)");
    expect(find(story, "adage")).toBe('list[0]="adage"');
  });

  it("says when there may be more", () => {
    expect(find(story, "a", { limit: 1 })).toBe('Name="Ada" …');
    expect(find(story, "adage", { mostLooked: 3 })).toBe(" …");
    expect(find(story, "adage", { mostLooked: 4, limit: 2 })).toContain('list[0]="adage"');
  });

  it("finds values by a condition on what a name holds", () => {
    const accounts = '@1=Map("a"=>@2, "b"=>@3); @2={balance: -5, Version: 1}; @3={balance: 7, n: -1}; scope s=@1';
    expect(find(accounts, "balance < 0")).toBe("a.balance=-5");
    expect(find(accounts, "version = 1")).toBe("a.Version=1");
    expect(find(accounts, "balance > 100")).toBe("");
  });

  it("finds nothing in a scope that is not there", () => {
    expect(find("@1={a: 1}; scope other=@1", "a")).toBe("");
  });
});
