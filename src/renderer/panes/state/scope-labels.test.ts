import { describe, expect, it } from "vitest";
import { matchingScopes, scopeLabels } from "./scope-labels.js";

const processes = [
  { process: 1, serviceName: "ledger", pid: 812 },
  { process: 2, serviceName: "ledger", pid: 813 },
];
/** `1 shared` is the scope `shared` of process 1. */
const labelsOf = (...scopes: string[]) =>
  scopeLabels(
    scopes.map((one) => {
      const [process = "", scope = ""] = one.split(" ");
      return { process: Number(process), scope, firstSeen: 0n };
    }),
    processes,
  );

describe("scopeLabels", () => {
  it("names the process of those scopes that would read alike", () => {
    expect(labelsOf("1 shared", "1 orders", "2 shared", "2 totals")).toEqual([
      "shared, pid 812 of ledger",
      "orders",
      "shared, pid 813 of ledger",
      "totals",
    ]);
  });

  it("is the name alone where one process tracks it", () => {
    expect(labelsOf("1 shared", "2 totals")).toEqual(["shared", "totals"]);
  });

  it("tells scopes apart also before their process is known", () => {
    expect(labelsOf("1 shared", "7 shared")).toEqual(["shared, pid 812 of ledger", "shared, process 7"]);
  });
});

describe("matchingScopes", () => {
  it("have the text in their names, without regard to case", () => {
    const scopes = ["Session.1", "cache", "session.2"].map((scope) => ({ process: 1, scope, firstSeen: 0n }));
    expect([matchingScopes(scopes, "SESS"), matchingScopes(scopes, "x")]).toEqual([["Session.1", "session.2"], []]);
  });
});
