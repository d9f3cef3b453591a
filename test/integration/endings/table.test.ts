// The table of endings in docs/protocol.md has a row for what the catalogue promises, and none for anything else.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { endings } from "./catalogue.js";
import { levels, nodeLines } from "./observe.js";
import { flawsIn, tableIn, tableOf } from "./table.js";

describe("the table of endings in docs/protocol.md", () => {
  it("has every ending with every Node at every level once, and nothing else", () => {
    const table = tableIn(readFileSync("docs/protocol.md", "utf8"));
    const titles = endings.map(({ title }) => title);
    expect(flawsIn(table, { titles, nodes: nodeLines, levels }), "npm run endings:generate").toEqual([]);
  });
});

describe("a table of endings", () => {
  const combinations = { titles: ["return", "a | b"], nodes: ["18", "20"], levels: ["metrics", "requests"] } as const;
  const observations = combinations.titles.flatMap((title) =>
    combinations.nodes.flatMap((node) =>
      combinations.levels.map((level) => {
        const errors = title === "return" && node === "20" ? "–" : "Error";
        return { title, node, level, outcome: { ends: "exit 0", arrives: "everything", says: "ended with 0", errors } };
      }),
    ),
  );
  const table = tableOf(observations);
  const flawsWith = (broken: string): string[] => flawsIn(broken, combinations);
  const line = (row: string): string => table.split("\n").find((text) => text.startsWith(row)) ?? "no such row";

  it("has no flaws as it is generated", () => {
    expect(flawsWith(table)).toEqual([]);
  });

  it("lacks what no row is there for", () => {
    expect(flawsWith(table.replace(`${line("| return | 20")}\n`, ""))).toEqual([
      "missing: Node 20, metrics: return",
      "missing: Node 20, requests: return",
    ]);
    expect(flawsWith(table.replace("| return | 18 | all", "| return | 18 | requests"))).toEqual([
      "missing: Node 18, metrics: return",
    ]);
  });

  it("must not have two rows for one thing, be they the same or not", () => {
    expect(flawsWith(`${table}\n${line("| return | 20").replace("all", "metrics")}`)).toEqual([
      "2 rows: Node 20, metrics: return",
    ]);
    expect(flawsWith(table.replace("| return | 18", "| return | all"))).toEqual([
      "2 rows: Node 20, metrics: return",
      "2 rows: Node 20, requests: return",
    ]);
  });

  it("must not have a row of an ending, a Node or a level that the catalogue does not have", () => {
    expect(flawsWith(`${table}\n${line("| return | 18").replace("return", "gone")}`)).toEqual([
      "not in the catalogue: Node 18, metrics: gone",
      "not in the catalogue: Node 18, requests: gone",
    ]);
    expect(flawsWith(table.replace("| return | 18 |", "| return | 18, 16 |"))).toEqual([
      "not in the catalogue: Node 16, metrics: return",
      "not in the catalogue: Node 16, requests: return",
    ]);
    expect(flawsWith(table.replace("| return | 18 | all", "| return | 18 | metrics, requests, loud"))).toEqual([
      "not in the catalogue: Node 18, loud: return",
    ]);
  });

  it("stands for nothing that it was not observed on", () => {
    expect(flawsIn(table, { ...combinations, nodes: ["18", "20", "28"] })).toContain(
      "missing: Node 28, metrics: return",
    );
    expect(flawsWith(table.replace("Observed on Node 18, 20", "Observed on Node 18"))).toEqual([
      "missing: Node 20, metrics: a | b",
      "missing: Node 20, requests: a | b",
    ]);
  });

  it("has a head, and rows as wide as it", () => {
    expect(flawsWith(table.replace("| Ending", "| End"))).toEqual(["no head"]);
    expect(flawsWith(table.replace(/ \| –( \|)/, "$1"))).toEqual([
      "of another width: return | 20 | all | exit 0 | everything | ended with 0",
    ]);
  });
});
