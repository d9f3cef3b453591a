// What a look at spans costs, from near and far: ten million that an agent sent, asked for as the window does. Afterwards each answer
// is worked out from the spans alone, and how long that takes stands beside it.
import type { DuckDBConnection } from "@duckdb/node-api";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { CallResult } from "../../src/shared/protocol/engine-calls.js";
import { type Figure, figuresOfRun, measuredOn, quantile } from "../figures.js";
import { type BenchEngine, withEngineIn, withOpened } from "./engine-child.js";
import { readingFile } from "./recorded-file.js";
import { spanLoad } from "./span-load.js";
import { WireAgent } from "./wire-agent.js";

export interface SpanZoomSize {
  readonly spans: number;
  readonly questionsOfEach: number;
  readonly seed: number;
}

export const tenMillionSpans: SpanZoomSize = { spans: 10_000_000, questionsOfEach: 20, seed: 1 };
const timeOriginMs = 1_790_000_000_000;
const startNs = BigInt(timeOriginMs) * 1_000_000n;
/** As Lanes asks. */
const [limit, slices] = [5000, 4096];
const shares = [
  { name: "whole", share: 1 },
  { name: "a tenth", share: 0.1 },
  { name: "a hundredth", share: 0.01 },
  { name: "a thousandth", share: 0.001 },
] as const;
/** Among more spans than that short ones are not looked for: src/engine/store/longest-spans.ts. */
const lookedThrough = 65_536;
const leastOfManyNs = 100_000_000n;

interface Asked {
  readonly name: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly tookMs: number;
  /** Of the engine's processor, to the next ten. */
  readonly cpuMs: number;
  readonly answer: CallResult<"spans.range">;
}

export async function spanZoomFigures(size: SpanZoomSize): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const path = join(folder, "spans.hindcast");
  try {
    const made = await withEngineIn(folder, (engine) => record(engine, path, size));
    const asked = await withOpened(folder, path, async (engine, recordingId) => {
      await engine.whenQuiet();
      return askAll(engine, recordingId, size, made.lengthNs);
    });
    const { wrong, plainMs } = await readingFile(path, (connection) => checkAll(connection, asked));
    const invalid =
      wrong > 0
        ? `${wrong} of ${asked.length} answers are wrong`
        : made.committed >= size.spans
          ? undefined
          : `${made.committed} of ${size.spans} spans are in the file`;
    return measuredOn(
      { rows: made.committed, fileBytes: statSync(path).size, seed: size.seed, cache: "warm" },
      figuresOf(asked, plainMs, made, figuresOfRun(invalid)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Made {
  readonly committed: number;
  readonly cpuMs: number;
  readonly lengthNs: number;
}

async function record(engine: BenchEngine, path: string, size: SpanZoomSize): Promise<Made> {
  const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
  const agent = await WireAgent.greet(environment, timeOriginMs);
  const [load, cpuBefore] = [spanLoad(size.spans, size.seed), engine.cpuMs()];
  for (const batch of load.batches()) await agent.send(batch);
  await agent.bye(load.clockMs(), load.written());
  const { counts } = await engine.call("recording.stop", { recordingId: summary.recordingId });
  return { committed: counts.spans, cpuMs: engine.cpuMs() - cpuBefore, lengthNs: load.clockMs() * 1e6 };
}

async function askAll(
  engine: BenchEngine,
  recordingId: string,
  { questionsOfEach, seed }: SpanZoomSize,
  lengthNs: number,
): Promise<readonly Asked[]> {
  const [random, asked]: [() => number, Asked[]] = [randomFrom(seed + 1), []];
  for (let left = questionsOfEach; left > 0; left--)
    for (const { name, share } of shares) {
      const from = startNs + BigInt(Math.floor(random() * (1 - share) * lengthNs));
      const to = from + BigInt(Math.floor(share * lengthNs));
      const [beganMs, cpuBefore] = [performance.now(), engine.cpuMs()];
      const answer = await engine.call("spans.range", { recordingId, from, to, limit, slices });
      const tookMs = performance.now() - beganMs;
      asked.push({ name, from, to, tookMs, cpuMs: engine.cpuMs() - cpuBefore, answer });
    }
  return asked;
}

interface Checked {
  readonly wrong: number;
  /** By what was asked, in order. */
  readonly plainMs: ReadonlyMap<string, readonly number[]>;
}

async function checkAll(connection: DuckDBConnection, asked: readonly Asked[]): Promise<Checked> {
  const plainMs = new Map<string, number[]>();
  let wrong = 0;
  for (const one of asked) {
    const beganMs = performance.now();
    const plain = await plainAnswer(connection, one);
    plainMs.set(one.name, [...(plainMs.get(one.name) ?? []), performance.now() - beganMs]);
    if (plain.shown !== shownIn(one.answer) || plain.byLane !== byLaneIn(one.answer)) wrong++;
  }
  return { wrong, plainMs };
}

/** What each lane has, and failed or not; which are shown by themselves: as texts that can be compared. */
async function plainAnswer(connection: DuckDBConnection, { from, to }: Asked) {
  const overlapping = `instant <= ${to} AND (end_instant IS NULL OR end_instant >= ${from})`;
  const lanes = await connection.runAndReadAll(
    `SELECT lane, count(*)::DOUBLE AS spans, (max(status) = 2) AS failed, count(*) FILTER (instant >= ${from})::DOUBLE AS begun
     FROM span WHERE ${overlapping} GROUP BY lane ORDER BY lane`,
  );
  const rows = lanes.getRows();
  const begun = rows.reduce((sum, [, , , own]) => sum + Number(own), 0);
  const pixelNs = (to + 1n - from) / BigInt(slices) + 1n;
  const many = pixelNs > leastOfManyNs ? pixelNs : leastOfManyNs;
  const least = begun <= limit ? 0n : begun <= lookedThrough ? pixelNs : many;
  const shown = await connection.runAndReadAll(
    `SELECT lower(hex(span_id)), lower(hex(trace_id)), lower(hex(parent_span_id)), lane, kind, status, name, attributes FROM (SELECT * FROM span WHERE ${overlapping}
       AND (instant < ${from} OR end_instant IS NULL OR end_instant - instant >= ${least})
       ORDER BY instant < ${from} DESC, coalesce(end_instant, ${to}) - instant DESC, instant, process, seq LIMIT ${limit})`,
  );
  return {
    byLane: rows.map(([lane, spans, failed]) => `${String(lane)} ${String(spans)} ${String(failed)}`).join(),
    shown: shown
      .getRows()
      .map(([id]) => String(id))
      .toSorted()
      .join(),
  };
}

const shownIn = ({ spanIds }: Asked["answer"]): string =>
  spanIds
    .filter((id) => id !== "")
    .toSorted()
    .join();

function byLaneIn({ lane, status, counts }: Asked["answer"]): string {
  const lanes = new Map<number, { spans: number; failed: boolean }>();
  for (const [row, own] of lane.entries()) {
    const known = lanes.get(own) ?? { spans: 0, failed: false };
    lanes.set(own, { spans: known.spans + (counts?.[row] ?? 1), failed: known.failed || status[row] === 2 });
  }
  return [...lanes]
    .toSorted(([a], [b]) => a - b)
    .map(([own, { spans, failed }]) => `${own} ${spans} ${failed}`)
    .join();
}

function figuresOf(
  asked: readonly Asked[],
  plainMs: Checked["plainMs"],
  { committed, cpuMs }: Made,
  of: (name: string, value: number, unit: string) => Figure,
): Figure[] {
  const looks = (name: string | undefined, what: (one: Asked) => number): Float64Array =>
    Float64Array.from(
      asked.filter((one) => name === undefined || one.name === name),
      what,
    );
  return [
    of(
      "span_zoom_p95_ms",
      quantile(
        looks(undefined, ({ tookMs }) => tookMs),
        0.95,
      ),
      "ms",
    ),
    ...shares.flatMap(({ name }) => [
      of(
        `span_zoom_p50_ms, ${name}`,
        quantile(
          looks(name, ({ tookMs }) => tookMs),
          0.5,
        ),
        "ms",
      ),
      of(
        `span_zoom_cpu_p50_ms, ${name}`,
        quantile(
          looks(name, (one) => one.cpuMs),
          0.5,
        ),
        "ms",
      ),
      of(`span_zoom_plain_p50_ms, ${name}`, quantile(Float64Array.from(plainMs.get(name) ?? []), 0.5), "ms"),
    ]),
    of("span_zoom_questions", asked.length, "1"),
    of("span_zoom_cpu_us_per_span", (1000 * cpuMs) / committed, "µs"),
  ];
}
