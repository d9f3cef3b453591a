// Spans as columns of the file.
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import { blobs, bytes, integers, longs, shorts, texts } from "./column-buffers.js";
import type { Column } from "./column.js";
import type { SpanRow } from "./recording-rows.js";
import { TableBuffer } from "./table-buffer.js";

/** Where they end in `ids` of a row. */
const [traceIdEnd, spanIdEnd, parentIdEnd] = [16, 24, 32];

export class SpanRows extends TableBuffer {
  /** `further` are columns behind those of the table `span`. */
  constructor(
    further: readonly Column[] = [],
    readonly process = integers(),
    readonly span = integers(),
    readonly seq = longs(),
    readonly instant = longs(),
    readonly endSeq = longs(),
    readonly endInstant = longs(),
    readonly parent = integers(),
    readonly lane = shorts(),
    readonly kind = bytes(),
    readonly status = bytes(),
    readonly name = integers(),
    readonly traceId = blobs(),
    readonly spanId = blobs(),
    readonly parentSpanId = blobs(),
    readonly attributes = texts(),
  ) {
    super([
      process,
      span,
      seq,
      instant,
      endSeq,
      endInstant,
      parent,
      lane,
      kind,
      status,
      name,
      traceId,
      spanId,
      parentSpanId,
      attributes,
      ...further,
    ]);
  }

  add(row: SpanRow): void {
    const { ids, end } = row;
    this.process.add(row.process);
    this.span.add(row.span);
    this.seq.addNumber(row.seq);
    this.instant.push(row.instant);
    if (end === undefined) {
      this.endSeq.addNone();
      this.endInstant.addNone();
    } else {
      this.endSeq.addNumber(end.seq);
      this.endInstant.push(end.instant);
    }
    this.parent.add(row.parent);
    this.lane.add(row.lane);
    this.kind.add(spanKinds.indexOf(row.kind));
    this.status.add(spanStatuses.indexOf(row.status));
    this.name.add(row.name);
    this.traceId.addBytes(ids, 0, traceIdEnd);
    this.spanId.addBytes(ids, traceIdEnd, spanIdEnd);
    if (hasParentId(ids)) this.parentSpanId.addBytes(ids, spanIdEnd, parentIdEnd);
    else this.parentSpanId.addNone();
    this.attributes.addText(row.attributes);
  }
}

function hasParentId(ids: Uint8Array): boolean {
  for (let at = spanIdEnd; at < parentIdEnd; at++) if (ids[at] !== 0) return true;
  return false;
}

/** As `SpanRow.ids`. */
export function spanIds(traceId: Uint8Array, spanId: Uint8Array, parentSpanId?: Uint8Array): Uint8Array {
  const ids = new Uint8Array(parentIdEnd);
  ids.set(traceId.subarray(0, traceIdEnd));
  ids.set(spanId.subarray(0, spanIdEnd - traceIdEnd), traceIdEnd);
  if (parentSpanId !== undefined) ids.set(parentSpanId.subarray(0, parentIdEnd - spanIdEnd), spanIdEnd);
  return ids;
}
