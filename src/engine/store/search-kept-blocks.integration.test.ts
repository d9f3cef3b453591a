import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { seeds } from "../replay/seeds.test-support.js";
import type { Query } from "./readers.js";
import { SearchCorpus } from "./search-corpus.test-support.js";
import { SearchFile } from "./search-file.test-support.js";
import type { Keeping } from "./search-kept-blocks.js";
import { KeptRoom } from "./search-kept-room.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-kept-blocks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
let file: SearchFile;
beforeEach(async () => {
  file = await SearchFile.create(folder, `${++files}.hindcast`);
});
afterEach(() => file.close());

async function recorded(seed: number): Promise<SearchCorpus> {
  const corpus = new SearchCorpus(seed);
  const writer = await file.record();
  for (let commits = 0; commits < 4; commits++) {
    corpus.add(writer, 250);
    await writer.commit();
  }
  await writer.finish();
  file.changed();
  return corpus;
}

/** Resolves when nothing more is read. */
async function readAll(keeping: Partial<Keeping> = {}): Promise<number> {
  let reads = 0;
  const { blocks } = await file.blocks.all();
  const over = new Promise<void>((resolve) => {
    const reading = (work: () => Promise<void>): Promise<void> => {
      reads++;
      return work().finally(resolve);
    };
    file.blocks.kept.keepAs({ room: new KeptRoom(), isSaved: () => true, reading, ...keeping });
  });
  file.blocks.kept.wanted(blocks);
  if (reads > 0) await over;
  return blocks.filter((block) => block.isIndexed && file.blocks.kept.of(block) !== undefined).length;
}

const indexed = async (): Promise<number> =>
  (await file.blocks.all()).blocks.filter(({ isIndexed }) => isIndexed).length;

/** As the file's, but not about what the index says of texts. */
const withoutIndex: Query = (sql, values, asker) => {
  if (/FROM search_(text|filter|block)/.test(sql)) throw new Error(`DuckDB was asked: ${sql}`);
  return file.readers.query(sql, values, asker);
};

describe("KeptBlocks", () => {
  it.each(seeds(1, 2, 3))("finds the same without asking DuckDB what the index says (seed %i)", async (seed) => {
    const corpus = await recorded(seed);
    expect(await readAll()).toBe(await indexed());
    expect(await indexed()).toBeGreaterThan(20);
    for (const query of corpus.queries(6))
      expect([query, await file.found(query, undefined, withoutIndex)]).toEqual([query, corpus.found(query)]);
  });

  it("reads nothing of a recording in the making", async () => {
    const corpus = await recorded(1);
    expect(await readAll({ isSaved: () => false })).toBe(0);
    for (const query of corpus.queries(2))
      expect([query, await file.found(query)]).toEqual([query, corpus.found(query)]);
  });

  it("keeps as much as there is room for, the newest first, and asks about the rest", async () => {
    const corpus = await recorded(2);
    const room = new KeptRoom(200_000);
    const kept = await readAll({ room });
    expect(kept).toBeGreaterThan(1);
    expect(kept).toBeLessThan(await indexed());
    expect(room.bytes).toBeLessThanOrEqual(200_000);
    for (const query of corpus.queries(3))
      expect([query, await file.found(query)]).toEqual([query, corpus.found(query)]);
    // What has no room is not read again at each search.
    let reads = 0;
    file.blocks.kept.keepAs({ room, isSaved: () => true, reading: () => Promise.resolve(void reads++) });
    file.blocks.kept.wanted((await file.blocks.all()).blocks);
    expect(reads).toBe(0);
    file.blocks.kept.close();
    expect(room.bytes).toBe(0);
  });

  it("keeps nothing of blocks of which something strange is said", async () => {
    await recorded(3);
    const strange = [
      `UPDATE search_filter SET bits = '\\x00'::BLOB WHERE kind = 0 AND block = 0 AND shard = 3`,
      `UPDATE search_block SET trigrams = '\\x00'::BLOB WHERE kind = 0 AND block = 1`,
      `UPDATE search_text SET text = NULL WHERE kind = 0 AND block = 2 AND what = 2`,
      `INSERT INTO search_filter SELECT * FROM search_filter WHERE kind = 0 AND block = 3 AND shard = 3`,
    ];
    await file.run(...strange);
    expect(await readAll()).toBe((await indexed()) - strange.length);
    const { blocks } = await file.blocks.all();
    const kept = blocks.filter(({ kind }) => kind === "event").map((block) => file.blocks.kept.of(block) !== undefined);
    expect(kept.slice(0, 5)).toEqual([false, false, false, false, true]);
  });
});

describe("KeptRoom", () => {
  const owner = (forgotten: string[], name: string) => ({ forget: () => void forgotten.push(name) });

  it("is given up by who was searched longest ago", () => {
    const forgotten: string[] = [];
    const [room, one, two, three] = [
      new KeptRoom(100),
      owner(forgotten, "one"),
      owner(forgotten, "two"),
      owner(forgotten, "three"),
    ];
    for (const each of [one, two]) {
      room.used(each);
      expect(room.take(each, 40)).toBe(true);
    }
    room.used(one);
    room.used(three);
    expect([room.take(three, 50), forgotten, room.bytes]).toEqual([true, ["two"], 90]);
    expect([room.take(three, 20), forgotten, room.bytes]).toEqual([true, ["two", "one"], 70]);
    expect([room.take(three, 40), room.bytes]).toEqual([false, 70]);
  });
});
