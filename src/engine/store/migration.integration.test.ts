// A recording made by the program of format 1, as it was: programs that ended by themselves, by a signal, and unknown how.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { density } from "./density.js";
import { openForReading } from "./open-file.js";
import { Readers } from "./readers.js";
import { readFacts } from "./summary.js";

const hour = 3_600_000_000_000n;

describe("a recording of format 1", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("says in columns how its processes ended and why records are missing, and stays as it was", async () => {
    const path = join(folder, "old.hindcast");
    const bytes = gunzipSync(readFileSync(new URL("../../../test/fixtures/format-1.hindcast.gz", import.meta.url)));
    writeFileSync(path, bytes);
    const file = await openForReading(path);
    if (!file.ok) throw new Error(file.error.code);
    const readers = await Readers.open(file.value.instance);
    const ends = await readers.query(`SELECT ending, exit_code, signal, tail_unknown FROM process ORDER BY process`);
    expect(ends.optionalTexts("ending")).toEqual(["bye", "connection-lost", "parent"]);
    expect(ends.optionalTexts("signal")).toEqual([undefined, undefined, "SIGKILL"]);
    expect(ends.booleans("tail_unknown")).toEqual([false, true, true]);
    const gaps = await readers.query(`SELECT reason FROM mark WHERE kind = 0 ORDER BY process, reason`);
    expect(gaps.texts("reason")).toEqual([
      "not-sent",
      "ring-full",
      "connection-lost",
      "ring-full",
      "connection-lost",
      "ring-full",
    ]);
    const { processes, counts } = await readFacts(readers.query);
    expect(processes.map(({ ended, endUnknown }) => [ended?.exitCode, ended?.signal, endUnknown])).toEqual([
      [3, undefined, false],
      [undefined, undefined, true],
      [undefined, "SIGKILL", true],
    ]);
    expect([counts.writes, counts.lost]).toEqual([6, 23]);
    await readers.dispose();
    await file.value.dispose();
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it("is given zoom levels, which say what its records say", async () => {
    const path = join(folder, "old.hindcast");
    writeFileSync(
      path,
      gunzipSync(readFileSync(new URL("../../../test/fixtures/format-1.hindcast.gz", import.meta.url))),
    );
    const file = await openForReading(path);
    if (!file.ok) throw new Error(file.error.code);
    const readers = await Readers.open(file.value.instance);
    const counted = async (sql: string): Promise<number> => (await readers.query(sql)).numbers("n")[0] ?? NaN;
    const records = ["event", "log", "span", "write", "keyframe"].map(
      (table) => `SELECT process, instant FROM ${table}`,
    );
    const covered = `JOIN rollup_cover USING (process) WHERE instant < until`;
    const inLevels = await counted(`SELECT sum(events + logs + spans + writes)::BIGINT AS n FROM density_10ms`);
    expect(inLevels).toBe(await counted(`SELECT count(*) AS n FROM (${records.join(" UNION ALL ")}) ${covered}`));
    expect(inLevels).toBeGreaterThan(0);
    const { start, end } = await readFacts(readers.query);
    const answer = await density(readers.query, { from: start - hour, to: end + hour, buckets: 2 });
    expect(answer.bucketNs).toBeGreaterThan(0);
    expect(answer.records.reduce((sum, count) => sum + count, 0)).toBe(
      await counted(`SELECT count(*) AS n FROM (${records.join(" UNION ALL ")})`),
    );
    await readers.dispose();
    await file.value.dispose();
  });
});
