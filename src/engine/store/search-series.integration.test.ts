import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { seeds } from "../replay/seeds.test-support.js";
import { CorpusSeries } from "./search-corpus-series.test-support.js";
import { SearchCorpus, corpusStart } from "./search-corpus.test-support.js";
import { hello } from "./search-corpus-rows.test-support.js";
import { SearchFile } from "./search-file.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-search-series-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
let open: SearchFile | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const newSeries = (seed: number): CorpusSeries => new CorpusSeries(randomFrom(seed), corpusStart, hello.serviceName);

describe("searching series of metrics", () => {
  it.each(seeds(1, 2, 3, 4))("finds what looking at every sample finds, among rows (seed %i)", async (seed) => {
    const file = (open = await SearchFile.create(folder, `${++files}.hindcast`));
    const [corpus, series] = [new SearchCorpus(seed), newSeries(seed)];
    const writer = await file.record();
    corpus.tellOfProcesses(writer);
    let found = 0;
    for (let commits = 0; commits < 3; commits++) {
      corpus.add(writer, 100);
      series.add(writer, 12, 150);
      await writer.commit();
      file.changed();
      for (const query of series.queries(30)) {
        const expected = corpus.found(query, series.found(query));
        // A page ends anywhere, also at a series.
        expect([query, await file.found({ ...query, limit: 7 }, undefined, undefined, corpusStart)]).toEqual([
          query,
          expected,
        ]);
        found += series.found(query).length;
      }
    }
    expect(found).toBeGreaterThan(100);
    writer.dispose();
  });

  it("neither repeats nor misses a series while samples are committed", async () => {
    const file = (open = await SearchFile.create(folder, `${++files}.hindcast`));
    const [corpus, series] = [new SearchCorpus(5), newSeries(5)];
    const writer = await file.record();
    corpus.tellOfProcesses(writer);
    series.add(writer, 20, 200);
    await writer.commit();
    file.changed();
    for (const order of ["newest", "oldest"] as const) {
      const query = { text: "e", order, limit: 2 };
      const before = corpus.found(query, series.found(query));
      const found = await file.found(query, async () => {
        series.add(writer, 0, 20);
        await writer.commit();
        file.changed();
      });
      expect(before.length).toBeGreaterThan(8);
      expect(found).toEqual(before);
    }
    writer.dispose();
  });
});
