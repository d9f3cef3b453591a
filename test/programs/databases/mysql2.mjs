// Everything a program does with mysql2, as lines of what it got.
import mysql from "mysql2";
import promised from "mysql2/promise";
import { serveAtOnce } from "./serve.mjs";

const options = { host: "127.0.0.1", port: Number(process.env.DATABASE_PORT), user: "root", multipleStatements: true };
const print = (...values) => console.log(JSON.stringify(values));
const failure = (error) => [error.constructor.name, error.message, error.code, error.errno, error.sqlState];
const settled = (emitter, ...names) =>
  new Promise((resolve) => {
    for (const name of names)
      emitter.once(name, (value) => resolve([name, value instanceof Error ? failure(value) : value]));
  });

const connection = await promised.createConnection(options);
await connection.query("create database if not exists shop");
await connection.query("use shop");
await connection.query("drop table if exists accounts");
await connection.query("create table accounts (id int auto_increment primary key, owner varchar(20) unique)");
const [inserted] = await connection.query("insert into accounts (owner) values (?), (?)", ["ann", "bob"]);
print(inserted.insertId, inserted.affectedRows);
print((await connection.execute("select owner from `shop`.`accounts` where id = ?", [2]))[0]);
print((await connection.query({ sql: "select owner from accounts order by id", rowsAsArray: true }))[0]);
print((await connection.query("select 1 as one; select 2 as two"))[0]);
print(await connection.query("select * from nowhere").catch(failure));
print(await connection.execute("insert into accounts (owner) values (?)", ["ann"]).catch(failure));
print(await connection.execute("select * from nowhere2").catch(failure));
print(await connection.execute("select ?", [undefined]).catch(failure));
const statement = await connection.prepare("select owner from accounts where id = ?");
for (const id of [1, 2]) print((await statement.execute([id]))[0]);
await statement.close();
await connection.end();
print(await connection.query("select 'too late'").catch(failure));

const plain = mysql.createConnection({ ...options, database: "shop" });
await new Promise((resolve) => {
  const query = plain.query("select count(*) as n from accounts", (error, rows, fields) => {
    print(
      "callback",
      error,
      rows,
      fields.map(({ name }) => name),
    );
    resolve();
  });
  print(query.constructor.name, query.sql);
});
const listened = plain.query("select id from accounts order by id");
listened.on("result", (row) => print("result", row));
print(await settled(listened, "error", "end"));
print(await settled(plain.query("select broken"), "error", "end"));
print(
  await settled(
    plain.execute("select id from accounts where id = ?", [1]).on("result", (row) => print(row)),
    "end",
  ),
);
print(await settled(plain.execute("select broken"), "error"));
const streamed = [];
for await (const row of plain.query("select id from accounts").stream()) streamed.push(row.id);
print(streamed);
// Nobody listens: the program hears of it as of any event that is an error.
const unheard = settled(process, "uncaughtException");
plain.query("select unheard");
print(await unheard);
plain.destroy();

const pool = mysql.createPool({ ...options, database: "shop", connectionLimit: 2 });
const marked = (number) => `select ${number} as number, sleep(0.001) from accounts limit 1`;
await serveAtOnce({
  withPromise: async (number) => (await pool.promise().query(marked(number)))[0][0].number,
  withCallback: (number, answer) =>
    pool.execute(marked(number), (error, rows) => answer(error, rows && rows[0].number)),
});
await new Promise((resolve) =>
  pool.getConnection((error, connected) =>
    connected.query("select 4 as four", (_, rows) => {
      print(error, rows);
      connected.release();
      resolve();
    }),
  ),
);
await pool.promise().query("drop table accounts");
await pool.promise().end();
