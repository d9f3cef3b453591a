// How soon a file of a gigabyte answers: one whose engine was killed while it wrote, and the same one closed in order. Half
// of its rows are writes to state, the other half events with texts; the engine is started anew each time, and is asked what
// a scope held, and which events there were, in the middle of what is in the file. Both are compared with what was sent.
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord, AgentRecordBody } from "../../src/shared/protocol/agent-records.js";
import { taggedJson } from "../../src/shared/trace/tagged-json.js";
import { seq } from "../../src/shared/trace/time.js";
import { type Figure, measuredOn } from "../figures.js";
import { BenchEngine } from "./engine-child.js";
import { StateWrites } from "./state-writes.js";
import { WireAgent } from "./wire-agent.js";

export interface OpenSize {
  readonly fileBytes: number;
  readonly scopes: number;
  readonly seed: number;
}

const gigabyte: OpenSize = { fileBytes: 1e9, scopes: 200, seed: 1 };
const perBatch = 2000;
const timeOriginMs = 1_790_000_000_000;
const startNs = BigInt(timeOriginMs) * 1_000_000n;
const nsPerRecord = 10_000;
const around = 50;

export async function openFigures(size: OpenSize = gigabyte): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  try {
    const path = join(folder, "open.hindcast");
    const acknowledged = await recordUntilKilled(folder, path, size);
    const fileBytes = bytesOf(path);
    // The first opening reads the dead engine's log; the second finds a file that was closed.
    const sent = sentUpTo(acknowledged >> 1, size);
    const killed = await openAnew(folder, path, acknowledged, sent);
    const closed = await openAnew(folder, path, acknowledged, sent);
    const figure = (name: string, opened: Opened): Figure => ({
      name,
      value: opened.openMs,
      unit: "ms",
      budget: { atMost: 1000 },
      ...(opened.wrong === undefined ? {} : { invalid: opened.wrong }),
    });
    return measuredOn({ rows: closed.rows, fileBytes, seed: size.seed, cache: "fresh" }, [
      figure("open_ms", closed),
      figure("open_after_sigkill_ms", killed),
      { name: "open_engine_start_ms", value: closed.startMs, unit: "ms" },
      { name: "open_rss_mb", value: closed.rssBytes / 2 ** 20, unit: "MiB" },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bytesOf = (path: string): number =>
  [path, `${path}.wal`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);

/** How many records the engine had said are in the file when it was killed in the middle of more. */
async function recordUntilKilled(folder: string, path: string, size: OpenSize): Promise<number> {
  const engine = await BenchEngine.start(folder);
  const { environment } = await engine.call("recording.create", { path, capture: {} });
  const agent = await WireAgent.greet(environment, timeOriginMs);
  let sent = 0;
  for (const batch of batchesOf(size)) {
    await agent.send(batch);
    if (++sent % 20 === 0 && bytesOf(path) >= size.fileBytes) break;
  }
  const gone = once(engine.child, "exit");
  // It is cut off in the middle of what it was sent.
  agent.socket.on("error", () => agent.socket.destroy());
  engine.child.kill("SIGKILL");
  await gone;
  const { acknowledged } = agent;
  agent.socket.destroy();
  return acknowledged * perBatch;
}

interface Opened {
  readonly startMs: number;
  readonly openMs: number;
  readonly rows: number;
  readonly rssBytes: number;
  readonly wrong: string | undefined;
}

async function openAnew(folder: string, path: string, acknowledged: number, sent: Sent): Promise<Opened> {
  const beganMs = performance.now();
  const engine = await BenchEngine.start(folder);
  try {
    const openedMs = performance.now();
    const { recordingId, counts } = await engine.call("recording.open", { path });
    const instant = startNs + BigInt(sent.last * nsPerRecord);
    const [state, events] = await Promise.all([
      engine.call("state.at", { recordingId, process: 1, scope: "scope_0", at: { kind: "instant", instant } }),
      engine.call("events.around", { recordingId, instant, before: around, after: around }),
    ]);
    const answeredMs = performance.now();
    const rows = counts.events + counts.writes;
    const wrong =
      rows + sent.definitions < acknowledged
        ? `${rows} rows are in the file, ${acknowledged} were acknowledged`
        : JSON.stringify(state.value) !== JSON.stringify(sent.state) || !events.seq.includes(sent.lastEvent)
          ? "the answer is not what was sent"
          : undefined;
    const rssBytes = engine.rss().peak;
    return { startMs: openedMs - beganMs, openMs: answeredMs - openedMs, rows, rssBytes, wrong };
  } finally {
    await engine.stop();
  }
}

/** Without end. Records are numbered from 1, and one comes every so many nanoseconds of the program's time. */
function* recordsOf({ scopes, seed }: OpenSize): Iterable<AgentRecord> {
  let number = 0;
  const put = (body: AgentRecordBody): AgentRecord => ({
    ...body,
    seq: seq(++number),
    clockMs: (number * nsPerRecord) / 1e6,
  });
  const write = (operation: ReturnType<StateWrites["next"]>): AgentRecord =>
    put({ kind: "write", span: 0, location: 1, afterMs: NaN, operation });
  yield put({ kind: "string", id: 1, text: "file:///srv/app.js" });
  yield put({ kind: "location", id: 1, file: 1, line: 12, column: 3, functionName: 0 });
  yield put({ kind: "string", id: 2, text: "order.placed" });
  const [made, textOf] = [new StateWrites(seed), texts(seed + 1)];
  for (const operation of made.beginning(scopes)) yield write(operation);
  for (let order = 0; ; order++) {
    yield write(made.next());
    yield put({ kind: "event", name: 2, span: 0, attributes: { order, note: textOf() } });
  }
}

/** Sixty words at random, about 500 bytes. */
function texts(seed: number): () => string {
  const random = randomFrom(seed);
  const words = Array.from({ length: 20_000 }, () => Math.floor(random() * 36 ** 7).toString(36));
  return () => Array.from({ length: 60 }, () => words[Math.floor(random() * words.length)]).join(" ");
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

type Sent = ReturnType<typeof sentUpTo>;

/** What is to be answered at the instant of a record. */
function sentUpTo(last: number, size: OpenSize) {
  const graph = ObjectGraph.empty();
  let [lastEvent, definitions] = [0, 0];
  for (const record of recordsOf(size)) {
    if (record.seq > last) break;
    if (record.kind === "write") graph.apply(record.operation);
    else if (record.kind === "event") lastEvent = record.seq;
    else definitions++;
  }
  const root = graph.scopes().get("scope_0");
  return { state: root && taggedJson(root, graph.contentsOf), last, lastEvent, definitions };
}
