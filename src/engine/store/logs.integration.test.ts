// The filter of the log by text, with the search index and beside it, against looking at every line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { hasText, linesOf } from "./log-page.test-support.js";
import { Logs } from "./logs.js";
import { createFile } from "./open-file.js";
import { type Query, Readers } from "./readers.js";
import { RecordingWriter } from "./recording-writer.js";
import { SearchBlocks } from "./search-blocks.js";
import { Search } from "./search.js";
import { addHead } from "./search-corpus-rows.test-support.js";
import { SearchCorpus } from "./search-corpus.test-support.js";
import { seeds } from "../replay/seeds.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-logs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const afterAllInstants = 2n ** 62n;
const most = 5000;

async function recordedFile(name: string) {
  const path = join(folder, name);
  const opened = await createFile(path, { created: 1n, appVersion: "0" });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const readers = await Readers.open(opened.value.instance);
  const statements: string[] = [];
  let generation = 0;
  const generationNow = (): number => generation;
  const query: Query = (sql, values, asker) => {
    statements.push(sql);
    return readers.query(sql, values, asker);
  };
  const blocks = new SearchBlocks(query, generationNow);
  const logs = new Logs(query, generationNow, blocks, { rowsAtOnce: 3, mostStretches: 30 });
  // Blocks of so few rows that there are many.
  const settings = { rowsPerBlock: 64, leastRowsOfText: 3 };
  const writer = await RecordingWriter.open(opened.value, path, [], undefined, undefined, settings);
  return {
    logs,
    search: new Search(blocks),
    query,
    writer,
    statements,
    run: async (sql: string) => {
      await readers.hold((connection) => connection.run(sql));
      generation++;
    },
    commit: async () => {
      await writer.commit();
      generation++;
    },
    close: async () => {
      writer.dispose();
      await readers.dispose();
      await opened.value.dispose();
    },
  };
}

const processes = [1, 2, 3];

function addLine(writer: RecordingWriter, head: { process: number; seq: number; instant: bigint }): void {
  const rows = writer.rowsOf("log");
  addHead(rows, head);
  rows.severity.add(9);
  rows.span.add(0);
  rows.source.add(0);
  rows.body.addText("line");
  rows.attributes.addText("{}");
}

describe("the log with a text", () => {
  it.each(seeds(1, 2))("has the lines that looking at each of them finds, while it grows (seed %i)", async (seed) => {
    const file = await recordedFile(`${seed}.hindcast`);
    const random = randomFrom(seed * 31);
    const below = (limit: number): number => Math.floor(random() * limit);
    const corpus = new SearchCorpus(seed);
    for (let commits = 0; commits < 4; commits++) {
      corpus.add(file.writer, 700);
      await file.commit();
      const all = linesOf(await file.logs.page(0n, {}, 0, most));
      for (let round = 0; round < 9; round++) {
        const characters = [...(all[below(all.length)] ?? "").replace(/^\d+ \d+ /, "")];
        const from = below(characters.length);
        const text = characters.slice(from, from + 1 + below(14)).join("");
        if (text.includes("\n")) continue;
        const wanted = all.filter((line) => hasText(line, text));
        const [first, limit] = [below(wanted.length + 2), 1 + below(wanted.length + 5)];
        const page = await file.logs.page(0n, { text }, first, limit);
        expect([text, page.total, linesOf(page)]).toEqual([text, wanted.length, wanted.slice(first, first + limit)]);
        expect(await file.logs.rowAt({ text }, afterAllInstants)).toBe(wanted.length - 1);
      }
    }
    const parts = file.statements.filter((sql) => sql.includes("t.rowid BETWEEN"));
    expect(parts.length).toBeGreaterThan(5);
    await file.close();
  });

  it("is found with the list of blocks that searching has, which is read once", async () => {
    const file = await recordedFile("shared.hindcast");
    new SearchCorpus(1).add(file.writer, 700);
    await file.commit();
    await file.logs.page(0n, { text: "a" }, 0, 10);
    await file.search.page(file.query, 0n, { text: "a", order: "newest", limit: 10 });
    await file.logs.page(0n, { text: "b" }, 0, 10);
    expect(file.statements.filter((sql) => sql.includes("'block' AS what"))).toHaveLength(1);
    await file.close();
  });

  it("has no line that was evicted since it was asked for", async () => {
    const file = await recordedFile("evicted.hindcast");
    const add = (from: number, to: number): Promise<void> =>
      file.run(`INSERT INTO log BY NAME SELECT 1 AS process, range AS seq, range AS instant, 9 AS severity, 0 AS span,
        0 AS source, 'line ' || (range % 10) AS body, '{}' AS attributes FROM range(${from}, ${to})`);
    await add(0, 3000);
    const filters = [{}, { text: "line 7" }];
    for (const filter of filters) await file.logs.page(0n, filter, 0, 10);
    await file.run(`DELETE FROM log WHERE rowid < 1500`);
    await file.run(`INSERT INTO eviction VALUES (1, 0, 1, 0, 0, 1500, 0, 0, 0)`);
    await add(3000, 3100);
    const pages = await Promise.all(filters.map((filter) => file.logs.page(0n, filter, 0, 2)));
    expect(pages.map((page) => [page.total, ...page.seq])).toEqual([
      [1600, 1500, 1501],
      [160, 1507, 1517],
    ]);
    await file.close();
  });

  it("has lines that came after others were evicted and the file was folded, which gives rows other numbers", async () => {
    const file = await recordedFile("folded.hindcast");
    const add = (from: number, to: number): Promise<void> =>
      file.run(`INSERT INTO log BY NAME SELECT 1 AS process, range AS seq, range AS instant, 9 AS severity, 0 AS span,
        0 AS source, 'line' AS body, '{}' AS attributes FROM range(${from}, ${to})`);
    const total = async (): Promise<number> => (await file.logs.page(0n, {}, 0, 1)).total;
    await add(0, 300_000);
    await file.run(`CHECKPOINT`);
    await file.run(`DELETE FROM log WHERE instant < 250000`);
    await file.run(`INSERT INTO eviction VALUES (1, 0, 250000, 0, 0, 250000, 0, 0, 0)`);
    expect(await total()).toBe(50_000);
    await file.run(`CHECKPOINT`);
    await add(300_000, 300_010);
    expect(await total()).toBe(50_010);
    await file.close();
  });
});

describe("the whole log", () => {
  it.each(seeds(1, 3))(
    "has every line where it is among all, however far what is counted of each process has come (seed %i)",
    async (seed) => {
      const file = await recordedFile(`whole-${seed}.hindcast`);
      const random = randomFrom(seed * 77);
      const start = 1_795_000_000_000_000_000n;
      const instantsOf = [...processes.keys()].map(() => BigInt(2 + Math.floor(random() * 6)) * 1_000_000_000n);
      const made: (readonly [instant: bigint, process: number, seq: number])[] = [];
      for (const [at, lengthNs] of instantsOf.entries())
        for (let seq = 1; seq <= 4000; seq++)
          made.push([start + (lengthNs * BigInt(Math.floor(random() * 1e6))) / 1_000_000n, processes[at] ?? 0, seq]);
      made.sort(([a, ofA, seqA], [b, ofB, seqB]) => (a === b ? ofA - ofB || seqA - seqB : a < b ? -1 : 1));
      const corpus = new SearchCorpus(seed);
      corpus.tellOfProcesses(file.writer);
      for (const [instant, process, seq] of made) addLine(file.writer, { instant, process, seq });
      await file.commit();
      // Then what is whole is counted.
      corpus.endProcess(file.writer);
      await file.commit();

      for (let first = 0; first < made.length; first += 777) {
        const page = await file.logs.page(0n, {}, first, 777);
        const got = [...page.seq].map((seq, row) => [page.process[row], seq]);
        expect(got).toEqual(made.slice(first, first + 777).map(([, process, seq]) => [process, seq]));
      }
      for (let round = 0; round < 50; round++) {
        const instant = start + BigInt(Math.floor(random() * 8e9));
        expect(await file.logs.rowAt({}, instant)).toBe(made.filter(([at]) => at <= instant).length - 1);
      }
      expect(file.statements.some((sql) => sql.includes("density_100ms") && sql.includes("process IN"))).toBe(true);
      await file.close();
    },
  );
});
