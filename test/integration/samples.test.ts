// Each sample recording is of what its name says: when its file of truth says that something went wrong, that is what was
// recorded of the service, and before it nothing of the kind.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { incidentTable } from "../../examples/ledger/system/incident-table.mjs";
import { TestEngine } from "../../src/engine/engine.test-support.js";
import { rowsOf } from "../../tools/recorded-rows.js";

const instant = v.pipe(
  v.string(),
  v.transform((text) => BigInt(text)),
);
const truthLine = v.object({
  kind: v.string(),
  seenIn: v.string(),
  on: instant,
  from: instant,
  to: instant,
  hits: v.number(),
});
type Truth = v.InferOutput<typeof truthLine>;

const fileOf = (kind: string): string => resolve(`recordings/ledger-${kind}.hindcast`);
const truthOf = (kind: string): Truth =>
  v.parse(
    truthLine,
    JSON.parse(readFileSync(resolve(`recordings/ledger-${kind}.truth.jsonl`), "utf8").split("\n")[0] ?? ""),
  );

const number = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((value) => Number(value)),
);

const stretches = v.object({ before: number, during: number, after: number });

/** What SQL says of rows of `view` before the incident, while it lasted, and after it. */
async function counted(
  kind: string,
  view: "spans" | "logs",
  { what = "count(*)", where }: { readonly what?: string; readonly where: string },
): Promise<v.InferOutput<typeof stretches>> {
  const { from, to } = truthOf(kind);
  const of = (when: string): string => `coalesce((SELECT ${what} FROM found WHERE instant ${when}), 0)::DOUBLE`;
  const [row] = await rowsOf(
    fileOf(kind),
    `WITH found AS (
       SELECT ${view}.*, service_name AS service, epoch_ns(${view}.${view === "spans" ? "start" : "time"}) AS instant
       FROM ${view} JOIN processes USING (process) WHERE ${where})
     SELECT ${of(`< ${from}`)} AS before, ${of(`BETWEEN ${from} AND ${to}`)} AS during, ${of(`> ${to}`)} AS after`,
    stretches,
  );
  if (row === undefined) throw new Error("nothing was counted");
  return row;
}

const milliseconds = "median(duration_ns) / 1e6";

const engine = new TestEngine();
afterAll(() => engine.dispose());

/** The scope in the process that had it before the incident was turned on, and in the one that had it when it was over. */
async function stateOf<State>(
  kind: string,
  scope: string,
  schema: v.GenericSchema<unknown, State>,
): Promise<readonly [before: State, atEnd: State]> {
  const { recordingId, processes, scopes } = await engine.call("recording.open", { path: fileOf(kind) });
  const { on, to } = truthOf(kind);
  const at = async (instant: bigint): Promise<State> => {
    const having = processes
      .filter(
        ({ process, start }) =>
          start <= instant && scopes.some((one) => one.process === process && one.scope === scope),
      )
      .sort((a, b) => Number(a.start - b.start))
      .at(-1);
    if (having === undefined) throw new Error(`nobody had ${scope}`);
    const { process } = having;
    const looked = await engine.call("state.at", { recordingId, process, scope, at: { kind: "instant", instant } });
    return v.parse(schema, looked.value);
  };
  return [await at(on), await at(to)];
}

const mapOf = <Value>(value: v.GenericSchema<unknown, Value>) =>
  v.pipe(
    v.object({ $type: v.literal("Map"), entries: v.array(v.tuple([v.unknown(), value])) }),
    v.transform(({ entries }) => entries.map(([, one]) => one)),
  );
const setSize = v.pipe(
  v.object({ $type: v.literal("Set"), values: v.array(v.unknown()) }),
  v.transform(({ values }) => values.length),
);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What each of them shows, as docs/ledger.md says. */
const shown: Readonly<Record<string, () => Promise<void>>> = {
  async "memory-leak"() {
    const state = v.object({
      answers: v.pipe(
        mapOf(v.unknown()),
        v.transform(({ length }) => length),
      ),
    });
    const [before, atEnd] = await stateOf("memory-leak", "payments", state);
    expect(before.answers).toBeLessThanOrEqual(24);
    expect(atEnd.answers).toBeGreaterThan(100);
  },
  async "listener-leak"() {
    const [before, atEnd] = await stateOf("listener-leak", "feeds", v.object({ watching: mapOf(v.number()) }));
    expect(sum(before.watching)).toBeLessThan(5);
    // Who is told of a later notification listens no more.
    expect(sum(atEnd.watching)).toBeGreaterThan(truthOf("listener-leak").hits / 2);
  },
  async "promise-leak"() {
    const state = v.object({ provider: v.object({ open: setSize }) });
    const [, atEnd] = await stateOf("promise-leak", "payments", state);
    expect(atEnd.provider.open).toBeGreaterThanOrEqual(truthOf("promise-leak").hits);
    const unended = `service = 'payments' AND spans.kind = 'client' AND "end" IS NULL`;
    expect((await counted("promise-leak", "spans", { where: unended })).during).toBeGreaterThanOrEqual(2);
  },
  async "slow-dependency"() {
    const where = "service = 'payments' AND spans.kind = 'client' AND spans.attributes LIKE '%/captures%'";
    const { before, during, after } = await counted("slow-dependency", "spans", { what: milliseconds, where });
    expect(during).toBeGreaterThan(5 * Math.max(before, after));
  },
  async "pool-exhaustion"() {
    const pool = v.object({ limit: v.number(), busy: v.number(), refused: v.number() });
    const [before, atEnd] = await stateOf("pool-exhaustion", "pool", pool);
    expect([before.busy < before.limit, before.refused]).toEqual([true, 0]);
    expect([atEnd.busy, atEnd.refused > 5]).toEqual([atEnd.limit, true]);
  },
  async "event-loop-block"() {
    const where = "service = 'gateway' AND name = 'nodejs.eventloop.block' AND duration_ns > 100e6";
    const { before, during } = await counted("event-loop-block", "spans", { where });
    expect([before < 5, during > 10]).toEqual([true, true]);
  },
  async "error-storm"() {
    const where = "service = 'gateway' AND body = 'payer cannot be looked up'";
    const { before, during } = await counted("error-storm", "logs", { where });
    expect([before, during > 3]).toEqual([0, true]);
    const cached = v.object({ cache: mapOf(v.object({ answer: v.object({ status: v.number() }) })) });
    const [earlier, atEnd] = await stateOf("error-storm", "gateway", cached);
    const missing = ({ cache }: typeof earlier): number => cache.filter(({ answer }) => answer.status === 404).length;
    expect([missing(earlier), missing(atEnd) > 0]).toEqual([0, true]);
  },
  async "crash-loop"() {
    const where = "service_name = 'notifications' AND exit_code = 1";
    const [row] = await rowsOf(
      fileOf("crash-loop"),
      `SELECT count(*)::DOUBLE AS crashes FROM processes WHERE ${where}`,
      v.object({ crashes: number }),
    );
    expect(row?.crashes).toBe(truthOf("crash-loop").hits);
  },
  async "bad-deploy"() {
    const where = "service = 'payments' AND (logs.attributes ->> 'exception.type') = 'TypeError'";
    const { before, during } = await counted("bad-deploy", "logs", { where });
    expect([before, during > 10]).toEqual([0, true]);
    const [earlier, atEnd] = await stateOf("bad-deploy", "payments", v.object({ release: v.string() }));
    expect([earlier.release, atEnd.release]).toEqual(["1.0", "1.1"]);
  },
  async "traffic-spike"() {
    const what = "count(*) / greatest(1, (max(instant) - min(instant)) / 1e9)";
    const where = "service = 'gateway' AND spans.kind = 'server' AND name <> 'POST /accounts'";
    const { before, during, after } = await counted("traffic-spike", "spans", { what, where });
    expect(during).toBeGreaterThan(4 * Math.max(before, after));
  },
  async "lock-contention"() {
    const of = (name: string) => ({ what: milliseconds, where: `service = 'accounts' AND name = '${name}'` });
    const writing = await counted("lock-contention", "spans", of("POST /entries"));
    const reading = await counted("lock-contention", "spans", of("GET /accounts/:id"));
    // Before it all of the code was new to the program.
    expect(writing.during).toBeGreaterThan(5 * writing.after);
    expect(reading.during).toBeLessThan(3 * reading.after);
  },
  async overdraft() {
    const { recordingId } = await engine.call("recording.open", { path: fileOf("overdraft") });
    const { position, value } = await engine.call("state.first", { recordingId, text: "balance < 0" });
    const { from } = truthOf("overdraft");
    // It waits for the account's lock and a connection first.
    expect(Number((position?.instant ?? 0n) - from) / 1e9).toBeGreaterThan(0);
    expect(Number((position?.instant ?? 0n) - from) / 1e9).toBeLessThan(2);
    expect(value?.scope).toBe("ledger");
  },
  async "clock-step"() {
    const state = v.object({ recent: v.array(v.object({ at: v.number() })) });
    const [before, atEnd] = await stateOf("clock-step", "payments", state);
    const { on, to } = truthOf("clock-step");
    const behindMs = ({ recent }: typeof before, instant: bigint): number =>
      Number(instant / 1_000_000n) - (recent.at(-1)?.at ?? NaN);
    expect(behindMs(before, on)).toBeLessThan(5_000);
    expect(behindMs(atEnd, to)).toBeGreaterThan(89_000);
  },
};

describe("sample recordings", () => {
  it("are there for every incident of the ledger, each seen where its truth says", () => {
    const kinds = Object.keys(incidentTable);
    expect(kinds.filter((kind) => !existsSync(fileOf(kind)))).toEqual([]);
    expect(Object.keys(shown).sort()).toEqual([...kinds].sort());
    for (const kind of kinds) {
      const { kind: named, seenIn, hits } = truthOf(kind);
      expect([named, seenIn, hits > 0]).toEqual([kind, incidentTable[kind]?.seenIn, true]);
    }
  });

  it.each(Object.keys(shown))("show what was wrong: %s", async (kind) => {
    await shown[kind]?.();
  });
});
