// How many rows a list has, told with each page of it, against counting them: while rows come, get their ends and are evicted,
// whether or not whoever asks has heard of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import { Pages } from "./pages.js";
import type { Query } from "./readers.js";
import { SearchCorpus } from "./search-corpus.test-support.js";
import { SearchFile } from "./search-file.test-support.js";
import { seeds } from "../replay/seeds.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-pages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Part = Pick<CallArgs<"spans.page">, "from" | "to" | "openOnly" | "limit" | "skip" | "after">;
type Page = CallResult<"events.page"> | CallResult<"spans.page">;

describe("pages", () => {
  it.each(seeds(1, 2, 3))("tell how many rows there are in all, counted once (seed %i)", async (seed) => {
    const random = randomFrom(seed * 13);
    const below = (limit: number): number => Math.floor(random() * limit);
    const file = await SearchFile.create(folder, `${seed}.hindcast`);
    const writer = await file.record();
    const corpus = new SearchCorpus(seed);
    let counted = 0;
    const query: Query = (sql, values, asker) => {
      if (sql.includes("(SELECT count(*) FROM event AS t") || sql.includes("(SELECT count(*) FROM span AS t"))
        counted++;
      return file.readers.query(sql, values, asker);
    };
    let generation = 0;
    const pages = new Pages(() => generation);
    const ranges = [1, 2].map(() => ({ from: -(2n ** 62n), to: 2n ** 62n }));
    const change = async (): Promise<void> => {
      corpus.add(writer, 20 + below(60));
      corpus.tellOfProcesses(writer);
      await writer.commit();
      if (below(3) === 0)
        for await (const _ of writer.flight.evictor.evict([{ since: -(2n ** 62n), until: corpus.someInstant() }]))
          if (below(4) === 0) await checkOnePage();
      // Of some nobody has heard yet.
      if (below(2) === 0) generation++;
    };
    const lists = [
      {
        ask: (part: Part) => pages.events(query, 0n, part),
        sql: `FROM event WHERE instant BETWEEN $1 AND $2`,
        openOnly: false,
      },
      {
        ask: (part: Part) => pages.spans(query, 0n, part),
        sql: `FROM span WHERE instant <= $2 AND (end_instant IS NULL OR end_instant >= $1)`,
        openOnly: false,
      },
      {
        ask: (part: Part) => pages.spans(query, 0n, part),
        sql: `FROM span WHERE instant <= $2 AND $1 <= $2 AND (end_instant IS NULL OR end_instant > $2)`,
        openOnly: true,
      },
    ];
    const rowsOf = ({ page }: Page): number => page.process.length;
    const some = () => {
      const list = lists[below(lists.length)];
      const range = ranges[below(ranges.length)];
      if (list === undefined || range === undefined) throw new Error("nothing to ask");
      return { list, range: { ...range, openOnly: list.openOnly } };
    };
    const plainly = async ({ list, range }: ReturnType<typeof some>): Promise<number> =>
      (await file.readers.query(`SELECT count(*) AS rows ${list.sql}`, [range.from, range.to])).numbers("rows")[0] ?? 0;
    const checkOnePage = async (): Promise<void> => {
      const chosen = some();
      const page = await chosen.list.ask({ ...chosen.range, limit: below(2) * 7 });
      expect(page.total).toBe(await plainly(chosen));
    };
    for (let round = 0; round < 12; round++) {
      await change();
      const [one, other] = [corpus.someInstant(), corpus.someInstant()];
      ranges[below(2)] = one < other ? { from: one, to: other } : { from: other, to: one };
      for (let left = 6; left > 0; left--) await checkOnePage();
      const chosen = some();
      const before = counted;
      let [rows, asked, after]: [number, number, Part["after"]] = [0, 0, undefined];
      do {
        const page: Page = await chosen.list.ask({ ...chosen.range, limit: 17, after });
        expect(page.total).toBe(await plainly(chosen));
        rows += rowsOf(page);
        after = page.next;
        asked++;
      } while (after !== undefined);
      expect(rows).toBe(await plainly(chosen));
      expect(counted - before).toBeLessThanOrEqual(1);
      if (round === 11) expect(asked).toBeGreaterThan(0);
    }
    writer.dispose();
    await file.close();
  });
});
