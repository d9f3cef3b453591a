// What a look at metrics costs, however much lies in it: ten million samples that an agent sent, ranges of every length at
// random, 2,000 slices each. Afterwards each answer is worked out from the samples alone, which takes its time.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import type { CallResult } from "../../src/shared/protocol/engine-calls.js";
import { seq } from "../../src/shared/trace/time.js";
import { type Figure, figuresOfRun, measuredOn, quantile } from "../figures.js";
import { type BenchEngine, withEngineIn, withOpened } from "./engine-child.js";
import { WireAgent } from "./wire-agent.js";
import { readingFile } from "./recorded-file.js";

export interface ZoomSize {
  readonly samples: number;
  /** Each has a sample so many times a second. */
  readonly series: number;
  readonly perSecond: number;
  readonly questions: number;
  readonly seed: number;
}

const ten: ZoomSize = { samples: 10_000_000, series: 10, perSecond: 20, questions: 200, seed: 1 };
/** So many a second that slices of less than a second are of many samples, too. */
const one: ZoomSize = { samples: 10_000_000, series: 1, perSecond: 1000, questions: 200, seed: 1 };
/** Of an engine that had no time to look by itself. */
const askedAtOnce = 6;
const slices = 2000;
const perBatch = 20_000;
const timeOriginMs = 1_790_000_000_000;
const startNs = BigInt(timeOriginMs) * 1_000_000n;
const secondNs = 1_000_000_000;

interface Question {
  readonly series: number;
  readonly from: bigint;
  readonly to: bigint;
}
interface Asked {
  readonly question: Question;
  readonly tookMs: number;
  readonly bucketNs: number;
  readonly answer: CallResult<"metrics.range">[number];
}

/** In about two minutes; the figures are of calls over the channel that hosts use, with what they read in the page cache. */
export async function zoomFigures(samples = ten.samples): Promise<readonly Figure[]> {
  return [
    ...(await figuresOfShape("", { ...ten, samples })),
    ...(await figuresOfShape("one_series_", { ...one, samples })),
  ];
}

async function figuresOfShape(prefix: string, size: ZoomSize): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const path = join(folder, "zoom.hindcast");
  try {
    const made = await withEngineIn(folder, (engine) => record(engine, path, size));
    // Anew, and asked once it has looked by itself, as somebody asks who opened a file a moment ago.
    const asked = await withOpened(folder, path, async (engine, recordingId) => {
      await engine.whenQuiet();
      return askAll(engine, recordingId, size, size.questions);
    });
    const atOnce = await withOpened(folder, path, (engine, recordingId) =>
      askAll(engine, recordingId, size, askedAtOnce),
    );
    const wrong = await countWrong(path, asked);
    const figures = figuresOf(size, asked, atOnce, made, wrong, statSync(path).size);
    return figures.map((figure) => ({ ...figure, name: prefix + figure.name }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface MadeRecording {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly committed: number;
}

async function record(engine: BenchEngine, path: string, size: ZoomSize): Promise<MadeRecording> {
  const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
  const { recordingId } = summary;
  const agent = await WireAgent.greet(environment, timeOriginMs);
  const [beganMs, cpuBefore, engineBefore] = [performance.now(), process.cpuUsage(), engine.cpuMs()];
  let number = 0;
  let batch: AgentRecord[] = [{ kind: "string", id: 1, text: "load", seq: seq(++number), clockMs: 0 }];
  for (let id = 1; id <= size.series; id++)
    batch.push({ kind: "series", id, name: 1, unit: 0, attributes: { id }, seq: seq(++number), clockMs: 0 });
  const random = randomFrom(size.seed);
  for (let sample = 0; sample < size.samples; sample++) {
    const series = 1 + (sample % size.series);
    const clockMs = (Math.floor(sample / size.series) * 1000) / size.perSecond + series / 1000;
    const value = 100 * Math.sin(sample / 1e5) + 50 * random() ** 8;
    batch.push({ kind: "metric", series, value, seq: seq(++number), clockMs });
    if (batch.length < perBatch) continue;
    await agent.send(batch);
    batch = [];
  }
  await agent.send(batch);
  await agent.bye(lengthNs(size) / 1e6, number);
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - beganMs) / 1000;
  const cpuSeconds = (user + system) / 1e6 + (engine.cpuMs() - engineBefore) / 1000;
  const { counts } = await engine.call("recording.stop", { recordingId });
  return { seconds, cpuSeconds, committed: counts.metrics };
}

const lengthNs = ({ samples, series, perSecond }: ZoomSize): number => (samples / series / perSecond) * secondNs;

/** Lengths are as likely in each power of ten from a second on. */
async function askAll(
  engine: BenchEngine,
  recordingId: string,
  size: ZoomSize,
  questions: number,
): Promise<readonly Asked[]> {
  const random = randomFrom(size.seed + 1);
  const [whole, asked]: [number, Asked[]] = [lengthNs(size), []];
  const list = await engine.call("metrics.list", { recordingId });
  for (let left = questions; left > 0; left--) {
    const length = Math.exp(random() * Math.log(whole / secondNs)) * secondNs;
    const from = startNs + BigInt(Math.floor(random() * (whole - length)));
    const series = list[Math.floor(random() * list.length)]?.series ?? 1;
    const question = { series, from, to: from + BigInt(Math.floor(length)) };
    const askedMs = performance.now();
    const args = { recordingId, from, to: question.to, series: [series], points: 2 * slices };
    const [answer] = await engine.call("metrics.range", args);
    const tookMs = performance.now() - askedMs;
    const sliced = await engine.call("metrics.slices", { ...args, slices });
    if (answer !== undefined) asked.push({ question, tookMs, bucketNs: sliced[0]?.bucketNs ?? 0, answer });
  }
  return asked;
}

/** Answers that are not what the samples say. */
const countWrong = (path: string, asked: readonly Asked[]): Promise<number> =>
  readingFile(path, async (connection) => {
    let wrong = 0;
    for (const { question, bucketNs, answer } of asked) {
      const { series, from, to } = question;
      const own = `series = ${series} AND instant BETWEEN ${from} AND ${to}`;
      const begins = bucketNs === 0 ? "instant" : `greatest(instant - instant % ${bucketNs}, ${from})`;
      const reduced = `WITH own AS (SELECT instant, value, ((${begins} - ${from})::HUGEINT * ${slices}) // (${to - from + 1n}) AS slice
        FROM metric WHERE ${own}),
      extremes AS (SELECT slice, min(value) AS least, max(value) AS most FROM own GROUP BY slice),
      chosen AS (SELECT min(instant) AS instant, value FROM own JOIN extremes USING (slice)
        WHERE value = least OR value = most GROUP BY slice, value)
      SELECT (instant - ${startNs})::DOUBLE AS time_ns, value FROM chosen ORDER BY time_ns`;
      const all = `SELECT (instant - ${startNs})::DOUBLE AS time_ns, value FROM metric WHERE ${own} ORDER BY time_ns`;
      const rows = (await connection.runAndReadAll(answer.reduced ? reduced : all)).getColumnsObject();
      const isSame = (column: string, found: Float64Array): boolean => {
        const slow = rows[column] ?? [];
        return slow.length === found.length && slow.every((value, at) => value === found[at]);
      };
      if (!isSame("time_ns", answer.timeNs) || !isSame("value", answer.values)) wrong++;
    }
    return wrong;
  });

function figuresOf(
  size: ZoomSize,
  asked: readonly Asked[],
  atOnce: readonly Asked[],
  made: MadeRecording,
  wrong: number,
  fileBytes: number,
): readonly Figure[] {
  const took = (chosen: readonly Asked[]): Float64Array => Float64Array.from(chosen, ({ tookMs }) => tookMs);
  const isRolledUp = ({ bucketNs }: Asked): boolean => bucketNs >= secondNs;
  const rollup = took(asked.filter(isRolledUp));
  const raw = took(asked.filter((one) => !isRolledUp(one)));
  const invalid =
    wrong > 0
      ? `${wrong} of ${asked.length} answers are wrong`
      : made.committed === size.samples
        ? undefined
        : `${made.committed} of ${size.samples} samples are in the file`;
  const ofRun = figuresOfRun(invalid);
  const of = (name: string, value: number, unit: string, atMost?: number): Figure =>
    ofRun(name, value, unit, atMost === undefined ? undefined : { atMost });
  return measuredOn({ rows: made.committed, fileBytes, seed: size.seed, cache: "warm" }, [
    of("rollup_p50_ms", quantile(rollup, 0.5), "ms"),
    of("rollup_p95_ms", quantile(rollup, 0.95), "ms", 8),
    of("raw_zoom_p50_ms", quantile(raw, 0.5), "ms"),
    of("raw_zoom_p95_ms", quantile(raw, 0.95), "ms", 16),
    of(
      "zoom_first_looks_ms",
      atOnce.reduce((sum, { tookMs }) => sum + tookMs, 0) / atOnce.length,
      `ms, the first ${askedAtOnce} on average`,
    ),
    of("zoom_questions", asked.length, "1"),
    of("zoom_samples", made.committed, "1"),
    of("zoom_samples_per_s", made.committed / made.seconds, "1/s"),
    of("zoom_cpu_ns_per_sample", (made.cpuSeconds * 1e9) / made.committed, "ns"),
    of("zoom_bytes_per_sample", fileBytes / made.committed, "By"),
  ]);
}
