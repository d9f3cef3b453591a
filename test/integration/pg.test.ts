import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, missingServer, startDatabase } from "./database-server.js";
import { callLines, expectOwnRequests, recordedAlike } from "./databases.js";

const missing = missingServer("postgresql");
let server: RunningServer | undefined;
beforeAll(async () => {
  if (missing === undefined) server = await startDatabase("postgresql");
});
afterAll(() => server?.stop());

describe.skipIf(missing !== undefined)(`pg${missing === undefined ? "" : `: ${missing}`}`, () => {
  it("is recorded query by query, below whoever asked, and does what it does alone", async () => {
    const program = await recordedAlike("pg.mjs", { DATABASE_PORT: String(server?.port) });
    const isMarked = (text: unknown) => typeof text === "string" && text.includes("pg_sleep");
    const calls = program.spans.filter(({ attributes }) => attributes["db.system.name"] === "postgresql");
    const others = calls.filter(({ attributes }) => !isMarked(attributes["db.query.text"]));
    expect(callLines(others)).toEqual([
      "DROP accounts: drop table if exists accounts",
      "CREATE accounts: create table accounts (id serial primary key, owner text unique)",
      "INSERT accounts: insert into accounts (owner) values ($1), ($2) returning id",
      "SELECT public.accounts: select owner from public.accounts where id = $1",
      "SELECT accounts: select owner from accounts where id = $1",
      "SELECT accounts: select owner from accounts where id = $1",
      "SELECT nowhere !42P01: select * from nowhere",
      "INSERT accounts !23505: insert into accounts (owner) values ('ann')",
      "SELECT accounts !42703: select unhandled from accounts",
      "SELECT: select 1",
      "SELECT accounts: select count(*)::int as n from accounts",
      "SELECT accounts: select id from accounts order by id",
      "SELECT !42703: select broken",
      "SELECT: select generate_series(1, 5) as n",
      "SELECT accounts: select generate_series(1, 5) as n from accounts",
      "SELECT: select 2 as two",
      "SELECT: select 1 as n",
      "SELECT: select 2 as n",
      "SELECT: select 3 as n",
      "SELECT !Error: select 'too late'",
      "SELECT: select 3 as three",
      "SELECT: select 4 as four",
      "DROP accounts: drop table accounts",
    ]);
    expect(others[2]).toMatchObject({
      kind: "client",
      status: "unset",
      parent: 0,
      attributes: {
        "db.operation.name": "INSERT",
        "db.collection.name": "accounts",
        "db.namespace": "postgres",
        "server.address": "127.0.0.1",
        "server.port": server?.port,
      },
    });
    expectOwnRequests(program, (text) => {
      const number = /^select (\d+) as number/.exec(text)?.[1];
      return number === undefined ? undefined : Number(number);
    });
  });
});
