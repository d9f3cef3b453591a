// Records of every kind of one process, as a seed makes them, batch by batch: a program that does a little of everything.
import { randomFrom } from "../shared/base/random.test-support.js";
import type { AgentRecord, AgentRecordBody } from "../shared/protocol/agent-records.js";
import type { RecordedWrite } from "../shared/trace/write.js";
import { LiveProgram } from "./replay/live-program.test-support.js";
import { RecordMaker } from "./socket-agent.test-support.js";

export class FlightRecords {
  readonly #random: () => number;
  readonly #maker = new RecordMaker();
  readonly #program: LiveProgram;
  readonly #open: number[] = [];
  #told = 0;
  #spans = 0;
  #clockMs = 10;
  #last = 0;

  constructor(
    seed: number,
    /** Between two records, at most. */
    readonly mostMs: number,
    readonly textBytes = 20,
  ) {
    this.#random = randomFrom(seed);
    this.#program = new LiveProgram(seed);
  }

  get clockMs(): number {
    return this.#clockMs;
  }

  get lastSeq(): number {
    return this.#last;
  }

  batch(count: number): readonly AgentRecord[] {
    const records: AgentRecord[] = [];
    const put = (body: AgentRecordBody): void => {
      const record = this.#maker.make(body, this.#clockMs);
      this.#last = record.seq;
      records.push(record);
    };
    if (this.#last === 0) {
      put({ kind: "string", id: 1, text: "did" });
      put({ kind: "string", id: 2, text: "console" });
      for (const series of [1, 2]) put({ kind: "series", id: series, name: 1, unit: 0, attributes: { series } });
    }
    while (records.length < count) {
      if (this.#random() < 0.7) this.#clockMs += Math.round(this.#random() * this.mostMs * 1000) / 1000;
      this.#one(put);
    }
    return records;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #text(): string {
    let text = `word${this.#below(40)}`;
    while (text.length < this.textBytes) text += ` ${this.#below(2 ** 30).toString(36)}`;
    return text;
  }

  #one(put: (body: AgentRecordBody) => void): void {
    const what = this.#random();
    const span = this.#open[this.#below(2 * this.#open.length)] ?? 0;
    if (what < 0.15) put({ kind: "event", name: 1, span, attributes: { text: this.#text() } });
    else if (what < 0.35)
      put({ kind: "log", severity: what < 0.2 ? 17 : 9, span, source: 2, body: this.#text(), attributes: {} });
    else if (what < 0.5) this.#begin(put);
    else if (what < 0.65) this.#end(put);
    else if (what < 0.75) put({ kind: "metric", series: 1 + this.#below(2), value: this.#below(1000) });
    else {
      this.#program.step();
      for (; this.#told < this.#program.writes.length; this.#told++) this.#write(put, this.#program.writes[this.#told]);
    }
  }

  #write(put: (body: AgentRecordBody) => void, write: RecordedWrite | undefined): void {
    if (write === undefined) return;
    const afterMs = this.#below(6) === 0 ? Math.max(0, this.#clockMs - this.#below(20) * this.mostMs) : NaN;
    put({ kind: "write", span: 0, location: 0, afterMs, operation: write.operation });
  }

  #begin(put: (body: AgentRecordBody) => void): void {
    const span = ++this.#spans;
    const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => 1 + this.#below(255));
    const ids = { traceId: bytes(16), spanId: bytes(8), parentSpanId: new Uint8Array(8) };
    put({ kind: "span-start", span, parent: 0, name: 1, spanKind: "server", ...ids, attributes: {} });
    this.#open.push(span);
  }

  #end(put: (body: AgentRecordBody) => void): void {
    const [span] = this.#open.splice(this.#below(this.#open.length), 1);
    if (span === undefined) return;
    put({ kind: "span-end", span, status: this.#below(5) === 0 ? "error" : "ok", name: 0, attributes: {} });
  }
}
