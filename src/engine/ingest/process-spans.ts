// The spans of one process: rows from their beginnings on, kept here until they end.
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import type { RecordingWriter } from "../store/recording-writer.js";
import type { SpanRow } from "../store/recording-rows.js";
import type { StoredProcess } from "../store/stored-recording.js";
import { mergedJson } from "./attributes-json.js";
import type { Incoming } from "./incoming.js";
import { Lanes } from "./lanes.js";
import type { FunctionFacts, OwnDefinitions } from "./own-definitions.js";
import type { ProcessClock } from "./process-clock.js";

const idsBytes = 32;
const argumentsKey = `"hindcast.call.arguments":`;

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

  /**
   * A call that begins, and perhaps ends. False where its beginning is known: what the worker tells of ahead comes again. Its attributes
   * are what a span of the program's own would have: its function's place, and what it was given.
   */
  call(incoming: Incoming, index: number, definitions: OwnDefinitions): boolean {
    const span = incoming.span[index] ?? 0;
    const isKnown = this.#open.has(span);
    if (!isKnown) this.#callBegins(incoming, index, span, definitions.functionOf(incoming.refers[index] ?? 0));
    if (!incoming.hasEnd(index)) return !isKnown;
    const given = incoming.givenEnds[index] ?? 0;
    const result = incoming.text.bytes.toString("utf8", given, incoming.ends[index] ?? 0);
    this.#end(span, incoming.endMs[index] ?? 0, incoming.seq[index] ?? 0, 0, "unset", result);
    return !isKnown;
  }

  #callBegins(incoming: Incoming, index: number, span: number, { name, attributes }: FunctionFacts): void {
    const { text } = incoming;
    const parent = incoming.value[index] ?? 0;
    const clockMs = incoming.clockMs[index] ?? 0;
    const idsEnd = incoming.bodyEnds[index] ?? 0;
    const ids = Buffer.allocUnsafe(idsBytes);
    text.bytes.copy(ids, 0, idsEnd - idsBytes, idsEnd);
    const hasGiven = incoming.code[index] === 1;
    const given = hasGiven ? text.bytes.toString("utf8", idsEnd, incoming.givenEnds[index] ?? 0) : "";
    const row: SpanRow = {
      process: this.process,
      seq: incoming.seq[index] ?? 0,
      instant: this.clock.instantOf(clockMs),
      span,
      parent,
      lane: this.#lanes.begin(span, parent, clockMs),
      kind: "internal",
      ids,
      name,
      status: "unset",
      attributes: hasGiven
        ? `${attributes.slice(0, -1)}${attributes === "{}" ? "" : ","}${argumentsKey}${given}}`
        : attributes,
      end: undefined,
    };
    this.#open.set(span, row);
    this.writer.spanStarted(row);
  }

  /** Of one whose beginning was dropped there is nothing to say. */
  end(incoming: Incoming, index: number): void {
    const attributes = incoming.text.bytes.toString("utf8", incoming.startOf(index), incoming.ends[index] ?? 0);
    const status = spanStatuses[incoming.code[index] ?? 0] ?? "unset";
    const [span, clockMs, seq] = [incoming.span[index] ?? 0, incoming.clockMs[index] ?? 0, incoming.seq[index] ?? 0];
    this.#end(span, clockMs, seq, incoming.refers[index] ?? 0, status, attributes);
  }

  #end(span: number, clockMs: number, seq: number, name: number, status: SpanRow["status"], attributes: string): void {
    const row = this.#open.get(span);
    if (row === undefined) return;
    this.#open.delete(span);
    this.#lanes.end(span, clockMs);
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
      status,
      attributes: mergedJson(row.attributes, attributes),
      end: { seq, instant: this.clock.instantOf(clockMs) },
    });
  }
}
