// Writes rows into a recording file. Rows gather in memory until `commit`, which puts all of them into the file in one
// transaction: whoever awaits it may tell the sender that they are safe. The file and its log are synchronised by
// DuckDB's commit, off this thread.
// Span rows exist from the span's start: one that ends before it was committed is written complete, otherwise updated.
import { type DuckDBAppender, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import type { EngineLoad } from "../../shared/protocol/recording-summary.js";
import { messageEnds, messageParts } from "../../shared/protocol/message-records.js";
import { spanStatuses } from "../../shared/trace/attributes.js";
import { type SegmentSettings, segmentSettings } from "../replay/segments/builder.js";
import { columnsFromOperation, contentsToJson, valueToJson } from "./operation-json.js";
import { checkpointWhenDue } from "./checkpoint.js";
import type { DerivedRows } from "./derived-rows.js";
import { FlightStore } from "./flight-store.js";
import { type ChangedKind, kindsIn } from "./last-changes.js";
import { LateWrites } from "./late-writes.js";
import { LongSpanRows } from "./long-span-rows.js";
import type { OpenFile } from "./open-file.js";
import type {
  ChangeRow,
  DefinitionRow,
  MarkRow,
  MessageEndRow,
  MessageRow,
  ProcessRow,
  SpanRow,
} from "./recording-rows.js";
import { definitionKinds, markKinds, storedOperations } from "./schema.js";
import { ProcessRows } from "./process-rows.js";
import { pushMark } from "./push-mark.js";
import { RollupRows } from "./rollup-rows.js";
import { SearchIndex } from "./search-index.js";
import { type SearchSettings, searchSettings } from "./search-tables.js";
import { SegmentRows } from "./segment-rows.js";
import { type SourceFacts, SourceIndex, writeSources } from "./source-rows.js";
import { type TableBuffer, closeQuietly } from "./table-buffer.js";
import { type Buffers, type TableName, WaitingRows, newMarkRows, spanKey, tableNames } from "./waiting-rows.js";

const createSpanEnd = `CREATE TEMP TABLE span_end (
  process UINTEGER, span UINTEGER, end_seq BIGINT, end_instant BIGINT, status UTINYINT, name UINTEGER, attributes VARCHAR)`;
const applySpanEnds = `UPDATE span SET end_seq = e.end_seq, end_instant = e.end_instant, status = e.status, name = e.name,
  attributes = e.attributes FROM span_end AS e WHERE span.process = e.process AND span.span = e.span AND span.end_seq IS NULL`;

const deleteEnd = `DELETE FROM mark WHERE process = $1 AND kind = $2`;

export class RecordingWriter {
  readonly #connection: DuckDBConnection;
  #appenders: ReadonlyMap<TableName, DuckDBAppender>;
  readonly #processes: ProcessRows;
  readonly #derived: readonly DerivedRows[];
  /** Asked between commits. */
  readonly flight: FlightStore;
  readonly #late: LateWrites;
  readonly #sources: SourceIndex;
  readonly #segments: SegmentRows;
  #waiting = new WaitingRows();
  /** In the room of rows that are in the file: making and growing it anew for each commit costs more than filling it. */
  #spare: WaitingRows | undefined;
  /** Since it was folded into the file. */
  #rowsInLog = 0;
  #changed: ReadonlySet<ChangedKind> = new Set();

  private constructor(
    readonly path: string,
    connection: DuckDBConnection,
    appenders: ReadonlyMap<TableName, DuckDBAppender>,
    search: SearchIndex,
    rollups: RollupRows,
    segments: SegmentRows,
    late: LateWrites,
    sources: SourceIndex,
    known: readonly number[],
  ) {
    this.#connection = connection;
    this.#appenders = appenders;
    this.#derived = [search, rollups, new LongSpanRows(), segments, late];
    this.#late = late;
    this.#sources = sources;
    this.#segments = segments;
    this.#processes = new ProcessRows(known);
    this.flight = new FlightStore(connection, path, segments, search);
  }

  /** `known` are processes that the file has already; `nowMs` counts milliseconds. */
  static async open(
    file: OpenFile,
    path: string,
    known: readonly number[] = [],
    nowMs = (): number => performance.now(),
    segments: SegmentSettings = segmentSettings,
    search: SearchSettings = searchSettings,
  ): Promise<RecordingWriter> {
    const connection = await file.instance.connect();
    await connection.run(createSpanEnd);
    return new RecordingWriter(
      path,
      connection,
      await appendersOf(connection),
      new SearchIndex(search),
      await RollupRows.open(connection, nowMs),
      await SegmentRows.open(connection, segments),
      await LateWrites.open(connection),
      await SourceIndex.open(connection),
      known,
    );
  }

  /** Rows waiting for the next commit. */
  get waiting(): number {
    return this.#waiting.count;
  }

  /** Committed writes that are earlier than some that were committed before. */
  get lateWrites(): number {
    return this.#late.count;
  }

  /** By the last commit. */
  get changed(): ReadonlySet<ChangedKind> {
    return this.#changed;
  }

  #push(table: TableName, ...row: readonly DuckDBValue[]): void {
    this.#waiting.buffers[table].push(...row);
    this.#waiting.count++;
  }

  name(id: number, text: string): void {
    this.#push("name", id, text);
  }

  location(id: number, file: number, line: number, column: number, functionName: number): void {
    this.#push("location", id, file, line, column, functionName);
  }

  series(id: number, process: number, name: number, unit: number, attributes: string): void {
    this.#push("series", id, process, name, unit, attributes);
  }

  scope(id: number, process: number, name: string, seq: number, instant: bigint): void {
    this.#push("scope", id, process, name, BigInt(seq), instant);
  }

  /** A file that a process has loaded; which it has loaded before makes no difference. */
  source(process: number, facts: SourceFacts): void {
    this.#waiting.count += this.#sources.add(process, facts, this.#waiting.sources);
  }

  /** For one more row, every column of it. */
  rowsOf<Name extends "event" | "log" | "metric">(name: Name): Buffers[Name] {
    this.#waiting.count++;
    return this.#waiting.buffers[name];
  }

  mark(row: MarkRow): void {
    pushMark(this.#waiting.buffers.mark, row);
    this.#waiting.count++;
  }

  definition({ process, kind, id, refers }: DefinitionRow): void {
    this.#push("definition", process, definitionKinds.indexOf(kind), id, refers);
  }

  messageEnd(row: MessageEndRow): void {
    this.#push(
      "message_end",
      row.process,
      BigInt(row.seq),
      row.instant,
      messageEnds.indexOf(row.end),
      messageParts.indexOf(row.part),
      row.channel,
      BigInt(row.upTo),
      BigInt(row.hybridUs),
      row.origin,
      BigInt(row.originUs),
    );
  }

  message({ id, part, sent, received }: MessageRow): void {
    const kind = messageParts.indexOf(part);
    const [from, sentSeq] = [sent.process, BigInt(sent.seq)];
    const [to, receivedSeq] = [received.process, BigInt(received.seq)];
    this.#push("message", BigInt(id), kind, from, sentSeq, sent.instant, to, receivedSeq, received.instant);
  }

  /** The one mark of a process's end, in place of what was said before; undefined when it has not ended after all. */
  end(process: number, mark: MarkRow | undefined): void {
    this.#waiting.ends.set(process, mark);
    this.#waiting.count++;
  }

  change(row: ChangeRow): void {
    const { process, instant, location, span, change } = row;
    const [seq, after] = [BigInt(row.seq), row.after ?? null];
    this.#waiting.changes.push(row);
    if (change.kind === "small") {
      const { operation } = change;
      const { key, value } = columnsFromOperation(operation);
      const kind = storedOperations.indexOf(operation.kind);
      this.#push("write", process, seq, instant, after, kind, operation.target, key, value, location, span);
    } else if (change.kind === "contents") {
      const contents = contentsToJson(change.contents);
      this.#push("keyframe", process, seq, instant, after, 0, change.target, contents, location, span);
    } else {
      const contents = valueToJson(change.value);
      this.#push("keyframe", process, seq, instant, after, change.scope, 0, contents, location, span);
    }
  }

  spanStarted(row: SpanRow): void {
    this.#waiting.newSpans.set(spanKey(row.process, row.span), row);
    this.#waiting.count++;
  }

  /** `row` is the whole span again, complete. */
  spanEnded(row: SpanRow): void {
    const key = spanKey(row.process, row.span);
    if (this.#waiting.newSpans.has(key)) {
      this.#waiting.newSpans.set(key, row);
      return;
    }
    const { process, span, end, status, name, attributes } = row;
    if (end === undefined) return;
    this.#waiting.endedSpans.push(row);
    this.#push("span_end", process, span, BigInt(end.seq), end.instant, spanStatuses.indexOf(status), name, attributes);
  }

  process(row: ProcessRow): void {
    this.#waiting.processes.set(row.process, row);
    this.#waiting.count++;
  }

  /** Columns of every answer count time from here. */
  startsAt(instant: bigint): void {
    this.#waiting.start = instant;
    this.#waiting.count++;
  }

  /** What recording cost so far: goes with the next commit, and is no reason for one. */
  report(load: EngineLoad): void {
    this.#waiting.report = JSON.stringify(load);
  }

  /**
   * Everything given so far is in the file when this resolves. One at a time. A rejection leaves the file as it was, and
   * everything waits for the next commit.
   */
  async commit(): Promise<void> {
    const rows = this.#waiting;
    if (rows.count === 0) return;
    this.#waiting = this.#spare ?? new WaitingRows();
    this.#spare = undefined;
    try {
      await this.#connection.run("BEGIN");
      for (const process of rows.ends.keys())
        await this.#connection.run(deleteEnd, [process, markKinds.indexOf("end")]);
      await this.#writeAll(rows);
      for (const derived of this.#derived) await derived.write(this.#connection, rows);
      const committed = this.#connection.run("COMMIT");
      const gathered = this.#gather(rows);
      try {
        await committed;
      } finally {
        await gathered;
      }
    } catch (error) {
      rows.append(this.#waiting);
      this.#waiting = rows;
      await this.#forget();
      throw error;
    }
    this.#changed = this.#kindsIn(rows);
    for (const derived of this.#derived) derived.committed();
    this.#processes.committed([...rows.processes.values()]);
    this.#rowsInLog += rows.count;
    this.#spare = rows.emptied();
  }

  #kindsIn(rows: WaitingRows): ReadonlySet<ChangedKind> {
    const kinds = kindsIn(rows);
    for (const kind of this.#segments.changed) kinds.add(kind);
    return kinds;
  }

  /** Whatever goes wrong here, the rows are being committed: they must not come again. */
  async #gather(rows: WaitingRows): Promise<void> {
    for (const derived of this.#derived)
      try {
        await derived.gather?.(rows);
      } catch {
        derived.forget();
      }
  }

  /** Between commits; what was committed is safe without it. */
  async foldLogWhenDue(mostBytes?: number): Promise<void> {
    if (await checkpointWhenDue(this.#connection, this.path, this.#rowsInLog, mostBytes)) this.#rowsInLog = 0;
  }

  /** Else the transaction stays open beside whatever is done with the file next, and appenders keep what they were given. */
  async #forget(): Promise<void> {
    for (const derived of this.#derived) derived.forget();
    await this.#connection.run("ROLLBACK").catch(() => undefined);
    for (const appender of this.#appenders.values()) closeQuietly(appender);
    this.#appenders = await appendersOf(this.#connection).catch(() => new Map<TableName, DuckDBAppender>());
  }

  async #writeAll({ buffers, newSpans, ends, processes, sources, start, report }: WaitingRows): Promise<void> {
    // Nothing but what a commit that failed has left.
    buffers.span.clear();
    for (const row of newSpans.values()) buffers.span.add(row);
    const append = async (name: TableName, buffer: TableBuffer): Promise<void> => {
      const appender = this.#appenders.get(name);
      if (appender === undefined) throw new Error("the file cannot be written any more");
      if (buffer.length > 0) await buffer.appendInStretches(appender);
    };
    for (const name of tableNames) await append(name, buffers[name]);
    if (ends.size > 0) await append("mark", markRows(ends.values()));
    if (buffers.span_end.length > 0) {
      await this.#connection.run(applySpanEnds);
      await this.#connection.run(`DELETE FROM span_end`);
    }
    await writeSources(this.#connection, sources);
    if (start !== undefined) await this.#connection.run(`UPDATE recording SET start = $1`, [start]);
    if (report !== undefined) await this.#connection.run(`UPDATE recording SET report = $1`, [report]);
    await this.#processes.write(this.#connection, [...processes.values()]);
  }

  /** After what may be the last commit. What cannot be written is done without: it says nothing that is not in the file. */
  async finish(): Promise<void> {
    try {
      await this.#connection.run("BEGIN");
      for (const derived of this.#derived) await derived.finish?.(this.#connection);
      await this.#connection.run("COMMIT");
    } catch {
      await this.#forget();
    }
  }

  dispose(): void {
    for (const appender of this.#appenders.values()) closeQuietly(appender);
    this.#connection.closeSync();
  }
}

function markRows(marks: Iterable<MarkRow | undefined>): TableBuffer {
  const rows = newMarkRows();
  for (const mark of marks) if (mark !== undefined) pushMark(rows, mark);
  return rows;
}

async function appendersOf(connection: DuckDBConnection): Promise<ReadonlyMap<TableName, DuckDBAppender>> {
  const appenders = new Map<TableName, DuckDBAppender>();
  for (const name of tableNames)
    appenders.set(name, await connection.createAppender(name, null, name === "span_end" ? "temp" : null));
  return appenders;
}
