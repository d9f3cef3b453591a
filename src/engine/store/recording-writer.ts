// Writes rows into a recording file. Rows gather in memory until `commit`, which puts all of them into the file in one
// transaction: whoever awaits it may tell the sender that they are safe. The file and its log are synchronised by
// DuckDB's commit, off this thread.
// Span rows exist from the span's start: one that ends before it was committed is written complete, otherwise updated.
import {
  BIGINT,
  BLOB,
  type DuckDBAppender,
  DuckDBBlobValue,
  type DuckDBConnection,
  type DuckDBType,
  DOUBLE,
  type DuckDBValue,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import { columnsFromOperation, contentsToJson, valueToJson } from "./operation-json.js";
import type { OpenFile } from "./open-file.js";
import type {
  ChangeRow,
  DefinitionRow,
  EventRow,
  LogRow,
  MarkRow,
  MetricRow,
  ProcessRow,
  SpanRow,
} from "./recording-rows.js";
import { definitionKinds, markKinds, storedOperations } from "./schema.js";
import { TableBuffer } from "./table-buffer.js";

const tables = {
  name: [UINTEGER, VARCHAR],
  location: [UINTEGER, UINTEGER, UINTEGER, UINTEGER, UINTEGER],
  series: [UINTEGER, UINTEGER, UINTEGER, UINTEGER, VARCHAR],
  scope: [UINTEGER, UINTEGER, VARCHAR, BIGINT, BIGINT],
  event: [UINTEGER, BIGINT, BIGINT, UINTEGER, UINTEGER, VARCHAR],
  // prettier-ignore
  span: [UINTEGER, UINTEGER, BIGINT, BIGINT, BIGINT, BIGINT, UINTEGER, USMALLINT, UTINYINT, UTINYINT, UINTEGER, BLOB, BLOB, BLOB, VARCHAR],
  log: [UINTEGER, BIGINT, BIGINT, UTINYINT, UINTEGER, UINTEGER, VARCHAR, VARCHAR],
  metric: [UINTEGER, BIGINT, BIGINT, UINTEGER, DOUBLE],
  write: [UINTEGER, BIGINT, BIGINT, BIGINT, UTINYINT, UINTEGER, VARCHAR, VARCHAR, UINTEGER, UINTEGER],
  keyframe: [UINTEGER, BIGINT, BIGINT, BIGINT, UINTEGER, UINTEGER, VARCHAR, UINTEGER, UINTEGER],
  mark: [UINTEGER, BIGINT, BIGINT, UTINYINT, VARCHAR, BIGINT, VARCHAR],
  definition: [UINTEGER, UTINYINT, UINTEGER, UINTEGER],
  /** Temporary: ends of spans that the file has already, joined to them in the same transaction. */
  span_end: [UINTEGER, UINTEGER, BIGINT, BIGINT, UTINYINT, UINTEGER, VARCHAR],
} as const satisfies Record<string, readonly DuckDBType[]>;
type TableName = keyof typeof tables;

const createSpanEnd = `CREATE TEMP TABLE span_end (
  process UINTEGER, span UINTEGER, end_seq BIGINT, end_instant BIGINT, status UTINYINT, name UINTEGER, attributes VARCHAR)`;
const applySpanEnds = `UPDATE span SET end_seq = e.end_seq, end_instant = e.end_instant, status = e.status, name = e.name,
  attributes = e.attributes FROM span_end AS e WHERE span.process = e.process AND span.span = e.span AND span.end_seq IS NULL`;

const deleteEnd = `DELETE FROM mark WHERE process = $1 AND kind = $2`;

const newBuffers = (): Readonly<Record<TableName, TableBuffer>> => ({
  name: new TableBuffer(tables.name),
  location: new TableBuffer(tables.location),
  series: new TableBuffer(tables.series),
  scope: new TableBuffer(tables.scope),
  event: new TableBuffer(tables.event),
  span: new TableBuffer(tables.span),
  log: new TableBuffer(tables.log),
  metric: new TableBuffer(tables.metric),
  write: new TableBuffer(tables.write),
  keyframe: new TableBuffer(tables.keyframe),
  mark: new TableBuffer(tables.mark),
  definition: new TableBuffer(tables.definition),
  span_end: new TableBuffer(tables.span_end),
});

const tableNames: readonly TableName[] = [
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
  "span_end",
];

export class RecordingWriter {
  readonly #connection: DuckDBConnection;
  readonly #appenders: ReadonlyMap<TableName, DuckDBAppender>;
  readonly #knownProcesses = new Set<number>();
  #buffers = newBuffers();
  /** Spans begun since the last commit, by "process/span": still whole in memory when they end early. */
  #newSpans = new Map<string, SpanRow>();
  #processes = new Map<number, ProcessRow>();
  #ends = new Map<number, MarkRow | undefined>();
  #start: bigint | undefined;
  #rows = 0;

  private constructor(connection: DuckDBConnection, appenders: ReadonlyMap<TableName, DuckDBAppender>) {
    this.#connection = connection;
    this.#appenders = appenders;
  }

  /** `known` are processes that the file has already. */
  static async open(file: OpenFile, known: readonly number[] = []): Promise<RecordingWriter> {
    const connection = await file.instance.connect();
    await connection.run(createSpanEnd);
    const appenders = new Map<TableName, DuckDBAppender>();
    for (const name of tableNames)
      appenders.set(name, await connection.createAppender(name, null, name === "span_end" ? "temp" : null));
    const writer = new RecordingWriter(connection, appenders);
    for (const process of known) writer.#knownProcesses.add(process);
    return writer;
  }

  /** Rows waiting for the next commit. */
  get waiting(): number {
    return this.#rows;
  }

  #push(table: TableName, ...row: readonly DuckDBValue[]): void {
    this.#buffers[table].push(...row);
    this.#rows++;
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

  event(row: EventRow): void {
    this.#push("event", row.process, BigInt(row.seq), row.instant, row.name, row.span, row.attributes);
  }

  log(row: LogRow): void {
    const { process, seq, instant, severity, span, source, body, attributes } = row;
    this.#push("log", process, BigInt(seq), instant, severity, span, source, body, attributes);
  }

  metric(row: MetricRow): void {
    this.#push("metric", row.process, BigInt(row.seq), row.instant, row.series, row.value);
  }

  mark(row: MarkRow): void {
    pushMark(this.#buffers.mark, row);
    this.#rows++;
  }

  definition({ process, kind, id, refers }: DefinitionRow): void {
    this.#push("definition", process, definitionKinds.indexOf(kind), id, refers);
  }

  /** The one mark of a process's end, in place of what was said before; undefined when it has not ended after all. */
  end(process: number, mark: MarkRow | undefined): void {
    this.#ends.set(process, mark);
    this.#rows++;
  }

  change(row: ChangeRow): void {
    const { process, instant, location, span, change } = row;
    const [seq, after] = [BigInt(row.seq), row.after ?? null];
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
    this.#newSpans.set(`${row.process}/${row.span}`, row);
    this.#rows++;
  }

  /** `row` is the whole span again, complete. */
  spanEnded(row: SpanRow): void {
    const key = `${row.process}/${row.span}`;
    if (this.#newSpans.has(key)) {
      this.#newSpans.set(key, row);
      return;
    }
    const { process, span, end, status, name, attributes } = row;
    if (end === undefined) return;
    this.#push("span_end", process, span, BigInt(end.seq), end.instant, spanStatuses.indexOf(status), name, attributes);
  }

  process(row: ProcessRow): void {
    this.#processes.set(row.process, row);
    this.#rows++;
  }

  /** Columns of every answer count time from here. */
  startsAt(instant: bigint): void {
    this.#start = instant;
    this.#rows++;
  }

  /** Everything given so far is in the file when this resolves. One at a time. A rejection leaves the file as it was. */
  async commit(): Promise<void> {
    if (this.#rows === 0) return;
    const [buffers, spans, processes, start] = [this.#buffers, this.#newSpans, this.#processes, this.#start];
    const ends = this.#ends;
    this.#buffers = newBuffers();
    this.#newSpans = new Map();
    this.#processes = new Map();
    this.#ends = new Map();
    this.#start = undefined;
    this.#rows = 0;

    for (const row of spans.values()) pushSpan(buffers.span, row);
    for (const mark of ends.values()) if (mark !== undefined) pushMark(buffers.mark, mark);
    await this.#connection.run("BEGIN");
    try {
      for (const process of ends.keys()) await this.#connection.run(deleteEnd, [process, markKinds.indexOf("end")]);
      await this.#writeAll(buffers, processes, start);
      await this.#connection.run("COMMIT");
    } catch (error) {
      // Else the transaction stays open beside whatever is done with the file next.
      await this.#connection.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  async #writeAll(
    buffers: ReturnType<typeof newBuffers>,
    processes: ReadonlyMap<number, ProcessRow>,
    start: bigint | undefined,
  ): Promise<void> {
    for (const name of tableNames) {
      const appender = this.#appenders.get(name);
      if (appender !== undefined && buffers[name].length > 0) buffers[name].appendTo(appender);
    }
    if (buffers.span_end.length > 0) {
      await this.#connection.run(applySpanEnds);
      await this.#connection.run(`DELETE FROM span_end`);
    }
    if (start !== undefined) await this.#connection.run(`UPDATE recording SET start = $1`, [start]);
    for (const row of processes.values()) await this.#writeProcess(row);
  }

  async #writeProcess(row: ProcessRow): Promise<void> {
    if (!this.#knownProcesses.has(row.process)) {
      this.#knownProcesses.add(row.process);
      await this.#insertProcess(row);
    }
    const { process, lastSeen, ended, endUnknown, received, made, written, dropped, lastBatch } = row;
    await this.#connection.run(
      `UPDATE process SET last_seen = $2, ended = $3, exit_code = $4, signal = $5, ending = $6, tail_unknown = $7, received = $8,
         made = $9, written = $10, dropped = $11, last_batch = $12 WHERE process = $1`,
      [
        process,
        lastSeen,
        ended?.at ?? null,
        ended?.exitCode ?? null,
        ended?.signal ?? null,
        ended?.how ?? null,
        endUnknown,
        BigInt(received),
        BigInt(made),
        BigInt(written),
        BigInt(dropped),
        BigInt(lastBatch),
      ],
    );
  }

  async #insertProcess({ process, hello, category, start }: ProcessRow): Promise<void> {
    await this.#connection.run(
      `INSERT INTO process (process, run_id, pid, parent_pid, service_name, category, argv, exec_argv, cwd, node_version,
         v8_version, platform, arch, host_name, agent_version, settings, time_origin_ms, start)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
      [
        process,
        hello.runId,
        BigInt(hello.pid),
        BigInt(hello.parentPid),
        hello.serviceName,
        category,
        JSON.stringify(hello.argv),
        JSON.stringify(hello.execArgv),
        hello.cwd,
        hello.nodeVersion,
        hello.v8Version,
        hello.platform,
        hello.arch,
        hello.hostName,
        hello.agentVersion,
        JSON.stringify(hello.settings),
        hello.timeOriginMs,
        start,
      ],
    );
  }

  dispose(): void {
    for (const appender of this.#appenders.values()) {
      try {
        appender.closeSync();
      } catch {
        // It complains once more of the commit that failed, which was reported then.
      }
    }
    this.#connection.closeSync();
  }
}

function pushMark(buffer: TableBuffer, { process, seq, instant, kind, label, lost, reason }: MarkRow): void {
  buffer.push(process, BigInt(seq), instant, markKinds.indexOf(kind), label, BigInt(lost), reason ?? null);
}

function pushSpan(buffer: TableBuffer, row: SpanRow): void {
  buffer.push(
    row.process,
    row.span,
    BigInt(row.seq),
    row.instant,
    row.end === undefined ? null : BigInt(row.end.seq),
    row.end?.instant ?? null,
    row.parent,
    row.lane,
    spanKinds.indexOf(row.kind),
    spanStatuses.indexOf(row.status),
    row.name,
    new DuckDBBlobValue(row.traceId),
    new DuckDBBlobValue(row.spanId),
    row.parentSpanId === undefined ? null : new DuckDBBlobValue(row.parentSpanId),
    row.attributes,
  );
}
