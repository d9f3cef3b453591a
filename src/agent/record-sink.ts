// What probes and the state tracker write to. The recorder behind it stamps clock, seq and the current span, and
// copies the finished record into the ring. Every method is safe to call at any time and never throws.
import type { Attributes, SpanKind, SpanStatus } from "../shared/trace/attributes.js";
import type { WriteOperation } from "../shared/trace/write.js";
import type { Hold, StageAccount } from "./pipeline/account.js";
import type { Transform } from "./pipeline/transforms.js";

/**
 * A span begun here and not yet ended; `number` is its number within this process, or that of the span above it that is
 * recorded when a stage of the pipeline left it out, 0 for none.
 */
export interface OpenSpan {
  readonly number: number;
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  /** What the pipeline does with it; absent when nothing. */
  readonly handling?: SpanHandling | undefined;
  /** What is recorded of it from then on says so. */
  hasEnded?: boolean;
  /** Somebody outside of this process was told of it, and may refer to it. */
  isTold?: boolean;
}

/** What the pipeline decided of a span when it began. */
export type SpanHandling =
  | {
      readonly kind: "left-out";
      /** What would hang on it hangs on this instead. */
      readonly hangsOn: SpanParent;
      /** The stage that leaves out everything inside it, too; undefined: only the span itself is left out. */
      readonly takenBy: StageAccount | undefined;
    }
  /** What its end brings is changed as its beginning was. */
  | { readonly kind: "changed"; readonly by: readonly Transform[]; readonly hold: Hold | undefined };

/** Where a span hangs: below a span of this process, below one named by a trace header, or at the root. */
export type SpanParent =
  | { readonly kind: "none" }
  | { readonly kind: "local"; readonly span: OpenSpan }
  | {
      readonly kind: "remote";
      readonly traceId: Uint8Array;
      readonly spanId: Uint8Array;
      /** Who asked leaves the trace out. */
      readonly isLeftOut?: boolean;
    };

/** By which others know a span, or the trace that would begin with it. */
export interface OwnIds {
  readonly traceId?: Uint8Array | undefined;
  readonly spanId?: Uint8Array | undefined;
  /** Also when the level is lowered meanwhile: it is none of what is captured of requests. */
  readonly isSeenToEnd?: true;
}

export interface RecordSink {
  /** State writes lost so far: what was recorded of state since is not certain. */
  readonly lostWrites: number;
  /** Whether much would find room now. */
  readonly hasPlenty: boolean;
  /** Stands still until there may be more room, no longer than so: for the end of the program only. False when there is not. */
  waitForRoom(mostMs: number): boolean;
  /** `performance.now()` of the saved original clock, milliseconds. */
  clockMs(): number;
  /** Interns a code location; 0 is unknown. */
  location(file: string, line: number, column: number, functionName: string): number;
  /** `afterMs`: clock of the last look without the change, NaN when seen as it happened. */
  write(operation: WriteOperation, location: number, afterMs: number): void;
  /** `span`: that it belongs to, where that is not the current one. */
  event(name: string, attributes: Attributes, span?: OpenSpan): void;
  metric(name: string, unit: string, value: number, attributes: Attributes): void;
  log(severity: number, source: string, body: string, attributes: Attributes): void;
  /** `startMs`, `endMs`: of `clockMs`, where that is not now. */
  startSpan(
    name: string,
    kind: SpanKind,
    parent: SpanParent,
    attributes: Attributes,
    startMs?: number,
    own?: OwnIds,
  ): OpenSpan;
  /**
   * What `work` records is recorded without any regular expression: in the middle of one it may be asked for. So no secrets are looked
   * for in it, and no function of the user's own is asked.
   */
  plainly(work: () => void): void;
  endSpan(span: OpenSpan, status: SpanStatus, name: string | undefined, attributes: Attributes, endMs?: number): void;
}
