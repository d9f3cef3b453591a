// Rows as ingest produces them: dictionary ids in place of names, instants in nanoseconds since the epoch.
import type { SpanKind, SpanStatus } from "../../shared/trace/attributes.js";
import type { ObjectContents, ObjectId, CapturedValue } from "../../shared/trace/value.js";
import type { MessageEnd, MessagePart } from "../../shared/protocol/message-records.js";
import type { Hello } from "../../shared/protocol/agent-wire.js";
import type { SmallOperation } from "./operation-json.js";
import type { DefinitionKind, EndingKind, MarkKind, MarkReason } from "./schema.js";

/** Where a row belongs; `seq` is absent for what the engine found out itself. */
export interface RowHead {
  readonly process: number;
  readonly seq: number;
  readonly instant: bigint;
}

export interface SpanRow extends RowHead {
  readonly span: number;
  readonly parent: number;
  readonly lane: number;
  readonly kind: SpanKind;
  /** Trace id (16 bytes), span id (8) and the parent's span id (8, all 0 where there is none). */
  readonly ids: Uint8Array;
  /** What may still change until the span has ended. */
  readonly name: number;
  readonly status: SpanStatus;
  /** JSON. */
  readonly attributes: string;
  readonly end: { readonly seq: number; readonly instant: bigint } | undefined;
}

export interface ChangeRow extends RowHead {
  readonly after: bigint | undefined;
  readonly location: number;
  readonly span: number;
  readonly change:
    | { readonly kind: "small"; readonly operation: SmallOperation }
    | { readonly kind: "contents"; readonly target: ObjectId; readonly contents: ObjectContents }
    | { readonly kind: "scope"; readonly scope: number; readonly value: CapturedValue };
}

export interface MarkRow {
  readonly process: number;
  /** 0 when no record of the program stands behind it. */
  readonly seq: number;
  readonly instant: bigint;
  readonly kind: MarkKind;
  readonly label: string;
  readonly lost: number;
  /** Of a gap; `not-recorded` of an error: it is about a child that was not recorded. */
  readonly reason?: MarkReason;
  /** Of those lost; absent where their kinds are not known. */
  readonly lostWrites?: number;
}

/** One end of a message, as its process recorded it. */
export interface MessageEndRow extends RowHead {
  readonly end: MessageEnd;
  readonly part: MessagePart;
  readonly channel: bigint;
  readonly upTo: number;
  readonly hybridUs: number;
  readonly origin: number;
  readonly originUs: number;
}

/** A message of which both ends are known. */
export interface MessageRow {
  /** 1, 2, 3 … in the order in which both ends became known. */
  readonly id: number;
  readonly part: MessagePart;
  readonly sent: RowHead;
  readonly received: RowHead;
}

/** A process's own number for a name, place or series, and the recording's. */
export interface DefinitionRow {
  readonly process: number;
  readonly kind: DefinitionKind;
  readonly id: number;
  readonly refers: number;
}

export interface ProcessEnd {
  readonly at: bigint;
  readonly how: EndingKind;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
}

/** How far a process's clock is ahead of the engine's, to within how much. */
export interface MeasuredClock {
  readonly offsetNs: bigint;
  readonly uncertaintyNs: bigint;
}

/** A process as it is known now; each commit writes the newest state of those that changed. */
/** In the program's thread and in the agent's own. */
export interface AgentFaults {
  readonly agent: number;
  readonly worker: number;
}

export interface ProcessRow {
  readonly process: number;
  readonly hello: Hello;
  readonly category: number;
  readonly start: bigint;
  readonly lastSeen: bigint;
  readonly ended: ProcessEnd | undefined;
  /** The connection was lost without a goodbye. */
  readonly endUnknown: boolean;
  readonly received: number;
  /** Records that the program had made, at least. */
  readonly made: number;
  readonly written: number;
  readonly dropped: number;
  readonly lastBatch: number;
  /** Exceptions of the agent's own; absent when there were none, or none that was told since the engine began. */
  readonly faults: AgentFaults | undefined;
  readonly clock?: MeasuredClock | undefined;
}
