// Turns the records of one process into rows: ids into dictionary ids, the process's clock into instants, span numbers
// into the spans they name. And keeps account of it: what came, what is missing, how it ended.
import { later } from "../../shared/base/earlier.js";
import { type AgentRecord, hasOwnSeq } from "../../shared/protocol/agent-records.js";
import { originOf } from "../../shared/protocol/message-records.js";
import type { Hello } from "../../shared/protocol/agent-wire.js";
import { instantFromClock } from "../../shared/trace/time.js";
import type { LiveCounts } from "../store/agent-counts.js";
import { type EndingKind, type LossReason, endLabel, gapLabels, startLabel } from "../store/schema.js";
import type { ProcessRow } from "../store/recording-rows.js";
import type { StoredProcess } from "../store/stored-recording.js";
import { AgentAccount } from "./agent-account.js";
import { type ClockOffset, OffsetBounds } from "./clock-offset.js";
import type { Dictionaries } from "./dictionaries.js";
import type { Incoming } from "./incoming.js";
import { OtherRecords } from "./other-records.js";
import { OwnDefinitions, type ScopeSeen } from "./own-definitions.js";
import { PlainRows } from "./plain-rows.js";
import { ProcessClock } from "./process-clock.js";
import { ProcessSpans } from "./process-spans.js";

export interface Counts {
  events: number;
  spans: number;
  logs: number;
  metrics: number;
  writes: number;
  lost: number;
}

export interface HowEnded {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
}

export class ProcessIngest {
  readonly #definitions: OwnDefinitions;
  readonly #spans: ProcessSpans;
  readonly #clock: ProcessClock;
  readonly #offset = new OffsetBounds();
  /** As it was measured by an engine before this one. */
  #measuredBefore: ClockOffset | undefined;
  readonly #plain: PlainRows;
  readonly #others: OtherRecords;
  readonly #start: bigint;
  #lastSeen: bigint;
  #ended: ProcessRow["ended"];
  #received = 0;
  #written: number | undefined;
  /** As gaps tell, which come after what they tell of. */
  #dropped = 0;
  #isTailUnknown = false;
  #lastBatch = 0;
  readonly #account = new AgentAccount();
  /** Records the program had made when it sent its last batch; more may have followed. */
  #madeAtLeast = 0;

  private constructor(
    readonly process: number,
    readonly hello: Hello,
    readonly dictionaries: Dictionaries,
    readonly counts: Counts,
    onScope: (seen: ScopeSeen) => void,
    start?: bigint,
  ) {
    this.#definitions = new OwnDefinitions(process, dictionaries, onScope);
    this.#clock = new ProcessClock(instantFromClock(hello.timeOriginMs, 0));
    const nameOf = (own: number): number => this.#definitions.nameOf(own);
    this.#spans = new ProcessSpans(process, this.#clock, dictionaries.writer, nameOf);
    this.#plain = new PlainRows(process, this.#clock, this.#definitions, dictionaries.writer, counts);
    this.#others = new OtherRecords(process, this.#clock, this.#definitions, dictionaries, this.#account, counts);
    this.#start = start ?? this.instantOf(hello.beganMs ?? 0);
    this.#lastSeen = this.instantOf(hello.clockMs);
    dictionaries.messages.knows(process, originOf(hello.runId));
  }

  static begin(
    process: number,
    hello: Hello,
    dictionaries: Dictionaries,
    counts: Counts,
    onScope: (seen: ScopeSeen) => void,
  ): ProcessIngest {
    const begun = new ProcessIngest(process, hello, dictionaries, counts, onScope);
    dictionaries.writer.process(begun.row());
    const label = startLabel(hello);
    dictionaries.writer.mark({ process, seq: 0, instant: begun.#start, kind: "start", label, lost: 0 });
    return begun;
  }

  /** As it was at the last commit of an engine that is gone: what came after that is sent again. */
  static restore(
    stored: StoredProcess,
    nameFrom: (id: number) => string,
    dictionaries: Dictionaries,
    counts: Counts,
    onScope: (seen: ScopeSeen) => void,
  ): ProcessIngest {
    const restored = new ProcessIngest(stored.process, stored.hello, dictionaries, counts, onScope, stored.start);
    restored.#definitions.restore(stored, nameFrom);
    restored.#spans.restore(stored);
    restored.#lastSeen = stored.lastSeen;
    restored.#measuredBefore = stored.clock;
    restored.#ended = stored.ended;
    restored.#isTailUnknown = stored.endUnknown;
    restored.#received = stored.received;
    restored.#madeAtLeast = stored.made;
    restored.#written = stored.ended?.how === "bye" ? stored.written : undefined;
    restored.#dropped = stored.dropped;
    restored.#lastBatch = stored.lastBatch;
    return restored;
  }

  get lastSeen(): bigint {
    return this.#lastSeen;
  }

  get saidBye(): boolean {
    return this.#ended?.how === "bye";
  }

  /** Records that it has made, as far as is known. */
  get made(): number {
    return Math.max(this.#madeAtLeast, this.accounted);
  }

  /** Records that have come, or were counted as lost. */
  get accounted(): number {
    return this.#received + this.#dropped;
  }

  /** How much each stage of its pipeline left out, and how often its ring was resized for which reason; absent: nothing. */
  get counted(): LiveCounts {
    return this.#account.counted;
  }

  /** 0: its ring was never resized. */
  get largestRing(): number {
    return this.#account.largestRing;
  }

  instantOf(clockMs: number): bigint {
    return this.#clock.instantOf(clockMs);
  }

  row(): ProcessRow {
    return {
      process: this.process,
      hello: this.hello,
      category: this.dictionaries.category(this.hello.serviceName),
      start: this.#start,
      lastSeen: this.#lastSeen,
      ended: this.#ended,
      endUnknown: this.#isTailUnknown,
      received: this.#received,
      made: this.#madeAtLeast,
      written: this.#written ?? this.#received,
      dropped: this.#dropped,
      lastBatch: this.#lastBatch,
      faults: this.#account.faults,
      clock: this.#offset.value ?? this.#measuredBefore,
    };
  }

  /** What its clock said between two readings of the engine's, in nanoseconds since the epoch. */
  clockSaid(clockMs: number, askedNs: bigint, answeredNs: bigint): void {
    this.#offset.observe(this.instantOf(clockMs), askedNs, answeredNs);
    this.dictionaries.writer.process(this.row());
  }

  /** Whether a batch was received before. */
  has(number: number): boolean {
    return number <= this.#lastBatch;
  }

  /** One that was received before comes again when its acknowledgement got lost; what it tells besides may be newer. */
  sentAgain(lastSeq: number): void {
    this.#madeAtLeast = Math.max(this.#madeAtLeast, lastSeq);
  }

  batch(number: number, incoming: Incoming, lastSeq: number): void {
    this.#madeAtLeast = Math.max(this.#madeAtLeast, lastSeq);
    this.#lastBatch = number;
    let latestMs = 0;
    for (let index = 0; index < incoming.count; index++) {
      const other = incoming.other(index);
      if (other !== undefined) this.#record(other);
      else {
        if (!incoming.isAhead(index)) this.#received++;
        if (incoming.isSpanStart(index)) {
          this.counts.spans++;
          this.#spans.start(incoming, index);
        } else if (incoming.isCall(index)) {
          if (this.#spans.call(incoming, index, this.#definitions)) this.counts.spans++;
        } else if (incoming.isSpanEnd(index)) this.#spans.end(incoming, index);
        else this.#plain.add(incoming, index);
        this.#account.noteSample(incoming, index);
      }
      latestMs = Math.max(latestMs, incoming.clockMs[index] ?? 0);
    }
    this.#lastSeen = later(this.#lastSeen, this.instantOf(latestMs));
    const last = incoming.count - 1;
    if (last >= 0) this.#cameTo(incoming.seq[last] ?? 0, incoming.clockMs[last] ?? 0);
    this.dictionaries.writer.process(this.row());
  }

  #cameTo(seq: number, clockMs: number): void {
    this.dictionaries.messages.cameTo({ process: this.process, seq, instant: this.instantOf(clockMs) });
  }

  /** One that is said again, because the engine it was said to is gone, changes nothing. */
  bye(bye: {
    readonly clockMs: number;
    readonly exitCode?: number | undefined;
    readonly written: number;
    readonly dropped: number;
    readonly detached?: boolean | undefined;
    readonly agentFaults?: number | undefined;
    readonly workerFaults?: number | undefined;
  }): void {
    if (this.#ended?.how === "bye") return;
    const at = this.instantOf(bye.clockMs);
    this.#written = Math.max(this.#received, bye.written);
    // What was given up after it was written is told by gaps as well.
    const missing = Math.max(0, bye.written + bye.dropped - this.#received - this.#dropped);
    if (missing > 0) this.#gap(at, missing, "not-sent");
    this.#isTailUnknown = false;
    this.#account.noteFaults(bye.agentFaults ?? 0, bye.workerFaults ?? 0);
    // What its parent saw counts more than what it meant to do.
    const how = this.#ended?.how === "parent" ? this.#ended : bye;
    this.#end(at, "bye", how, bye.detached === true ? "detached, the program went on" : endLabel(how));
  }

  connectionLost(): void {
    if (this.#ended !== undefined) return;
    this.#isTailUnknown = true;
    this.#end(this.#lastSeen, "connection-lost", {}, "connection lost: how it ended is not known");
  }

  /** What the program's parent saw counts more than what was supposed without it. */
  endedAs(how: HowEnded): void {
    // Without a good-bye its last records may be missing.
    if (this.#ended === undefined) this.#isTailUnknown = true;
    const { at, exitCode } = this.#ended ?? { at: this.#lastSeen };
    if (exitCode !== undefined && exitCode === how.exitCode) return;
    // What it said itself stays the way its end is known.
    this.#end(at, this.#ended?.how === "bye" ? "bye" : "parent", how, endLabel(how));
  }

  /** The recording ends, and what the program does from now on is not part of it. */
  disconnected(): void {
    if (this.#ended === undefined)
      this.#end(this.#lastSeen, "recording-ended", {}, "recording ended, the program went on");
  }

  /** After the last chance to reconnect. `wasHere`: connected to this engine, not only to one before it that was killed. */
  finish(wasHere: boolean): void {
    if (!this.#isTailUnknown) return;
    const missing = Math.max(0, this.#madeAtLeast - this.#received - this.#dropped);
    this.#gap(this.#lastSeen, missing, wasHere ? "connection-lost" : "engine-away");
  }

  #gap(at: bigint, lost: number, reason: LossReason): void {
    this.#dropped += lost;
    this.counts.lost += lost;
    const { process } = this;
    const label = gapLabels[reason];
    this.dictionaries.writer.mark({ process, seq: 0, instant: at, kind: "gap", label, lost, reason });
  }

  reconnected(): void {
    const { process } = this;
    if (this.#ended !== undefined && this.#ended.how !== "bye") {
      this.#ended = undefined;
      this.#isTailUnknown = false;
      this.dictionaries.writer.end(process, undefined);
    }
    this.dictionaries.writer.process(this.row());
  }

  #end(at: bigint, how: EndingKind, { exitCode, signal }: HowEnded, label: string): void {
    this.#ended = { at, how, exitCode, signal };
    if (at > this.#lastSeen) this.#lastSeen = at;
    const { writer } = this.dictionaries;
    const { process } = this;
    writer.end(process, { process, seq: 0, instant: at, kind: "end", label, lost: 0 });
    writer.process(this.row());
  }

  #record(record: AgentRecord): void {
    if (hasOwnSeq(record)) this.#received++;
    this.#dropped += this.#others.add(record);
  }
}
