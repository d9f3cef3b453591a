// Rows between two commits. A commit takes all of them; what it could not write goes back before what came meanwhile.
import { bytes, doubles, integers, longs, texts } from "./column-buffers.js";
import type { Column } from "./column.js";
import type { ChangeRow, MarkRow, ProcessRow, SpanRow } from "./recording-rows.js";
import { noSources } from "./source-rows.js";
import { SpanRows } from "./span-rows.js";
import { TableBuffer } from "./table-buffer.js";

/** Of records that come by the hundred thousand: they are added to column by column. */
export class RecordRows extends TableBuffer {
  constructor(
    own: readonly Column[],
    readonly process = integers(),
    readonly seq = longs(),
    readonly instant = longs(),
  ) {
    super([process, seq, instant, ...own]);
  }
}

class EventRows extends RecordRows {
  constructor(
    readonly name = integers(),
    readonly span = integers(),
    readonly attributes = texts(),
  ) {
    super([name, span, attributes]);
  }
}

class LogRows extends RecordRows {
  constructor(
    readonly severity = bytes(),
    readonly span = integers(),
    readonly source = integers(),
    readonly body = texts(),
    readonly attributes = texts(),
  ) {
    super([severity, span, source, body, attributes]);
  }
}

class MetricRows extends RecordRows {
  constructor(
    readonly series = integers(),
    readonly value = doubles(),
  ) {
    super([series, value]);
  }
}

class WriteRows extends RecordRows {
  constructor(
    readonly key = texts(),
    readonly value = texts(),
  ) {
    super([longs(), bytes(), integers(), key, value, integers(), integers()]);
  }
}

class KeyframeRows extends RecordRows {
  constructor(
    readonly scope = integers(),
    readonly contents = texts(),
  ) {
    super([longs(), scope, integers(), contents, integers(), integers()]);
  }
}

/** What a dictionary's ids stand for. */
class NameRows extends TableBuffer {
  constructor(
    readonly id = integers(),
    readonly text = texts(),
  ) {
    super([id, text]);
  }
}

class ScopeRows extends TableBuffer {
  constructor(
    readonly id = integers(),
    readonly text = texts(),
  ) {
    super([id, integers(), text, longs(), longs()]);
  }
}

export const newMarkRows = (): TableBuffer =>
  new TableBuffer([integers(), longs(), longs(), bytes(), texts(), longs(), texts(), longs()]);

const newBuffers = () => ({
  name: new NameRows(),
  location: new TableBuffer([integers(), integers(), integers(), integers(), integers()]),
  series: new TableBuffer([integers(), integers(), integers(), integers(), texts()]),
  scope: new ScopeRows(),
  event: new EventRows(),
  /** As of the commit: until then a span that was begun is in `newSpans`. */
  span: new SpanRows(),
  log: new LogRows(),
  metric: new MetricRows(),
  write: new WriteRows(),
  keyframe: new KeyframeRows(),
  mark: newMarkRows(),
  definition: new TableBuffer([integers(), bytes(), integers(), integers()]),
  message_end: new TableBuffer([
    integers(),
    longs(),
    longs(),
    bytes(),
    bytes(),
    longs(),
    longs(),
    longs(),
    integers(),
    longs(),
  ]),
  message: new TableBuffer([longs(), bytes(), integers(), longs(), longs(), integers(), longs(), longs()]),
  /** Temporary: ends of spans that the file has already, joined to them in the same transaction. */
  span_end: new TableBuffer([integers(), integers(), longs(), longs(), bytes(), integers(), texts()]),
});

export type Buffers = ReturnType<typeof newBuffers>;
export type TableName = keyof Buffers;

export const tableNames: readonly TableName[] = [
  "name",
  "location",
  "series",
  "scope",
  "event",
  "span",
  "log",
  "metric",
  "write",
  "keyframe",
  "mark",
  "definition",
  "message_end",
  "message",
  "span_end",
];

/** Both are of 32 bits; processes are few. */
export const spanKey = (process: number, span: number): number => process * 2 ** 32 + span;

export class WaitingRows {
  /** What the rows of `write` and `keyframe` say, as it came. */
  readonly changes: ChangeRow[] = [];
  /** Spans that ended after the commit of their start, as they are now. */
  readonly endedSpans: SpanRow[] = [];
  /** Spans begun since the last commit, by `spanKey`: still whole in memory when they end early. */
  readonly newSpans = new Map<number, SpanRow>();
  readonly processes = new Map<number, ProcessRow>();
  /** The one mark of each process's end; undefined when it has not ended after all. */
  readonly ends = new Map<number, MarkRow | undefined>();
  readonly sources = noSources();
  start: bigint | undefined;
  /** About the recording as a whole, as JSON. */
  report: string | undefined;
  count = 0;

  constructor(readonly buffers: Buffers = newBuffers()) {}

  /** None, in the room of these, which are not needed any more. */
  emptied(): WaitingRows {
    for (const name of tableNames) this.buffers[name].clear();
    return new WaitingRows(this.buffers);
  }

  /** `later` came after these. A span of these that ended there is written as it began, and then given its end. */
  append(later: WaitingRows): void {
    for (const name of tableNames) this.buffers[name].append(later.buffers[name]);
    for (const row of later.changes) this.changes.push(row);
    for (const row of later.endedSpans) this.endedSpans.push(row);
    for (const [key, row] of later.newSpans) this.newSpans.set(key, row);
    for (const [process, row] of later.processes) this.processes.set(process, row);
    for (const [process, mark] of later.ends) this.ends.set(process, mark);
    this.sources.texts.push(...later.sources.texts);
    this.sources.versions.push(...later.sources.versions);
    this.sources.uses.push(...later.sources.uses);
    this.start = later.start ?? this.start;
    this.report = later.report ?? this.report;
    this.count += later.count;
  }
}
