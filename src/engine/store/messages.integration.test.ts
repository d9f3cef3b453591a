import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { originOf } from "../../shared/protocol/message-records.js";
import type { Contradiction } from "../../shared/trace/message.js";
import { instant } from "../../shared/trace/time.js";
import { mergedStretches } from "../replay/stretches.js";
import { clockTables } from "./clock-tables.js";
import { StoredMessages, latestEnds } from "./messages.js";
import { Readers } from "./readers.js";
import { seeds } from "../replay/seeds.test-support.js";

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const readers = await Readers.open(instance);
afterAll(async () => {
  await readers.dispose();
  connection.closeSync();
  instance.closeSync();
});

const sql = (text: string) => connection.run(text);
await sql(`CREATE TABLE process (process UINTEGER, run_id VARCHAR, last_seen BIGINT)`);
for (const statement of clockTables) await sql(statement);
const stored = new StoredMessages(readers.query, () => true);

describe("stored messages", () => {
  it.each(seeds(1, 2, 3))("say where clocks contradict them as merging one by one does (seed %i)", async (seed) => {
    await sql(`DELETE FROM message`);
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const expected: Contradiction[] = [];
    const known = 40;
    for (let id = 1; id <= 200; id++) {
      const [sent, received] = [below(20_000), below(20_000) + 10 * below(2) * below(2000)];
      const sentAt = below(4) === 0 ? sent : Math.min(sent, received + below(60) - 30);
      await sql(`INSERT INTO message VALUES (${id}, 0, 1, ${id}, ${sentAt}, 2, ${id}, ${received})`);
      if (id <= known || sentAt < received) continue;
      expected.push({
        from: instant(BigInt(received)),
        to: instant(BigInt(sentAt)),
        mostNs: BigInt(sentAt - received),
      });
    }
    const { stretches, last } = await stored.contradictions(known);
    expect(stretches).toEqual(mergedStretches([], expected));
    expect(expected.length).toBeGreaterThan(stretches.length);
    expect([last, (await stored.contradictions(last)).stretches]).toEqual([200, []]);
  });

  it("are read by when they were received, both ends included", async () => {
    await sql(`DELETE FROM message`);
    for (const at of [10, 20, 30]) await sql(`INSERT INTO message VALUES (${at}, 0, 1, ${at}, 5, 2, ${at + 1}, ${at})`);
    const found = await stored.read(instant(10n), instant(20n));
    expect(found).toEqual([
      { sent: { process: 1, seq: 10, instant: 5n }, received: { process: 2, seq: 11, instant: 10n } },
      { sent: { process: 1, seq: 20, instant: 5n }, received: { process: 2, seq: 21, instant: 20n } },
    ]);
  });
});

describe("receipts without their sending", () => {
  const runIds = ["0000000a".padEnd(32, "0"), "0000000b".padEnd(32, "0")];
  const end = (text: string): Promise<unknown> => sql(`INSERT INTO message_end VALUES (${text})`);
  const far = 10_000_000_000;

  it("are awaited while a recorded process may still tell of it, and not for ever", async () => {
    await sql(`DELETE FROM message`);
    for (const [index, runId] of runIds.entries())
      await sql(`INSERT INTO process VALUES (${index + 1}, '${runId}', ${far}, NULL, NULL)`);
    const [first] = runIds;
    // process, seq, instant, side, part, channel, up_to, hybrid_us, origin, origin_us
    await end(`2, 1, ${far}, 1, 0, 100, 0, 0, ${originOf(first ?? "")}, 5`); // its sender is recorded
    await end(`2, 2, ${far}, 1, 0, 101, 0, 0, 77, 5`); // its sender is not
    await end(`2, 3, ${far}, 1, 0, 102, 0, 0, ${originOf(first ?? "")}, 5`); // told
    await end(`1, 1, ${far}, 0, 0, 102, 9, 0, 0, 0`);
    await end(`2, 4, ${far}, 1, 0, 102, 10, 0, 0, 0`); // more than was told, over a channel that is known
    await end(`2, 5, ${far}, 1, 0, 103, 0, 0, ${originOf(first ?? "")}, 5`); // lost, and settled
    await sql(`INSERT INTO message VALUES (1, 0, 1, 9, 1, 2, 5, ${far})`);
    await end(`2, 6, 1, 1, 0, 104, 0, 0, ${originOf(first ?? "")}, 5`); // long ago
    await end(`2, 7, ${far}, 1, 1, 105, 0, 0, 0, 0`); // the response of who is not recorded
    await end(`2, 8, ${far}, 1, 1, 106, 0, 0, 0, 0`); // and of who is
    await end(`1, 2, ${far}, 1, 0, 106, 0, 0, ${originOf(runIds[1] ?? "")}, 5`);
    const awaited = await stored.awaited();
    const seqs = awaited.filter(({ process }) => process === 2).map(({ seq }) => seq);
    expect(seqs.toSorted((a, b) => a - b)).toEqual([1, 4, 8]);
    expect(await new StoredMessages(readers.query, () => false).awaited()).toEqual([]);
  });

  it("are remembered with the latest ends when recording goes on", async () => {
    await sql(`DELETE FROM message_end`);
    for (let seq = 1; seq <= 5; seq++) await end(`2, ${seq}, 7, ${seq % 2}, 1, -100, ${seq * 10}, 3, 4, 5`);
    const facts = { part: "response", channel: -100n, origin: 4, originUs: 5 };
    expect(await latestEnds(readers.query, 2)).toEqual([
      { point: { process: 2, seq: 4, instant: 7n }, facts: { ...facts, end: "sent", upTo: 40 } },
      { point: { process: 2, seq: 5, instant: 7n }, facts: { ...facts, end: "received", upTo: 50 } },
    ]);
  });
});
