import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { searchKinds } from "../../shared/protocol/engine-rows.js";
import { SearchCorpus } from "./search-corpus.test-support.js";
import { openForWriting } from "./open-file.js";
import type { Readers } from "./readers.js";
import type { RecordingWriter } from "./recording-writer.js";
import { SearchFile, fewRows } from "./search-file.test-support.js";
import { UnreadableStored } from "./value-json.js";
import { seeds } from "../replay/seeds.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-search-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = (): Promise<SearchFile> => SearchFile.create(folder, `${++files}.hindcast`);
const settings = fewRows;

/** What the commit before has filled is written with the next one. */
async function commitBlocks(writer: RecordingWriter): Promise<void> {
  writer.startsAt(1n);
  await writer.commit();
}

let open: SearchFile | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const tried = seeds(1, 2, 3);

async function rowsInNoBlock(file: SearchFile): Promise<number> {
  const { blocks } = await file.blocks.all();
  return blocks.reduce((total, { isIndexed, rows }) => (isIndexed ? total : total + rows), 0);
}

describe("Search", () => {
  it.each(tried)("finds what looking at every row finds, in pages, in both orders (seed %i)", async (seed) => {
    open = await newFile();
    const corpus = new SearchCorpus(seed);
    const writer = await open.record();
    for (let commits = 0; commits < 4; commits++) {
      corpus.add(writer, 250);
      if (commits < 3) corpus.endProcess(writer);
      await writer.commit();
    }
    const check = async (file: SearchFile): Promise<void> => {
      file.changed();
      for (const query of corpus.queries(4))
        expect([query, await file.found(query)]).toEqual([query, corpus.found(query)]);
    };
    await check(open);
    expect(await rowsInNoBlock(open)).toBeGreaterThan(10);
    await writer.finish();
    await check(open);
    expect(await rowsInNoBlock(open)).toBeLessThan(searchKinds.length);
    // Something may come all the same.
    corpus.add(writer, 100);
    await writer.commit();
    await check(open);
    writer.dispose();
  });

  it.each(tried)("neither repeats nor misses a row while rows are committed (seed %i)", async (seed) => {
    const file = (open = await newFile());
    const corpus = new SearchCorpus(seed);
    const writer = await file.record();
    corpus.add(writer, 400);
    await writer.commit();
    const kinds = searchKinds.filter((kind) => kind !== "span");
    for (const order of ["newest", "oldest"] as const) {
      // Of a span the text changes while it is open.
      const query = { text: "or", order, kinds, limit: 40 };
      const before = corpus.found(query);
      const found = await file.found(query, async () => {
        corpus.add(writer, 40);
        await writer.commit();
        file.changed();
      });
      expect(new Set(found).size).toBe(found.length);
      expect(before.filter((row) => !found.includes(row))).toEqual([]);
      expect(found).toEqual(corpus.found(query).filter((row) => found.includes(row)));
    }
    expect(await file.found({ text: "or", order: "oldest" })).toEqual(corpus.found({ text: "or", order: "oldest" }));
    writer.dispose();
  });

  it("finds rows whose commit failed once, and none twice", async () => {
    open = await newFile();
    const corpus = new SearchCorpus(5);
    const writer = await open.record();
    corpus.add(writer, 300);
    await writer.commit();
    // Somebody else's table of that name: the commit fails after its rows were written.
    await open.run(`ALTER TABLE search_block RENAME TO hidden`);
    corpus.add(writer, 300);
    corpus.endProcess(writer);
    await expect(writer.commit()).rejects.toThrow(/search_block/);
    await expect(writer.commit()).rejects.toThrow(/search_block/);
    await open.run(`ALTER TABLE hidden RENAME TO search_block`);
    corpus.add(writer, 300);
    await writer.commit();
    open.changed();
    for (const query of corpus.queries(5))
      expect([query, await open.found(query)]).toEqual([query, corpus.found(query)]);
    writer.dispose();
  });

  // So small blocks that those which the engine had not written are too many to be made again.
  it.each([settings.rowsPerBlock, 6])(
    "goes on with the index of an engine that is gone (blocks of %i rows)",
    async (rowsPerBlock) => {
      let file = (open = await newFile());
      const corpus = new SearchCorpus(6);
      for (let engines = 0; engines < 3; engines++) {
        const writer = await file.record(corpus.processes, rowsPerBlock);
        for (let commits = 0; commits < 2; commits++) {
          corpus.add(writer, 300);
          await writer.commit();
        }
        if (engines === 1) await writer.finish();
        corpus.add(writer, 20, false);
        writer.dispose();
        await file.close();
        file = open = await SearchFile.with(file.path, await openForWriting(file.path));
      }
      for (const query of corpus.queries(5))
        expect([query, await file.found(query)]).toEqual([query, corpus.found(query)]);
    },
  );

  it("looks at every row where there is no index, with the same result", async () => {
    open = await newFile();
    const corpus = new SearchCorpus(7);
    const writer = await open.record();
    corpus.add(writer, 500);
    corpus.endProcess(writer);
    await writer.commit();
    await commitBlocks(writer);
    writer.dispose();
    await open.run(`DELETE FROM search_open`, `DELETE FROM search_block`, `DELETE FROM search_filter`);
    for (const query of corpus.queries(5))
      expect([query, await open.found(query)]).toEqual([query, corpus.found(query)]);
  });

  it("finds what is left when rows were evicted, also between two pages", async () => {
    const file = (open = await newFile());
    const corpus = new SearchCorpus(12);
    const writer = await file.record();
    corpus.add(writer, 700);
    await writer.commit();
    file.changed();
    const query = { text: "order", order: "newest" as const };
    const all = await file.found(query);
    expect(all).toEqual(corpus.found(query));
    await file.run(
      `INSERT INTO eviction BY NAME SELECT 1 AS process, 0 AS since, 1 AS until`,
      `DELETE FROM event WHERE rowid % 3 = 0`,
      `DELETE FROM log WHERE rowid < 50`,
    );
    const rows = await file.readers.query(`SELECT seq FROM event UNION ALL SELECT seq FROM log`);
    const left = new Set(rows.numbers("seq"));
    const isLeft = (line: string): boolean => !/ (event|log) /.test(line) || left.has(Number(line.split(" ")[1]));
    corpus.add(writer, 100);
    await writer.commit();
    // Nobody said that anything changed: what was known of rows is not believed.
    const known = await file.found(query);
    expect(known.filter((line) => all.includes(line))).toEqual(all.filter(isLeft));
    expect(all.filter(isLeft).length).toBeLessThan(all.length);
    writer.dispose();
  });

  it("finds a span by what it got at its end, long after its block was written", async () => {
    open = await newFile();
    const corpus = new SearchCorpus(11);
    const writer = await open.record();
    const span = corpus.startSpan(writer);
    corpus.add(writer, 100);
    corpus.endProcess(writer);
    await writer.commit();
    for (let commits = 0; commits < 2; commits++) {
      corpus.add(writer, 50);
      if (commits === 0) corpus.endSpan(writer, span, { "late.word": "paradeigma" });
      corpus.endProcess(writer);
      await writer.commit();
    }
    open.changed();
    for (const text of ["paradeigma", "late.word"])
      expect(await open.found({ text, order: "newest" })).toEqual(corpus.found({ text, order: "newest" }));
    expect(corpus.found({ text: "paradeigma", order: "newest" })).toHaveLength(1);
    writer.dispose();
  });

  it("leaves out what the index says is not there", async () => {
    open = await newFile();
    const corpus = new SearchCorpus(8);
    const writer = await open.record();
    corpus.add(writer, 500);
    corpus.endProcess(writer);
    await writer.commit();
    await commitBlocks(writer);
    writer.dispose();
    const least: number[] = [];
    const query: Readers["query"] = (sql, values) => {
      for (const [, rows = ""] of sql.matchAll(/unnest\(\[([\d, ]*)\]\)/g))
        least.push(Math.min(...rows.split(", ").map(Number)));
      for (const [, first] of sql.matchAll(/FROM (?!search_)\w+ WHERE rowid BETWEEN (\d+) AND/g))
        least.push(Number(first));
      return open?.readers.query(sql, values) ?? Promise.reject(new Error("closed"));
    };
    let after: CallResult<"search.page">["next"];
    do {
      const page = await open.search.page(query, 0n, { text: "shippedtomars", order: "newest", limit: 10, after });
      expect(page.seq.length).toBe(0);
      after = page.next;
    } while (after !== undefined);
    // Only rows that are in no block yet are looked at: 500 of five kinds are more than two blocks of each.
    expect([least.length > 0, least.filter((row) => row < 2 * settings.rowsPerBlock)]).toEqual([true, []]);
  });
});

describe("a search index from somebody else", () => {
  const broken: readonly (readonly [string, string])[] = [
    ["bits of no size", `UPDATE search_filter SET bits = '\\x00\\x00\\x00'::BLOB`],
    ["too many bits", `UPDATE search_filter SET bits = repeat('x', 4096)::BLOB`],
    ["no bits", `UPDATE search_filter SET bits = ''::BLOB`],
    ["bits that are NULL", `UPDATE search_filter SET bits = NULL`],
    ["trigrams of another size", `UPDATE search_block SET trigrams = 'abc'::BLOB`],
    ["ranges that are none", `UPDATE search_block SET ranges = 'abc'::BLOB`],
    ["ranges that are NULL", `UPDATE search_block SET ranges = NULL`],
    ["rows elsewhere that are none", `UPDATE search_block SET others = 'abc'::BLOB`],
    ["rows elsewhere that are NULL", `UPDATE search_block SET others = NULL`],
    ["rows elsewhere without a position", `UPDATE search_block SET others = 'abcdefgh'::BLOB`],
    ["too small parts", `UPDATE search_block SET part_bits = 0, rows = 100`],
    ["parts of no size", `UPDATE search_block SET part_bits = NULL`],
    ["an unknown kind", `UPDATE search_block SET kind = 77`],
    ["no kind", `UPDATE search_block SET kind = NULL`],
    ["no number", `UPDATE search_block SET block = NULL`],
    ["numbers twice", `UPDATE search_block SET block = 0`],
    ["a first block that is missing", `DELETE FROM search_block WHERE block = 0`],
    ["more rows than there are", `UPDATE search_block SET rows = 5000`],
    ["rows below nothing", `UPDATE search_block SET rows = -5`],
    ["absurdly many rows", `UPDATE search_block SET rows = 9000000000000000000`],
    [
      "absurdly many blocks",
      `INSERT INTO search_block SELECT 0, i, 1, ''::BLOB, ''::BLOB, 0, NULL FROM range(2, 300000) AS t(i)`,
    ],
    ["texts without rows", `UPDATE search_text SET rows = NULL`],
    ["no text", `UPDATE search_text SET text = NULL`],
    ["rows of texts that are none", `UPDATE search_text SET rows = '\\x07'::BLOB`],
    ["rows of texts behind the block", `UPDATE search_text SET rows = '\\x02\\x64\\x64'::BLOB`],
    ["places twice", `INSERT INTO search_open SELECT 1, ''::BLOB FROM range(2)`],
    ["places that are none", `INSERT INTO search_open VALUES (1, 'abc'::BLOB)`],
  ];

  it.each(broken)("is damage: %s", async (_, statement) => {
    open = await newFile();
    const corpus = new SearchCorpus(9);
    const writer = await open.record();
    corpus.add(writer, 400);
    corpus.endProcess(writer);
    await writer.commit();
    await commitBlocks(writer);
    writer.dispose();
    await open.run(statement);
    const search = (text: string) => open?.found({ text, order: "newest" });
    await expect((async () => [await search("shipped"), await search("ord")])()).rejects.toThrow(UnreadableStored);
  });

  it("may be of before there were cells of four letters", async () => {
    open = await newFile();
    const corpus = new SearchCorpus(13);
    const writer = await open.record();
    corpus.add(writer, 200);
    corpus.endProcess(writer);
    await writer.commit();
    await commitBlocks(writer);
    writer.dispose();
    const queries = ["ship", "zmir", "qqqz"].map((text) => ({ text, order: "newest" }) as const);
    for (const statement of [
      `DELETE FROM search_filter WHERE shard >= 128 AND block % 2 = 0`,
      `DELETE FROM search_filter`,
    ]) {
      for (const query of queries) expect([query, await open.found(query)]).toEqual([query, corpus.found(query)]);
      await open.run(statement);
    }
    for (const query of queries) expect([query, await open.found(query)]).toEqual([query, corpus.found(query)]);
    expect(corpus.found(queries[0] ?? { text: "", order: "newest" }).length).toBeGreaterThan(0);
  });

  it("may say where nothing is, or have no bits for a block: that is looked through", async () => {
    open = await newFile();
    const corpus = new SearchCorpus(10);
    const writer = await open.record();
    corpus.add(writer, 400);
    corpus.endProcess(writer);
    await writer.commit();
    await commitBlocks(writer);
    writer.dispose();
    await open.run(`DELETE FROM search_filter`, `DELETE FROM search_open`, `INSERT INTO search_open VALUES (1, NULL)`);
    for (const query of corpus.queries(10))
      expect([query, await open.found(query)]).toEqual([query, corpus.found(query)]);
  });
});
