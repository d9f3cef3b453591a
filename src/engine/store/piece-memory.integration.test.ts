// Pieces that were read ahead, against what the table holds.
import { DuckDBBlobValue, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../replay/live-program.test-support.js";
import { PieceMemory } from "./piece-memory.js";
import { queryOn } from "./readers.js";
import { newPieceRows } from "./segment-rows.js";
import { pieceBytes, segmentTables } from "./segment-tables.js";

const below = randomFrom(11);
const [count, missing, short, last] = [3000, 1500, 2222, 2999];
const pieces = new Map<number, Uint8Array>();
for (let id = 0; id < count; id++) {
  const length = id === short || id === last ? 400 : pieceBytes;
  if (id !== missing)
    pieces.set(
      id,
      Uint8Array.from({ length }, () => below(256)),
    );
}

describe("pieces that were read ahead", () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    for (const sql of segmentTables) await connection.run(sql);
    const rows = newPieceRows();
    for (const [id, bytes] of pieces) rows.push(BigInt(id), new DuckDBBlobValue(bytes));
    await rows.appendInto(connection, "segment_piece");
    connection.closeSync();
  });
  afterAll(() => {
    instance.closeSync();
  });

  const plain = (from: number, to: number): Uint8Array | undefined => {
    const found: number[] = [];
    for (let at = from; at < to; at++) {
      const byte = pieces.get(Math.floor(at / pieceBytes))?.[at % pieceBytes];
      if (byte === undefined) return undefined;
      found.push(byte);
    }
    return Uint8Array.from(found);
  };

  it("are the table's, from the newest on, and none that is missing or too short", async () => {
    const query = queryOn(await instance.connect());
    const memory = new PieceMemory();
    const isThere = (id: number): boolean =>
      memory.bytesOf({ from: id * pieceBytes, to: id * pieceBytes + 1 }) !== undefined;
    expect([0, 1024, 2048].map(isThere)).toEqual([false, false, false]);
    await memory.readMore(query);
    expect([0, 1024, 2048].map(isThere)).toEqual([false, false, true]);
    for (let left = 3; left > 0; left--) await memory.readMore(query);
    expect([0, 1024, 2048].map(isThere)).toEqual([true, true, true]);
    let whole = 0;
    for (let turn = 0; turn < 400; turn++) {
      const near = [0, 1024, missing, 2048, short, last][turn % 6] ?? 0;
      const from = Math.max(0, near * pieceBytes + below(4000) - 3000);
      const to = from + 1 + below(turn % 2 === 0 ? 5000 : 60);
      const expected = plain(from, to);
      const found = memory.bytesOf({ from, to });
      expect(found && new Uint8Array(Buffer.concat(found))).toEqual(expected);
      if (expected !== undefined) whole++;
    }
    expect([whole > 100, whole < 390]).toEqual([true, true]);
  });

  it("are read again where that was given up", async () => {
    const memory = new PieceMemory();
    await expect(memory.readMore(() => Promise.reject(new Error("given up")))).rejects.toThrow("given up");
    const query = queryOn(await instance.connect());
    await memory
      .readMore((sql, values) => (sql.includes("max") ? query(sql, values) : Promise.reject(new Error("no"))))
      .catch(() => undefined);
    await memory.readMore(query);
    expect(memory.bytesOf({ from: 2048 * pieceBytes, to: 2049 * pieceBytes })).toEqual([pieces.get(2048)]);
  });
});
