// How soon a large file answers, and what scrubbing through it takes: one whose engine was killed while it wrote, and the
// same one closed in order. Half of its rows are writes to state, the other half events with texts; the engine is started
// anew each time, and is asked what a scope held, and which events there were, in the middle of what is in the file. Then the
// playhead jumps about, and steps from write to write. All of it is compared with what was sent. Beside it a second program
// makes requests, log lines and samples, so that a window with all its panes has something to ask: that is for the memory it takes.
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { busyProgram } from "../window/busy-program.js";
import { type Figure, measuredOn, quantile } from "../figures.js";
import { BenchEngine } from "./engine-child.js";
import { type RecordsSize, type Sent, instantOf, recordsOf, sentOf, timeOriginMs } from "./open-records.js";
import { askAllPanes } from "./pane-questions.js";
import { type Asked, type LookKind, answerOf, ask } from "./state-looks.js";
import { WireAgent } from "./wire-agent.js";

export interface OpenSize extends RecordsSize {
  readonly fileBytes: number;
  /** Jumps to anywhere, and steps from where the last one led. */
  readonly jumps: number;
  readonly steps: number;
  /** Looks of all panes, at all of it and at parts. */
  readonly paneLooks: number;
}

const gigabyte: OpenSize = {
  fileBytes: 1e9,
  scopes: 200,
  texts: "words",
  jumps: 50,
  steps: 200,
  paneLooks: 30,
  seed: 1,
};
/** Larger ones are not filled with words: their index takes two thirds of the time that it takes to record them. */
export const openSize = (gigabytes: number): OpenSize => ({
  ...gigabyte,
  fileBytes: gigabytes * 1e9,
  texts: gigabytes > 1 ? "bodies" : "words",
});
const perBatch = 2000;
const around = 50;
/** Of the window's tree of state. */
const mostRows = 60;
const mostRssBytes = 1.5e9;

export async function openFigures(size: OpenSize): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  try {
    const path = join(folder, "open.hindcast");
    const startedMs = performance.now();
    const { acknowledged, rssBytes } = await recordUntilKilled(folder, path, size);
    const seconds = (performance.now() - startedMs) / 1000;
    const fileBytes = bytesOf(path);
    const sent = sentOf(size);
    // The first opening reads the dead engine's log; the second finds a file that was closed.
    const killed = await openAnew(folder, path, acknowledged, { ...size, jumps: 0, steps: 0, paneLooks: 0 }, sent);
    const closed = await openAnew(folder, path, acknowledged, size, sent);
    const wrong = closed.wrong ?? judge(sent, [...killed.looks, ...closed.looks]);
    const invalid = wrong === undefined ? {} : { invalid: wrong };
    const ms = (name: string, value: number, atMost?: number): Figure => ({
      name,
      value,
      unit: "ms",
      ...(atMost === undefined ? {} : { budget: { atMost } }),
      ...invalid,
    });
    const tookMs = (kind: string): Float64Array =>
      Float64Array.from(closed.looks.filter((look) => look.kind === kind).map((look) => look.tookMs));
    const [jumps, steps] = [tookMs("jump"), tookMs("step")];
    return measuredOn({ rows: closed.rows, fileBytes, seed: size.seed, cache: "fresh" }, [
      ms("open_ms", closed.openMs, 1000),
      ms("open_after_sigkill_ms", killed.openMs, 1000),
      ms("open_engine_start_ms", closed.startMs),
      ms("open_jump_p50_ms", quantile(jumps, 0.5)),
      ms("open_jump_p95_ms", quantile(jumps, 0.95)),
      ms("open_scrub_step_p50_ms", quantile(steps, 0.5)),
      ms("open_scrub_step_p95_ms", quantile(steps, 0.95)),
      { name: "open_scrub_step_cpu_ms", value: closed.stepCpuMs, unit: "ms of processor time", ...invalid },
      { name: "open_first_answer_rss_mb", value: closed.openRssBytes / 1e6, unit: "MB", ...invalid },
      {
        name: "open_rss_mb",
        value: closed.rssBytes / 1e6,
        unit: "MB",
        budget: { atMost: mostRssBytes / 1e6 },
        ...invalid,
      },
      {
        name: "open_all_panes_rss_mb",
        value: closed.panesRssBytes / 1e6,
        unit: "MB",
        budget: { atMost: mostRssBytes / 1e6 },
        ...(closed.emptyLooks === 0 ? invalid : { invalid: `${closed.emptyLooks} looks of panes that have nothing` }),
      },
      { name: "open_recording_rss_mb", value: rssBytes / 1e6, unit: "MB" },
      { name: "open_recording_mb_per_s", value: fileBytes / 1e6 / seconds, unit: "MB of file a second" },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bytesOf = (path: string): number =>
  [path, `${path}.wal`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);

/** How many records the engine had said are in the file when it was killed in the middle of more. */
async function recordUntilKilled(
  folder: string,
  path: string,
  size: OpenSize,
): Promise<{ readonly acknowledged: number; readonly rssBytes: number }> {
  const engine = await BenchEngine.start(folder);
  const { environment } = await engine.call("recording.create", { path, capture: {} });
  const agent = await WireAgent.greet(environment, timeOriginMs);
  const busy = await WireAgent.greet(environment, timeOriginMs, "fedcba9876543210fedcba9876543210");
  const busyBatches = busyProgram({ spans: 50_000_000, logs: 20_000_000, seed: size.seed + 3 }).batches();
  let sent = 0;
  for (const batch of batchesOf(size)) {
    await agent.send(batch);
    const more = ++sent % 40 === 0 ? busyBatches.next() : undefined;
    if (more?.done === false) await busy.send(more.value);
    if (sent % 20 === 0 && bytesOf(path) >= size.fileBytes) break;
  }
  const rssBytes = engine.rss().peak;
  const gone = once(engine.child, "exit");
  // It is cut off in the middle of what it was sent.
  for (const { socket } of [agent, busy]) socket.on("error", () => socket.destroy());
  engine.child.kill("SIGKILL");
  await gone;
  const { acknowledged } = agent;
  agent.socket.destroy();
  busy.socket.destroy();
  return { acknowledged: acknowledged * perBatch, rssBytes };
}

function* batchesOf(size: OpenSize): Iterable<readonly AgentRecord[]> {
  let batch: AgentRecord[] = [];
  for (const record of recordsOf(size)) {
    batch.push(record);
    if (batch.length < perBatch) continue;
    yield batch;
    batch = [];
  }
}

/** What was asked of state and events at the instant of a record, and how long both took. */
interface Looked {
  readonly kind: "first" | "jump" | "step";
  readonly state: Asked;
  readonly hasEvent: boolean;
  readonly tookMs: number;
}

interface Opened {
  readonly startMs: number;
  readonly openMs: number;
  readonly rows: number;
  readonly looks: readonly Looked[];
  /** Of processor, a step. */
  readonly stepCpuMs: number;
  readonly openRssBytes: number;
  readonly rssBytes: number;
  readonly panesRssBytes: number;
  readonly emptyLooks: number;
  readonly wrong: string | undefined;
}

async function openAnew(
  folder: string,
  path: string,
  acknowledged: number,
  size: OpenSize,
  sent: Sent,
): Promise<Opened> {
  const beganMs = performance.now();
  const engine = await BenchEngine.start(folder);
  try {
    const openedMs = performance.now();
    const { recordingId, counts, start, end } = await engine.call("recording.open", { path });
    const looks = [await look(engine, recordingId, "first", acknowledged >> 1, sent)];
    const openMs = performance.now() - openedMs;
    const openRssBytes = engine.rss().peak;
    const random = randomFrom(size.seed + 2);
    let record = 0;
    for (let left = size.jumps; left > 0; left--) {
      record = Math.floor(acknowledged * (0.01 + 0.98 * random()));
      looks.push(await look(engine, recordingId, "jump", record, sent));
    }
    const cpuMs = engine.cpuMs();
    for (let left = size.steps; left > 0; left--) {
      // Now forward, now backward, by a few records.
      record += Math.round((random() - 0.45) * 40);
      looks.push(await look(engine, recordingId, "step", record, sent));
    }
    const stepCpuMs = (engine.cpuMs() - cpuMs) / Math.max(1, size.steps);
    const rows = counts.events + counts.writes;
    const isMissing = rows + sent.definitions < acknowledged;
    const wrong = isMissing ? `${rows} rows are in the file, ${acknowledged} were acknowledged` : undefined;
    const rssBytes = engine.rss().peak;
    let emptyLooks = 0;
    for (let left = size.paneLooks; left > 0; left--) {
      // All of it, a tenth, a thousandth.
      const wide = (end - start) / BigInt([1, 10, 1000][left % 3] ?? 1);
      const from = start + BigInt(Math.floor(Number(end - start - wide) * random()));
      const instant = from + BigInt(Math.floor(Number(wide) * random()));
      if ((await askAllPanes(engine, recordingId, { from, to: from + wide, instant })) === 0) emptyLooks++;
    }
    const panesRssBytes = engine.rss().peak;
    const seen = { looks, stepCpuMs, openRssBytes, rssBytes, panesRssBytes, emptyLooks };
    return { startMs: openedMs - beganMs, openMs, rows, ...seen, wrong };
  } finally {
    await engine.stop();
  }
}

async function look(
  engine: BenchEngine,
  recordingId: string,
  kind: Looked["kind"],
  record: number,
  sent: Sent,
): Promise<Looked> {
  const [instant, last] = [instantOf(record), sent.writeAt(record)];
  const askedMs = performance.now();
  const asked: LookKind = kind === "first" ? "scope" : "rows";
  const [state, events] = await Promise.all([
    ask(engine, recordingId, { kind: asked, instant, last, scopes: ["scope_0"], mostRows }),
    engine.call("events.around", { recordingId, instant, before: around, after: around }),
  ]);
  const tookMs = performance.now() - askedMs;
  return { kind, state, hasEvent: events.seq.includes(sent.eventAt(record)), tookMs };
}

/** What is wrong with the answers, if anything is. */
function judge(sent: Sent, looks: readonly Looked[]): string | undefined {
  let wrong = 0;
  sent.fold(
    looks.map(({ state }) => state.look.last),
    (write, graph, change) => {
      const scopes = [...graph.scopes().keys()];
      for (const { kind, state, hasEvent } of looks) {
        if (state.look.last !== write) continue;
        const isSame =
          state.hash === answerOf(graph, change, kind === "first" ? state.look : { ...state.look, scopes });
        if (!isSame || !hasEvent) wrong++;
      }
    },
  );
  return wrong === 0 ? undefined : `${wrong} of ${looks.length} answers are not what was sent`;
}
