import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancelSource, Cancelled } from "../../shared/base/cancel.js";
import { askerWith, nobody } from "../../shared/base/asker.js";
import { RecordMaker, SocketAgent, helloOf } from "../socket-agent.test-support.js";
import { FileClosed } from "../store/readers.js";
import { Recorder } from "./recorder.js";

describe("a recorder", () => {
  let folder: string;
  let recorder: Recorder;
  let changes = 0;
  const listensAt = { socketPath: "", token: "secret" };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    listensAt.socketPath = join(folder, "agent.sock");
    changes = 0;
    recorder = Recorder.start(undefined, {
      onChange: () => changes++,
      onFailure: (error) => expect.unreachable(error.code),
    });
    const about = {
      path: join(folder, "a.hindcast"),
      created: 5n,
      appVersion: "1",
      durabilityMs: undefined,
      diskReserveBytes: undefined,
      mostBaseBytes: undefined,
      limits: {},
      listensAt,
    };
    expect(await recorder.create(about)).toEqual({ ok: true, value: undefined });
  });
  afterEach(async () => {
    await recorder.finish([]).catch(() => undefined);
    await recorder.close().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  it("has caught up with all that a program was told to be taken in", async () => {
    const agent = await SocketAgent.greet(listensAt.socketPath, helloOf({ token: listensAt.token }));
    await recorder.caughtUp();
    expect(recorder.facts.processes).toHaveLength(1);
    const maker = new RecordMaker();
    for (let batch = 1; batch <= 20; batch++) {
      agent.batch(batch, [maker.make({ kind: "log", severity: 9, span: 0, source: 0, body: "x", attributes: {} })]);
      await agent.acknowledged(batch);
      await recorder.caughtUp();
      expect(recorder.facts.counts.logs).toBe(batch);
    }
    expect(recorder.facts.generation).toBeGreaterThanOrEqual(20);
    expect(changes).toBeGreaterThanOrEqual(21);
    expect(await recorder.presence()).toEqual({ connected: 1, haveAllSaidBye: false });
  });

  it("answers with every kind of column, and with DuckDB's error", async () => {
    const rows = await recorder.query(
      `SELECT n, n::BIGINT * 4611686018427387904 AS large, CASE WHEN n = 0 THEN NULL ELSE n END AS gap, 'a' || n AS text,
         n = 1 AS flag, n / 2 AS part, ('\\x0' || n)::BLOB AS bytes FROM range(2) AS t(n) ORDER BY n`,
    );
    expect(rows.length).toBe(2);
    expect([rows.numbers("n"), rows.bigints("large")]).toEqual([
      [0, 1],
      [0n, 4611686018427387904n],
    ]);
    expect([rows.optionalNumbers("gap"), rows.texts("text"), rows.booleans("flag"), rows.numbers("part")]).toEqual([
      [undefined, 1],
      ["a0", "a1"],
      [false, true],
      [0, 0.5],
    ]);
    expect(rows.bytes("bytes")).toEqual([Uint8Array.of(0), Uint8Array.of(1)]);
    const none = await recorder.query(`SELECT n FROM range(2) AS t(n) WHERE n > $1`, [5]);
    expect([none.length, none.numbers("n")]).toEqual([0, []]);
    await expect(recorder.query("SELECT nothing")).rejects.toThrow(/Binder Error/);
  });

  it("stops a query that is cancelled", async () => {
    const signal = new CancelSource();
    const asked = recorder.query(
      "SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(100000) AS b",
      [],
      askerWith(signal),
    );
    const stopped = expect(asked).rejects.toBeInstanceOf(Cancelled);
    await recorder.query("SELECT 1");
    signal.abort();
    await stopped;
  });

  it("gives up a copy that is cancelled, and answers nothing once it is closed", async () => {
    const signal = new CancelSource();
    signal.abort();
    const copy = {
      path: join(folder, "copy.hindcast"),
      overwrite: false,
      format: "hindcast",
      stretch: undefined,
    } as const;
    expect(await recorder.exportTo({ ...copy, asker: askerWith(signal) })).toMatchObject({
      ok: false,
      error: { code: "cancelled" },
    });
    expect(await recorder.exportTo({ ...copy, asker: nobody })).toMatchObject({ ok: true });
    await recorder.finish([]);
    expect((await recorder.query("SELECT 1 AS n")).numbers("n")).toEqual([1]);
    await recorder.close();
    await expect(recorder.query("SELECT 1")).rejects.toBeInstanceOf(FileClosed);
  });
});
