// A file may be damaged, no file at all, or made by somebody who means harm. Whatever it is, it is shown, or one sentence
// of the catalogue says what to do; nothing hangs, the engine is there afterwards, and so are the other recordings.
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import { explain } from "../../src/shared/protocol/errors.js";
import type { Call } from "../../src/shared/protocol/rpc.js";
import { triesAllSeeds } from "../../src/engine/replay/seeds.test-support.js";
import { damaged, damages } from "./damaged-bytes.js";
import { askEverything, rawWords } from "./every-question.js";
import { Place } from "./hindcast-process.js";

const place = new Place();
const sample = join(process.cwd(), "recordings/ledger-first.hindcast");
const whole = readFileSync(sample);
let child: EngineChild;
let call: Call;
/** The sample in the newest format. */
const newest = place.path("newest.hindcast");

beforeAll(async () => {
  child = new EngineChild({
    entry: join(process.cwd(), "out/node/engine-process.js"),
    environment: {
      ...process.env,
      TMPDIR: place.path("tmp"),
      XDG_DATA_HOME: place.path("data"),
      XDG_STATE_HOME: place.path("state"),
    },
  });
  call = steadyCallTo(child);
  const opened = await call("recording.open", { path: sample });
  if (!opened.ok) throw new Error(opened.error.code);
  const copied = await call("recording.copy", { recordingId: opened.value.recordingId, path: newest });
  if (!copied.ok) throw new Error(copied.error.code);
});
afterAll(async () => {
  await child.stop();
  expect(place.leftBehind()).toEqual([]);
  place.remove();
});

const ask = (path: string) => askEverything(call, path, place.path("copy.hindcast"));

const unexpected = ["internal", "engine-lost", "bad-request"];

/** Sentences that a person can read, and none that promises a repair that is none. */
async function expectReadable(path: string): Promise<readonly string[]> {
  const { answered, refused, sentences } = await ask(path);
  expect(answered.length + refused.length).toBeGreaterThan(0);
  if (refused.some((code) => unexpected.includes(code))) throw new Error(sentences.join("\n"));
  for (const sentence of sentences) {
    expect(sentence.replaceAll(path, "")).not.toMatch(rawWords);
    expect(sentence).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  }
  expect((await call("recording.open", { path: sample })).ok).toBe(true);
  return refused;
}

const seedCount = Number(process.env["RECOVERY_SEEDS"] ?? (triesAllSeeds ? 4 : 2));
const damageSeeds = Array.from({ length: seedCount }, (_, at) => at + 1);

describe("a damaged file", () => {
  it.for(damages.flatMap((kind) => damageSeeds.map((seed) => ({ kind, seed }))))(
    "with $kind is shown or said to be damaged (seed $seed)",
    async ({ kind, seed }) => {
      const path = place.path("damaged.hindcast");
      writeFileSync(path, damaged(readFileSync(newest), kind, seed));
      await expectReadable(path);
      rmSync(path);
    },
  );
});

const mayMakeNodes = process.platform === "linux" && process.getuid?.() === 0;

describe("what is no recording", () => {
  const made: readonly (readonly [name: string, make: (path: string) => void, code: string])[] = [
    ["an empty file", (path) => writeFileSync(path, ""), "not-a-recording"],
    ["a text", (path) => writeFileSync(path, "no recording, but longer than a few bytes"), "not-a-recording"],
    ["only the first block of one", (path) => writeFileSync(path, whole.subarray(0, 4096)), "damaged-recording"],
    ["a folder", (path) => void mkdirSync(path), "is-a-folder"],
    ["a link to itself", (path) => symlinkSync(path, path), "no-such-file"],
    ["a link to nothing", (path) => symlinkSync(`${path}.gone`, path), "no-such-file"],
    ["a pipe that nobody writes", (path) => void execFileSync("mkfifo", [path]), "not-a-recording"],
    ["a device", (path) => symlinkSync("/dev/zero", path), "not-a-recording"],
    ["a log without its file", (path) => writeFileSync(`${path}.wal`, "WAL"), "no-such-file"],
    ["a database of somebody else", (path) => cpSync(place.path("foreign.db"), path), "not-a-recording"],
  ];
  beforeAll(() => query(place.path("foreign.db"), ["CREATE TABLE t(a INTEGER)"]));

  it.for(made)("%s is not opened", async ([name, make, code], { skip }) => {
    if (process.platform === "win32" && /pipe|device|link/.test(name)) skip("not there on Windows");
    const path = place.path(`odd ${name}.hindcast`);
    make(path);
    expect(await expectReadable(path)).toEqual([code]);
  });

  it("is told in one sentence by every command that reads, which ends with 1", async () => {
    writeFileSync(place.path("odd.hindcast"), damaged(whole, "cut off", 3));
    const { code, out, err } = await place.run(["info", "odd.hindcast"]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^hindcast: .*odd\.hindcast is damaged: its end is missing\.\n {2}Copy it again .*\n$/);
  });

  it("includes what has another's log beside it", async () => {
    for (const [name, make] of [
      ["junk", (log: string) => writeFileSync(log, Buffer.alloc(5000, "junk"))],
      ["of another", (log: string) => writeFileSync(log, whole.subarray(0, 200_000))],
      ["a folder", (log: string) => void mkdirSync(log)],
      ...(mayMakeNodes ? [["a pipe", (log: string) => void execFileSync("mkfifo", [log])] as const] : []),
    ] as const) {
      const path = place.path(`log ${name}.hindcast`);
      cpSync(newest, path);
      make(`${path}.wal`);
      expect(["", "damaged-recording"], name).toContain((await expectReadable(path)).join());
      rmSync(`${path}.wal`, { recursive: true, force: true });
      expect((await ask(path)).refused, name).toEqual([]);
    }
  });
});

describe("a recording from somewhere else", () => {
  it("is read in the format of its time, and stays as it was", async () => {
    const path = place.path("old.hindcast");
    const bytes = gunzipSync(readFileSync(join(process.cwd(), "test/fixtures/format-1.hindcast.gz")));
    writeFileSync(path, bytes);
    const { answered, refused } = await ask(path);
    expect(refused).toEqual([]);
    expect(answered).toContain("copy");
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it("of a newer version says which, whatever else is new in it", async () => {
    const path = await crafted("newer", [
      "UPDATE recording SET format = 999",
      "DROP TABLE write",
      "CREATE TABLE x(a INT)",
    ]);
    expect(await expectReadable(path)).toEqual(["newer-format"]);
  });

  it("may grow or be cut while it is open: what is asked next says so, or is still answered", async () => {
    const path = place.path("changing.hindcast");
    cpSync(newest, path);
    const opened = await call("recording.open", { path });
    if (!opened.ok) throw new Error(opened.error.code);
    const { recordingId, start, end } = opened.value;
    appendFileSync(path, Buffer.alloc(300_000, "more"));
    expect((await call("logs.page", { recordingId, first: 0, limit: 10 })).ok).toBe(true);
    writeFileSync(path, whole.subarray(0, 20_000));
    const after = await call("spans.range", { recordingId, from: start, to: end, limit: 20_000 });
    const said = after.ok ? "" : `${after.error.code} ${explain(after.error).message}`;
    expect(said === "" || said.startsWith("damaged-recording")).toBe(true);
    expect(said.replaceAll(path, "").replace("damaged-recording", "")).not.toMatch(rawWords);
    await call("recording.close", { recordingId });
  });
});

/** A copy of the newest format with somebody's SQL run on it. */
async function crafted(name: string, statements: readonly string[]): Promise<string> {
  const path = place.path(`crafted ${name}.hindcast`);
  cpSync(newest, path);
  await query(path, statements);
  return path;
}

async function textColumnsOf(table: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(newest, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(
    `SELECT column_name FROM duckdb_columns() WHERE table_name = $1 AND data_type = 'VARCHAR'`,
    [table],
  );
  connection.closeSync();
  instance.closeSync();
  return found.getRows().map(([name]) => String(name));
}

async function query(path: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

describe("a recording that means harm", () => {
  const replaced = (table: string, by: string): readonly string[] => [
    `ALTER TABLE ${table} RENAME TO ${table}_hidden`,
    by.replaceAll("HIDDEN", `${table}_hidden`),
  ];
  const deep = (open: string, close: string): string =>
    `repeat('${open}', 1000000) || '1' || repeat('${close}', 1000000)`;
  const unbelievable: Readonly<Record<string, readonly string[]>> = {
    "a view in place of a table": replaced("log", "CREATE VIEW log AS SELECT * FROM HIDDEN, range(1000000000)"),
    "a table that computes a column": [
      ...replaced("metric", "SELECT 1"),
      `CREATE TABLE metric (process UINTEGER, seq BIGINT, instant BIGINT, series UINTEGER,
         value DOUBLE GENERATED ALWAYS AS (list_sum(range(1000000000))))`,
    ],
    "a function that stands before one of the database's": ["CREATE MACRO count(x) AS 42"],
    "a table function that stands before the list of tables": [
      "CREATE MACRO duckdb_tables() AS TABLE SELECT 'recording' AS table_name UNION ALL SELECT 'migration'",
    ],
    "a type of its own": ["CREATE TYPE varchar2 AS ENUM ('a')"],
    "a missing column": ["ALTER TABLE span DROP COLUMN lane"],
    "a column of another type": ["ALTER TABLE event ALTER seq TYPE VARCHAR"],
    "no row about itself": ["DELETE FROM recording"],
    "a million rows about itself": ["INSERT INTO recording SELECT r.* FROM recording AS r, range(1000000)"],
    "a thousand processes": [
      "INSERT INTO process BY NAME SELECT p.* REPLACE (i::UINTEGER AS process) FROM process AS p, range(2, 1002) AS t(i)",
    ],
    "a process twice": ["INSERT INTO process SELECT * FROM process"],
    "a start before all time": ["UPDATE recording SET start = -9223372036854775808"],
    "an end after all time": ["UPDATE process SET last_seen = 9223372036854775807"],
    "a name of 100 MB": ["UPDATE name SET text = repeat('n', 100000000) WHERE id = 1"],
    "settings that are none": ["UPDATE process SET settings = '[]'"],
    "arguments nested a million deep": [`UPDATE process SET argv = ${deep("[", "]")}`],
  };
  it.for(Object.entries(unbelievable))("with %s is not believed", async ([name, statements]) => {
    const path = await crafted(name, statements);
    expect(await expectReadable(path)).toEqual([expect.stringMatching(/^(damaged-recording|not-a-recording)$/)]);
    rmSync(path);
  });

  const strange: Readonly<Record<string, readonly string[]>> = {
    "attributes nested a million deep": [`UPDATE log SET attributes = ${deep('{"a":', "}")} WHERE seq < 200`],
    "attributes that are no JSON": ["UPDATE span SET attributes = '{', trace_id = 'x'::BLOB, lane = 65535"],
    "bodies of 20 MB": ["UPDATE log SET body = repeat('long ', 4000000) WHERE seq < 30"],
    "values nested a million deep": [
      `UPDATE write SET value = ${deep("[", "]")} WHERE seq = (SELECT max(seq) FROM write)`,
      `UPDATE keyframe SET contents = ${deep('{"$object":', "}")} WHERE seq = (SELECT max(seq) FROM keyframe)`,
    ],
    "contents that hold themselves": [
      `INSERT INTO keyframe SELECT process, seq + 1, instant, NULL, 0, 1, '{"kind":"object","class":"A","entries":[["a",{"$object":1}]]}', 0, 0
         FROM keyframe LIMIT 1`,
    ],
    "numbers of objects, places and spans out of all range": [
      "UPDATE write SET object = 4294967295, location = 4294967295, span = 4294967295",
      "UPDATE log SET source = 4294967295, severity = 255",
      "UPDATE span SET kind = 255, status = 255, parent = 4294967295",
      "UPDATE mark SET kind = 255, lost = 9223372036854775807",
    ],
    "instants before and after all time": [
      "UPDATE log SET instant = -9223372036854775808 WHERE seq % 2 = 0",
      "UPDATE event SET instant = 9223372036854775807 WHERE seq % 2 = 0",
      "UPDATE span SET end_instant = -1",
      "UPDATE metric SET instant = -9223372036854775808, value = 'nan'::DOUBLE",
      "UPDATE write SET instant = 9223372036854775807, after = -9223372036854775808",
    ],
    "numbers of records that are the same, or none": [
      "UPDATE write SET seq = 7",
      "UPDATE log SET seq = -9223372036854775808",
      "UPDATE event SET seq = NULL, instant = NULL, name = NULL",
      "UPDATE span SET span = 1, end_seq = NULL",
    ],
    "operations that are none": ["UPDATE write SET operation = 200"],
    "an array of a thousand million elements": [
      `UPDATE write SET operation = 2, key = NULL, value = '{"start":999999999,"deleteCount":1,"elements":[1]}'`,
      `UPDATE write SET operation = 0, key = '"length"', value = '4294967295' WHERE seq % 2 = 0`,
    ],
  };
  /** Every column of texts, as what it is not. */
  const texts = {
    "JSON that is cut off": `'[1,2'`,
    "a terminal's commands": `chr(27) || '[2J' || chr(7) || chr(155)`,
    "another kind of JSON": `'[1]'`,
  };
  const tables = "recording process name series scope event span log write keyframe mark".split(" ");
  const replacements = tables.flatMap((table, at) =>
    // In the gate each table has one of them, and each of them several tables.
    Object.entries(texts).flatMap(([what, text], kind) =>
      triesAllSeeds || kind === at % 3 ? [[table, what, text] as const] : [],
    ),
  );
  it.for(replacements)("with texts of table %s that are %s does no harm", async ([table, what, text]) => {
    const columns = await textColumnsOf(table);
    const path = await crafted(`${table} ${what}`, [
      `UPDATE ${table} SET ${columns.map((column) => `"${column}" = ${text}`).join(", ")}`,
    ]);
    const refused = await expectReadable(path);
    if (["span", "log", "series"].includes(table)) expect(refused).toContain("damaged-recording");
    rmSync(path);
  });

  it.for(Object.entries(strange))("with %s does no harm", async ([name, statements]) => {
    const path = await crafted(name, statements);
    await expectReadable(path);
    rmSync(path);
  });
});
