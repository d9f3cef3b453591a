// The spans of one process: rows from their beginnings on, kept here until they end.
import type { AgentRecord } from "../../shared/protocol/agent-records.js";
import type { Attributes } from "../../shared/trace/attributes.js";
import type { RecordingWriter } from "../store/recording-writer.js";
import type { RowHead, SpanRow } from "../store/recording-rows.js";
import type { StoredProcess } from "../store/stored-recording.js";
import { attributesToJson } from "./attributes-json.js";
import { Lanes } from "./lanes.js";

interface OpenSpan {
  readonly row: SpanRow;
  readonly attributes: Attributes;
}

export class ProcessSpans {
  readonly #open = new Map<number, OpenSpan>();
  readonly #lanes = new Lanes();

  constructor(
    readonly writer: RecordingWriter,
    readonly nameOf: (own: number) => number,
  ) {}

  restore({ endedSpans, openSpans }: StoredProcess): void {
    for (const { span, lane } of endedSpans) this.#lanes.restore(span, lane, false);
    for (const open of openSpans) {
      this.#open.set(open.row.span, open);
      this.#lanes.restore(open.row.span, open.row.lane, true);
    }
  }

  start(head: RowHead, record: Extract<AgentRecord, { kind: "span-start" }>): void {
    const row: SpanRow = {
      ...head,
      span: record.span,
      parent: record.parent,
      lane: this.#lanes.begin(record.span, record.parent, record.clockMs),
      kind: record.spanKind,
      traceId: record.traceId,
      spanId: record.spanId,
      parentSpanId: record.parentSpanId.every((byte) => byte === 0) ? undefined : record.parentSpanId,
      name: this.nameOf(record.name),
      status: "unset",
      attributes: attributesToJson(record.attributes),
      end: undefined,
    };
    this.#open.set(record.span, { row, attributes: record.attributes });
    this.writer.spanStarted(row);
  }

  /** Of one whose beginning was dropped there is nothing to say. */
  end(head: RowHead, record: Extract<AgentRecord, { kind: "span-end" }>): void {
    const open = this.#open.get(record.span);
    if (open === undefined) return;
    this.#open.delete(record.span);
    this.#lanes.end(record.span, record.clockMs);
    this.writer.spanEnded({
      ...open.row,
      name: record.name === 0 ? open.row.name : this.nameOf(record.name),
      status: record.status,
      attributes: attributesToJson({ ...open.attributes, ...record.attributes }),
      end: { seq: head.seq, instant: head.instant },
    });
  }
}
