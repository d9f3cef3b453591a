import { describe, expect, it } from "vitest";
import type { Pipeline } from "../../shared/protocol/pipeline-stages.js";
import { Accounts, codeOf } from "./account.js";
import { Chain } from "./chain.js";
import type { AskedRecord } from "./custom-stage.js";

const stages: Pipeline = [
  { stage: "custom", module: "/stage.cjs", where: { kind: ["event", "log", "span"] } },
  { stage: "truncate", characters: 5, where: { kind: "log" } },
];

function chainWith(exported: unknown, pipeline = stages): Chain {
  const surroundings = { random: () => 0, clockMs: () => 0, redacted: (text: string) => text };
  return new Chain(pipeline, new Accounts(), {
    ...surroundings,
    mayAsk: () => true,
    load: (file) => {
      if (exported instanceof Error) throw exported;
      return file === "/stage.cjs" ? exported : undefined;
    },
  });
}

type Kind = "event" | "log" | "span" | "metric";
function passed(chain: Chain, kind: Kind, name: string, attributes: object, body = "") {
  const passing = { severity: 9, body, attributes, own: undefined, trace: undefined };
  const leaver = chain.leaverOf(kind, codeOf(kind), name, passing);
  return leaver === undefined ? { body: chain.body, attributes: chain.attributes } : "left out";
}

const failuresOf = (chain: Chain): unknown[] => chain.customStages.map((stage) => stage.takeFailure());

describe("a stage that somebody wrote", () => {
  it.each([
    ["CommonJS", (given: unknown) => given],
    ["an ES module", (given: unknown) => ({ default: given })],
  ])("leaves out, changes or passes what it is asked of (%s)", (_, exported) => {
    const chain = chainWith(
      exported(({ name, attributes }: AskedRecord) => {
        if (name === "noise") return false;
        if (name === "secret") return { attributes: { ...attributes, who: "somebody" }, body: "something long" };
        return undefined;
      }),
    );
    expect(passed(chain, "event", "noise", {})).toBe("left out");
    expect(passed(chain, "event", "other", { a: 1 })).toEqual({ body: "", attributes: { a: 1 } });
    // The stages behind it get what it answered.
    expect(passed(chain, "log", "secret", { who: "Ann", n: 1 }, "x")).toEqual({
      body: "somet…",
      attributes: { who: "someb…", n: 1 },
    });
    expect(passed(chain, "metric", "noise", {})).toEqual({ body: "", attributes: {} });
    expect(failuresOf(chain)).toEqual([undefined]);
  });

  it("is given copies", () => {
    const chain = chainWith(({ attributes }: AskedRecord) => {
      Object.assign(attributes, { a: 2 });
      for (const value of Object.values(attributes)) if (Array.isArray(value)) value.push(9);
    });
    const given = { a: 1, list: [1] };
    passed(chain, "event", "x", given);
    expect(given).toEqual({ a: 1, list: [1] });
    expect(chain.attributes).toBe(given);
  });

  it("is asked again of what comes to a span at its end, and cannot leave it out then", () => {
    const chain = chainWith(({ isEnd, attributes }: AskedRecord) =>
      isEnd ? ("n" in attributes ? { attributes: { n: 2 } } : false) : undefined,
    );
    passed(chain, "span", "GET", {});
    const [atEnd] = chain.applied;
    expect([atEnd?.attributes({ n: 1 }, false), atEnd?.attributes({ m: 1 }, false)]).toEqual([{ n: 2 }, { m: 1 }]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new TypeError("no");
      },
      "TypeError: no",
    ],
    ["answers a promise", () => Promise.resolve(true), "it answered neither an object nor true or false"],
    ["answers a text", () => "yes", "it answered neither an object nor true or false"],
    ["answers a Proxy", () => new Proxy({}, {}), "it answered neither an object nor true or false"],
    ["is no function", { default: 1 }, "its file exports no function"],
    ["cannot be loaded", new Error("Cannot find module"), "Error: Cannot find module"],
  ])("that %s is taken out, and everything passes", (_, exported, reason) => {
    let asked = 0;
    const counting =
      typeof exported === "function"
        ? () => {
            asked++;
            return exported();
          }
        : exported;
    const chain = chainWith(counting);
    for (let n = 0; n < 3; n++) expect(passed(chain, "event", "x", { n })).toEqual({ body: "", attributes: { n } });
    expect(asked).toBe(typeof exported === "function" ? 1 : 0);
    expect(failuresOf(chain)).toEqual([{ stage: "1 custom stage.cjs event|log|span", reason }]);
    expect(failuresOf(chain)).toEqual([undefined]);
  });

  it("may cause records itself, which it is not asked of", () => {
    const names: string[] = [];
    const chain: Chain = chainWith(({ name }: AskedRecord) => {
      names.push(name);
      expect(passed(chain, "log", "from inside", { b: 1 }, "longer")).toEqual({ body: "longe…", attributes: { b: 1 } });
      return true;
    });
    expect(passed(chain, "event", "x", { a: 1 })).toEqual({ body: "", attributes: { a: 1 } });
    expect(names).toEqual(["x"]);
  });
});
