import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { nobody } from "../../shared/base/asker.js";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { originOf } from "../../shared/protocol/message-records.js";
import type { MessageBucket } from "../../shared/trace/message.js";
import { instant, processId } from "../../shared/trace/time.js";
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
  it.each(seeds(1, 2, 3))(
    "say of each bucket up to where it was sent, as counting one by one does (seed %i)",
    async (seed) => {
      await sql(`DELETE FROM message`);
      const random = randomFrom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const expected = new Map<string, MessageBucket>();
      const after = 40;
      for (let id = 1; id <= 200; id++) {
        const [sender, receiver] = [1 + below(3), 4 + below(2)];
        const [sentAt, received] = [below(2000), below(2000)];
        await sql(
          `INSERT INTO message VALUES (${id}, 0, ${sender}, ${sentAt}, ${sentAt}, ${receiver}, ${id}, ${received})`,
        );
        if (id <= after) continue;
        const bucket = Math.floor(received / 500);
        const name = `${bucket} ${sender} ${receiver}`;
        const known = expected.get(name);
        const sentSeq = Math.max(known?.sentSeq ?? 0, sentAt);
        const back = Math.max(Number(known?.backAt ?? -1), sentAt >= received ? sentAt : -1);
        const backAt = back < 0 ? undefined : BigInt(back);
        const [from, to] = [processId(sender), processId(receiver)];
        expected.set(name, { sender: from, receiver: to, bucket, sentSeq, sentAt: BigInt(sentSeq), backAt });
      }
      const { buckets: found, last: reached } = await stored.buckets(after, 500n, nobody);
      const named = new Map(found.map((one) => [`${one.bucket} ${one.sender} ${one.receiver}`, one]));
      expect(named).toEqual(expected);
      expect(found.map(({ bucket }) => bucket)).toEqual(found.map(({ bucket }) => bucket).toSorted((a, b) => a - b));
      expect(reached).toBe(200);
      expect(await stored.buckets(200, 500n, nobody)).toEqual({ buckets: [], last: 200 });
    },
  );

  it("are read by their numbers and by when they were received, both ends included", async () => {
    await sql(`DELETE FROM message`);
    expect(await stored.earliest(nobody)).toBeUndefined();
    for (const at of [8, 10, 20, 30])
      await sql(`INSERT INTO message VALUES (${at}, 0, 1, ${at}, 5, 2, ${at + 1}, ${at})`);
    const found = await stored.read({ after: 0, last: 30 }, instant(10n), instant(20n), nobody);
    expect(found).toEqual([
      { sent: { process: 1, seq: 10, instant: 5n }, received: { process: 2, seq: 11, instant: 10n } },
      { sent: { process: 1, seq: 20, instant: 5n }, received: { process: 2, seq: 21, instant: 20n } },
    ]);
    expect((await stored.read({ after: 10, last: 30 }, instant(10n), instant(20n), nobody)).length).toBe(1);
    expect((await stored.read({ after: 0, last: 10 }, instant(10n), instant(20n), nobody)).length).toBe(1);
    expect(await stored.earliest(nobody)).toBe(8n);
  });
});

/** The slow twin: all ends at once. */
const origin = `coalesce(nullif(try_cast('0x' || left(p.run_id, 8) AS UINTEGER), 0), 1)`;
const awaitedSql = `
  WITH latest AS (SELECT * FROM message_end WHERE rowid > $1),
    told AS (SELECT part, channel, max(up_to) AS up_to FROM latest WHERE side = 0 GROUP BY part, channel),
    shared AS (SELECT channel FROM latest GROUP BY channel HAVING min(process) <> max(process)),
    late AS (
      SELECT r.* FROM latest AS r JOIN process AS p ON p.process = r.process
      WHERE r.side = 1 AND r.instant >= p.last_seen - 2000000000),
    missing AS (
      SELECT * FROM late AS r
      WHERE NOT EXISTS (SELECT 1 FROM told AS s WHERE s.part = r.part AND s.channel = r.channel AND s.up_to >= r.up_to)
        AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.receiver = r.process AND m.received_seq = r.seq))
  SELECT r.process, r.seq FROM missing AS r
  WHERE EXISTS (SELECT 1 FROM process AS p WHERE p.process <> r.process AND r.origin = ${origin})
    OR r.channel IN (SELECT channel FROM shared)`;

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
    const awaited = await stored.awaited(nobody);
    const seqs = awaited.filter(({ process }) => process === 2).map(({ seq }) => seq);
    expect(seqs.toSorted((a, b) => a - b)).toEqual([1, 4, 8]);
    expect(await new StoredMessages(readers.query, () => false).awaited(nobody)).toEqual([]);
  });

  it.each(seeds(1, 2, 3))(
    "are those that one question about all ends finds, while ends come and go (seed %i)",
    async (seed) => {
      for (const table of ["process", "message", "message_end"]) await sql(`DELETE FROM ${table}`);
      const random = randomFrom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const ids = ["0000000a", "0000000b", "0000000c"].map((id) => id.padEnd(32, "0"));
      for (const [index, id] of ids.entries())
        await sql(`INSERT INTO process VALUES (${index + 1}, '${id}', 0, NULL, NULL)`);
      const growing = new StoredMessages(readers.query, () => true);
      const seqs = [0, 0, 0];
      let [now, found, message] = [far, 0, 0];
      for (let turn = 0; turn < 30; turn++) {
        for (let left = below(8); left > 0; left--) {
          const process = below(3);
          const number = (seqs[process] = (seqs[process] ?? 0) + 1);
          now += below(100_000_000);
          const origin = below(4) === 0 ? 77 : below(3) === 0 ? originOf(ids[below(3)] ?? "") : 0;
          const [side, part, channel, upTo] = [below(2), below(2), below(25), below(4) * 10];
          await end(`${process + 1}, ${number}, ${now}, ${side}, ${part}, ${channel}, ${upTo}, 0, ${origin}, 0`);
          await sql(`UPDATE process SET last_seen = ${now} WHERE process = ${process + 1}`);
          if (side === 1 && below(6) === 0)
            await sql(`INSERT INTO message VALUES (${++message}, 0, 1, 1, 1, ${process + 1}, ${number}, ${now})`);
        }
        if (below(10) === 0) {
          // Not of channels that were ever told of: what was told is known a little longer than it is in the file.
          await sql(`DELETE FROM message_end WHERE instant < ${now - 3_000_000_000} AND side = 1`);
          await sql(`CHECKPOINT`);
        }
        const [expected, awaited] = [await readers.query(awaitedSql, [-1n]), await growing.awaited(nobody)];
        const points = expected
          .numbers("process")
          .map((process, row) => `${process} ${expected.numbers("seq")[row] ?? 0}`);
        expect(awaited.map(({ process, seq }) => `${process} ${seq}`).sort()).toEqual(points.sort());
        found += points.length;
      }
      expect(found).toBeGreaterThan(10);
    },
  );

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
