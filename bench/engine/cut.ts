// What a look at one of several processes costs when their clocks contradict their messages: the consistent cut. Four programs
// send each other messages, and their clocks are set wrong, run at wrong speeds and are set anew meanwhile. The engine is a
// process of its own, asked over the channel that hosts use, while that is recorded and once it is saved; each timed answer is
// compared with the plain cut, of all messages.
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { MessageOrder } from "../../src/engine/replay/cut.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { wholeMessage } from "../../src/shared/protocol/message-records.js";
import type { MessageEdge } from "../../src/shared/trace/message.js";
import { instant, processId, seq } from "../../src/shared/trace/time.js";
import { objectId } from "../../src/shared/trace/value.js";
import { type Figure, figuresOfRun, measuredOn, quantile } from "../figures.js";
import { type BenchEngine, inBenchFolder, withEngineIn, withOpened } from "./engine-child.js";
import { WireAgent } from "./wire-agent.js";

export interface CutSize {
  readonly messagesPerS: number;
  readonly programs: number;
  readonly seconds: number;
  readonly looksPerS: number;
  /** Of the saved recording. */
  readonly looks: number;
  readonly seed: number;
}

export const tenThousandASecond: CutSize = {
  messagesPerS: 10_000,
  programs: 4,
  seconds: 40,
  looksPerS: 20,
  looks: 400,
  seed: 1,
};

const sendsEveryMs = 10;
/** The first looks of an engine are those in which its code is compiled. */
const uncountedLooks = 60;
/** Of records that say what a program's scope holds: the scope itself comes first. */
const writeEvery = 50;
/** How far clocks are set wrong at most, and by how much they are set anew now and then. */
const skewMs = 60;

interface Look {
  /** How many messages are certainly in the file. */
  readonly known: number;
  readonly process: number;
  readonly at: bigint;
  readonly tookMs: number;
  readonly seq: number;
  readonly moved: string;
}

type Cuts = readonly { readonly process: number; readonly seq: number }[];

export async function cutFigures(size: CutSize = tenThousandASecond): Promise<readonly Figure[]> {
  return inBenchFolder(async (folder) => {
    const path = join(folder, "cut.hindcast");
    const { programs, live, cpuMs } = await withEngineIn(folder, async (engine) => {
      const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
      const running = await Programs.start(environment, size);
      const cpuBefore = engine.cpuMs();
      const looked = await scrub(engine, summary.recordingId, running, size);
      const cpuOfLive = engine.cpuMs() - cpuBefore;
      await running.stop();
      await engine.call("recording.stop", { recordingId: summary.recordingId });
      return { programs: running, live: looked, cpuMs: cpuOfLive };
    });
    const saved = await withOpened(folder, path, async (engine, recordingId) => {
      await engine.whenQuiet();
      return lookAll(engine, recordingId, programs, size);
    });
    const measured = { rows: programs.messages.length, fileBytes: statSync(path).size, seed: size.seed } as const;
    return [
      ...measuredOn({ ...measured, cache: "warm" }, figuresOf("cut", saved, programs)),
      ...measuredOn({ ...measured, cache: "written" }, [
        ...figuresOf("cut_live", live, programs, size),
        { name: "cut_live_engine_share", value: cpuMs / (size.seconds * 1000), unit: "of a processor" },
      ]),
    ];
  });
}

/** `size`: while it was recorded, as fast as that? */
function figuresOf(name: string, looks: readonly Look[], programs: Programs, size?: CutSize): Figure[] {
  const { wrong, moved, furthestMs } = judge(looks, programs);
  const keptUp = size === undefined ? 1 : programs.messages.length / (size.messagesPerS * size.seconds);
  const slow = keptUp < 0.95 ? `only ${Math.round(100 * keptUp)} % of the messages were taken` : undefined;
  const few = looks.length < 2 * uncountedLooks ? `only ${looks.length} looks were answered` : slow;
  const figure = figuresOfRun(wrong > 0 ? `${wrong} of ${looks.length} cuts are not the plain one` : few);
  const took = (): Float64Array => Float64Array.from(looks.slice(uncountedLooks), ({ tookMs }) => tookMs);
  return [
    figure(`${name}_p50_ms`, quantile(took(), 0.5), "ms"),
    figure(`${name}_p95_ms`, quantile(took(), 0.95), "ms", { atMost: 12 }),
    figure(`${name}_looks`, looks.length, "looks, the first of which are not timed"),
    figure(`${name}_moved`, moved, "processes moved, of all looks"),
    figure(`${name}_furthest_ms`, furthestMs, "ms that one was moved at most"),
  ];
}

/** A clock that never goes back: what it says when so much time has passed. */
class WrongClock {
  readonly #random: () => number;
  readonly #speed: number;
  #offsetMs: number;
  #nextStepMs = 0;
  #last = 0;

  constructor(random: () => number) {
    this.#random = random;
    this.#offsetMs = (random() * 2 - 1) * skewMs;
    this.#speed = 1 + (random() - 0.5) / 1000;
  }

  read(realMs: number): number {
    if (realMs >= this.#nextStepMs) {
      this.#offsetMs += (this.#random() * 2 - 1) * (skewMs / 4);
      this.#nextStepMs = realMs + 2000 + this.#random() * 4000;
    }
    this.#last = Math.max(this.#last, 1000 + realMs * this.#speed + this.#offsetMs);
    return this.#last;
  }
}

interface Program {
  readonly agent: WireAgent;
  readonly clock: WrongClock;
  /** Which process of the recording it is. */
  process: number;
  seq: number;
  batch: AgentRecord[];
  /** Seqs of what its scope was set by, and when that was. */
  readonly writes: { readonly seq: number; readonly at: bigint }[];
}

const timeOriginMs = 1_790_000_000_000;
/** As the engine makes it of what a clock says. */
const instantOf = (clockMs: number): bigint => BigInt(timeOriginMs) * 1_000_000n + BigInt(Math.round(clockMs * 1e6));

/** What is under way arrives after a while, and sometimes later than what was sent behind it. */
interface UnderWay {
  readonly channel: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly arrivesMs: number;
  readonly sent: MessageEdge["sent"];
}

class Programs {
  readonly #size: CutSize;
  readonly #random: () => number;
  readonly #programs: Program[] = [];
  readonly #underWay: UnderWay[] = [];
  /** In the order of their receipt. */
  readonly messages: MessageEdge[] = [];
  /** How many messages there were when so many batches had been sent by each. */
  readonly #ends: number[] = [];
  #channel = 0;
  #sent = 0;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  private constructor(size: CutSize) {
    this.#size = size;
    this.#random = randomFrom(size.seed);
  }

  static async start(environment: Readonly<Record<string, string>>, size: CutSize): Promise<Programs> {
    const programs = new Programs(size);
    for (let number = 1; number <= size.programs; number++) {
      const agent = await WireAgent.greet(environment, timeOriginMs, `0000000${number}`.padEnd(32, "0"));
      const clock = new WrongClock(programs.#random);
      programs.#programs.push({ agent, clock, process: number, seq: 0, batch: [], writes: [] });
    }
    programs.#running = programs.#run();
    return programs;
  }

  get processes(): readonly number[] {
    return this.#programs.map(({ process }) => process);
  }

  writesOf(process: number): Program["writes"] {
    return this.#programs.find((program) => program.process === process)?.writes ?? [];
  }

  /** Of the messages, as many as are certainly in the file. */
  get inFile(): number {
    const batches = Math.min(...this.#programs.map(({ agent }) => agent.acknowledged));
    return this.#ends[batches - 1] ?? 0;
  }

  async #run(): Promise<void> {
    const startedMs = performance.now();
    for (const program of this.#programs) this.#begin(program);
    while (!this.#isStopped) {
      const nowMs = performance.now() - startedMs;
      const due = Math.floor((nowMs / 1000) * this.#size.messagesPerS);
      for (; this.#sent < due; this.#sent++) {
        const realMs = (this.#sent / this.#size.messagesPerS) * 1000;
        this.#arrive(realMs);
        this.#send(realMs);
      }
      await this.#flush();
      await wait(sendsEveryMs);
    }
    this.#arrive(Number.MAX_VALUE, (this.#sent / this.#size.messagesPerS) * 1000);
    await this.#flush();
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #begin(program: Program): void {
    const clockMs = program.clock.read(0);
    const head = () => ({ seq: seq(++program.seq), clockMs });
    const target = objectId(1);
    program.batch.push({ kind: "string", id: 1, text: "file:///srv/app.js", ...head() });
    program.batch.push({ kind: "location", id: 1, file: 1, line: 12, column: 3, functionName: 0, ...head() });
    const contents = { kind: "object", className: "Object", entries: [] } as const;
    this.#write(program, { kind: "contents", target, contents }, clockMs);
    this.#write(program, { kind: "scope", scope: "state", value: { kind: "object", id: target } }, clockMs);
  }

  #write(program: Program, operation: Extract<AgentRecord, { kind: "write" }>["operation"], clockMs: number): void {
    const head = { seq: seq(++program.seq), clockMs };
    program.writes.push({ seq: program.seq, at: instantOf(clockMs) });
    program.batch.push({ kind: "write", span: 0, location: 1, afterMs: NaN, operation, ...head });
  }

  #send(realMs: number): void {
    const from = this.#below(this.#programs.length);
    const to = (from + 1 + this.#below(this.#programs.length - 1)) % this.#programs.length;
    const program = this.#programs[from];
    if (program === undefined) return;
    const channel = Buffer.alloc(8);
    channel.writeBigUInt64LE(BigInt(++this.#channel));
    const clockMs = program.clock.read(realMs);
    if (this.#sent % writeEvery === 0) {
      const value = { kind: "primitive", value: this.#sent } as const;
      this.#write(program, { kind: "set", target: objectId(1), key: `k${this.#sent % 7}`, value }, clockMs);
    }
    const number = seq(++program.seq);
    program.batch.push(recordOf("sent", channel, number, clockMs));
    const sent = { process: processId(program.process), seq: number, instant: instant(instantOf(clockMs)) };
    const arrivesMs = realMs + 0.1 + this.#random() * (this.#below(20) === 0 ? 30 : 2);
    this.#underWay.push({ channel, from, to, arrivesMs, sent });
  }

  #arrive(realMs: number, at = realMs): void {
    for (let place = 0; place < this.#underWay.length; place++) {
      const message = this.#underWay[place];
      const program = this.#programs[message?.to ?? 0];
      if (message === undefined || program === undefined || message.arrivesMs > realMs) continue;
      const last = this.#underWay.pop();
      if (last !== undefined && last !== message) this.#underWay[place--] = last;
      const clockMs = program.clock.read(at);
      const number = seq(++program.seq);
      program.batch.push(recordOf("received", message.channel, number, clockMs));
      const received = { process: processId(program.process), seq: number, instant: instant(instantOf(clockMs)) };
      this.messages.push({ sent: message.sent, received });
    }
  }

  /** All that there is, of each: how long each is under way to the engine differs. */
  async #flush(): Promise<void> {
    this.#ends.push(this.messages.length);
    await Promise.all(
      this.#programs.map(async (program) => {
        const { batch } = program;
        program.batch = [];
        if (batch.length === 0) batch.push({ kind: "string", id: 2, text: "", seq: seq(++program.seq), clockMs: 0 });
        await program.agent.send(batch);
      }),
    );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    for (const { agent, seq: written } of this.#programs) await agent.bye(this.#size.seconds * 1000 + 5000, written);
  }
}

const recordOf = (end: "sent" | "received", channel: Uint8Array, number: ReturnType<typeof seq>, clockMs: number) =>
  ({
    kind: "message",
    end,
    part: "request",
    channel,
    upTo: end === "sent" ? wholeMessage : 0,
    hybridUs: 0,
    origin: 0,
    originUs: 0,
    seq: number,
    clockMs,
  }) satisfies AgentRecord;

async function look(
  engine: BenchEngine,
  recordingId: string,
  programs: Programs,
  process: number,
  at: bigint,
): Promise<Look> {
  const known = programs.inFile;
  const position = { kind: "instant", instant: at } as const;
  const askedMs = performance.now();
  const answer = await engine.call("state.at", { recordingId, process, scope: "state", at: position });
  const tookMs = performance.now() - askedMs;
  return { known, process, at, tookMs, seq: answer.seq, moved: textOf(answer.cut?.moved ?? []) };
}

const textOf = (moved: Cuts): string =>
  moved
    .map(({ process, seq: number }) => `${process} ${number}`)
    .sort()
    .join(", ");

/** Beside the last, anywhere, or near the newest. */
function nextInstant(random: () => number, before: bigint, newest: bigint, first: bigint): bigint {
  const kind = random();
  if (kind < 0.5 && before > first) return before + BigInt(Math.round((random() - 0.45) * 20e6));
  if (kind < 0.75) return newest - BigInt(Math.round(random() * 100e6));
  return first + BigInt(Math.floor(random() * Number(newest - first)));
}

const settledAfterMs = 2 * skewMs + 200;

async function scrub(engine: BenchEngine, recordingId: string, programs: Programs, size: CutSize): Promise<Look[]> {
  const random = randomFrom(size.seed + 1);
  const endsMs = performance.now() + size.seconds * 1000;
  const first = instantOf(1000 + settledAfterMs);
  const looks: Look[] = [];
  let at = first;
  while (performance.now() < endsMs) {
    const nextMs = performance.now() + (1000 / size.looksPerS) * (0.5 + random());
    const known = programs.messages[programs.inFile - 1];
    // What has not come cannot be part of the answer; the receipts of it are held back, and are not compared here.
    const newest = (known?.received.instant ?? 0n) - BigInt(settledAfterMs * 1e6);
    if (newest > first) {
      at = nextInstant(random, at, newest, first);
      if (at > newest) at = newest;
      const process = 1 + Math.floor(random() * size.programs);
      looks.push(await look(engine, recordingId, programs, process, at));
    }
    await wait(Math.max(0, nextMs - performance.now()));
  }
  return looks;
}

async function lookAll(engine: BenchEngine, recordingId: string, programs: Programs, size: CutSize): Promise<Look[]> {
  const random = randomFrom(size.seed + 2);
  const first = instantOf(1000 + settledAfterMs);
  const newest = programs.messages.at(-1)?.received.instant ?? 0n;
  const looks: Look[] = [];
  let at = first;
  for (let left = size.looks + uncountedLooks; left > 0; left--) {
    at = nextInstant(random, at, newest, first);
    looks.push(await look(engine, recordingId, programs, 1 + Math.floor(random() * size.programs), at));
  }
  return looks;
}

function judge(looks: readonly Look[], programs: Programs) {
  const order = new MessageOrder();
  for (const message of programs.messages) order.add(message);
  let [wrong, moved, furthestMs] = [0, 0, 0];
  for (const { process, at, seq: last, moved: told } of looks) {
    const cut = order.atInstant(instant(at));
    const expected = [...cut.moved].flatMap(([number, { upTo }]) =>
      "seq" in upTo ? [{ process: number, seq: upTo.seq }] : [],
    );
    const { upTo } = cut.of(processId(process));
    const write = programs
      .writesOf(process)
      .findLast((one) => ("seq" in upTo ? one.seq <= upTo.seq : one.at <= upTo.instant));
    if (textOf(expected) !== told || (write?.seq ?? 0) !== last) wrong++;
    moved += expected.length;
    for (const { movedNs = 0n } of cut.moved.values())
      furthestMs = Math.max(furthestMs, Math.abs(Number(movedNs)) / 1e6);
  }
  return { wrong, moved, furthestMs };
}
