import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, missingServer, startDatabase } from "./database-server.js";
import { callLines, expectOwnRequests, recordedAlike } from "./databases.js";

const missing = missingServer("mariadb");
let server: RunningServer | undefined;
beforeAll(async () => {
  if (missing === undefined) server = await startDatabase("mariadb");
});
afterAll(() => server?.stop());

describe.skipIf(missing !== undefined)(`mysql2${missing === undefined ? "" : `: ${missing}`}`, () => {
  it("is recorded query by query, below whoever asked, and does what it does alone", async () => {
    const program = await recordedAlike("mysql2.mjs", { DATABASE_PORT: String(server?.port) });
    const isMarked = (text: unknown) => typeof text === "string" && text.includes("sleep(");
    const calls = program.spans.filter(({ attributes }) => "db.system.name" in attributes);
    const others = calls.filter(({ attributes }) => !isMarked(attributes["db.query.text"]));
    expect(callLines(others)).toEqual([
      "CREATE: create database if not exists shop",
      "USE: use shop",
      "DROP accounts: drop table if exists accounts",
      "CREATE accounts: create table accounts (id int auto_increment primary key, owner varchar(20) unique)",
      "INSERT accounts: insert into accounts (owner) values (?), (?)",
      "SELECT shop.accounts: select owner from `shop`.`accounts` where id = ?",
      "SELECT accounts: select owner from accounts order by id",
      "SELECT: select 1 as one; select 2 as two",
      "SELECT nowhere !ER_NO_SUCH_TABLE: select * from nowhere",
      "INSERT accounts !ER_DUP_ENTRY: insert into accounts (owner) values (?)",
      "SELECT nowhere2 !ER_NO_SUCH_TABLE: select * from nowhere2",
      "SELECT !TypeError: select ?",
      "SELECT accounts: select owner from accounts where id = ?",
      "SELECT accounts: select owner from accounts where id = ?",
      "SELECT !Error: select 'too late'",
      "SELECT accounts: select count(*) as n from accounts",
      "SELECT accounts: select id from accounts order by id",
      "SELECT !ER_BAD_FIELD_ERROR: select broken",
      "SELECT accounts: select id from accounts where id = ?",
      "SELECT !ER_BAD_FIELD_ERROR: select broken",
      "SELECT accounts: select id from accounts",
      "SELECT !ER_BAD_FIELD_ERROR: select unheard",
      "SELECT: select 4 as four",
      "DROP accounts: drop table accounts",
    ]);
    expect(others[4]).toMatchObject({
      kind: "client",
      status: "unset",
      parent: 0,
      attributes: {
        "db.system.name": "mariadb",
        "db.operation.name": "INSERT",
        "db.collection.name": "accounts",
        "server.address": "127.0.0.1",
        "server.port": server?.port,
      },
    });
    expect(others[9]).toMatchObject({ status: "error", attributes: { "db.response.status_code": "23000" } });
    expect(others.at(-1)?.attributes["db.namespace"]).toBe("shop");
    expectOwnRequests(program, (text) => {
      const number = /^select (\d+) as number/.exec(text)?.[1];
      return number === undefined ? undefined : Number(number);
    });
  });
});
