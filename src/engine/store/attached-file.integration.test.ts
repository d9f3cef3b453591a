import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowsPerGroup } from "./file-settings.js";
import { type OpenFile, createFile, openForReading, openForWriting } from "./open-file.js";
import { Readers } from "./readers.js";
import { RecordingWriter } from "./recording-writer.js";

const text = "a text that is told of in every row of it, and is not short";

describe("a file that is recorded into", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    path = join(folder, "it's recorded.hindcast");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const created = async (): Promise<OpenFile> => opened(await createFile(path, { created: 1n, appVersion: "0" }));
  function opened(file: Awaited<ReturnType<typeof createFile>>): OpenFile {
    if (!file.ok) throw new Error(file.error.code);
    return file.value;
  }

  /** Events of the given numbers in one commit. */
  async function commit(writer: RecordingWriter, first: number, count: number): Promise<void> {
    for (let seq = first; seq < first + count; seq++) {
      const rows = writer.rowsOf("event");
      rows.process.add(1);
      rows.seq.addNumber(seq);
      rows.instant.addNumber(1000 + seq);
      rows.name.add(0);
      rows.span.add(0);
      rows.attributes.addText(`{"text":"${text} ${seq}"}`);
    }
    await writer.commit();
  }

  const logBytes = (of = path): number => statSync(`${of}.wal`).size;

  /** Numbers of the events, in the order of the table, as whoever opens the file reads them. */
  async function seqsIn(file: string): Promise<readonly number[]> {
    const reading = opened(await openForReading(file));
    const readers = await Readers.open(reading.instance);
    const rows = await readers.query(`SELECT seq, attributes FROM event ORDER BY rowid`);
    const seqs = rows.numbers("seq");
    for (const [row, attributes] of rows.texts("attributes").entries())
      expect(attributes).toBe(`{"text":"${text} ${seqs[row]}"}`);
    await readers.dispose();
    await reading.dispose();
    return seqs;
  }

  const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, seq) => seq);

  it("has what finds no room in memory beside it, as a file that is opened has", async () => {
    const whereTo = async (file: OpenFile): Promise<readonly string[]> => {
      const connection = await file.instance.connect();
      const reader = await connection.runAndReadAll(`SELECT current_setting('temp_directory')`);
      connection.closeSync();
      await file.dispose();
      return reader.getRows().flat().map(String);
    };
    expect(await whereTo(await created())).toEqual([`${path}.tmp`]);
    expect(await whereTo(opened(await openForReading(path)))).toEqual([`${path}.tmp`]);
  });

  it("has nothing there any more of an engine that was killed, and leaves what is somebody's", async () => {
    const left = `${path}.tmp`;
    mkdirSync(left);
    writeFileSync(join(left, "duckdb_temp_storage_DEFAULT-0.tmp"), "left");
    await (await created()).dispose();
    expect(existsSync(left)).toBe(false);
    mkdirSync(left);
    writeFileSync(join(left, "duckdb_temp_storage_DEFAULT-0.tmp"), "left");
    writeFileSync(join(left, "mine.txt"), "mine");
    await opened(await openForWriting(path)).dispose();
    expect(existsSync(join(left, "mine.txt"))).toBe(true);
  });

  it("takes a large commit without its log, and a killed engine leaves all of it, after a small one as before", async () => {
    const file = await created();
    const writer = await RecordingWriter.open(file, path);
    await commit(writer, 0, 100);
    const little = logBytes();
    expect(little).toBeGreaterThan(100 * text.length);
    await commit(writer, 100, rowsPerGroup + 50);
    expect(logBytes() - little).toBeLessThan(0.1 * rowsPerGroup * text.length);
    await commit(writer, rowsPerGroup + 150, 50);
    const killed = join(folder, "killed.hindcast");
    for (const end of ["", ".wal"]) copyFileSync(`${path}${end}`, `${killed}${end}`);
    writer.dispose();
    await file.dispose();
    expect(await seqsIn(killed)).toEqual(upTo(rowsPerGroup + 200));
    expect(await seqsIn(path)).toEqual(upTo(rowsPerGroup + 200));
  });

  it("is written in the same way by who goes on with it", async () => {
    await (await created()).dispose();
    const file = opened(await openForWriting(path));
    const writer = await RecordingWriter.open(file, path);
    await commit(writer, 0, 2 * rowsPerGroup);
    expect(logBytes()).toBeLessThan(0.1 * rowsPerGroup * text.length);
    writer.dispose();
    await file.dispose();
    expect(await seqsIn(path)).toEqual(upTo(2 * rowsPerGroup));
  });

  it("lets nobody who asks open another file", async () => {
    const other = join(folder, "other.hindcast");
    copyFileSync(import.meta.filename, other);
    const file = await created();
    const readers = await Readers.open(file.instance);
    await expect(readers.query(`SELECT * FROM read_text('${other}')`)).rejects.toThrow(/disabled/);
    await expect(readers.query(`ATTACH '${join(folder, "new.hindcast")}'`)).rejects.toThrow(/disabled/);
    await readers.dispose();
    await file.dispose();
  });
});
