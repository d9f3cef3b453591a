// Everything a program does with pg, as lines of what it got.
import pg from "pg";
import Cursor from "pg-cursor";
import { serveAtOnce } from "./serve.mjs";

const options = { host: "127.0.0.1", port: Number(process.env.DATABASE_PORT), user: "test", database: "postgres" };
const print = (...values) => console.log(JSON.stringify(values));
const failure = (error) => [error.constructor.name, error.message, error.code];
process.on("unhandledRejection", (error) => print("unhandled", failure(error)));

const client = new pg.Client(options);
print(await client.connect().then((connected) => connected === client || connected === undefined));
await client.query("drop table if exists accounts");
await client.query("create table accounts (id serial primary key, owner text unique)");
const inserted = await client.query("insert into accounts (owner) values ($1), ($2) returning id", ["ann", "bob"]);
print(inserted.rows, inserted.command, inserted.rowCount);
print(
  (await client.query({ text: "select owner from public.accounts where id = $1", values: [2], rowMode: "array" })).rows,
);
const named = { name: "by-id", text: "select owner from accounts where id = $1" };
for (const id of [1, 2]) print((await client.query({ ...named, values: [id] })).rows);

print(await client.query("select * from nowhere").catch(failure));
print(await client.query("insert into accounts (owner) values ('ann')").catch(failure));
try {
  client.query(null);
} catch (error) {
  print("thrown", failure(error));
}
void client.query("select unhandled from accounts");
await client.query("select 1");

await new Promise((resolve) => {
  const returned = client.query("select count(*)::int as n from accounts", (error, result) => {
    print("callback", error, result.rows, returned === undefined);
    resolve();
  });
});
await new Promise((resolve) => {
  const query = new pg.Query("select id from accounts order by id");
  print(client.query(query) === query);
  query.on("row", (row) => print("row", row));
  query.on("end", (result) => resolve(print("end", result.rowCount)));
});
const broken = client.query(new pg.Query("select broken"));
await new Promise((resolve) => broken.on("error", (error) => resolve(print("event", failure(error)))));

const cursor = client.query(new Cursor("select generate_series(1, 5) as n"));
print(await cursor.read(2), await cursor.read(2), await cursor.read(2), await cursor.read(2));
const closed = client.query(new Cursor("select generate_series(1, 5) as n from accounts"));
await closed.read(1);
await closed.close();
print((await client.query("select 2 as two")).rows);

const several = [1, 2, 3].map((n) => client.query(`select ${n} as n`));
print((await Promise.all(several)).map(({ rows }) => rows[0].n));
const ending = client.end();
print(await client.query("select 'too late'").catch(failure));
await ending;

const pool = new pg.Pool({ ...options, max: 2 });
const marked = (number) => `select ${number} as number, pg_sleep(0.001) from accounts limit 1`;
await serveAtOnce({
  withPromise: async (number) => (await pool.query(marked(number))).rows[0].number,
  withCallback: (number, answer) =>
    pool.query(marked(number), (error, result) => answer(error, result && result.rows[0].number)),
});
const checkedOut = await pool.connect();
print((await checkedOut.query("select 3 as three")).rows);
checkedOut.release();
await new Promise((resolve) =>
  pool.connect((error, connected, release) =>
    connected.query("select 4 as four", (_, result) => {
      print(error, result.rows);
      release();
      resolve();
    }),
  ),
);
await pool.query("drop table accounts");
await pool.end();
