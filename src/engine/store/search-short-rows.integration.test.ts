import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { seeds } from "../replay/seeds.test-support.js";
import { words } from "./search-corpus-rows.test-support.js";
import { SearchFile } from "./search-file.test-support.js";
import { SearchNames } from "./search-names.js";
import { type Hit, FoundRows } from "./search-rows.js";
import { ShortTries } from "./search-short-rows.js";
import { sqlText } from "./sql-text.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-short-rows-"));
let file: SearchFile;
beforeAll(async () => {
  file = await SearchFile.create(folder, "a.hindcast");
});
afterAll(async () => {
  await file.close();
  rmSync(folder, { recursive: true, force: true });
});

/** None that anybody may find is odd: what they are asked by is short. */
const plain = words.filter((word) => !/[\\"\n\t\u0000-\u001f]/.test(word));
const kinds = ["event", "log", "write"] as const;

async function found(kind: (typeof kinds)[number], needles: string[], tries: ShortTries): Promise<readonly Hit[]> {
  const names = new SearchNames(() => 1);
  const rows = new FoundRows(file.readers.query, names, { order: "newest" }, needles, false, tries);
  return rows.in(kind, kind, { first: 0n, last: 10_000n }, 40);
}

/** As if no short question had ever done. */
function hopeless(): ShortTries {
  const tries = new ShortTries();
  for (const kind of kinds) for (let left = 8; left > 0; left--) tries.tried(kind, false);
  return tries;
}

describe("short questions", () => {
  it.each(seeds(1, 2, 3))(
    "find and show the same as whole ones, wherever these are asked for (seed %i)",
    async (seed) => {
      const random = randomFrom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const text = (of: readonly string[]): string =>
        Array.from({ length: 1 + below(30) }, () => of[below(of.length)] ?? "").join(" ");
      await file.run(`DELETE FROM name`, ...kinds.map((kind) => `DELETE FROM ${kind}`));
      await file.run(`INSERT INTO name BY NAME SELECT unnest([1, 2]) AS id, unnest(['Order PLACED', 'réglé']) AS text`);
      const rows = Array.from({ length: 60 }, (_, row) => {
        // Those that are early are odd now and then, others never.
        const some = row < 30 && random() < 0.2 ? [...plain, "C:\\new", "\\u00e9", "w".repeat(5000)] : plain;
        const [one, other] = [sqlText(text(some)), sqlText(text(some))];
        return `(1, ${row}, ${100 * row}, ${1 + below(3)}, ${random() < 0.2 ? "NULL" : one}, ${other})`;
      }).join(", ");
      await file.run(
        `INSERT INTO event (process, seq, instant, name, attributes) SELECT p, s, i, n, b FROM (VALUES ${rows}) AS t(p, s, i, n, a, b)`,
        `INSERT INTO log (process, seq, instant, source, body, attributes) VALUES ${rows}`,
        `INSERT INTO write (process, seq, instant, operation, key, value) SELECT p, s, i, 1, b, a FROM (VALUES ${rows}) AS t(p, s, i, n, a, b)`,
      );
      let shown = 0;
      for (let left = 25; left > 0; left--) {
        const needle = (): string => {
          const word = plain[below(plain.length)] ?? "";
          const from = below(2);
          return random() < 0.5 ? word.slice(from, from + 5) : word.toUpperCase();
        };
        const needles = [needle(), ...(random() < 0.3 ? [needle()] : [])].filter((one) => one !== "");
        for (const kind of kinds) {
          const whole = await found(kind, needles, hopeless());
          expect([kind, needles, await found(kind, needles, new ShortTries())]).toEqual([kind, needles, whole]);
          shown += whole.length;
        }
      }
      expect(shown).toBeGreaterThan(200);
    },
  );

  it("are asked where no row is odd, and not any more where they often are", async () => {
    await file.run(`DELETE FROM event`);
    await file.run(
      `INSERT INTO event BY NAME SELECT 1 AS process, i AS seq, i AS instant, 1 AS name,
         CASE WHEN i < 100 THEN '{"a":"needle"}' ELSE '{"a":"\\"needle"}' END AS attributes FROM range(200) AS t(i)`,
    );
    let asked = 0;
    const query: typeof file.readers.query = (...args) => {
      asked++;
      return file.readers.query(...args);
    };
    const tries = new ShortTries();
    const names = new SearchNames(() => 1);
    const questionsFor = async (first: bigint, last: bigint): Promise<number> => {
      const before = asked;
      const rows = new FoundRows(query, names, { order: "newest" }, ["needle"], false, tries);
      expect((await rows.in("event", "event", { first, last }, 1000)).length).toBe(Number(last - first) + 1);
      return asked - before;
    };
    // Names are asked for once.
    await questionsFor(0n, 99n);
    expect(await questionsFor(0n, 99n)).toBe(1);
    expect(await questionsFor(50n, 149n)).toBe(2);
    for (let left = 3; left > 0; left--) await questionsFor(100n, 199n);
    expect(await questionsFor(100n, 199n)).toBe(1);
  });
});
