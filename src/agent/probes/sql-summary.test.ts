import { describe, expect, it } from "vitest";
import { summaryOf } from "./sql-summary.js";

const textOf = (sql: string): string => {
  const { operation, collection } = summaryOf(sql);
  return [operation ?? "?", ...(collection === undefined ? [] : [collection])].join(" ");
};

describe("summaryOf", () => {
  for (const [sql, expected] of Object.entries({
    "select * from accounts where id = $1": "SELECT accounts",
    'SELECT "a"."id" FROM "public"."big accounts" AS "a"': "SELECT public.big accounts",
    "insert into `orders` (id) values (?)": "INSERT orders",
    "INSERT IGNORE INTO db.orders SET a = 1": "INSERT db.orders",
    "INSERT OR REPLACE INTO [my table] VALUES (1)": "INSERT my table",
    "update only accounts set name = 'from x'": "UPDATE accounts",
    "DELETE FROM accounts": "DELETE accounts",
    "/* who asks */ -- and why\n  select 1": "SELECT",
    "select 'from nowhere'": "SELECT",
    "select extract(year from born) from people": "SELECT people",
    "select n from (select count(*) as n from hits) as x": "SELECT hits",
    "select * from (values (1)) as x": "SELECT",
    "with recent as (select * from orders) select * from recent join users": "SELECT recent",
    "with gone as (delete from a returning *) insert into b select * from gone": "INSERT b",
    "(select id from a) union (select id from b)": "SELECT a",
    "create table if not exists things (id int)": "CREATE things",
    "create unique index concurrently by_name on people (name)": "CREATE by_name",
    "drop table x": "DROP x",
    "truncate table logs": "TRUNCATE logs",
    BEGIN: "BEGIN",
    "set names utf8mb4": "SET",
    "call refresh(1)": "CALL refresh",
    "": "?",
    "1 + 1": "?",
  }))
    it(`of ${JSON.stringify(sql)} is ${expected}`, () => expect(textOf(sql)).toBe(expected));

  it("takes no longer for a long statement than for its beginning", () => {
    const values = "(1, 'a''b'),".repeat(200_000);
    expect(textOf(`insert into t values ${values}`)).toBe("INSERT t");
    expect(textOf(`select '${"'".repeat(100_001)}`)).toBe("SELECT");
  });
});
