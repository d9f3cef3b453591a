// What a look at captured state costs while it is recorded: one program writes at a steady rate, and somebody scrubs through
// what has come so far, to and fro by a few writes, to random instants, and to the newest there is. The engine is a process
// of its own, asked over the channel that hosts use; each timed answer is compared with the plain fold.
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { changeBy } from "../../src/engine/replay/change.js";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { seq } from "../../src/shared/trace/time.js";
import { type Figure, figuresOfRun, measuredOn, quantile } from "../figures.js";
import { type BenchEngine, withEngine } from "./engine-child.js";
import { type Asked, type Look, answerOf, ask } from "./state-looks.js";
import { StateWrites } from "./state-writes.js";
import { WireAgent } from "./wire-agent.js";

export interface LiveStateSize {
  readonly writesPerS: number;
  readonly scopes: number;
  readonly seconds: number;
  readonly looksPerS: number;
  readonly seed: number;
}

export const twentyThousandASecond: LiveStateSize = {
  writesPerS: 20_000,
  scopes: 200,
  seconds: 40,
  looksPerS: 20,
  seed: 1,
};

const timeOriginMs = 1_790_000_000_000;
const startNs = BigInt(timeOriginMs) * 1_000_000n;
/** Definitions come before the writes. */
const definitions = 2;
/** How often the program's agent sends what it has. */
const sendsEveryMs = 10;
/** The first looks of an engine are those in which its code is compiled. */
const uncountedSeconds = 5;
const everyRow = 10_000;

/** Where looks go: beside the one before, anywhere, or to the newest write that is known to be in the file. */
type Move = "step" | "jump" | "newest";

interface LiveLook extends Asked {
  readonly move: Move;
}

export async function liveStateFigures(size: LiveStateSize = twentyThousandASecond): Promise<readonly Figure[]> {
  return withEngine(async (engine, folder) => {
    const path = join(folder, "live-state.hindcast");
    const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
    const program = await LiveProgram.start(environment, size);
    const cpuBefore = engine.cpuMs();
    const looks = await scrub(engine, summary.recordingId, program, size);
    const cpuMs = engine.cpuMs() - cpuBefore;
    const keptUp = program.written / (size.writesPerS * size.seconds);
    const writes = await program.stop();
    await engine.call("recording.stop", { recordingId: summary.recordingId });
    const wrong = judge(size, writes, looks);
    const tooFew = keptUp < 0.95 ? `only ${Math.round(100 * keptUp)} % of the writes were taken` : undefined;
    const figure = figuresOfRun(wrong > 0 ? `${wrong} answers are not the fold's` : tooFew);
    const counted = looks.filter(({ look }) => look.last > uncountedSeconds * size.writesPerS);
    const of = (...moves: readonly Move[]): Float64Array =>
      Float64Array.from(
        counted.filter(({ move }) => moves.includes(move)),
        ({ tookMs }) => tookMs,
      );
    const measured = { rows: writes, fileBytes: statSync(path).size, seed: size.seed, cache: "written" } as const;
    return measuredOn(measured, [
      figure("state_live_p50_ms", quantile(of("step", "jump", "newest"), 0.5), "ms"),
      figure("state_live_p95_ms", quantile(of("step", "jump", "newest"), 0.95), "ms", { atMost: 12 }),
      figure("state_live_step_p95_ms", quantile(of("step"), 0.95), "ms"),
      figure("state_live_jump_p95_ms", quantile(of("jump"), 0.95), "ms"),
      figure("state_live_newest_p95_ms", quantile(of("newest"), 0.95), "ms"),
      figure("state_live_looks", counted.length, "looks"),
      figure("state_live_engine_share", cpuMs / (size.seconds * 1000), "of a processor, recording and looks"),
    ]);
  });
}

/** Sends writes at a steady rate, by its clock and by ours. */
class LiveProgram {
  readonly #agent: WireAgent;
  readonly #writes: Iterator<AgentRecord>;
  readonly #size: LiveStateSize;
  /** By batch: the last write that it holds. */
  readonly #ends: number[] = [0];
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();
  written = 0;

  private constructor(agent: WireAgent, size: LiveStateSize) {
    this.#agent = agent;
    this.#size = size;
    this.#writes = recordsOf(size);
  }

  static async start(environment: Readonly<Record<string, string>>, size: LiveStateSize): Promise<LiveProgram> {
    const program = new LiveProgram(await WireAgent.greet(environment, timeOriginMs), size);
    program.#running = program.#run();
    return program;
  }

  /** The last write that is known to be in the file. */
  get inFile(): number {
    return this.#ends[this.#agent.acknowledged] ?? 0;
  }

  async #run(): Promise<void> {
    await this.#agent.send([
      { kind: "string", id: 1, text: "file:///srv/app.js", seq: seq(1), clockMs: 0 },
      { kind: "location", id: 1, file: 1, line: 12, column: 3, functionName: 0, seq: seq(2), clockMs: 0 },
    ]);
    this.#ends.push(0);
    const startedMs = performance.now();
    while (!this.#isStopped) {
      const due = Math.floor(((performance.now() - startedMs) / 1000) * this.#size.writesPerS);
      const batch: AgentRecord[] = [];
      for (; this.written < due; this.written++) batch.push(this.#next());
      this.#ends.push(this.written);
      if (batch.length > 0) await this.#agent.send(batch);
      else this.#ends.pop();
      await wait(sendsEveryMs);
    }
  }

  #next(): AgentRecord {
    const next = this.#writes.next();
    if (next.done === true) throw new Error("writes never end");
    return next.value;
  }

  /** How many it wrote. */
  async stop(): Promise<number> {
    this.#isStopped = true;
    await this.#running;
    await this.#agent.bye((this.written / this.#size.writesPerS) * 1000, this.written + definitions);
    return this.written;
  }
}

function* operationsOf({ seed, scopes }: LiveStateSize): Generator<ReturnType<StateWrites["next"]>, never> {
  const made = new StateWrites(seed);
  yield* made.beginning(scopes);
  for (;;) yield made.next();
}

const nsPerWrite = ({ writesPerS }: LiveStateSize): number => 1e9 / writesPerS;

function* recordsOf(size: LiveStateSize): Generator<AgentRecord, never> {
  let write = 0;
  for (const operation of operationsOf(size)) {
    const head = { seq: seq(++write + definitions), clockMs: (write * nsPerWrite(size)) / 1e6 };
    yield { kind: "write", span: 0, location: 1, afterMs: NaN, operation, ...head };
  }
  throw new Error("writes never end");
}

async function scrub(
  engine: BenchEngine,
  recordingId: string,
  program: LiveProgram,
  size: LiveStateSize,
): Promise<readonly LiveLook[]> {
  const random = randomFrom(size.seed + 1);
  const scopes = Array.from({ length: size.scopes }, (_, index) => `scope_${index}`);
  const earliest = size.scopes * 12;
  const endsMs = performance.now() + size.seconds * 1000;
  const looks: LiveLook[] = [];
  let write = earliest;
  let left = 0;
  while (performance.now() < endsMs) {
    const nextMs = performance.now() + (1000 / size.looksPerS) * (0.5 + random());
    const newest = program.inFile;
    if (newest > earliest) {
      // Who scrubs comes to a place, and goes to and fro there.
      const move: Move = left-- > 0 ? "step" : random() < 0.3 ? "newest" : "jump";
      if (move === "step") write += Math.round((random() - 0.45) * 20);
      else {
        left = Math.floor(random() * 8);
        write = move === "newest" ? newest : earliest + Math.floor(random() * (newest - earliest));
      }
      write = Math.min(newest, Math.max(earliest, write));
      const look: Look = {
        kind: "rows",
        instant: startNs + BigInt(write * nsPerWrite(size)),
        last: write + definitions,
        scopes,
        mostRows: everyRow,
      };
      looks.push({ move, ...(await ask(engine, recordingId, look)) });
    }
    await wait(Math.max(0, nextMs - performance.now()));
  }
  return looks;
}

/** Folds everything once, and compares on the way. How many answers are not the fold's. */
function judge(size: LiveStateSize, writes: number, looks: readonly LiveLook[]): number {
  const inOrder = [...looks].sort((a, b) => a.look.last - b.look.last);
  const graph = ObjectGraph.empty();
  let [wrong, next, write] = [0, 0, 0];
  for (const operation of operationsOf(size)) {
    if (++write > writes || next === inOrder.length) break;
    const last = write + definitions;
    const change = inOrder[next]?.look.last === last ? changeBy(graph, operation) : undefined;
    graph.apply(operation);
    if (change === undefined) continue;
    for (let one = inOrder[next]; one?.look.last === last; one = inOrder[++next])
      if (answerOf(graph, change, one.look) !== one.hash) wrong++;
  }
  return wrong + (inOrder.length - next);
}
