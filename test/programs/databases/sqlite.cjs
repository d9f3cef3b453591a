// Everything a program does with node:sqlite or better-sqlite3, as lines of what it got.
const { createRequire } = require("node:module");
const { join } = require("node:path");

const which = process.argv[2];
const loaded =
  which === "better-sqlite3"
    ? createRequire(join(__dirname, "../../../bench/package.json"))("better-sqlite3")
    : which === "getBuiltinModule"
      ? process.getBuiltinModule("node:sqlite").DatabaseSync
      : require("node:sqlite").DatabaseSync;

const print = (...values) => console.log(JSON.stringify(values));
const attempt = (work) => {
  try {
    return work();
  } catch (error) {
    return [error.constructor.name, error.message, error.code];
  }
};

const database = new loaded(":memory:");
print(database.exec("create table accounts (id integer primary key, owner text unique)") === undefined);
const insert = database.prepare("insert into accounts (owner) values (?)");
for (const owner of ["ann", "bob", "cid"]) print(insert.run(owner));
print(attempt(() => insert.run("ann")));
const byId = database.prepare("select owner from accounts where id = ?");
print(byId.get(2), byId.get(9), database.prepare("select id from accounts").all());
print([...database.prepare("select id from accounts").iterate()]);
for (const row of database.prepare("select id from accounts order by id").iterate()) {
  print(row);
  break;
}
print(attempt(() => database.prepare("select * from nowhere")));
print(attempt(() => database.exec("drop table nowhere")));
print(attempt(() => byId.get({ wrong: 1 }, 2, 3)).slice(0, 1));
database.close();
print(attempt(() => byId.get(1)).slice(0, 1));
