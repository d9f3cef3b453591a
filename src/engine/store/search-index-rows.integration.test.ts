import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { SearchCorpus } from "./search-corpus.test-support.js";
import { SearchFile } from "./search-file.test-support.js";
import { amongRowsOf } from "./search-index-rows.js";
import { searchKinds } from "../../shared/protocol/engine-rows.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-search-index-rows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("has all that the index says of some blocks, and little of others, also of blocks that come later", async () => {
  const file = await SearchFile.create(folder, "a.hindcast");
  const corpus = new SearchCorpus(3);
  const writer = await file.record();
  for (let commits = 0; commits < 6; commits++) {
    corpus.add(writer, 200);
    if (commits === 5) corpus.endProcess(writer);
    await writer.commit();
    file.changed();
    if (commits === 3) await check(file);
  }
  await writer.finish();
  file.changed();
  await check(file);
  writer.dispose();
  await file.close();
});

async function check(file: SearchFile): Promise<void> {
  const written = (await file.blocks.all()).blocks.filter(({ number }) => number !== undefined);
  expect(written.length).toBeGreaterThan(4);
  for (const table of ["search_text", "search_filter", "search_block"] as const) {
    const count = async (where: string): Promise<number> =>
      (await file.readers.query(`SELECT count(*) AS rows FROM ${table} WHERE ${where}`)).numbers("rows")[0] ?? 0;
    for (const some of [
      ...written.filter((_, at) => at % 5 === 0).map((block) => [block]),
      written.slice(2, 5),
      written,
    ]) {
      const ofBlocks = some
        .map(({ kind, number }) => `(kind = ${searchKinds.indexOf(kind)} AND block = ${number})`)
        .join(" OR ");
      const among = amongRowsOf(table, some);
      expect(await count(`(${ofBlocks}) AND ${among}`)).toBe(await count(ofBlocks));
      if (some.length === 1) expect(await count(among)).toBe(await count(ofBlocks));
    }
  }
}
