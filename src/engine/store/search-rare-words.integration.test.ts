import { DuckDBBlobValue, DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { seeds } from "../replay/seeds.test-support.js";
import { Readers } from "./readers.js";
import type { Block } from "./search-block.js";
import { Grams, partCount, trigramByteCount } from "./search-grams.js";
import { BlockPlaces, RareWords } from "./search-rare-words.js";
import { searchTablesByRow } from "./search-tables.js";
import { partsOf } from "./search-words.js";

const blockOf = (number: number): Block => ({
  kind: "log",
  number,
  firstRow: 0,
  rows: partCount,
  others: [],
  isIndexed: true,
  partBits: 0,
  ranges: [],
});

describe("RareWords", () => {
  it.each(seeds(1, 2, 3))("says the parts that a word is in, and hardly any other (seed %i)", async (seed) => {
    const random = randomFrom(seed);
    const word = (length: number): string =>
      Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join("");
    const instance = await DuckDBInstance.create(":memory:");
    const readers = await Readers.open(instance);
    const connection = await instance.connect();
    for (const statement of searchTablesByRow.filter((one) => one.startsWith("CREATE")))
      await connection.run(statement);
    const blocks = [0, 1, 2].map(blockOf);
    // The last one has no bits, and nothing is known of it.
    const words = blocks.slice(0, 2).map(({ number }) => {
      const count = number === 0 ? 20 : 2000;
      return Array.from({ length: count }, () => ({ text: word(5 + random() * 12), part: Math.floor(random() * 64) }));
    });
    for (const [number, own] of words.entries()) {
      const grams = new Grams();
      for (const { text, part } of own) {
        const bit = 2 ** (part & 31);
        grams.addWord(Buffer.from(text), 0, text.length, part < 32 ? bit : 0, part < 32 ? 0 : bit);
      }
      // The second one is of a file that was recorded before there were cells of four letters.
      for (const [shard, bits] of grams
        .shards()
        .slice(0, number === 0 ? undefined : 128)
        .entries())
        await connection.run(`INSERT INTO search_filter VALUES (2, ${number}, ${shard}, $1)`, [
          new DuckDBBlobValue(bits),
        ]);
      const trigrams = new DuckDBBlobValue(grams.trigramBytes());
      expect(trigrams.bytes.length).toBe(trigramByteCount);
      await connection.run(`INSERT INTO search_block VALUES (2, ${number}, 64, ''::BLOB, ''::BLOB, 0, $1)`, [trigrams]);
    }
    let [others, all, othersOfFour, allOfFour, without] = [0, 0, 0, 0, 0];
    for (let left = 40; left > 0; left--) {
      const own = words[left % 2] ?? [];
      const some = (): string => own[Math.floor(random() * own.length)]?.text ?? "";
      const text = `${some().slice(Math.floor(random() * 3))} ${some()} ${random() < 0.3 ? word(4) : some().slice(0, 4)}`;
      const asked = partsOf([text]).flatMap((part) => part.words);
      const rare = await RareWords.read(readers.query, "(kind = 2)", new BlockPlaces(blocks), asked);
      for (const [number, inBlock] of [...words, []].entries())
        for (const looked of asked) {
          const [parts, further] = rare.partsOf(number, looked);
          const has = (part: number): boolean => (((part < 32 ? parts : further) >>> (part & 31)) & 1) === 1;
          const right = new Set(inBlock.filter(({ text }) => text.includes(looked.text)).map(({ part }) => part));
          expect([...right].filter((part) => !has(part))).toEqual([]);
          if (number === 2) expect([parts, further]).toEqual([0xffffffff, 0xffffffff]);
          else if (looked.text.length === 4 && number === 0) {
            allOfFour += partCount - right.size;
            for (let part = 0; part < partCount; part++) if (has(part) && !right.has(part)) othersOfFour++;
          } else if (looked.text.length === 4) {
            // What tells something there is of the block as a whole.
            expect([0, 0xffffffff]).toContain(parts);
            if (parts === 0) without++;
          } else if (looked.cells.length > 3) {
            all += partCount;
            for (let part = 0; part < partCount; part++) if (has(part) && !right.has(part)) others++;
          }
        }
    }
    expect(all).toBeGreaterThan(1000);
    expect(others / all).toBeLessThan(0.001);
    expect(othersOfFour / allOfFour).toBeLessThan(0.1);
    expect(without).toBeGreaterThan(0);
    await readers.dispose();
    instance.closeSync();
  });
});
