// The spans of one process: rows from their beginnings on, kept here until they end.
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import type { RecordingWriter } from "../store/recording-writer.js";
import type { SpanRow } from "../store/recording-rows.js";
import type { StoredProcess } from "../store/stored-recording.js";
import { mergedJson } from "./attributes-json.js";
import type { Incoming } from "./incoming.js";
import { Lanes } from "./lanes.js";
import type { ProcessClock } from "./process-clock.js";

export class ProcessSpans {
  readonly #open = new Map<number, SpanRow>();
  readonly #lanes = new Lanes();

  constructor(
    readonly process: number,
    readonly clock: ProcessClock,
    readonly writer: RecordingWriter,
    readonly nameOf: (own: number) => number,
  ) {}

  restore({ endedSpans, openSpans }: StoredProcess): void {
    for (const { span, lane } of endedSpans) this.#lanes.restore(span, lane, false);
    for (const row of openSpans) {
      this.#open.set(row.span, row);
      this.#lanes.restore(row.span, row.lane, true);
    }
  }

  // Rows are written out: an object spread into another costs more than all that is done with it.

  start(incoming: Incoming, index: number): void {
    const { text } = incoming;
    const [span, parent] = [incoming.span[index] ?? 0, incoming.value[index] ?? 0];
    const [clockMs, idsStart, idsEnd] = [
      incoming.clockMs[index] ?? 0,
      incoming.startOf(index),
      incoming.bodyEnds[index] ?? 0,
    ];
    const ids = Buffer.allocUnsafe(idsEnd - idsStart);
    text.bytes.copy(ids, 0, idsStart, idsEnd);
    const row: SpanRow = {
      process: this.process,
      seq: incoming.seq[index] ?? 0,
      instant: this.clock.instantOf(clockMs),
      span,
      parent,
      lane: this.#lanes.begin(span, parent, clockMs),
      kind: spanKinds[incoming.code[index] ?? 0] ?? "internal",
      ids,
      name: this.nameOf(incoming.refers[index] ?? 0),
      status: "unset",
      attributes: text.bytes.toString("utf8", idsEnd, incoming.ends[index] ?? 0),
      end: undefined,
    };
    this.#open.set(span, row);
    this.writer.spanStarted(row);
  }

  /** Of one whose beginning was dropped there is nothing to say. */
  end(incoming: Incoming, index: number): void {
    const span = incoming.span[index] ?? 0;
    const row = this.#open.get(span);
    if (row === undefined) return;
    this.#open.delete(span);
    const [clockMs, name] = [incoming.clockMs[index] ?? 0, incoming.refers[index] ?? 0];
    this.#lanes.end(span, clockMs);
    const attributes = incoming.text.bytes.toString("utf8", incoming.startOf(index), incoming.ends[index] ?? 0);
    this.writer.spanEnded({
      process: row.process,
      seq: row.seq,
      instant: row.instant,
      span,
      parent: row.parent,
      lane: row.lane,
      kind: row.kind,
      ids: row.ids,
      name: name === 0 ? row.name : this.nameOf(name),
      status: spanStatuses[incoming.code[index] ?? 0] ?? "unset",
      attributes: mergedJson(row.attributes, attributes),
      end: { seq: incoming.seq[index] ?? 0, instant: this.clock.instantOf(clockMs) },
    });
  }
}
