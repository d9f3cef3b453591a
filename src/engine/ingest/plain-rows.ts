// Events, log lines and metric samples of one process, from the columns they come in to those of the file.
import { severities } from "../../shared/trace/attributes.js";
import type { RecordingWriter } from "../store/recording-writer.js";
import type { RecordRows } from "../store/waiting-rows.js";
import type { Incoming } from "./incoming.js";
import type { ProcessClock } from "./process-clock.js";

/** Where the agent's own word about the process comes from; of severity fatal it is an error that nobody caught. */
const processSource = "process";
const maxErrorUnits = 500;

interface KnownName {
  /** Of the recording. */
  readonly id: number;
  readonly text: string;
}

/** What the process calls its names and series, as far as it has said. */
export interface OwnIds {
  readonly names: ReadonlyMap<number, KnownName>;
  readonly series: ReadonlyMap<number, number>;
}

interface Counted {
  events: number;
  logs: number;
  metrics: number;
}

export class PlainRows {
  constructor(
    readonly process: number,
    readonly clock: ProcessClock,
    readonly ids: OwnIds,
    readonly writer: RecordingWriter,
    readonly counts: Counted,
  ) {}

  add(incoming: Incoming, index: number): void {
    if (incoming.isEvent(index)) this.#event(incoming, index);
    else if (incoming.isLog(index)) this.#log(incoming, index);
    else this.#metric(incoming, index);
  }

  #event(incoming: Incoming, index: number): void {
    const { refers, span, text, ends } = incoming;
    this.counts.events++;
    const rows = this.writer.rowsOf("event");
    this.#addHead(rows, incoming, index);
    rows.name.add(this.ids.names.get(refers[index] ?? 0)?.id ?? 0);
    rows.span.add(span[index] ?? 0);
    rows.attributes.addBytes(text.bytes, incoming.startOf(index), ends[index] ?? 0);
  }

  #log(incoming: Incoming, index: number): void {
    const { refers, span, code, text, bodyEnds, ends } = incoming;
    this.counts.logs++;
    const [severity, start, bodyEnd] = [code[index] ?? 0, incoming.startOf(index), bodyEnds[index] ?? 0];
    const source = this.ids.names.get(refers[index] ?? 0);
    const rows = this.writer.rowsOf("log");
    this.#addHead(rows, incoming, index);
    rows.severity.add(severity);
    rows.span.add(span[index] ?? 0);
    rows.source.add(source?.id ?? 0);
    rows.body.addBytes(text.bytes, start, bodyEnd);
    rows.attributes.addBytes(text.bytes, bodyEnd, ends[index] ?? 0);
    if (severity < severities.fatal || source?.text !== processSource) return;
    const label = text.bytes.toString("utf8", start, bodyEnd).slice(0, maxErrorUnits);
    const [seq, instant] = [incoming.seq[index] ?? 0, this.clock.instantOf(incoming.clockMs[index] ?? 0)];
    this.writer.mark({ process: this.process, seq, instant, kind: "error", label, lost: 0 });
  }

  /** A sample of a series that was never defined is left out. */
  #metric(incoming: Incoming, index: number): void {
    const { refers, value } = incoming;
    const series = this.ids.series.get(refers[index] ?? 0);
    if (series === undefined) return;
    this.counts.metrics++;
    const rows = this.writer.rowsOf("metric");
    this.#addHead(rows, incoming, index);
    rows.series.add(series);
    rows.value.add(value[index] ?? 0);
  }

  #addHead(rows: RecordRows, { seq, clockMs }: Incoming, index: number): void {
    rows.process.add(this.process);
    rows.seq.addNumber(seq[index] ?? 0);
    this.clock.addInstant(rows.instant, clockMs[index] ?? 0);
  }
}
