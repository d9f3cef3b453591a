// Whether a recording of the ledger shows the incident that its file of truth tells of: in the state, the service and the code
// that it names, from when to when, and before it nothing of the kind. For each incident what docs/ledger.md says it shows.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { expect } from "vitest";
import { incidentTable } from "../../examples/ledger/system/incident-table.mjs";
import type { TestEngine } from "../../src/engine/engine.test-support.js";
import { rowsOf } from "../../tools/recorded-rows.js";

const instant = v.pipe(
  v.string(),
  v.transform((text) => BigInt(text)),
);
/** Of an incident that load came by; of others the ledger says that there were no hits, and nothing else. */
const truthLine = v.object({
  kind: v.string(),
  service: v.string(),
  seenIn: v.string(),
  file: v.string(),
  line: v.number(),
  statePath: v.string(),
  on: instant,
  off: instant,
  from: instant,
  to: instant,
  hits: v.number(),
});
export type Truth = v.InferOutput<typeof truthLine>;

const number = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((value) => Number(value)),
);
const stretches = v.object({ before: number, during: number, after: number });
const processRow = v.object({ service: v.string(), start: instant, end: instant });
const placeRow = v.object({ found: number });

const milliseconds = "median(duration_ns) / 1e6";

/** Who is not recorded: somebody else's, and the load itself. */
const strangers = ["provider", "load"];

/** One recording of one incident. */
export class RecordedIncident {
  readonly truths: readonly Truth[];
  readonly truth: Truth;

  constructor(
    readonly engine: TestEngine,
    readonly kind: string,
    readonly file: string,
  ) {
    const lines = readFileSync(file.replace(/\.hindcast$/, ".truth.jsonl"), "utf8")
      .trim()
      .split("\n");
    const told = lines.map((line) => v.parse(v.looseObject({ hits: v.number() }), JSON.parse(line)));
    if (told.some(({ hits }) => hits === 0)) throw new Error("the incident was on, but load never came by");
    this.truths = told.map((line) => v.parse(truthLine, line));
    const [truth] = this.truths;
    if (truth === undefined) throw new Error("the ledger told of no incident");
    this.truth = truth;
  }

  /** What SQL says of rows of `view` before the incident, while it lasted, and after it. */
  async counted(
    view: "spans" | "logs",
    { what = "count(*)", where }: { readonly what?: string; readonly where: string },
  ): Promise<v.InferOutput<typeof stretches>> {
    const { from, to } = this.truth;
    const of = (when: string): string => `coalesce((SELECT ${what} FROM found WHERE instant ${when}), 0)::DOUBLE`;
    const [row] = await rowsOf(
      this.file,
      `WITH found AS (
         SELECT ${view}.*, service_name AS service, epoch_ns(${view}.${view === "spans" ? "start" : "time"}) AS instant
         FROM ${view} JOIN processes USING (process) WHERE ${where})
       SELECT ${of(`< ${from}`)} AS before, ${of(`BETWEEN ${from} AND ${to}`)} AS during, ${of(`> ${to}`)} AS after`,
      stretches,
    );
    if (row === undefined) throw new Error("nothing was counted");
    return row;
  }

  /** How many rows of `view` name the file, and the line where it is told, while the incident lasted. */
  async naming(view: "writes" | "logs" | "spans", line?: number): Promise<number> {
    const { from, to, file } = this.truth;
    const time = view === "spans" ? `coalesce("end", start)` : "time";
    const place = line === undefined ? file : `${file}:${line}:`;
    const named = view === "writes" ? `file LIKE '%/ledger/${file}'` : `attributes LIKE '%/ledger/${place}%'`;
    const [row] = await rowsOf(
      this.file,
      `SELECT count(*)::DOUBLE AS found FROM ${view}
       WHERE ${named} AND epoch_ns(${time}) BETWEEN ${from} AND ${to} + 1000000000`,
      placeRow,
    );
    return row?.found ?? 0;
  }

  /** Of the emitter with most, in the service that suffers while it does. */
  async mostListeners(): Promise<number> {
    const { from, to, seenIn } = this.truth;
    const [row] = await rowsOf(
      this.file,
      `SELECT coalesce(max(value), 0)::DOUBLE AS found FROM metrics JOIN processes USING (process)
       WHERE service_name = '${seenIn}' AND name = 'nodejs.emitter.listeners.max'
         AND (metrics.attributes ->> 'nodejs.emitter.kind') = 'EventEmitter'
         AND epoch_ns(time) BETWEEN ${from} AND ${to}`,
      placeRow,
    );
    return row?.found ?? 0;
  }

  /** The scope in the process that had it before the incident was turned on, and in the one that had it when it was over. */
  async state<State>(
    scope: string,
    schema: v.GenericSchema<unknown, State>,
  ): Promise<readonly [before: State, atEnd: State]> {
    const { on, to } = this.truth;
    return [v.parse(schema, await this.#stateAt(scope, on)), v.parse(schema, await this.#stateAt(scope, to))];
  }

  async #having(scope: string, at: bigint) {
    const { recordingId, processes, scopes } = await this.engine.call("recording.open", { path: this.file });
    const having = processes
      .filter(
        ({ process, start }) => start <= at && scopes.some((one) => one.process === process && one.scope === scope),
      )
      .sort((a, b) => Number(a.start - b.start))
      .at(-1);
    if (having === undefined) throw new Error(`nobody had ${scope}`);
    return { recordingId, process: having.process };
  }

  async #stateAt(scope: string, at: bigint): Promise<unknown> {
    const { recordingId, process } = await this.#having(scope, at);
    const looked = await this.engine.call("state.at", {
      recordingId,
      process,
      scope,
      at: { kind: "instant", instant: at },
    });
    return looked.value;
  }

  /** Writes at, above or below the path that the truth names, since the incident was turned on: a deploy begins with some. */
  async writesToState(): Promise<number> {
    const { statePath, on, to } = this.truth;
    const [scope = "", ...path] = statePath.split(".");
    const { recordingId, process } = await this.#having(scope, to);
    const { writes } = await this.engine.call("state.history", {
      recordingId,
      process,
      scope,
      path: path.join("."),
      limit: 20_000,
    });
    // What is found by comparing is found a little later.
    return writes.filter(({ instant: at }) => at >= on && at <= to + 1_000_000_000n).length;
  }
}

/** What the truth itself says has to be so: the line, the services, the times, and that the state was written to. */
export async function provesTruth(recorded: RecordedIncident): Promise<void> {
  const { kind, truths } = recorded;
  const expected = incidentTable[kind];
  const processes = await rowsOf(
    recorded.file,
    `SELECT service_name AS service, epoch_ns(start)::VARCHAR AS start, epoch_ns(last_seen)::VARCHAR AS "end" FROM processes`,
    processRow,
  );
  const recordedServices = new Set(processes.map(({ service }) => service));
  const begins = processes.reduce((first, { start }) => (start < first ? start : first), recorded.truth.from);
  const ends = processes.reduce((last, { end }) => (end > last ? end : last), 0n);
  expect(truths.map(({ service }) => service).toSorted()).toEqual(expected?.turnedOnIn.toSorted());
  for (const { kind: named, service, seenIn, statePath, file, line, hits, on, from, to, off } of truths) {
    expect([named, seenIn, statePath, hits > 0]).toEqual([kind, expected?.seenIn, expected?.statePath, true]);
    const source = readFileSync(join("examples/ledger", file), "utf8");
    expect(source.split("\n")[line - 1]).toContain(`isOn("${kind}")`);
    expect([service, recordedServices.has(service)]).toEqual([service, !strangers.includes(service)]);
    expect([seenIn, recordedServices.has(seenIn)]).toEqual([seenIn, true]);
    expect([begins < on, on <= from, from <= to, to <= off, off < ends]).toEqual([true, true, true, true, true]);
  }
  expect(await recorded.writesToState()).toBeGreaterThan(0);
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

/** What each of them shows, as docs/ledger.md says; where its line is in no record, what is recorded nearest to it. */
export const shown: Readonly<Record<string, (recorded: RecordedIncident) => Promise<void>>> = {
  async "memory-leak"(recorded) {
    const state = v.object({
      answers: v.pipe(
        mapOf(v.unknown()),
        v.transform(({ length }) => length),
      ),
    });
    const [before, atEnd] = await recorded.state("payments", state);
    expect(before.answers).toBeLessThanOrEqual(24);
    expect(atEnd.answers).toBeGreaterThan(100);
    expect(await recorded.naming("writes")).toBeGreaterThan(0);
  },
  async "listener-leak"(recorded) {
    const [before, atEnd] = await recorded.state("feeds", v.object({ watching: mapOf(v.number()) }));
    expect(sum(before.watching)).toBeLessThan(5);
    // Who is told of a later notification listens no more.
    expect(sum(atEnd.watching)).toBeGreaterThan(recorded.truth.hits / 2);
    expect(await recorded.mostListeners()).toBeGreaterThan(recorded.truth.hits / 2);
    expect(await recorded.naming("writes")).toBeGreaterThan(0);
  },
  async "promise-leak"(recorded) {
    const state = v.object({ provider: v.object({ open: setSize }) });
    const [, atEnd] = await recorded.state("payments", state);
    expect(atEnd.provider.open).toBeGreaterThanOrEqual(recorded.truth.hits);
    const unended = `service = 'payments' AND spans.kind = 'client' AND "end" IS NULL`;
    expect((await recorded.counted("spans", { where: unended })).during).toBeGreaterThanOrEqual(2);
    expect(await recorded.naming("writes")).toBeGreaterThan(0);
  },
  async "slow-dependency"(recorded) {
    const where = "service = 'payments' AND spans.kind = 'client' AND spans.attributes LIKE '%/captures%'";
    const { before, during, after } = await recorded.counted("spans", { what: milliseconds, where });
    expect(during).toBeGreaterThan(5 * Math.max(before, after));
  },
  async "pool-exhaustion"(recorded) {
    const pool = v.object({ limit: v.number(), busy: v.number(), refused: v.number() });
    const [before, atEnd] = await recorded.state("pool", pool);
    expect([before.busy < before.limit, before.refused]).toEqual([true, 0]);
    expect([atEnd.busy, atEnd.refused > 5]).toEqual([atEnd.limit, true]);
  },
  async "event-loop-block"(recorded) {
    // The stack was taken while it was blocked.
    expect(await recorded.naming("spans", recorded.truth.line)).toBeGreaterThan(0);
    const where = "service = 'gateway' AND name = 'nodejs.eventloop.block' AND duration_ns > 100e6";
    const { before, during } = await recorded.counted("spans", { where });
    expect([before < 5, during > 10]).toEqual([true, true]);
  },
  async "error-storm"(recorded) {
    const where = "service = 'gateway' AND body = 'payer cannot be looked up'";
    const { before, during } = await recorded.counted("logs", { where });
    expect([before, during > 3]).toEqual([0, true]);
    const cached = v.object({ cache: mapOf(v.object({ answer: v.object({ status: v.number() }) })) });
    const [earlier, atEnd] = await recorded.state("gateway", cached);
    const missing = ({ cache }: typeof earlier): number => cache.filter(({ answer }) => answer.status === 404).length;
    expect([missing(earlier), missing(atEnd) > 0]).toEqual([0, true]);
    expect(await recorded.naming("writes")).toBeGreaterThan(0);
  },
  async "crash-loop"(recorded) {
    const where = "service_name = 'notifications' AND exit_code = 1";
    const [row] = await rowsOf(
      recorded.file,
      `SELECT count(*)::DOUBLE AS crashes FROM processes WHERE ${where}`,
      v.object({ crashes: number }),
    );
    expect(row?.crashes).toBe(recorded.truth.hits);
    // The line below decides; what it gives back cannot be put into a link.
    expect(await recorded.naming("logs")).toBeGreaterThanOrEqual(recorded.truth.hits);
  },
  async "bad-deploy"(recorded) {
    const where = "service = 'payments' AND (logs.attributes ->> 'exception.type') = 'TypeError'";
    const { before, during } = await recorded.counted("logs", { where });
    expect([before, during > 10]).toEqual([0, true]);
    const [earlier, atEnd] = await recorded.state("payments", v.object({ release: v.string() }));
    expect([earlier.release, atEnd.release]).toEqual(["1.0", "1.1"]);
    expect(await recorded.naming("logs")).toBeGreaterThan(10);
  },
  async "traffic-spike"(recorded) {
    const what = "count(*) / greatest(1, (max(instant) - min(instant)) / 1e9)";
    const where = "service = 'gateway' AND spans.kind = 'server' AND name <> 'POST /accounts'";
    const { before, during, after } = await recorded.counted("spans", { what, where });
    expect(during).toBeGreaterThan(4 * Math.max(before, after));
  },
  async "lock-contention"(recorded) {
    const of = (name: string) => ({ what: milliseconds, where: `service = 'accounts' AND name = '${name}'` });
    const writing = await recorded.counted("spans", of("POST /entries"));
    const reading = await recorded.counted("spans", of("GET /accounts/:id"));
    // Before it all of the code was new to the program.
    expect(writing.during).toBeGreaterThan(5 * writing.after);
    expect(reading.during).toBeLessThan(3 * reading.after);
  },
  async overdraft(recorded) {
    const { recordingId } = await recorded.engine.call("recording.open", { path: recorded.file });
    const { position, value } = await recorded.engine.call("state.first", { recordingId, text: "balance < 0" });
    const seconds = Number((position?.instant ?? 0n) - recorded.truth.from) / 1e9;
    // It waits for the account's lock and a connection first.
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(2);
    expect(value?.scope).toBe("ledger");
  },
  async "clock-step"(recorded) {
    const state = v.object({ recent: v.array(v.object({ at: v.number() })) });
    const [before, atEnd] = await recorded.state("payments", state);
    const { on, to } = recorded.truth;
    const behindMs = ({ recent }: typeof before, instant: bigint): number =>
      Number(instant / 1_000_000n) - (recent.at(-1)?.at ?? NaN);
    expect(before.recent.length, "payments before it began: none where the machine was too slow").toBeGreaterThan(0);
    expect(behindMs(before, on)).toBeLessThan(5_000);
    expect(behindMs(atEnd, to)).toBeGreaterThan(89_000);
  },
};
