// The engine killed again and again while it evicts: what it leaves opens, says exactly what is missing, and its rows and its
// segments tell the state that all writes ever sent tell.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SocketAgent, helloOf, RecordMaker } from "../../src/engine/socket-agent.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { objectId } from "../../src/shared/trace/value.js";

const entry = fileURLToPath(new URL("../../out/node/engine-process.js", import.meta.url));
const keys = ["a", "b", "c", "d"];

describe("an engine that is killed while it evicts", () => {
  let folder: string;
  let engine: EngineChild;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    mkdirSync(join(folder, "tmp"));
    vi.stubEnv("TMPDIR", join(folder, "tmp"));
    const environment = { ...process.env, XDG_DATA_HOME: join(folder, "data"), XDG_STATE_HOME: join(folder, "state") };
    engine = new EngineChild({ entry, environment });
  });
  afterEach(async () => {
    await engine.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([1])("leaves what the next one goes on with (seed %i)", async (seed) => {
    const random = randomFrom(seed * 31);
    const call = steadyCallTo(engine);
    const path = join(folder, "killed.hindcast");
    const created = await call("recording.create", { path, capture: {}, limits: { maxAgeMs: 1000 } });
    if (!created.ok) throw new Error(created.error.code);
    const { summary, environment } = created.value;
    const { recordingId } = summary;
    const [socketPath, token] = [environment["HINDCAST_SOCKET"] ?? "", environment["HINDCAST_TOKEN"] ?? ""];

    const maker = new RecordMaker();
    const state: Record<string, number> = {};
    /** After each batch, by the Seq of its last record. */
    const states: { readonly seq: number; readonly state: Record<string, number> }[] = [];
    let clockMs = 10;
    let events = 0;
    const batchOf = (batch: number): readonly AgentRecord[] => {
      const records: AgentRecord[] = [];
      const put = (body: Parameters<RecordMaker["make"]>[0]): void => void records.push(maker.make(body, clockMs));
      const [span, location, afterMs, target] = [0, 0, Number.NaN, objectId(1)];
      if (batch === 1) {
        put({ kind: "string", id: 1, text: "e" });
        const contents = { kind: "object", className: "Object", entries: [] } as const;
        put({ kind: "write", span, location, afterMs, operation: { kind: "contents", target, contents } });
        const value = { kind: "object", id: target } as const;
        put({ kind: "write", span, location, afterMs, operation: { kind: "scope", scope: "s", value } });
      }
      for (let left = 60; left > 0; left--) {
        clockMs += random() * 4;
        const key = keys[Math.floor(random() * keys.length)] ?? "a";
        state[key] = left + 1000 * batch;
        const value = { kind: "primitive", value: state[key] } as const;
        put({ kind: "write", span, location, afterMs, operation: { kind: "set", target, key, value } });
        put({ kind: "event", name: 1, span, attributes: { n: ++events } });
      }
      states.push({ seq: records.at(-1)?.seq ?? 0, state: { ...state } });
      return records;
    };

    let agent: SocketAgent | undefined;
    const connect = async (): Promise<SocketAgent> => {
      for (;;) {
        try {
          return await SocketAgent.greet(socketPath, helloOf({ token }));
        } catch {
          await wait(20);
        }
      }
    };
    const startNow = async (): Promise<bigint | undefined> => {
      const now = await call("recording.summary", { recordingId });
      return now.ok ? now.value.start : undefined;
    };
    let start: bigint | undefined;
    const batches = 36;
    let kills = 0;
    for (let batch = 1; batch <= batches; batch++) {
      const records = batchOf(batch);
      for (let isTaken = false; !isTaken;) {
        agent ??= await connect();
        agent.batch(batch, records);
        if (batch % 12 === 0 && kills < batch / 12) {
          kills++;
          await wait(random() * 60);
          process.kill(engine.pid ?? 0, "SIGKILL");
        }
        isTaken = await agent.acknowledged(batch).then(
          () => true,
          () => false,
        );
        if (!isTaken) agent = undefined;
      }
      start ??= await startNow();
    }
    await wait(300);
    const live = await call("recording.summary", { recordingId });
    expect(kills).toBe(3);
    expect(await startNow()).toBe(start);
    expect((await call("recording.stop", { recordingId })).ok).toBe(true);
    const stopped = await call("recording.summary", { recordingId });
    if (!stopped.ok || !live.ok) throw new Error("no summary");
    const { counts, evicted } = stopped.value;
    expect(evicted?.events).toBeGreaterThan(0);
    expect(counts.events + (evicted?.events ?? 0)).toBe(events);
    expect(counts.writes + (evicted?.writes ?? 0)).toBe(events + 2);

    const objectOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    let answered = 0;
    for (const { seq, state: wanted } of states) {
      const at = { kind: "seq", process: 1, seq } as const;
      const found = await call("state.at", { recordingId, process: 1, scope: "s", at });
      if (!found.ok) expect(found.error.code).toBe("evicted");
      else {
        answered++;
        expect(objectOf(found.value.value)).toEqual(wanted);
      }
    }
    expect(answered).toBeGreaterThan(3);
    expect(answered).toBeLessThan(batches);
    await call("recording.close", { recordingId });
    await engine.stop();
    expect(await rowsOf(path)).toEqual({ stale: 0, orphans: 0 });
  });
});

/** Writes that were evicted and not removed, and pieces of segments that there are no more. */
async function rowsOf(path: string): Promise<{ stale: number; orphans: number }> {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT
    (SELECT count(*) FROM write AS w JOIN state_hole AS h
       ON h.process = w.process AND w.seq >= h.first_seq AND w.seq <= h.last_seq)::INTEGER AS stale,
    (SELECT count(*) FROM segment_piece WHERE id NOT IN (SELECT unnest(range(first_piece, first_piece
       + (block_bytes::BIGINT + index_bytes + parts_bytes + 999) // 1000)) FROM segment))::INTEGER AS orphans`);
  const [row] = reader.getRowObjects();
  connection.closeSync();
  instance.closeSync();
  return { stale: Number(row?.["stale"]), orphans: Number(row?.["orphans"]) };
}
