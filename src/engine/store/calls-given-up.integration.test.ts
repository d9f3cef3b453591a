// Calls over a line to a page: how far they are is heard there, and what nobody waits for any more is not worked on.
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CallProgress, askerWith, shareOf } from "../../shared/base/asker.js";
import { createCodec } from "../../shared/protocol/codec.js";
import {
  type CallHandlers,
  type EngineClient,
  type Transport,
  connectToEngine,
  serveEngine,
} from "../../shared/protocol/rpc.js";
import { Readers } from "./readers.js";

/** Takes minutes. */
const long = "SELECT sum(a.range * b.range) AS sum FROM range(10000000) AS a, range(100000) AS b";

/** One call, whose work is a query; the page's end of its line, and what is closed when its tab is. */
function pageOf(readers: Readers, sql: string): { readonly client: EngineClient; closeTab(): void } {
  const listeners = { page: [] as ((bytes: Uint8Array) => void)[], engine: [] as ((bytes: Uint8Array) => void)[] };
  const closes: (() => void)[] = [];
  const end = (own: "page" | "engine", other: "page" | "engine"): Transport => ({
    send: (bytes) => listeners[other].forEach((listener) => listener(bytes)),
    onMessage: (listener) => void listeners[own].push(listener),
    onClose: (listener) => void closes.push(listener),
    close: () => closes.splice(0).forEach((listener) => listener()),
  });
  const missing: CallHandlers["recording.missing"] = async (_args, signal, tell) => {
    await readers.query(sql, [], askerWith(signal, tell));
    return { ok: true, value: [] };
  };
  const codec = createCodec();
  const engine = end("engine", "page");
  serveEngine(engine, codec, { "recording.missing": missing } as unknown as CallHandlers);
  return { client: connectToEngine(end("page", "engine"), codec), closeTab: () => engine.close() };
}

/** Resolves once none of them has anything to do. */
async function allConnectionsOf(readers: Readers): Promise<void> {
  let free = 0;
  let areAllFree = (): void => undefined;
  const allFree = new Promise<void>((resolve) => (areAllFree = resolve));
  const hold = (): Promise<void> => {
    if (++free === 3) areAllFree();
    return allFree;
  };
  await Promise.all([1, 2, 3].map(() => readers.hold(hold)));
}

describe("a page", () => {
  let instance: DuckDBInstance;
  let readers: Readers;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:", { threads: "2" });
    readers = await Readers.open(instance);
    await readers.query(`CREATE TABLE line AS SELECT range AS number, 'line ' || range AS text FROM range(400000)`);
  });
  afterAll(async () => {
    await readers.dispose();
    instance.closeSync();
  });

  it("whose tab is closed leaves no SQL behind, and one that gives up a call neither", async () => {
    const page = pageOf(readers, long);
    const abort = new AbortController();
    // As many as there are connections: none is left for anybody else.
    const asked = [undefined, undefined, abort.signal].map((signal) =>
      page.client.call("recording.missing", { recordingId: "" }, signal),
    );
    const other = readers.query("SELECT 1 AS n");
    abort.abort();
    expect(await asked[2]).toMatchObject({ error: { code: "cancelled" } });
    expect((await other).numbers("n")).toEqual([1]);
    page.closeTab();
    await allConnectionsOf(readers);
    for (const one of asked.slice(0, 2)) expect(await one).toMatchObject({ error: { code: "engine-lost" } });
  });

  it("hears how far a query is, ever further, and in the end all of it", async () => {
    const heavy = `SELECT max(${Array.from({ length: 12 }, (_, at) => `md5(text || ${at})`).join(" || ")}) FROM line`;
    const told: CallProgress[] = [];
    const { client } = pageOf(readers, heavy);
    const answer = await client.call("recording.missing", { recordingId: "" }, undefined, (progress) =>
      told.push(progress),
    );
    expect(answer.ok).toBe(true);
    const shares = told.map((progress) => shareOf(progress) ?? -1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(1);
    expect([shares.some((share) => share > 0 && share < 1), shares.at(-1)]).toEqual([true, 1]);
  });
});
