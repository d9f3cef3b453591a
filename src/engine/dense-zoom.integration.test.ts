// What zoom levels answer of series with very many samples, against plain lists of them: seconds with none, few, hundreds and
// thousands by turns, records that come late, commits that fail, engines that go on, eviction, and a cut.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { seeds } from "./replay/seeds.test-support.js";
import { helloOf } from "./socket-agent.test-support.js";
import { MetricBlocks } from "./store/metric-blocks.js";
import { metricSlices } from "./store/metric-slices.js";
import { metricSamples } from "./store/metrics.js";
import { type OpenFile, createFile, openForWriting } from "./store/open-file.js";
import { Readers } from "./store/readers.js";
import { RecordingWriter } from "./store/recording-writer.js";

const second = 1_000_000_000n;
const start = 1_790_000_000_000_000_000n;
const series = 1;

interface Sample {
  readonly instant: bigint;
  readonly value: number;
}

describe.each(seeds(1, 2, 3))("a series with very many samples, seed %d", (seed) => {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  const path = join(folder, "dense.hindcast");
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const samples: Sample[] = [];
  let file: OpenFile;
  let writer: RecordingWriter;
  let readers: Readers;
  let [commits, nowMs, seq, reached, failures] = [0, 0, 0, start, 0];
  const blocks = new MetricBlocks(() => commits);
  /** Rows of samples that were asked for. */
  let rowsRead = 0;
  const query: Readers["query"] = async (sql, ...rest) => {
    const rows = await readers.query(sql, ...rest);
    if (/ FROM metric\b/.test(sql)) rowsRead += rows.length;
    return rows;
  };

  const open = async (): Promise<void> => {
    const opened = seq === 0 ? await createFile(path, { created: start, appVersion: "0" }) : await openForWriting(path);
    if (!opened.ok) throw new Error(opened.error.code);
    file = opened.value;
    writer = await RecordingWriter.open(file, path, seq === 0 ? [] : [1], () => nowMs);
    readers = await Readers.open(file.instance);
    commits++;
  };
  const close = async (): Promise<void> => {
    writer.dispose();
    await readers.dispose();
    await file.dispose();
  };
  const add = (instant: bigint): void => {
    if (seq === 0) writer.series(series, 1, 0, 0, "{}");
    const odd = random();
    const value = odd < 0.01 ? Number.NaN : odd < 0.02 ? -0 : odd < 0.3 ? below(5) : random() * 100 - 50;
    const rows = writer.rowsOf("metric");
    rows.process.add(1);
    rows.seq.addNumber(++seq);
    rows.instant.push(instant);
    rows.series.add(series);
    rows.value.add(value);
    samples.push({ instant, value });
  };
  /** A second of so many samples, and some that come late into earlier ones: a bucket may become one of many by that. */
  const grow = (): void => {
    const many = [0, 3, 49, 50, 120, 700, 3000, 9000][below(commits < 2 ? 3 : 8)] ?? 0;
    for (let at = 0; at < many; at++) add(reached + (BigInt(at) * second) / BigInt(many) + BigInt(below(1000)));
    reached += second;
    if (random() < 0.2) {
      const into = start + BigInt(below(Number((reached - start) / second))) * second;
      for (let left = below(80); left > 0; left--) add(into + BigInt(below(Number(second))));
    }
  };
  const commit = async (): Promise<void> => {
    writer.process({
      process: 1,
      hello: helloOf({ runId: "run1" }),
      category: 1,
      start,
      lastSeen: reached,
      ended: undefined,
      endUnknown: false,
      received: seq,
      made: seq,
      written: seq,
      dropped: 0,
      lastBatch: 1,
      faults: undefined,
      clock: undefined,
    });
    nowMs += 12_000;
    // The first that would make tables fails, too.
    if (commits === 2 || random() < 0.3) {
      const other = await file.instance.connect();
      await other.run("BEGIN");
      await other.run("UPDATE rollup_cover SET until = until");
      await writer.commit().catch(() => void failures++);
      await other.run("ROLLBACK");
      other.closeSync();
    }
    await writer.commit();
    commits++;
  };

  const check = async (of: MetricBlocks): Promise<void> => {
    const whole = Number(reached - start);
    const length = Math.min(whole, Math.floor(10 ** (8 + random() * 3)));
    const from = start + BigInt(below(whole - length + 1));
    const asked = { from, to: from + BigInt(length), slices: 1 + below(1500) };
    const source = { query, start, blocks: of };
    const own = samples.filter(({ instant }) => instant >= asked.from && instant <= asked.to);
    const answer = await metricSlices(source, series, asked);
    const sliceOf = ({ instant }: Sample): number => {
      const bucketNs = BigInt(answer.bucketNs);
      const begins = bucketNs === 0n ? instant : instant - (instant % bucketNs);
      const at = begins < from ? from : begins;
      return Number(((at - from) * BigInt(asked.slices)) / (asked.to + 1n - from));
    };
    const plain = Array.from({ length: asked.slices }, () => ({ samples: 0, finite: 0, total: 0 }));
    const [least, most] = [new Map<number, Sample>(), new Map<number, Sample>()];
    for (const sample of own.toSorted((a, b) => (a.instant < b.instant ? -1 : a.instant > b.instant ? 1 : 0))) {
      const at = sliceOf(sample);
      const slice = plain[at];
      if (slice === undefined) throw new Error("no such slice");
      slice.samples++;
      if (!Number.isFinite(sample.value)) continue;
      slice.finite++;
      slice.total += sample.value;
      if (sample.value < (least.get(at)?.value ?? Infinity)) least.set(at, sample);
      if (sample.value > (most.get(at)?.value ?? -Infinity)) most.set(at, sample);
    }
    const plus0 = (value: number | undefined): number => (value ?? Number.NaN) + 0;
    expect([answer.samples, answer.least.map(plus0), answer.most.map(plus0)]).toEqual([
      Float64Array.from(plain, (slice) => slice.samples),
      Float64Array.from(plain, (_, at) => plus0(least.get(at)?.value)),
      Float64Array.from(plain, (_, at) => plus0(most.get(at)?.value)),
    ]);
    for (const [at, { finite, total }] of plain.entries())
      if (finite > 0) expect(answer.average[at]).toBeCloseTo(total / finite, 6);
    const shown = await metricSamples(source, series, { ...asked, points: 2 * asked.slices });
    if (own.length <= 2 * asked.slices) return expect(shown.timeNs.length).toBe(own.length);
    const chosen = [...least]
      .flatMap(([at, low]) => [low, ...(most.get(at)?.value === low.value ? [] : [most.get(at) ?? low])])
      .map(({ instant }) => Number(instant - start));
    expect(shown.timeNs).toEqual(Float64Array.from(chosen).sort());
  };

  beforeAll(open);
  afterAll(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is shown as its samples are, while it grows", async () => {
    for (let round = 0; round < 12; round++) {
      if (round === 8) {
        await close();
        await open();
      }
      for (let left = 1 + below(12); left > 0; left--) grow();
      await commit();
      for (let looks = 4; looks > 0; looks--) await check(blocks);
    }
    expect(failures).toBeGreaterThan(0);
  });

  it("is read from buckets shorter than a second where it has many", async () => {
    const asked = { from: start, to: reached - 3n * second, slices: 400 };
    const own = samples.filter(({ instant }) => instant <= asked.to);
    expect(own.length).toBeGreaterThan(50_000);
    rowsRead = 0;
    const answer = await metricSlices({ query, start, blocks }, series, asked);
    expect(answer.bucketNs).toBeGreaterThan(0);
    expect(answer.bucketNs).toBeLessThan(Number(second));
    expect(rowsRead).toBeLessThan(own.length / 5);
  });

  it("is shown as its samples are where its buckets are not those of its seconds", async () => {
    const instance = await file.instance.connect();
    await instance.run(`UPDATE metric_dense_100ms SET samples = samples + 1 WHERE start % ${3n * second} < ${second}`);
    await instance.run(`DELETE FROM metric_dense_10ms WHERE start % ${2n * second} < ${second}`);
    await instance.run(`DROP TABLE metric_dense_1ms`);
    instance.closeSync();
    commits++;
    const asked = { from: start, to: reached, slices: 400 };
    for (let looks = 20; looks > 0; looks--) await check(new MetricBlocks(() => commits));
    const again = new MetricBlocks(() => commits);
    expect((await metricSlices({ query, start, blocks: again }, series, asked)).bucketNs).toBe(0);
  });
});
