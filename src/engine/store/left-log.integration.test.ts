import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowsPerGroup } from "./file-settings.js";
import { createFile, openForReading } from "./open-file.js";
import { Readers } from "./readers.js";

const rows = 30_000;

describe("a log that a killed recorder left", () => {
  let folder: string;
  let path: string;
  const children: ReturnType<typeof spawn>[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    path = join(folder, "killed.hindcast");
    // Its file and its log as they are at some moment are what SIGKILL leaves at that moment.
    const made = join(folder, "made.hindcast");
    const created = await createFile(made, { created: 5n, appVersion: "1" });
    if (!created.ok) throw new Error(created.error.code);
    const connection = await created.value.instance.connect();
    await connection.run("CHECKPOINT");
    // What is much goes into the file at once, and the log only says so.
    for (const [from, to] of [
      [0, rowsPerGroup],
      [rowsPerGroup, rows],
    ])
      await connection.run(
        `INSERT INTO event SELECT 1, range, range, 1, 0, hash(range)::VARCHAR FROM range(${from}, ${to})`,
      );
    for (const end of ["", ".wal"]) copyFileSync(`${made}${end}`, `${path}${end}`);
    connection.closeSync();
    await created.value.dispose();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    rmSync(folder, { recursive: true, force: true });
  });

  const end = async (child: ReturnType<typeof spawn>): Promise<void> => {
    const gone = once(child, "exit");
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await gone;
  };
  const left = (): Buffer[] => ["", ".wal"].map((end) => readFileSync(`${path}${end}`));
  const hasLog = (): boolean => existsSync(`${path}.wal`);

  /** How many rows there are, and sums of what is in them. */
  async function read(whileOpen: () => void = () => undefined): Promise<readonly number[]> {
    const opened = await openForReading(path);
    if (!opened.ok) throw new Error(opened.error.code);
    const readers = await Readers.open(opened.value.instance);
    const found = await readers.query(
      "SELECT count(*) AS n, sum(instant)::DOUBLE AS instants, sum(strlen(attributes))::DOUBLE AS texts FROM event",
    );
    whileOpen();
    await readers.dispose();
    await opened.value.dispose();
    return ["n", "instants", "texts"].map((name) => found.numbers(name)[0] ?? 0);
  }

  /** Another process that has the file open, and says so. */
  async function elsewhere(script: string): Promise<ReturnType<typeof spawn>> {
    const open = `const { DuckDBInstance } = require("@duckdb/node-api");
      (async (path) => { ${script} })(process.argv[1]); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["-e", open, path], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  }

  it("is read beside its file, which does not change meanwhile, and folded in when it is closed", async () => {
    const before = left();
    const found = await read(() => expect(left()).toEqual(before));
    expect([found[0], hasLog()]).toEqual([rows, false]);
    expect(await read()).toEqual(found);
  });

  it("stays as long as somebody else reads it", async () => {
    const before = left();
    const reader = await elsewhere(
      `await DuckDBInstance.create(path, { access_mode: "READ_ONLY" }); console.log("open");`,
    );
    expect((await read())[0]).toBe(rows);
    expect(left()).toEqual(before);
    await end(reader);
    expect([(await read())[0], hasLog()]).toEqual([rows, false]);
  });

  it.each([0, 10, 25, 45, 70, 100])("loses nothing when who folds it is killed after %d ms", async (ms) => {
    const folding = await elsewhere(`const connection = await (await DuckDBInstance.create(path)).connect();
      console.log("open"); await connection.run("CHECKPOINT");`);
    await wait(ms);
    await end(folding);
    expect((await read())[0]).toBe(rows);
    expect(hasLog()).toBe(false);
  });
});
