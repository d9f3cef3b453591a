import { expect, it } from "vitest";
import { shapeOf } from "./file-shape.js";
import { runSteps } from "./migrate.js";
import { newestShape } from "./newest-shape.js";
import { migrations } from "./schema.js";

it("the newest shape is what the migrations make", async () => {
  const made = await shapeOf((empty) => runSteps(empty, migrations));
  expect([...newestShape].toSorted()).toEqual([...made].toSorted());
});
