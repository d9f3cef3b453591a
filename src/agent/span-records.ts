// Spans as they become records: of which trace they are and what they hang on, what the pipeline makes of them, and which of them
// have begun and not ended.
import type { Attributes, SpanKind, SpanStatus } from "../shared/trace/attributes.js";
import { attributesFrom } from "./attributes.js";
import { afterEnd, unseenEnd } from "./context.js";
import type { InPlace, SpanEnd, SpanStart } from "./in-place.js";
import type { Names } from "./names.js";
import { type ForeignSpan, otelSpanAttribute } from "./open-telemetry.js";
import { OpenSpans } from "./open-spans.js";
import { HeldSpans } from "./pipeline/held-spans.js";
import type { RecordPipeline } from "./pipeline/pipeline.js";
import type { Transform } from "./pipeline/transforms.js";
import { RandomIds } from "./random-ids.js";
import type { OpenSpan, OwnIds, SpanParent } from "./record-sink.js";
import type { RecordWriter } from "./record-writer.js";

const noSpanId = new Uint8Array(8);
const noChanges: readonly Transform[] = [];

export class SpanRecords {
  readonly #writer: RecordWriter;
  readonly #inPlace: InPlace;
  readonly #names: Names;
  readonly #clockMs: () => number;
  readonly #ids = new RandomIds();
  readonly #held = new HeldSpans();
  readonly #open = new OpenSpans();
  #count = 0;
  #pausedMs = 0;
  /** What there is of a pipeline. */
  pipeline: RecordPipeline | undefined;
  /** The span of another tracer in the program that is current. */
  foreign: (() => ForeignSpan | undefined) | undefined;
  /** Called before each span-start record. */
  onStart: () => void = () => undefined;

  constructor(writer: RecordWriter, inPlace: InPlace, names: Names, clockMs: () => number) {
    [this.#writer, this.#inPlace, this.#names, this.#clockMs] = [writer, inPlace, names, clockMs];
  }

  /** Whether neither the pipeline nor another tracer has a say in spans. */
  get hasNoSay(): boolean {
    return this.pipeline === undefined && this.foreign === undefined;
  }

  /** The number of a span that is told of elsewhere and begins now. */
  next(): number {
    this.onStart();
    return ++this.#count;
  }

  start(
    name: string,
    spanKind: SpanKind,
    parent: SpanParent,
    given: Attributes,
    startMs: number | undefined,
    own: OwnIds,
  ): OpenSpan {
    this.onStart();
    const foreign = this.foreign?.();
    const attributes = foreign === undefined ? given : { ...given, [otelSpanAttribute]: foreign.spanIdText };
    const traceId =
      parent.kind === "none"
        ? (own.traceId ?? foreign?.traceId ?? this.#ids.next(16))
        : parent.kind === "local"
          ? parent.span.traceId
          : parent.traceId;
    const above = hangingOn(parent);
    const spanId = own.spanId ?? this.#ids.next(8);
    const handling = this.pipeline?.handlingOf(name, parent, above, traceId, attributes);
    if (handling?.kind === "left-out")
      return { number: above.kind === "local" ? above.span.number : 0, traceId, spanId, handling };
    const span: OpenSpan = { number: ++this.#count, traceId, spanId, handling, hasEnded: false };
    const isLate = startMs === undefined && parent.kind === "local" && parent.span.hasEnded === true;
    const passed = isLate ? { ...this.passed(attributes), ...afterEnd } : this.passed(attributes);
    const hold = handling?.hold;
    if (hold === undefined) this.#recordStart(span, spanKind, name, above, passed, startMs);
    else {
      const heldMs = startMs ?? this.#clockMs();
      this.#held.hold(span, hold, heldMs, () => this.#recordStart(span, spanKind, name, above, passed, heldMs));
    }
    if (own.isSeenToEnd !== true) this.#open.add(span);
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
    const parent = above.kind === "local" ? this.numberOf(above.span) : 0;
    const start: SpanStart = {
      kind: "span-start",
      span: span.number,
      parent,
      spanKind,
      name: this.#names.named(name),
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: above.kind === "none" ? noSpanId : above.kind === "local" ? above.span.spanId : above.spanId,
      attributes,
    };
    if (!this.#inPlace.spanStart(startMs ?? this.#clockMs(), start)) this.#writer.record(start, startMs);
  }

  /** Of a record that belongs to it: the span is recorded, too, then. */
  numberOf(span: OpenSpan | undefined): number {
    if (span === undefined) return 0;
    if (span.handling !== undefined) this.#held.release(span);
    return span.number;
  }

  /** As the pipeline has let them through. */
  passed(attributes: Attributes): Attributes {
    const passed = this.pipeline?.attributes ?? attributes;
    return passed === attributes ? attributes : attributesFrom(passed);
  }

  /** Spans that may still turn out to be too short: those that do not any more are recorded; `all`: every one. */
  noteHeld(all: boolean): void {
    this.#held.look(this.#clockMs(), all);
  }

  end(span: OpenSpan, status: SpanStatus, name: string | undefined, attributes: Attributes, endMs?: number): void {
    span.hasEnded = true;
    this.#recordEnd(span, status, name, attributes, endMs);
  }

  #recordEnd(
    span: OpenSpan,
    status: SpanStatus,
    name: string | undefined,
    attributes: Attributes,
    endMs: number | undefined,
  ): void {
    if (span.handling?.kind === "left-out") return;
    this.#open.remove(span);
    if (span.handling?.hold !== undefined && this.#held.leavesOut(span, status, endMs ?? this.#clockMs())) return;
    const nameId = name === undefined ? 0 : this.#names.named(name);
    let changed = attributes;
    for (const change of span.handling?.by ?? noChanges) changed = change.attributes(changed, false);
    const end: SpanEnd = { kind: "span-end", span: span.number, status, name: nameId, attributes: changed };
    if (!this.#inPlace.spanEnd(endMs ?? this.#clockMs(), end)) this.#writer.record(end, endMs);
  }

  /** Before a pause begins, and when it is over: of what ended in it is said then that it was seen until it began. */
  pause(isPaused: boolean): void {
    if (isPaused) {
      this.#pausedMs = this.#clockMs();
      this.#open.pause((span) => !this.#held.has(span));
    } else for (const span of this.#open.goOn()) this.#recordEnd(span, "unset", undefined, unseenEnd, this.#pausedMs);
  }

  /** Nobody will see the ends of those that have begun: that is said of them, instead of leaving them open for ever. */
  endUnseen(): void {
    for (const span of this.#open.all()) this.#recordEnd(span, "unset", undefined, unseenEnd, undefined);
  }
}

/** The span above that is recorded: below one that the pipeline left out hangs what would have hung on it. */
const hangingOn = (parent: SpanParent): SpanParent =>
  parent.kind === "local" && parent.span.handling?.kind === "left-out" ? parent.span.handling.hangsOn : parent;
