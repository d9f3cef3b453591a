import { describe, expect, it } from "vitest";
import { newestShape } from "./newest-shape.js";
import { textColumns } from "./redacted-rows.js";
import { sourceColumns } from "./source-tables.js";

/** Those that no export takes as they are. */
const madeAnew = /^(note|pin|migration|search_\w+|long_\w+)$/;

describe("columns that are looked through when they leave", () => {
  it("are all of the newest format that hold texts", () => {
    const texts = [...newestShape]
      .filter((column) => column.endsWith(" VARCHAR"))
      .map((column) => column.slice(0, -" VARCHAR".length))
      .filter((column) => !madeAnew.test(column.split(".")[0] ?? ""));
    for (const [table, columns] of Object.entries(sourceColumns))
      texts.push(
        ...columns.filter((column) => column.endsWith(" VARCHAR")).map((column) => `${table}.${column.split(" ")[0]}`),
      );
    const known = Object.entries(textColumns).flatMap(([table, { columns }]) =>
      Object.keys(columns).map((column) => `${table}.${column}`),
    );
    expect(known.sort()).toEqual(texts.sort());
  });
});
