import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFile, openForReading } from "./open-file.js";
import { Readers } from "./readers.js";
import { type Migration, formatVersion, migrations, views } from "./schema.js";

describe("recording files", () => {
  let folder: string;
  const file = (name = "a.hindcast"): string => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const create = async (path = file()): Promise<string> => {
    const created = await createFile(path, { created: 5n, appVersion: "1.2.3" });
    if (!created.ok) throw new Error(created.error.code);
    await created.value.dispose();
    return path;
  };
  const codeOf = async (path: string, steps?: readonly Migration[]): Promise<string> => {
    const opened = await openForReading(path, steps);
    if (opened.ok) await opened.value.dispose();
    return opened.ok ? "ok" : opened.error.code;
  };

  it("are made anew, for this user only, and opened again", async () => {
    const path = await create();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await codeOf(path)).toBe("ok");
  });

  it("never replace a file that is there", async () => {
    writeFileSync(file(), "mine");
    const created = await createFile(file(), { created: 5n, appVersion: "1" });
    expect(created.ok ? "ok" : created.error.code).toBe("file-exists");
    expect(readFileSync(file(), "utf8")).toBe("mine");
  });

  it("cannot be made where there is no folder", async () => {
    writeFileSync(file("in-the-way"), "");
    const created = await createFile(file("in-the-way/a.hindcast"), { created: 5n, appVersion: "1" });
    expect(created.ok ? "ok" : created.error.code).toBe("cannot-write");
  });

  it("cannot be made in place of a folder", async () => {
    const created = await createFile(folder, { created: 5n, appVersion: "1" });
    expect(created.ok ? "ok" : created.error.code).toBe("cannot-write");
  });

  it("are told from what is none", async () => {
    expect(await codeOf(file("missing"))).toBe("no-such-file");
    expect(await codeOf(folder)).toBe("is-a-folder");
    writeFileSync(file("empty"), "");
    expect(await codeOf(file("empty"))).toBe("not-a-recording");
    writeFileSync(file("text"), "a text that is longer than a few bytes");
    expect(await codeOf(file("text"))).toBe("not-a-recording");
    const other = await DuckDBInstance.create(file("other"));
    const connection = await other.connect();
    await connection.run("CREATE TABLE recording (format INTEGER)");
    connection.closeSync();
    other.closeSync();
    expect(await codeOf(file("other"))).toBe("not-a-recording");
  });

  /** A file that had a table of so many rows at its end; whether it is shorter than its blocks then is up to DuckDB. */
  async function createCutOff(rows: number): Promise<{ readonly path: string; readonly isShorter: boolean }> {
    const path = await create(file(`cut-off-${rows}`));
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE kept AS SELECT range AS a, random() AS b FROM range(400000)`);
    await connection.run(`CHECKPOINT`);
    await connection.run(`CREATE TABLE large AS SELECT range AS a, random() AS b FROM range(${rows})`);
    await connection.run(`CHECKPOINT`);
    await connection.run(`DROP TABLE large`);
    await connection.run(`CHECKPOINT`);
    connection.closeSync();
    instance.closeSync();
    const plain = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
    const sizes = await (
      await plain.connect()
    ).runAndReadAll(`SELECT block_size * total_blocks FROM pragma_database_size()`);
    plain.closeSync();
    return { path, isShorter: Number(sizes.getRows()[0]?.[0]) > statSync(path).size };
  }

  it("are whole when free blocks at their end were cut off after they were counted", async () => {
    let cutOff = 0;
    for (const rows of [50_000, 100_000, 150_000, 250_000]) {
      const { path, isShorter } = await createCutOff(rows);
      if (isShorter) cutOff++;
      expect(await codeOf(path)).toBe("ok");
    }
    // Otherwise this test is about nothing.
    expect(cutOff).toBeGreaterThan(0);
  });

  it.each([20, 4096, 10_000, 20_000, 200_000])("are damaged when cut after %d bytes", async (bytes) => {
    const path = await create();
    expect(statSync(path).size).toBeGreaterThan(200_000);
    truncateSync(path, bytes);
    expect(await codeOf(path)).toBe("damaged-recording");
  });

  it("are damaged when their last bytes are missing", async () => {
    const path = await create();
    truncateSync(path, statSync(path).size - 1);
    expect(await codeOf(path)).toBe("damaged-recording");
  });

  const next: Migration = {
    name: "one more",
    statements: ["ALTER TABLE event ADD COLUMN mood VARCHAR DEFAULT 'fine'"],
  };

  it("may vanish at any moment while they are opened", async () => {
    const whole = await create();
    for (let turns = 0; turns < 40; turns++) {
      const path = file(`${turns}.hindcast`);
      copyFileSync(whole, path);
      const code = codeOf(path);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      rmSync(path);
      expect(await code).toMatch(/^(ok|no-such-file)$/);
    }
  });

  it("of an older format are read as the newest, and stay as they are", async () => {
    const path = await create();
    const before = readFileSync(path);
    const opened = await openForReading(path, [...migrations, next]);
    if (!opened.ok) throw new Error(opened.error.code);
    const readers = await Readers.open(opened.value.instance);
    expect((await readers.query("SELECT format FROM recording")).numbers("format")).toEqual([formatVersion + 1]);
    expect((await readers.query("SELECT version, name FROM migration ORDER BY version")).texts("name")).toEqual([
      ...migrations.map(({ name }) => name),
      next.name,
    ]);
    expect((await readers.query("SELECT mood FROM event")).texts("mood")).toEqual([]);
    await readers.dispose();
    await opened.value.dispose();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("of a newer format say so", async () => {
    const path = await create();
    const opened = await openForReading(path, []);
    expect(opened).toEqual({
      ok: false,
      error: { code: "newer-format", details: { path, found: String(formatVersion), newest: "0" } },
    });
  });

  it("that another process writes are in use", async () => {
    const path = await create();
    const holder = spawn(
      process.execPath,
      [
        "-e",
        `require("@duckdb/node-api").DuckDBInstance.create(process.argv[1]).then(() => { console.log("open"); setInterval(() => {}, 1000) })`,
        path,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      await once(holder.stdout, "data");
      expect(await codeOf(path)).toBe("recording-in-use");
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
    expect(await codeOf(path)).toBe("ok");
  });

  it("cannot reach other files, whatever they ask for", async () => {
    const path = await create();
    writeFileSync(file("secret.csv"), "a\n1\n");
    const opened = await openForReading(path);
    if (!opened.ok) throw new Error(opened.error.code);
    const readers = await Readers.open(opened.value.instance);
    await expect(readers.query(`SELECT * FROM '${file("secret.csv")}'`)).rejects.toThrow(
      /disabled|not allowed|Permission/,
    );
    await expect(readers.query(`ATTACH '${file("b.db")}'`)).rejects.toThrow(/disabled|not allowed|Permission/);
    await expect(readers.query(`SET enable_external_access = true`)).rejects.toThrow(/lock|cannot/i);
    await expect(readers.query(`INSERT INTO name VALUES (1, 'x')`)).rejects.toThrow(/read-only/);
    await readers.dispose();
    await opened.value.dispose();
  });

  it("have views that every DuckDB client can ask", async () => {
    const path = await create();
    const plain = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
    const connection = await plain.connect();
    for (const view of Object.keys(views)) expect((await connection.run(`SELECT * FROM ${view}`)).rowsChanged).toBe(0);
    connection.closeSync();
    plain.closeSync();
  });
});
