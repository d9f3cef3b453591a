// What probes and the state tracker record becomes records here: each gets the span it belongs to and the ids of its
// names. A simple event is written straight into the ring.
import type { LostKinds } from "../shared/protocol/agent-records.js";
import type { MessageRecord } from "../shared/protocol/message-records.js";
import type { OverflowPolicy } from "../shared/protocol/agent-wire.js";
import type { Attributes, SpanKind, SpanStatus } from "../shared/trace/attributes.js";
import type { WriteOperation } from "../shared/trace/write.js";
import { attributesFrom, cutText } from "./attributes.js";
import { type SpanContext, contextAttribute } from "./context.js";
import { InPlace, type SpanEnd, type SpanStart } from "./in-place.js";
import { Names } from "./names.js";
import { type ForeignSpan, otelSpanAttribute } from "./open-telemetry.js";
import { RandomIds } from "./random-ids.js";
import type { OpenSpan, OwnIds, RecordSink, SpanParent } from "./record-sink.js";
import { RecordWriter } from "./record-writer.js";
import type { RecordPipeline } from "./pipeline/pipeline.js";
import { HeldSpans } from "./pipeline/held-spans.js";
import type { Transform } from "./pipeline/transforms.js";
import { type Redaction, noRedaction } from "../redact/redactor.js";
import type { RingWriter } from "./ring.js";

const maxBodyUnits = 65_536;
const noSpanId = new Uint8Array(8);
const none: Attributes = {};
/** Of what is recorded in the context of a span that has ended. */
const afterEnd: Attributes = { [contextAttribute]: "ended" };
const noChanges: readonly Transform[] = [];

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
  #spans = 0;
  #lastEventName: string | undefined;
  #lastEventId = 0;
  #beforeSpanEnd: () => void = () => undefined;
  #onSpanStart: () => void = () => undefined;
  #redaction: Redaction = noRedaction;
  #isPlain = false;
  #pipeline: RecordPipeline | undefined;
  #foreign: (() => ForeignSpan | undefined) | undefined;
  readonly #ids = new RandomIds();
  readonly #held = new HeldSpans();

  constructor(
    ring: RingWriter,
    context: SpanContext,
    clockMs: () => number,
    noteFault: (error: unknown) => void,
    policy?: OverflowPolicy,
  ) {
    this.#context = context;
    this.clockMs = clockMs;
    this.#noteFault = noteFault;
    this.#writer = new RecordWriter(ring, clockMs, noteFault, policy);
    this.#inPlace = new InPlace(ring.memory, this.#writer);
    this.#names = new Names(this.#writer);
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
    this.#writer.redactWith(redaction);
  }

  plainly(work: () => void): void {
    const [redaction, foreign] = [this.#redaction, this.#foreign];
    this.redactWith(noRedaction);
    this.#foreign = undefined;
    this.#isPlain = true;
    try {
      work();
    } finally {
      this.#isPlain = false;
      this.#foreign = foreign;
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
  }

  /** From now on what would be recorded is counted instead; or it is recorded again, and the count is told before. */
  pause(isPaused: boolean): void {
    this.#writer.pause(isPaused);
  }

  /** Called before each span-end record, so that what happened inside the span is recorded before its end. */
  beforeSpanEnds(look: () => void): void {
    this.#beforeSpanEnd = look;
  }

  /** Called before each span-start record. */
  beforeSpanStarts(notice: () => void): void {
    this.#onSpanStart = notice;
  }

  event(name: string, given: unknown, span = this.#context.current): void {
    try {
      let attributes = given;
      if (this.#pipeline !== undefined) {
        if (this.#pipeline.leavesOutEvent(name, given, span)) return;
        attributes = this.#pipeline.attributes;
      }
      const number = this.#numberOf(span);
      if (name !== this.#lastEventName) {
        this.#lastEventId = this.#name(name);
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
    const number = this.#numberOf(span);
    this.#writer.record({
      kind: "log",
      severity,
      source: this.#names.string(source),
      span: number,
      body: cutText(pipeline?.body ?? body, maxBodyUnits),
      attributes: span?.hasEnded === true ? { ...this.#passed(attributes), ...afterEnd } : this.#passed(attributes),
    });
  }

  /** As the pipeline has let them through. */
  #passed(attributes: Attributes): Attributes {
    const passed = this.#pipeline?.attributes ?? attributes;
    return passed === attributes ? attributes : attributesFrom(passed);
  }

  write(operation: WriteOperation, location: number, afterMs: number): void {
    const span = this.#numberOf(this.#context.current);
    if (this.#writer.record({ kind: "write", span, location, afterMs, operation }) !== "too-large") return;
    // That the object is there can be said in any case; the gap before says that something is missing.
    if (operation.kind !== "contents") return;
    const contents = { kind: "opaque", className: operation.contents.className } as const;
    this.#writer.record({ kind: "write", span, location, afterMs, operation: { ...operation, contents } });
  }

  /** From now on spans belong to the traces of another tracer in the program, where one of its spans is current. */
  joinTraces(active: () => ForeignSpan | undefined): void {
    this.#foreign = active;
  }

  startSpan(
    name: string,
    spanKind: SpanKind,
    parent: SpanParent,
    given: Attributes,
    startMs?: number,
    own: OwnIds = {},
  ): OpenSpan {
    this.#onSpanStart();
    const foreign = this.#foreign?.();
    const attributes = foreign === undefined ? given : { ...given, [otelSpanAttribute]: foreign.spanIdText };
    const traceId =
      parent.kind === "none"
        ? (own.traceId ?? foreign?.traceId ?? this.#ids.next(16))
        : parent.kind === "local"
          ? parent.span.traceId
          : parent.traceId;
    const above = hangingOn(parent);
    const spanId = own.spanId ?? this.#ids.next(8);
    const handling = this.#pipeline?.handlingOf(name, parent, above, traceId, attributes);
    if (handling?.kind === "left-out")
      return { number: above.kind === "local" ? above.span.number : 0, traceId, spanId, handling };
    const span: OpenSpan = { number: ++this.#spans, traceId, spanId, handling, hasEnded: false };
    const isLate = startMs === undefined && parent.kind === "local" && parent.span.hasEnded === true;
    const passed = isLate ? { ...this.#passed(attributes), ...afterEnd } : this.#passed(attributes);
    const hold = handling?.hold;
    if (hold === undefined) this.#recordStart(span, spanKind, name, above, passed, startMs);
    else {
      const heldMs = startMs ?? this.clockMs();
      this.#held.hold(span, hold, heldMs, () => this.#recordStart(span, spanKind, name, above, passed, heldMs));
    }
    return span;
  }

  #recordStart(
    span: OpenSpan,
    spanKind: SpanKind,
    name: string,
    above: SpanParent,
    attributes: Attributes,
    startMs: number | undefined,
  ): void {
    // First: the name may be defined for the very next record.
    const parent = above.kind === "local" ? this.#numberOf(above.span) : 0;
    const start: SpanStart = {
      kind: "span-start",
      span: span.number,
      parent,
      spanKind,
      name: this.#name(name),
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: above.kind === "none" ? noSpanId : above.kind === "local" ? above.span.spanId : above.spanId,
      attributes,
    };
    if (!this.#inPlace.spanStart(startMs ?? this.clockMs(), start)) this.#writer.record(start, startMs);
  }

  /** Of a record that belongs to it: the span is recorded, too, then. */
  #numberOf(span: OpenSpan | undefined): number {
    if (span === undefined) return 0;
    if (span.handling !== undefined) this.#held.release(span);
    return span.number;
  }

  /** Spans that may still turn out to be too short: those that do not any more are recorded; `all`: every one. */
  noteHeld(all: boolean): void {
    this.#held.look(this.clockMs(), all);
  }

  endSpan(span: OpenSpan, status: SpanStatus, name: string | undefined, attributes: Attributes, endMs?: number): void {
    try {
      this.#beforeSpanEnd();
    } catch (error) {
      this.#noteFault(error);
    }
    span.hasEnded = true;
    if (span.handling?.kind === "left-out") return;
    if (span.handling?.hold !== undefined && this.#held.leavesOut(span, status, endMs ?? this.clockMs())) return;
    const nameId = name === undefined ? 0 : this.#name(name);
    let changed = attributes;
    for (const change of span.handling?.by ?? noChanges) changed = change.attributes(changed);
    const end: SpanEnd = { kind: "span-end", span: span.number, status, name: nameId, attributes: changed };
    if (!this.#inPlace.spanEnd(endMs ?? this.clockMs(), end)) this.#writer.record(end, endMs);
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

  /** The id of a text that may not be empty. */
  #name(name: string): number {
    return this.#names.string(name === "" ? "(unnamed)" : name);
  }
}

/** The span above that is recorded: below one that the pipeline left out hangs what would have hung on it. */
const hangingOn = (parent: SpanParent): SpanParent =>
  parent.kind === "local" && parent.span.handling?.kind === "left-out" ? parent.span.handling.hangsOn : parent;
