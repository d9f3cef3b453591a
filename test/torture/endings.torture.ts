// Every ending on every version of Node: the table in docs/protocol.md is what comes out.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { observeEverything } from "../integration/endings/observe.js";
import { cellsOf, rowFor, tableIn } from "../integration/endings/table.js";

const hour = 3_600_000;

describe.runIf(process.platform === "linux")("the table of endings", () => {
  it("says what happens on every Node", { timeout: hour }, async () => {
    const { observations, missing } = await observeEverything(() => undefined);
    expect(missing).toEqual([]);
    const table = tableIn(readFileSync("docs/protocol.md", "utf8"));
    const seen = observations.map((observation) => [
      observation.title,
      observation.node,
      ...cellsOf(observation.outcome),
    ]);
    const said = observations.map((observation) => [
      observation.title,
      observation.node,
      ...(rowFor(table, observation) ?? ["no row"]),
    ]);
    expect(seen, "If this is what should happen: npm run endings:generate").toEqual(said);
  });
});
