// What a look at captured state costs at size: writes that an agent sent to the engine's process, which is then started anew
// and asked over the channel that hosts use. Each timed answer is compared with the plain fold of the same writes, advanced
// once through all of them.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { changeBy } from "../../src/engine/replay/change.js";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { seq } from "../../src/shared/trace/time.js";
import { type Figure, measuredOn, quantile } from "../figures.js";
import { BenchEngine, withOpened } from "./engine-child.js";
import { type Asked, type Look, type LookKind, answerOf, ask } from "./state-looks.js";
import { StateWrites } from "./state-writes.js";
import { WireAgent } from "./wire-agent.js";

export interface StateSize {
  readonly writes: number;
  readonly scopes: number;
  /** Looks at the rows of all scopes, at all their values, at one scope's value, and steps to a neighbouring write. */
  readonly looks: number;
  readonly valueLooks: number;
  readonly scopeLooks: number;
  readonly steps: number;
  readonly seed: number;
}

export const tenMillion: StateSize = {
  writes: 10_000_000,
  scopes: 200,
  looks: 100,
  valueLooks: 20,
  scopeLooks: 300,
  steps: 300,
  seed: 1,
};
const perBatch = 5000;
const timeOriginMs = 1_790_000_000_000;
const startNs = BigInt(timeOriginMs) * 1_000_000n;
/** Of the program, a write. */
const nsPerWrite = 10_000;
/** Definitions come before the writes. */
const definitions = 2;
const coldLooks = 6;
/** More than there are. */
const everyRow = 10_000;

interface Made {
  readonly scopes: readonly string[];
  readonly seconds: number;
  /** Of all the engine's threads. */
  readonly cpuSeconds: number;
  readonly fileBytes: number;
  readonly rssBytes: number;
}

export async function stateFigures(size: StateSize = tenMillion): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  try {
    const path = join(folder, "state.hindcast");
    const made = await makeRecording(folder, path, size);
    const startedMs = performance.now();
    const engine = await BenchEngine.start(folder);
    const readyMs = performance.now() - startedMs;
    try {
      const openedMs = performance.now();
      const { recordingId } = await engine.call("recording.open", { path });
      const looks = looksOf(size, made.scopes);
      const scopes = made.scopes.slice(0, 1);
      const first = await ask(engine, recordingId, lookAt("scope", size.writes >> 1, scopes));
      const openMs = performance.now() - openedMs;
      await engine.whenQuiet();
      const asked = [first];
      const cpuMs = { rows: 0, values: 0, scope: 0, step: 0, page: 0 };
      for (const look of looks) {
        const before = engine.cpuMs();
        asked.push(await ask(engine, recordingId, look));
        cpuMs[look.kind] += engine.cpuMs() - before;
      }
      const rss = engine.rss();
      const cold = await firstLooks(folder, path, size, made.scopes);
      const judged = judge(size, [...asked, ...cold]);
      const coldMs = cold.reduce((sum, { tookMs }) => sum + tookMs, 0) / coldLooks;
      return measuredOn({ rows: size.writes, fileBytes: made.fileBytes, seed: size.seed, cache: "warm" }, [
        ...figuresOf(size, made, asked, judged),
        ...more(openMs, readyMs, rss.peak),
        { name: "state_first_looks_ms", value: coldMs, unit: `ms, the first ${coldLooks} on average` },
        ...cpuFigures(size, cpuMs),
      ]);
    } finally {
      await engine.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of an engine that is asked at once for all that it can, before it has looked by itself. */
const firstLooks = (folder: string, path: string, size: StateSize, scopes: readonly string[]): Promise<Asked[]> =>
  withOpened(folder, path, async (engine, recordingId) => {
    const looks = looksOf(size, scopes).filter(({ kind }) => kind === "rows");
    const asked: Asked[] = [];
    for (const look of looks.slice(0, coldLooks)) asked.push(await ask(engine, recordingId, look));
    return asked;
  });

/** The same on a busy machine: what the engine's threads worked, on average. */
const cpuFigures = (size: StateSize, cpuMs: Readonly<Record<LookKind, number>>): Figure[] => {
  const figure = (name: string, value: number): Figure => ({ name, value, unit: "ms of processor time" });
  return [
    figure("state_cpu_ms", cpuMs.rows / size.looks),
    figure("state_values_cpu_ms", cpuMs.values / size.valueLooks),
    figure("scope_cpu_ms", cpuMs.scope / size.scopeLooks),
    figure("scrub_step_cpu_ms", cpuMs.step / size.steps),
  ];
};

async function makeRecording(folder: string, path: string, size: StateSize): Promise<Made> {
  const engine = await BenchEngine.start(folder);
  try {
    const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
    const agent = await WireAgent.greet(environment, timeOriginMs);
    const startedMs = performance.now();
    let batch: AgentRecord[] = [
      { kind: "string", id: 1, text: "file:///srv/app.js", seq: seq(1), clockMs: 0 },
      { kind: "location", id: 1, file: 1, line: 12, column: 3, functionName: 0, seq: seq(2), clockMs: 0 },
    ];
    const made = new StateWrites(size.seed);
    for (const [write, operation] of writesOf(made, size)) {
      const head = { seq: seq(write + definitions), clockMs: (write * nsPerWrite) / 1e6 };
      batch.push({ kind: "write", span: 0, location: 1, afterMs: NaN, operation, ...head });
      if (batch.length < perBatch) continue;
      await agent.send(batch);
      batch = [];
    }
    await agent.send(batch);
    await agent.bye((size.writes * nsPerWrite) / 1e6, size.writes + definitions);
    const seconds = (performance.now() - startedMs) / 1000;
    const [rssBytes, cpuSeconds] = [engine.rss().peak, engine.cpuMs() / 1000];
    await engine.call("recording.stop", { recordingId: summary.recordingId });
    return {
      scopes: made.scopes.map(({ name }) => name),
      seconds,
      cpuSeconds,
      fileBytes: statSync(path).size,
      rssBytes,
    };
  } finally {
    await engine.stop();
  }
}

/** Numbered from 1. */
function* writesOf(made: StateWrites, size: StateSize): Iterable<readonly [number, ReturnType<StateWrites["next"]>]> {
  let write = 0;
  for (const operation of made.beginning(size.scopes)) yield [++write, operation];
  while (write < size.writes) yield [++write, made.next()];
}

function looksOf(size: StateSize, scopes: readonly string[]): readonly Look[] {
  const random = randomFrom(size.seed + 1);
  const earliest = size.scopes * 12;
  const anywhere = (): number => earliest + Math.floor(random() * (size.writes - earliest));
  const looks: Look[] = [];
  for (let left = size.looks; left > 0; left--) looks.push(lookAt("rows", anywhere(), scopes));
  for (let left = size.valueLooks; left > 0; left--) looks.push(lookAt("values", anywhere(), scopes));
  const one = (at: number): readonly string[] => scopes.slice(at, at + 1);
  for (let left = size.scopeLooks; left > 0; left--)
    looks.push(lookAt("scope", anywhere(), one(Math.floor(random() * scopes.length))));
  let write = anywhere();
  for (let left = size.steps; left > 0; left--) {
    // Now forward, now backward, by a few writes.
    write = Math.min(size.writes, Math.max(earliest, write + Math.round((random() - 0.45) * 20)));
    looks.push(lookAt("step", write, one(left % 10)));
  }
  return looks;
}

/** At the instant of a write. */
const lookAt = (kind: LookKind, write: number, scopes: readonly string[]): Look => ({
  kind,
  instant: startNs + BigInt(write * nsPerWrite),
  last: write + definitions,
  scopes,
  mostRows: everyRow,
});

interface Judged {
  readonly wrong: number;
  readonly foldNsPerWrite: number;
}

/** Folds everything once, and compares on the way. */
function judge(size: StateSize, asked: readonly Asked[]): Judged {
  const inOrder = [...asked].sort((a, b) => a.look.last - b.look.last);
  const made = new StateWrites(size.seed);
  const graph = ObjectGraph.empty();
  let [wrong, next, comparingMs] = [0, 0, 0];
  const startedMs = performance.now();
  for (const [write, operation] of writesOf(made, size)) {
    const last = write + definitions;
    if (inOrder[next]?.look.last !== last) {
      graph.apply(operation);
      continue;
    }
    const comparedMs = performance.now();
    const change = changeBy(graph, operation);
    graph.apply(operation);
    for (let one = inOrder[next]; one?.look.last === last; one = inOrder[++next])
      if (answerOf(graph, change, one.look) !== one.hash) wrong++;
    comparingMs += performance.now() - comparedMs;
  }
  const foldNsPerWrite = ((performance.now() - startedMs - comparingMs) * 1e6) / size.writes;
  return { wrong: wrong + (inOrder.length - next), foldNsPerWrite };
}

const [rowsOfScopes, allValues] = [", a row of each scope", ", all values in all scopes"];

function figuresOf(size: StateSize, made: Made, asked: readonly Asked[], { wrong, foldNsPerWrite }: Judged): Figure[] {
  const of = (kind: LookKind): Float64Array =>
    Float64Array.from(
      asked.slice(1).filter(({ look }) => look.kind === kind),
      ({ tookMs }) => tookMs,
    );
  const [all, values, one, steps] = [of("rows"), of("values"), of("scope"), of("step")];
  const invalid = wrong === 0 ? {} : { invalid: `${wrong} answers are not the fold's` };
  const ms = (name: string, value: number, atMost?: number, of = ""): Figure => ({
    name,
    value,
    unit: `ms${of}`,
    ...(atMost === undefined ? {} : { budget: { atMost } }),
    ...invalid,
  });
  return [
    ms("state_p50_ms", quantile(all, 0.5), undefined, rowsOfScopes),
    ms("state_p95_ms", quantile(all, 0.95), 12, rowsOfScopes),
    ms("state_values_p50_ms", quantile(values, 0.5), undefined, allValues),
    ms("state_values_p95_ms", quantile(values, 0.95), undefined, allValues),
    ms("scope_p50_ms", quantile(one, 0.5)),
    ms("scope_p95_ms", quantile(one, 0.95), 4),
    ms("scrub_step_p50_ms", quantile(steps, 0.5)),
    ms("scrub_step_p95_ms", quantile(steps, 0.95), 4),
    { name: "state_writes", value: size.writes, unit: "writes" },
    { name: "state_writes_per_s", value: size.writes / made.seconds, unit: "writes/s" },
    { name: "state_write_cpu_us", value: (made.cpuSeconds * 1e6) / size.writes, unit: "µs of processor time" },
    { name: "state_bytes_per_write", value: made.fileBytes / size.writes, unit: "bytes" },
    { name: "recording_rss_mb", value: made.rssBytes / 2 ** 20, unit: "MiB" },
    { name: "plain_fold_ms", value: (foldNsPerWrite * size.writes) / 2 / 1e6, unit: "ms, to the middle" },
  ];
}

const more = (openMs: number, readyMs: number, rssBytes: number): Figure[] => [
  { name: "state_open_ms", value: openMs, unit: "ms" },
  { name: "engine_start_ms", value: readyMs, unit: "ms" },
  { name: "engine_rss_mb", value: rssBytes / 2 ** 20, unit: "MiB" },
];
