// What probes and the state tracker record becomes records here: each gets the span it belongs to and the ids of its
// names. A simple event is written straight into the ring.
import type { LostKinds } from "../shared/protocol/agent-records.js";
import type { MessageRecord } from "../shared/protocol/message-records.js";
import type { OverflowPolicy } from "../shared/protocol/agent-wire.js";
import type { Attributes, SpanKind, SpanStatus } from "../shared/trace/attributes.js";
import type { WriteOperation } from "../shared/trace/write.js";
import { attributesFrom, cutText } from "./attributes.js";
import { CallRecords } from "./call-records.js";
import { type SpanContext, afterEnd } from "./context.js";
import { InPlace } from "./in-place.js";
import { Names } from "./names.js";
import type { ForeignSpan } from "./open-telemetry.js";
import type { OpenSpan, OwnIds, RecordSink, SpanParent } from "./record-sink.js";
import { RecordWriter } from "./record-writer.js";
import type { RecordPipeline } from "./pipeline/pipeline.js";
import { type Redaction, noRedaction } from "../redact/redactor.js";
import type { RingWriter } from "./ring.js";
import { SpanRecords } from "./span-records.js";

const maxBodyUnits = 65_536;
const none: Attributes = {};
const noOwn: OwnIds = {};

export interface RecorderCounts {
  readonly written: number;
  readonly dropped: number;
}

export class Recorder implements RecordSink {
  readonly clockMs: () => number;
  readonly #context: SpanContext;
  readonly #noteFault: (error: unknown) => void;
  readonly #writer: RecordWriter;
  readonly #inPlace: InPlace;
  readonly #names: Names;
  readonly #spans: SpanRecords;
  readonly callRecords: CallRecords;
  #lastEventName: string | undefined;
  #lastEventId = 0;
  #beforeSpanEnd: (nowMs?: number) => void = () => undefined;
  #redaction: Redaction = noRedaction;
  #isPlain = false;
  #pipeline: RecordPipeline | undefined;

  constructor(
    ring: RingWriter,
    context: SpanContext,
    clockMs: () => number,
    noteFault: (error: unknown) => void,
    policy?: OverflowPolicy,
    guarded: <T>(work: () => T, fallback: T) => T = (work) => work(),
  ) {
    this.#context = context;
    this.clockMs = clockMs;
    this.#noteFault = noteFault;
    this.#writer = new RecordWriter(ring, clockMs, noteFault, policy);
    this.#inPlace = new InPlace(ring.memory, this.#writer);
    this.#names = new Names(this.#writer);
    this.callRecords = new CallRecords(ring.memory, this.#writer, guarded);
    this.#spans = new SpanRecords(this.#writer, this.#inPlace, this.#names, clockMs);
  }

  get counts(): RecorderCounts {
    return { written: this.#writer.written, dropped: this.#writer.dropped };
  }

  /** What makes the ring larger when it is full, if it may be. */
  growBy(grow: () => boolean): void {
    this.#writer.growBy(grow);
  }

  get lostWrites(): number {
    return this.#writer.lostWrites;
  }

  get hasPlenty(): boolean {
    return this.#writer.hasPlenty;
  }

  waitForRoom(mostMs: number): boolean {
    return this.#writer.waitForRoom(mostMs);
  }

  /** From now on nothing is recorded that this has not looked through. */
  redactWith(redaction: Redaction): void {
    this.#redaction = redaction;
    this.#inPlace.redactWith(redaction);
    this.callRecords.redactWith(redaction);
    this.#writer.redactWith(redaction);
  }

  plainly(work: () => void): void {
    const [redaction, foreign] = [this.#redaction, this.#spans.foreign];
    this.redactWith(noRedaction);
    this.#spans.foreign = undefined;
    this.#isPlain = true;
    try {
      work();
    } finally {
      this.#isPlain = false;
      this.#spans.foreign = foreign;
      this.redactWith(redaction);
    }
  }

  /** See `plainly`. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  /** From now on only what this lets through is recorded, and as it says; undefined: everything as it is. */
  pipeThrough(pipeline: RecordPipeline | undefined): void {
    this.#pipeline = pipeline;
    this.#spans.pipeline = pipeline;
  }

  /** From now on what would be recorded is counted instead; or it is recorded again, and the count is told before. */
  pause(isPaused: boolean): void {
    if (isPaused) this.#spans.pause(true);
    this.#writer.pause(isPaused);
    if (!isPaused) this.#spans.pause(false);
  }

  /** Called before each span-end record, so that what happened inside the span is recorded before its end. */
  beforeSpanEnds(look: (nowMs?: number) => void): void {
    this.#beforeSpanEnd = look;
  }

  /** A span that is told of by `callRecords` ends. */
  noteSpanEnd(nowMs: number): void {
    this.#beforeSpanEnd(nowMs);
  }

  /** Whether `callRecords` may tell of a call that begins; `nextSpan` is its number then. */
  get tellsCalls(): boolean {
    return !this.#isPlain && this.#spans.hasNoSay;
  }

  nextSpan(): number {
    return this.#spans.next();
  }

  /** The agent's own thread hears at once of everything that was recorded. */
  tell(): void {
    this.#writer.tell();
  }

  /** Called before each span-start record. */
  beforeSpanStarts(notice: () => void): void {
    this.#spans.onStart = notice;
  }

  event(name: string, given: unknown, span = this.#context.current): void {
    try {
      let attributes = given;
      if (this.#pipeline !== undefined) {
        if (this.#pipeline.leavesOutEvent(name, given, span)) return;
        attributes = this.#pipeline.attributes;
      }
      const number = this.#spans.numberOf(span);
      if (name !== this.#lastEventName) {
        this.#lastEventId = this.#names.named(name);
        this.#lastEventName = this.#names.isKept(name) ? name : undefined;
      }
      const clock = this.clockMs();
      if (span?.hasEnded === true) attributes = { ...attributesFrom(attributes), ...afterEnd };
      if (!this.#inPlace.event(clock, this.#lastEventId, number, attributes))
        this.#writer.record({
          kind: "event",
          name: this.#lastEventId,
          span: number,
          attributes: attributesFrom(attributes),
        });
    } catch (error) {
      this.#writer.fail(error, "event");
    }
  }

  metric(name: string, unit: string, value: number, given: unknown = none): void {
    try {
      let attributes = given;
      if (this.#pipeline !== undefined) {
        if (this.#pipeline.leavesOutMetric(name, given)) return;
        attributes = this.#pipeline.attributes;
      }
      const series = this.#names.series(name, unit, attributes);
      this.#writer.record({ kind: "metric", series, value });
    } catch (error) {
      this.#writer.fail(error, "metric");
    }
  }

  log(severity: number, source: string, body: string, attributes: Attributes): void {
    const span = this.#context.current;
    const pipeline = this.#pipeline;
    if (pipeline?.leavesOutLog(severity, source, body, attributes, span) === true) return;
    const number = this.#spans.numberOf(span);
    this.#writer.record({
      kind: "log",
      severity,
      source: this.#names.string(source),
      span: number,
      body: cutText(pipeline?.body ?? body, maxBodyUnits),
      attributes:
        span?.hasEnded === true ? { ...this.#spans.passed(attributes), ...afterEnd } : this.#spans.passed(attributes),
    });
  }

  write(operation: WriteOperation, location: number, afterMs: number): void {
    const span = this.#spans.numberOf(this.#context.current);
    if (this.#writer.record({ kind: "write", span, location, afterMs, operation }) !== "too-large") return;
    // That the object is there can be said in any case; the gap before says that something is missing.
    if (operation.kind !== "contents") return;
    const contents = { kind: "opaque", className: operation.contents.className } as const;
    this.#writer.record({ kind: "write", span, location, afterMs, operation: { ...operation, contents } });
  }

  /** From now on spans belong to the traces of another tracer in the program, where one of its spans is current. */
  joinTraces(active: () => ForeignSpan | undefined): void {
    this.#spans.foreign = active;
  }

  startSpan(
    name: string,
    spanKind: SpanKind,
    parent: SpanParent,
    given: Attributes,
    startMs?: number,
    own: OwnIds = noOwn,
  ): OpenSpan {
    return this.#spans.start(name, spanKind, parent, given, startMs, own);
  }

  /** Spans that may still turn out to be too short: those that do not any more are recorded; `all`: every one. */
  noteHeld(all: boolean): void {
    this.#spans.noteHeld(all);
  }

  endSpan(span: OpenSpan, status: SpanStatus, name: string | undefined, attributes: Attributes, endMs?: number): void {
    try {
      this.#beforeSpanEnd();
    } catch (error) {
      this.#noteFault(error);
    }
    this.#spans.end(span, status, name, attributes, endMs);
  }

  /** From now on nobody sees the end of what has begun, but for spans that are seen to their end. */
  endUnseen(): void {
    this.#spans.endUnseen();
  }

  /** What a stage of the pipeline has left out since then. True when that was said. */
  filtered(stage: string, sinceMs: number, of: LostKinds): boolean {
    const stageId = this.#names.string(stage);
    return stageId !== 0 && this.#writer.record({ kind: "filtered", stage: stageId, sinceMs, of }) === "put";
  }

  message(record: MessageRecord): void {
    this.#writer.record(record);
  }

  location(file: string, line: number, column: number, functionName: string): number {
    return this.#names.location(file, line, column, functionName);
  }

  /** Says what was lost, if there is room by now. True when nothing is left to say. */
  reportLoss(): boolean {
    return this.#writer.reportLoss();
  }
}
