// What large state costs while it is recorded and looked at: a Map of 100,000 entries that one write in a hundred goes to, 50 MB
// in 5,000 objects, and 5,000 scopes. Bytes are those that the file has more than with the state's beginning alone. Each look
// at one scope at a random instant is compared with the plain fold.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeBy } from "../../src/engine/replay/change.js";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { seq } from "../../src/shared/trace/time.js";
import { type CapturedValue, type ObjectId, objectId } from "../../src/shared/trace/value.js";
import type { WriteOperation } from "../../src/shared/trace/write.js";
import { type Figure, measuredOn, quantile } from "../figures.js";
import { BenchEngine, withOpened } from "./engine-child.js";
import { type Asked, answerOf, ask } from "./state-looks.js";
import { StateWrites } from "./state-writes.js";
import { WireAgent } from "./wire-agent.js";

export interface LargeSize {
  readonly writes: number;
  readonly looks: number;
  readonly seed: number;
}

export const largeState: LargeSize = { writes: 400_000, looks: 20, seed: 1 };

/** A made-up program: the writes that make its state, and those that change it. */
interface Program {
  readonly beginning: Iterable<WriteOperation>;
  next(): WriteOperation;
  /** Of which one is looked at. */
  readonly scopes: readonly string[];
}

const timeOriginMs = 1_790_000_000_000;
const nsPerWrite = 10_000;
/** Of a scope that is open, as the window asks for them. */
const rowsOfPage = 100;
const perBatch = 2000;
/** In a batch; the state's beginning is large. */
const slotsPerBatch = 100_000;

const primitive = (value: string | number): CapturedValue => ({ kind: "primitive", value });

/** One write in a hundred to a Map, the others to small scopes. */
function oneMap(seed: number): Program {
  const entries = 100_000;
  const random = randomFrom(seed + 1);
  const below = (limit: number): number => Math.floor(random() * limit);
  const others = new StateWrites(seed);
  const target = objectId(1_000_000);
  const pairs = Array.from({ length: entries }, (_, at) => [primitive(`order_${at}`), primitive(below(1e6))] as const);
  let turn = 0;
  return {
    beginning: [
      { kind: "contents", target, contents: { kind: "map", className: "Map", pairs } },
      { kind: "scope", scope: "orders", value: { kind: "object", id: target } },
      ...others.beginning(200),
    ],
    next: () =>
      turn++ % 100 === 0
        ? { kind: "map-set", target, key: primitive(`order_${below(entries)}`), value: primitive(below(1e6)) }
        : others.next(),
    scopes: ["orders"],
  };
}

/** Objects of ten kilobytes in fifty scopes, written to at random. */
function manyBytes(seed: number): Program {
  const [objects, fields] = [5000, 400];
  const random = randomFrom(seed + 2);
  const below = (limit: number): number => Math.floor(random() * limit);
  const value = (): CapturedValue => primitive(`value ${below(1e9)}`);
  const idOf = (at: number): ObjectId => objectId(1 + at);
  const lists = Array.from({ length: 50 }, (_, list) => ({ id: objectId(1_000_000 + list), name: `list_${list}` }));
  return {
    beginning: (function* (): Iterable<WriteOperation> {
      for (let at = 0; at < objects; at++) {
        const entries = Array.from({ length: fields }, (_, field) => [`field_${field}`, value()] as const);
        yield { kind: "contents", target: idOf(at), contents: { kind: "object", className: "Item", entries } };
      }
      for (const [at, { id, name }] of lists.entries()) {
        const ids = Array.from({ length: objects / lists.length }, (_, one) => idOf(at + one * lists.length));
        const elements = ids.map((one): CapturedValue => ({ kind: "object", id: one }));
        yield { kind: "contents", target: id, contents: { kind: "array", className: "Array", elements, entries: [] } };
        yield { kind: "scope", scope: name, value: { kind: "object", id } };
      }
    })(),
    next: () => ({ kind: "set", target: idOf(below(objects)), key: `field_${below(fields)}`, value: value() }),
    scopes: lists.map(({ name }) => name),
  };
}

function manyScopes(seed: number): Program {
  const writes = new StateWrites(seed);
  const beginning = [...writes.beginning(5000)];
  return { beginning, next: () => writes.next(), scopes: writes.scopes.map(({ name }) => name) };
}

const programs: Readonly<Record<string, (seed: number) => Program>> = {
  map: oneMap,
  bytes: manyBytes,
  scopes: manyScopes,
};

export async function largeStateFigures(size: LargeSize = largeState): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [name, program] of Object.entries(programs)) figures.push(...(await figuresOf(name, program, size)));
  return figures;
}

async function figuresOf(name: string, program: (seed: number) => Program, size: LargeSize): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  try {
    const path = join(folder, "large.hindcast");
    const began = await record(folder, join(folder, "began.hindcast"), program(size.seed), 0);
    const made = await record(folder, path, program(size.seed), size.writes);
    const looked = await lookAt(folder, path, program(size.seed).scopes, made.first, size);
    const wrong = judge(program(size.seed), size, looked.asked);
    const invalid = wrong === 0 ? {} : { invalid: `${wrong} of ${looked.asked.length} answers are not the fold's` };
    const scopeLooks = looked.asked.filter(({ look }) => look.kind === "scope");
    const tookMs = Float64Array.from(scopeLooks, (one) => one.tookMs);
    return measuredOn({ rows: size.writes, fileBytes: made.fileBytes, seed: size.seed, cache: "warm" }, [
      { name: `large_${name}_bytes_per_write`, value: (made.fileBytes - began.fileBytes) / size.writes, unit: "bytes" },
      { name: `large_${name}_write_cpu_us`, value: (made.cpuMs * 1000) / size.writes, unit: "µs of processor time" },
      { name: `large_${name}_scope_p50_ms`, value: quantile(tookMs, 0.5), unit: "ms", ...invalid },
      {
        name: `large_${name}_scope_cpu_ms`,
        value: looked.cpuMs / size.looks,
        unit: "ms of processor time",
        ...invalid,
      },
      {
        name: `large_${name}_page_cpu_ms`,
        value: looked.pageCpuMs / size.looks,
        unit: "ms of processor time, 100 children",
        ...invalid,
      },
      { name: `large_${name}_recording_rss_mb`, value: made.rssBytes / 2 ** 20, unit: "MiB" },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Made {
  readonly fileBytes: number;
  /** Of the writes behind the beginning, and the number of the first of them. */
  readonly cpuMs: number;
  readonly first: number;
  readonly rssBytes: number;
}

async function record(folder: string, path: string, program: Program, writes: number): Promise<Made> {
  const engine = await BenchEngine.start(folder);
  try {
    const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
    const agent = await WireAgent.greet(environment, timeOriginMs);
    let [number, slots] = [0, 0];
    let batch: AgentRecord[] = [];
    const send = async (): Promise<void> => {
      await agent.send(batch);
      [batch, slots] = [[], 0];
    };
    const add = (operation: WriteOperation): void => {
      const head = { seq: seq(++number), clockMs: (number * nsPerWrite) / 1e6 };
      batch.push({ kind: "write", span: 0, location: 0, afterMs: NaN, operation, ...head });
      slots += operation.kind === "contents" ? slotsIn(operation) : 1;
    };
    for (const operation of program.beginning) {
      add(operation);
      if (batch.length >= perBatch || slots >= slotsPerBatch) await send();
    }
    await send();
    await agent.settled();
    const [first, cpuMs] = [number + 1, engine.cpuMs()];
    while (number - first + 1 < writes) {
      add(program.next());
      if (batch.length >= perBatch) await send();
    }
    if (batch.length > 0) await send();
    await agent.bye((number * nsPerWrite) / 1e6, number);
    const [workedMs, rssBytes] = [engine.cpuMs() - cpuMs, engine.rss().peak];
    await engine.call("recording.stop", { recordingId: summary.recordingId });
    return { fileBytes: statSync(path).size, cpuMs: workedMs, first, rssBytes };
  } finally {
    await engine.stop();
  }
}

function slotsIn({ contents }: Extract<WriteOperation, { kind: "contents" }>): number {
  if ("pairs" in contents) return contents.pairs.length;
  return "entries" in contents ? contents.entries.length : 1;
}

const lookAt = (
  folder: string,
  path: string,
  scopes: readonly string[],
  first: number,
  size: LargeSize,
): Promise<{ readonly asked: readonly Asked[]; readonly cpuMs: number; readonly pageCpuMs: number }> =>
  withOpened(folder, path, async (engine, recordingId) => {
    const random = randomFrom(size.seed + 3);
    const cpuMs = { scope: 0, page: 0 };
    const looked: Asked[] = [];
    await engine.whenQuiet();
    for (const kind of ["page", "scope"] as const) {
      const before = engine.cpuMs();
      for (let left = size.looks; left > 0; left--) {
        const last = first + Math.floor(random() * size.writes);
        const instant = BigInt(timeOriginMs) * 1_000_000n + BigInt(last * nsPerWrite);
        const one = scopes[Math.floor(random() * scopes.length)] ?? "";
        looked.push(await ask(engine, recordingId, { kind, instant, last, scopes: [one], mostRows: rowsOfPage }));
      }
      cpuMs[kind] = engine.cpuMs() - before;
    }
    return { asked: looked, cpuMs: cpuMs.scope, pageCpuMs: cpuMs.page };
  });

function judge(program: Program, size: LargeSize, asked: readonly Asked[]): number {
  const inOrder = [...asked].sort((a, b) => a.look.last - b.look.last);
  const graph = ObjectGraph.empty();
  let [number, wrong] = [0, 0];
  for (const operation of program.beginning) {
    graph.apply(operation);
    number++;
  }
  for (const { look, hash } of inOrder) {
    for (; number < look.last - 1; number++) graph.apply(program.next());
    if (number < look.last) {
      const operation = program.next();
      const change = changeBy(graph, operation);
      graph.apply(operation);
      number++;
      if (answerOf(graph, change, look) !== hash) wrong++;
    } else if (answerOf(graph, { kind: "none" }, look) !== hash) wrong++;
  }
  return wrong;
}
