// What back-testing costs: twenty rules over records of all kinds, and one threshold over the samples of a metric, read from a file.
// Firings are compared with those of the plain evaluator, which computes every value anew, over a stretch that it can manage.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { naiveOutcomes } from "../src/rules/evaluate/naive-evaluator.test-support.js";
import { type RuleRecord, compileRules } from "../src/rules/index.js";
import { type BenchEngine, inBenchFolder, withEngineIn } from "./engine/engine-child.js";
import { readingFile } from "./engine/recorded-file.js";
import { type Benchmark, type Figure, type Measured, measuredOn, quantile } from "./figures.js";

const [mixedRows, samples, rounds] = [4_000_000, 20_000_000, 3];
/** What the plain evaluator goes through, which takes the square of their number: fewer records, over as long as windows are. */
const plainRecords = 1200;
const plainStepNs = 30_000_000n;
const beginNs = 1_790_000_000_000_000_000n - (1_790_000_000_000_000_000n % 86_400_000_000_000n);
/** Between records. */
const stepNs = 50_000n;

const twenty = `
when heap.used > 990MB for 1s { alert("\${service}: \${heap.used}") }
when avg(heap.used, 10s) > 505MB by service { log("a") }
when max(heap.used, 30s) - min(heap.used, 30s) > 999MB { log("b") }
when trend(heap.used, 1m) > 100MB { log("c") }
when loop.delay > 99.9ms { alert("lag") }
when p99(loop.delay, 10s) > 99ms && p50(loop.delay, 10s) > 50.5ms { log("d") }
when stddev(loop.delay, 20s) > 29ms { log("e") }
when rate(requests, 10s) > 100 { log("f") }
when sum(requests, 5s) > 1000 || delta(requests, 5s) < -90 { log("g") }
when count(log where level >= "error", 5s) > 5200 { alert("errors") }
when rate(log where level == "warn", 10s) > 1100/s by service { log("h") }
when absent(log where level == "fatal", 3s) { log("i") }
when p95(span, 10s) > 94.9ms { alert("slow") }
when p99(span where name == "GET /a", 10s) > 99ms by service { log("j") }
when count(span where duration > 90ms, 2s) > 1020 { log("k") }
when rate(span where status == "error", 5s) > 1250/s { log("l") }
when avg(span where kind == "server", 4s) > 50.3ms cooldown 30s { log("m") }
when count(event where name == "order.placed", 5s) >= 6300 { mark("n") }
when rate(event, 10s) > 5001/s { mark("o") }
when count(event where name == "order.failed", 1s) > 1300 for 2s { mark("p") }
`;
const threshold = `when heap.used > 999990 { alert("x") }`;

/** Of 32 bits that follow from the row alone. */
const dice = (salt: number): string => `(hash(i * 31 + ${salt}) % 4294967296)::BIGINT`;

/** Names and series of what programs said themselves have lower numbers. */
const own = 100_000;
const namesMade = (names: readonly string[]): string =>
  `INSERT INTO name VALUES ${names.map((name, at) => `(${own + at + 1}, '${name}')`).join(", ")}`;

const mixed = (rows: number, step: bigint): readonly string[] => [
  namesMade([
    "v8js.memory.heap.used",
    "By",
    "nodejs.eventloop.delay.p99",
    "s",
    "requests",
    "GET /a",
    "GET /b",
    "order.placed",
    "order.failed",
    "order.paid",
  ]),
  `UPDATE process SET service_name = CASE process WHEN 3 THEN 'worker' ELSE 'web' END`,
  `INSERT INTO series SELECT ${own} + 3 * (process - 1) + n, process, ${own} + [1, 3, 5][n], [${own} + 2, ${own} + 4, 0][n], '{}' FROM range(1, 4) AS p(process), range(1, 4) AS k(n)`,
  `CREATE TEMP TABLE row_made AS SELECT i, i AS seq, ${beginNs} + i * ${step} AS instant, (1 + ${dice(1)} % 3)::UINTEGER AS process FROM range(${rows}) AS t(i)`,
  `INSERT INTO metric SELECT process, seq, instant, ${own} + 3 * (process - 1) + 1 + ${dice(2)} % 3,
   CASE ${dice(2)} % 3 WHEN 0 THEN ${dice(3)} % 1000000000 WHEN 1 THEN ${dice(3)} % 100000 / 1e6 ELSE ${dice(3)} % 100 END FROM row_made WHERE i % 4 = 0`,
  `INSERT INTO span (process, span, seq, instant, end_instant, parent, lane, kind, status, name, attributes)
   SELECT process, i, seq, instant - ${dice(4)} % 100000000, instant, 0, 0, 1 + ${dice(5)} % 2, ${dice(6)} % 3, ${own} + 6 + ${dice(7)} % 2,
   '{"http.request.method":"GET","url.path":"/' || i || '"}' FROM row_made WHERE i % 4 = 1`,
  `INSERT INTO log SELECT process, seq, instant, [9, 13, 17, 5][1 + ${dice(8)} % 4], 0, 2, 'order ' || i || ' was looked at', '{"order":' || i || '}' FROM row_made WHERE i % 4 = 2`,
  `INSERT INTO event SELECT process, seq, instant, ${own} + 8 + ${dice(9)} % 3, 0, '{"order":' || i || '}' FROM row_made WHERE i % 4 = 3`,
];

const oneMetric = [
  namesMade(["v8js.memory.heap.used", "By"]),
  `INSERT INTO series VALUES (${own} + 1, 1, ${own} + 1, ${own} + 2, '{}')`,
  `INSERT INTO metric SELECT 1, i, ${beginNs} + i * ${stepNs}, ${own} + 1, ${dice(1)} % 1000000 FROM range(${samples}) AS t(i)`,
];

interface Timed {
  readonly seconds: Float64Array;
  readonly outcomes: number;
  readonly measured: Measured;
}

/** In a recording of three programs that did nothing. */
function recorded<Result>(
  statements: readonly string[],
  work: (engine: BenchEngine, path: string) => Promise<Result>,
): Promise<Result> {
  return inBenchFolder(async (folder) => {
    const path = join(folder, "rules.hindcast");
    await withEngineIn(folder, async (engine) => {
      const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
      for (let program = 0; program < 3; program++)
        await once(spawn(process.execPath, ["-e", "0"], { env: { ...process.env, ...environment } }), "exit");
      await engine.call("recording.stop", { recordingId: summary.recordingId });
    });
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    for (const statement of [...statements, "CHECKPOINT"]) await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
    return withEngineIn(folder, (engine) => work(engine, path));
  });
}

async function backtested(engine: BenchEngine, path: string, source: string, to: bigint) {
  const { recordingId } = await engine.call("recording.open", { path });
  const beganMs = performance.now();
  const answer = await engine.call("rules.backtest", { recordingId, source, name: "bench", from: beginNs, to });
  return { answer, seconds: (performance.now() - beganMs) / 1000 };
}

const endOf = (rows: number, step: bigint): bigint => beginNs + BigInt(rows) * step + 1_000_000_000n;

const timed = (statements: readonly string[], rules: string, rows: number): Promise<Timed> =>
  recorded(statements, async (engine, path) => {
    const seconds = new Float64Array(rounds);
    let [outcomes, records] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const { answer, seconds: took } = await backtested(engine, path, rules, endOf(rows, stepNs));
      seconds[round] = took;
      outcomes = answer.outcomes.length;
      records = answer.records;
    }
    return { seconds, outcomes, measured: { rows: records, fileBytes: statSync(path).size, cache: "warm" } };
  });

/** Firings and recoveries that one evaluator has and the other has not. */
const differences = (rules: string): Promise<{ readonly different: number; readonly compared: number }> =>
  recorded(mixed(plainRecords, plainStepNs), async (engine, path) => {
    const { plans } = compileRules(rules, { fileName: "bench" });
    const to = endOf(plainRecords, plainStepNs);
    const { answer } = await backtested(engine, path, rules, to);
    const plain = naiveOutcomes(plans, await recordsByViews(path), Number(to - beginNs)).map(
      (line) => /^\d+ .* (?:fired|recovered)/.exec(line)?.[0],
    );
    const ours = answer.outcomes.map(({ instant, rule, kind }) => `${instant - beginNs} ${rule} ${kind}`);
    const [left, right] = [plain.sort(), ours.sort()];
    const unequal = left.filter((line, at) => line !== right[at]).length;
    return { different: unequal + Math.max(0, right.length - left.length), compared: left.length };
  });

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** As docs/sql.md has them; of attributes what the rules look at: nothing. */
const recordsByViews = (path: string): Promise<RuleRecord[]> =>
  readingFile(path, async (connection) => {
    const found: RuleRecord[] = [];
    const rowsOf = async (columns: string, view: string, time = "time") =>
      (
        await connection.runAndReadAll(
          `SELECT epoch_ns(${time}) - ${beginNs}, process, seq, ${columns} FROM ${view} WHERE ${time} < make_timestamp_ns(${endOf(plainRecords, plainStepNs)})`,
        )
      ).getRowsJson();
    const base = ([timeNs, process, seq]: readonly unknown[]) => ({
      ...{
        timeNs: Number(timeNs),
        process: Number(process),
        seq: Number(seq),
        service: process === 3 ? "worker" : "web",
      },
      attribute: () => undefined,
    });
    for (const row of await rowsOf("name, unit, value", "metrics"))
      found.push({
        ...base(row),
        kind: "metric",
        name: textOf(row[3]),
        unit: textOf(row[4]),
        value: Number(row[5]),
      });
    for (const row of await rowsOf("name, v.kind, status, duration_ns", "spans AS v", `"end"`))
      found.push({
        ...{ ...base(row), kind: "span", name: textOf(row[3]), spanKind: textOf(row[4]), status: textOf(row[5]) },
        durationNs: Number(row[6]),
      });
    for (const row of await rowsOf("severity", "logs"))
      found.push({ ...base(row), kind: "log", message: "", level: { 5: 1, 9: 2, 13: 3, 17: 4 }[Number(row[3])] ?? -1 });
    for (const row of await rowsOf("name", "events")) found.push({ ...base(row), kind: "event", name: textOf(row[3]) });
    return found;
  });

async function measured(): Promise<readonly Figure[]> {
  const { different, compared } = await differences(twenty);
  const wrong = different > 0 || compared === 0;
  const invalid = wrong ? { invalid: `${different} of ${compared} outcomes are not the plain evaluator's` } : {};
  const mix = await timed(mixed(mixedRows, stepNs), twenty, mixedRows);
  const one = await timed(oneMetric, threshold, samples);
  const rate = ({ seconds, measured: { rows } }: Timed): number => rows / quantile(seconds, 0.5);
  return [
    ...measuredOn(mix.measured, [
      { name: "events_per_s_20_rules", value: rate(mix), unit: "1/s", budget: { atLeast: 1_000_000 }, ...invalid },
      { name: "outcomes_20_rules", value: mix.outcomes, unit: "1" },
      { name: "outcomes_compared", value: compared, unit: "1", ...invalid },
    ]),
    ...measuredOn(one.measured, [
      { name: "threshold_samples_per_s", value: rate(one), unit: "1/s", budget: { atLeast: 20_000_000 } },
      { name: "outcomes_threshold", value: one.outcomes, unit: "1" },
    ]),
  ];
}

export const rules: Benchmark = {
  name: "rules",
  description:
    "back-tests of a recording: twenty rules (windows, quantiles, groups, logs, spans, events) over records of all kinds, and one threshold over\n" +
    "the samples of a metric; each time with its compilation and with reading the file",
  run: measured,
};
