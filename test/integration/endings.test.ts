// The ways a program may end, with Hindcast and without, on the Node that runs the tests: it ends as it would, and what is
// in the recording is what the table in docs/protocol.md says. `npm run torture` does this on every Node and level.
import { readFileSync } from "node:fs";
import { afterAll, describe, it } from "vitest";
import { triesAllSeeds } from "../../src/engine/replay/seeds.test-support.js";
import { endings } from "./endings/catalogue.js";
import { Comparison } from "./endings/outcome.js";
import { cellsOf, rowFor, tableIn } from "./endings/table.js";

const table = tableIn(readFileSync("docs/protocol.md", "utf8"));
const [node = ""] = process.versions.node.split(".");
const level = "requests";

// The signals are those of POSIX, and a shell stands between in two of them.
describe.runIf(process.platform === "linux")("a program that ends by", () => {
  const comparison = new Comparison();
  afterAll(() => comparison.dispose());

  it.concurrent.for(endings.filter(({ triedIn }) => triedIn === "gate" || (triedIn === "night" && triesAllSeeds)))(
    "$title",
    async (ending, { expect }) => {
      const outcome = await comparison.outcome(ending, process.execPath, level);
      expect(cellsOf(outcome), "docs/protocol.md says otherwise. If it should not: npm run endings:generate").toEqual(
        rowFor(table, { title: ending.title, node, level }),
      );
    },
  );
});
