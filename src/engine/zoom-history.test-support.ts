// A recording as a seed makes it, written by the real writer with its failures and new beginnings, kept beside the records
// as plain lists: answers about it can be worked out the slow, obvious way.
import { randomFrom } from "../shared/base/random.test-support.js";
import { spanKinds } from "../shared/trace/attributes.js";
import { objectId } from "../shared/trace/value.js";
import { Lanes } from "./ingest/lanes.js";
import { helloOf } from "./socket-agent.test-support.js";
import { type OpenFile, createFile, openForWriting } from "./store/open-file.js";
import { Readers } from "./store/readers.js";
import type { ProcessRow, RowHead, SpanRow } from "./store/recording-rows.js";
import { RecordingWriter } from "./store/recording-writer.js";
import { spanIds } from "./store/span-rows.js";
import type { RecordRows } from "./store/waiting-rows.js";

const second = 1_000_000_000n;
/** Clocks of processes differ by hours, and one begins right at a bucket's edge. */
const origins = [1_790_000_000_123_456_789n, 1_790_010_000_000_000_000n, 1_789_999_999_999_999_999n];

export interface KeptSample {
  readonly series: number;
  readonly seq: number;
  readonly instant: bigint;
  readonly value: number;
}
export interface KeptRecord {
  readonly instant: bigint;
  readonly kind: "events" | "logs" | "writes";
  readonly isError: boolean;
}

interface Clock {
  readonly process: number;
  readonly origin: bigint;
  readonly lanes: Lanes;
  readonly open: SpanRow[];
  now: bigint;
  seq: number;
  spans: number;
}

export class ZoomHistory {
  readonly samples: KeptSample[] = [];
  readonly plain: KeptRecord[] = [];
  /** As they are now. */
  readonly spans = new Map<string, SpanRow>();
  readonly series = [1, 2, 3, 4, 5, 6];
  failures = 0;
  readonly #clocks: readonly Clock[];
  readonly #random: () => number;
  readonly #knownSeries = new Set<number>();
  #wasOpen = false;
  #file: OpenFile | undefined;
  #writer: RecordingWriter | undefined;
  #readers: Readers | undefined;
  #nowMs = 0;

  constructor(
    readonly path: string,
    seed: number,
  ) {
    this.#random = randomFrom(seed);
    this.#clocks = origins.map((origin, at) => ({
      process: at + 1,
      origin,
      lanes: new Lanes(),
      open: [],
      now: origin,
      seq: 0,
      spans: 0,
    }));
  }

  /** A range that some records are in, of any length there may be. */
  range(): { readonly from: bigint; readonly to: bigint } {
    const [first, last] = [origins[0] ?? 0n, this.#clocks.reduce((most, { now }) => (now > most ? now : most), 0n)];
    const middle = first + BigInt(Math.floor(this.#random() * Number(last - first)));
    const length = BigInt(Math.floor(10 ** (this.#random() * 6.5 + 7)));
    if (this.#random() < 0.2) return { from: first - second, to: last + second };
    return { from: middle - length / 2n, to: middle + length / 2n };
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  async open(): Promise<Readers> {
    const known = this.#wasOpen ? this.#clocks.map(({ process }) => process) : [];
    const opened = this.#wasOpen
      ? await openForWriting(this.path)
      : await createFile(this.path, { created: origins[0] ?? 0n, appVersion: "0" });
    if (!opened.ok) throw new Error(JSON.stringify(opened.error));
    this.#wasOpen = true;
    this.#file = opened.value;
    this.#writer = await RecordingWriter.open(opened.value, this.path, known, () => this.#nowMs);
    this.#readers = await Readers.open(opened.value.instance);
    return this.#readers;
  }

  async close(): Promise<void> {
    this.#writer?.dispose();
    await this.#readers?.dispose();
    await this.#file?.dispose();
  }

  /** Some records, and a commit that may fail: then another one takes them along. */
  async grow(records: number): Promise<void> {
    for (let left = records; left > 0; left--) this.#record();
    for (const clock of this.#clocks) this.#to.process(rowOf(clock));
    this.#nowMs += [100, 3000, 12_000][Math.floor(this.#random() * 3)] ?? 0;
    if (this.#random() < 0.5) await this.#failing();
    if (this.#random() < 0.3) for (let left = 20; left > 0; left--) this.#record();
    await this.#to.commit();
  }

  get #to(): RecordingWriter {
    if (this.#writer === undefined) throw new Error("not open");
    return this.#writer;
  }

  /** What the writer wants to change last is held by somebody else. */
  async #failing(): Promise<void> {
    const other = await this.#file?.instance.connect();
    if (other === undefined) return;
    await other.run("BEGIN");
    await other.run("UPDATE rollup_cover SET until = until");
    await this.#to.commit().catch(() => void this.failures++);
    await other.run("ROLLBACK");
    other.closeSync();
  }

  #record(): void {
    const clock = this.#pick(this.#clocks);
    const jump = this.#random();
    const stepNs = jump < 0.9 ? 10 ** (this.#random() * 9) : jump < 0.99 ? 2e10 : 5e12;
    clock.now += BigInt(Math.floor(stepNs));
    const late = this.#random() < 0.04 ? BigInt(Math.floor(10 ** (this.#random() * 12))) : 0n;
    const instant = clock.now - late < clock.origin ? clock.origin : clock.now - late;
    const head = { process: clock.process, seq: ++clock.seq, instant };
    const what = this.#random();
    if (what < 0.5) for (let left = this.below(4); left >= 0; left--) this.#sample(clock, instant);
    else if (what < 0.6) this.#event(head);
    else if (what < 0.7) this.#log(head);
    else if (what < 0.75) this.#write(head);
    else if (what < 0.9 || clock.open.length === 0) this.#begin(clock, head);
    else this.#end(clock);
  }

  #sample(clock: Clock, instant: bigint): void {
    const series = this.#pick(this.series.filter((one) => 1 + (one % origins.length) === clock.process));
    if (!this.#knownSeries.has(series)) this.#to.series(series, clock.process, 0, 0, "{}");
    this.#knownSeries.add(series);
    const sample = { series, seq: ++clock.seq, instant, value: this.#value(series) };
    const rows = this.#to.rowsOf("metric");
    rows.process.add(clock.process);
    rows.seq.addNumber(sample.seq);
    rows.instant.push(instant);
    rows.series.add(series);
    rows.value.add(sample.value);
    this.samples.push(sample);
  }

  #value(series: number): number {
    const odd = this.#random();
    if (series === 1) return 7;
    if (odd < 0.02) return this.#pick([NaN, Infinity, -Infinity]);
    if (odd < 0.05) return this.#pick([0, -0, 5e-324, 1e300, -1e300]);
    const sign = series % 2 === 0 ? 1 : this.#pick([1, -1]);
    return sign * (series < 4 ? this.below(50) : 10 ** (this.#random() * 12 - 6));
  }

  #event(head: RowHead): void {
    const rows = this.#to.rowsOf("event");
    this.#head(rows, head);
    rows.name.add(0);
    rows.span.add(0);
    rows.attributes.addText("{}");
    this.plain.push({ instant: head.instant, kind: "events", isError: false });
  }

  #log(head: RowHead): void {
    const severity = this.#pick([9, 13, 17, 21]);
    const rows = this.#to.rowsOf("log");
    this.#head(rows, head);
    rows.severity.add(severity);
    rows.span.add(0);
    rows.source.add(0);
    rows.body.addText("line");
    rows.attributes.addText("{}");
    this.plain.push({ instant: head.instant, kind: "logs", isError: severity >= 17 });
  }

  #head(rows: RecordRows, { process, seq, instant }: RowHead): void {
    rows.process.add(process);
    rows.seq.addNumber(seq);
    rows.instant.push(instant);
  }

  #write(head: RowHead): void {
    const value = { kind: "primitive", value: 1 } as const;
    const target = objectId(1);
    const change =
      this.#random() < 0.7
        ? ({ kind: "small", operation: { kind: "set", target, key: "n", value } } as const)
        : ({ kind: "scope", scope: 1, value } as const);
    this.#to.change({ ...head, after: undefined, location: 0, span: 0, change });
    this.plain.push({ instant: head.instant, kind: "writes", isError: false });
  }

  #begin(clock: Clock, head: RowHead): void {
    const span = ++clock.spans;
    const row: SpanRow = {
      ...head,
      span,
      parent: 0,
      lane: clock.lanes.begin(span, 0, Number(head.instant)),
      kind: spanKinds[span % spanKinds.length] ?? "server",
      ids: spanIds(new Uint8Array(16), Uint8Array.of(0, 0, 0, clock.process, 0, 0, span >> 8, span & 255)),
      name: 0,
      status: "unset",
      attributes: `{"shop":"No. ${span % 7}"}`,
      end: undefined,
    };
    clock.open.push(row);
    this.spans.set(`${clock.process}/${span}`, row);
    this.#to.spanStarted(row);
  }

  #end(clock: Clock): void {
    const [row] = clock.open.splice(this.below(clock.open.length), 1);
    if (row === undefined) return;
    clock.lanes.end(row.span, Number(row.instant));
    const instant = clock.now > row.instant ? clock.now : row.instant;
    const ended: SpanRow = { ...row, status: this.#pick(["ok", "error"]), end: { seq: ++clock.seq, instant } };
    this.spans.set(`${clock.process}/${row.span}`, ended);
    this.#to.spanEnded(ended);
  }

  #pick<Value>(list: readonly Value[]): Value {
    const picked = list[this.below(list.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }
}

const rowOf = ({ process, origin, now, seq }: Clock): ProcessRow => ({
  process,
  hello: helloOf({ runId: `run${process}` }),
  category: 1,
  start: origin,
  lastSeen: now,
  ended: undefined,
  endUnknown: false,
  received: seq,
  made: seq,
  written: seq,
  dropped: 0,
  lastBatch: 1,
  faults: undefined,
  clock: undefined,
});
