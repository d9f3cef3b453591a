// The records an agent writes into its ring and the engine reads from batches: one contract, both directions
// (agent-record-codec.ts has their bytes). Strings, code locations and metric series are defined once by a record of their own
// and named by id from then on; ids belong to one process and start at 1, 0 is "none".
import { unreachable } from "../base/unreachable.js";
import type { Attributes, SpanKind, SpanStatus } from "../trace/attributes.js";
import type { Seq } from "../trace/time.js";
import type { WriteOperation } from "../trace/write.js";
import type { MessageRecord } from "./message-records.js";

export interface RecordHeader {
  /** `performance.now()` of the process, milliseconds. */
  readonly clockMs: number;
  readonly seq: Seq;
}

/** `span` is the number a span-start record of this process gave; 0 = outside any span. */
export type AgentRecordBody =
  | { readonly kind: "string"; readonly id: number; readonly text: string }
  | {
      readonly kind: "location";
      readonly id: number;
      readonly file: number;
      readonly line: number;
      readonly column: number;
      /** String id, 0 = not inside a named function. */
      readonly functionName: number;
    }
  | {
      readonly kind: "series";
      readonly id: number;
      readonly name: number;
      /** UCUM unit as OpenTelemetry writes it: "By", "s", "1", "{request}". String id, 0 = none. */
      readonly unit: number;
      readonly attributes: Attributes;
    }
  | { readonly kind: "event"; readonly name: number; readonly span: number; readonly attributes: Attributes }
  | {
      readonly kind: "span-start";
      readonly span: number;
      readonly parent: number;
      readonly spanKind: SpanKind;
      readonly name: number;
      /** 16, 8 and 8 bytes; an all-zero parent is none. The parent may belong to another process. */
      readonly traceId: Uint8Array;
      readonly spanId: Uint8Array;
      readonly parentSpanId: Uint8Array;
      readonly attributes: Attributes;
    }
  /**
   * A call of one of the program's functions: a span of kind internal that is called as its place says. `arguments` by the names of
   * parameters; absent where it has none.
   */
  | ({ readonly kind: "call-start" } & CallFacts)
  /** One in which nothing else was recorded, with its end. `result` are attributes that its end brings. */
  | ({ readonly kind: "call"; readonly endMs: number; readonly result: Attributes } & CallFacts)
  /** A call that goes on while the program records nothing else: the worker made it, and it comes again as one of the two above. */
  | ({ readonly kind: "call-open" } & CallFacts)
  /** `name` replaces the span's name when not 0: an HTTP route is known only after routing. */
  | {
      readonly kind: "span-end";
      readonly span: number;
      readonly status: SpanStatus;
      readonly name: number;
      readonly attributes: Attributes;
    }
  | {
      readonly kind: "log";
      /** OpenTelemetry severity number, 1-24. */
      readonly severity: number;
      readonly span: number;
      /** What wrote it: "console", "pino", "process". String id. */
      readonly source: number;
      readonly body: string;
      readonly attributes: Attributes;
    }
  | { readonly kind: "metric"; readonly series: number; readonly value: number }
  | {
      readonly kind: "write";
      readonly span: number;
      readonly location: number;
      /** Clock of the last look at which the change was not yet there; NaN when it was seen as it happened. */
      readonly afterMs: number;
      readonly operation: WriteOperation;
    }
  /** Records that will not come; theirs are the seqs missing before it. `of`: which kinds, as far as not bookkeeping. */
  | { readonly kind: "gap"; readonly reason: GapReason; readonly lost: number; readonly of: LostKinds }
  /**
   * The program stood still from then until this record's clock: it or the machine was suspended. The worker made it: its
   * seq is that of the last record before.
   */
  | { readonly kind: "standstill"; readonly sinceMs: number }
  | MessageRecord
  /** What a stage of the pipeline left out since then, on purpose: no seq stands for it. A span counts once, a scope as a write. */
  | { readonly kind: "filtered"; readonly stage: number; readonly sinceMs: number; readonly of: LostKinds }
  | SourceRecord;

/**
 * A file of the program's own that was looked at to tell of its calls, with the functions in it. The worker made it: it has
 * neither seq nor clock, and what becomes of it is counted nowhere.
 */
export interface SourceRecord {
  readonly kind: "source";
  /** Where it was written. */
  readonly file: string;
  /** What the program loaded, which a compiler may have made of it. */
  readonly loaded: string;
  /** SHA-256 of `text` in hexadecimal; "" where none is kept. */
  readonly hash: string;
  /** "" also where the same process has sent it before. */
  readonly text: string;
  /** JSON: see source-record.ts. */
  readonly functions: string;
  /** Why it runs as it is; "" where it does not. */
  readonly notInstrumented: string;
  /** Why there is no text; "" where there is. */
  readonly leftOut: string;
}

export interface CallFacts {
  readonly span: number;
  readonly parent: number;
  /** Of the function: a location's id. */
  readonly location: number;
  /** As those of span-start. */
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId: Uint8Array;
  readonly arguments: Attributes | undefined;
}

/**
 * Why: somebody paused the recording, the program was faster than the worker, the oldest records were given up for newer ones, or the value could not be
 * written. "buffer-full" gaps stand where the oldest were given up, "not-sent" ones at the end. The worker made both: they have no seq of their own but
 * the last of those that are missing, and are not among the records that were written.
 */
export const gapReasons = ["ring-full", "buffer-full", "unreadable-value", "not-sent", "paused"] as const;
export type GapReason = (typeof gapReasons)[number];
export const workerReasons: readonly GapReason[] = ["buffer-full", "not-sent"];
export const hasOwnSeq = (record: AgentRecordBody): boolean =>
  record.kind !== "standstill" &&
  record.kind !== "source" &&
  record.kind !== "call-open" &&
  (record.kind !== "gap" || !workerReasons.includes(record.reason));

/** Kinds of records that somebody may miss; a span's start and end count one each, where they are two records. */
export const lostKinds = ["events", "spans", "logs", "metrics", "writes"] as const;
export type LostKind = (typeof lostKinds)[number];
export type LostKinds = Readonly<Record<LostKind, number>>;
export const noneLost: LostKinds = { events: 0, spans: 0, logs: 0, metrics: 0, writes: 0 };

export type AgentRecord = RecordHeader & AgentRecordBody;

/** Every kind; the index is its code on the wire. */
export const recordKinds = [
  "string",
  "location",
  "series",
  "event",
  "span-start",
  "span-end",
  "log",
  "metric",
  "write",
  "gap",
  "standstill",
  "message",
  "filtered",
  "source",
  "call-start",
  "call",
  "call-open",
] as const satisfies readonly AgentRecordBody["kind"][];

/** What a record of each kind, by its code, counts as when it is lost; undefined: bookkeeping. */
export const lostKindOfCode: readonly (LostKind | undefined)[] = recordKinds.map((kind) => {
  switch (kind) {
    case "event":
      return "events";
    case "span-start":
    case "span-end":
    case "call-start":
    case "call":
      return "spans";
    case "log":
      return "logs";
    case "metric":
      return "metrics";
    case "write":
      return "writes";
    case "string":
    case "location":
    case "series":
    case "gap":
    case "standstill":
    case "message":
    case "filtered":
    case "source":
    case "call-open":
      return undefined;
    default:
      return unreachable(kind);
  }
});

export const kindCode = (kind: AgentRecordBody["kind"]): number => recordKinds.indexOf(kind);
