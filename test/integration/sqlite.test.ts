import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeBinary } from "../../tools/node-binaries.js";
import { callLines, recordedAlike } from "./databases.js";

const expected = (badUse: string) => [
  "CREATE accounts: create table accounts (id integer primary key, owner text unique)",
  "INSERT accounts: insert into accounts (owner) values (?)",
  "INSERT accounts: insert into accounts (owner) values (?)",
  "INSERT accounts: insert into accounts (owner) values (?)",
  `INSERT accounts !${badUse}: insert into accounts (owner) values (?)`,
  "SELECT accounts: select owner from accounts where id = ?",
  "SELECT accounts: select owner from accounts where id = ?",
  "SELECT accounts: select id from accounts",
  "SELECT accounts: select id from accounts",
  "SELECT accounts: select id from accounts order by id",
];
const calls = (lines: readonly string[]) => lines.slice(0, 10);

/** Compiled by `npm ci` in bench/, which measures against it; it is too much for everybody's `npm ci`. */
const compiled = join(import.meta.dirname, "../../bench/node_modules/better-sqlite3/build/Release/better_sqlite3.node");

describe("better-sqlite3", () => {
  it.skipIf(!existsSync(compiled))("is recorded statement by statement, and does what it does alone", async () => {
    const program = await recordedAlike("sqlite.cjs", {}, { args: ["better-sqlite3"] });
    const lines = callLines(program.spans);
    expect(calls(lines)).toEqual(expected("SQLITE_CONSTRAINT_UNIQUE"));
    expect(lines.slice(10)).toEqual([
      "DROP nowhere !SQLITE_ERROR: drop table nowhere",
      "SELECT accounts !RangeError: select owner from accounts where id = ?",
      "SELECT accounts !TypeError: select owner from accounts where id = ?",
    ]);
    expect(program.spans[0]).toMatchObject({
      kind: "client",
      status: "unset",
      attributes: { "db.system.name": "sqlite" },
    });
  });
});

describe.each(["22.23.3", "24.21.0", "26.10.0"])("node:sqlite of Node %s", (version) => {
  it.for(["require", "getBuiltinModule"])("is recorded statement by statement (%s)", async (way, { skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const program = await recordedAlike("sqlite.cjs", {}, { args: [way], binary: binary.path });
    const lines = callLines(program.spans);
    expect(calls(lines)).toEqual(expected("ERR_SQLITE_ERROR"));
    expect(lines.slice(10)).toEqual([
      "DROP nowhere !ERR_SQLITE_ERROR: drop table nowhere",
      "SELECT accounts !ERR_INVALID_STATE: select owner from accounts where id = ?",
      "SELECT accounts !ERR_INVALID_STATE: select owner from accounts where id = ?",
    ]);
  });
});
