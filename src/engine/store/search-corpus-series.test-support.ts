// Series of metrics as a seed makes them, and the slow, obvious search through all of their samples.
import { type Made, addHead, lower, shownJson } from "./search-corpus-rows.test-support.js";
import type { CorpusQuery } from "./search-corpus.test-support.js";
import { metricAlias } from "./metric-aliases.js";
import type { RecordingWriter } from "./recording-writer.js";
import { needlesFrom } from "./search-text.js";

interface MadeSeries {
  readonly id: number;
  readonly process: number;
  readonly own: Made["fields"];
}
interface Sample {
  readonly series: MadeSeries;
  readonly seq: number;
  readonly instant: bigint;
}

const names = ["v8js.memory.heap.used", "process.cpu.utilization", "orders.open", "Schlange_länge", "order timeouts"];
const attributes = ["{}", '{"pool":"orders"}', '{"say":"\\"no\\"","n":17}', '{"queue":"ÜNÏCODE 日本"}'];
const second = 1_000_000_000n;
/** Names are numbered behind those that rows have, and records of a process behind its others. */
const [namesFrom, seqsFrom] = [100_000, 1_000_000];

export class CorpusSeries {
  readonly #series: MadeSeries[] = [];
  readonly #samples: Sample[] = [];
  #defined = false;

  constructor(
    readonly random: () => number,
    readonly start: bigint,
    readonly serviceName: string,
  ) {}

  #one<Of>(all: readonly Of[]): Of {
    const one = all[Math.floor(this.random() * all.length)];
    if (one === undefined) throw new Error("nothing to choose from");
    return one;
  }

  /** Some series more, and samples of all: each begins within a minute, an hour or two days, in no order, and some never. */
  add(writer: RecordingWriter, series: number, samples: number): void {
    if (!this.#defined) for (const [at, name] of names.entries()) writer.name(namesFrom + at, name);
    this.#defined = true;
    const begins = new Map<MadeSeries, bigint>();
    for (let left = series; left > 0; left--) {
      const [name, process, own] = [this.#one(names), 1 + Math.floor(this.random() * 3), this.#one(attributes)];
      const alias = metricAlias(name);
      const id = this.#series.length + 1;
      writer.series(id, process, namesFrom + names.indexOf(name), 0, own);
      const further = alias === name ? [] : [["alias", alias] as const];
      this.#series.push({ id, process, own: [["name", name], ...further, ["attributes", shownJson(own)]] });
    }
    for (const one of this.#series) {
      const within = BigInt(Math.floor(this.random() * this.#one([60, 3600, 172_800])));
      if (this.random() < 0.9) begins.set(one, within * second);
    }
    for (let left = samples; left > 0; left--) {
      const [one, begin] = this.#one([...begins]);
      const later = BigInt(Math.floor(this.random() * 1e12));
      this.#add(writer, one, this.start + begin + (this.random() < 0.3 ? 0n : later));
    }
  }

  #add(writer: RecordingWriter, series: MadeSeries, instant: bigint): void {
    const sample = { series, seq: seqsFrom + this.#samples.length, instant };
    const rows = writer.rowsOf("metric");
    addHead(rows, { ...sample, process: series.process });
    rows.series.add(series.id);
    rows.value.add(this.random());
    this.#samples.push(sample);
  }

  /** As rows: of each series the first of its samples there. */
  found({ text, kinds, process, from, to }: CorpusQuery): readonly Made[] {
    if (kinds?.includes("metric") === false) return [];
    const needles = needlesFrom(text).map(lower);
    const service = ["service", this.serviceName] as const;
    return this.#series.flatMap(({ id, process: of, own }) => {
      const isOwn = (needle: string): boolean => own.some(([, text]) => lower(text).includes(needle));
      const isHere = (needle: string): boolean => isOwn(needle) || lower(service[1]).includes(needle);
      if ((process ?? of) !== of || !needles.every(isHere) || !(needles.length === 0 || needles.some(isOwn))) return [];
      const [first] = this.#samples
        .filter(({ series }) => series.id === id)
        .filter(({ instant }) => (from ?? instant) <= instant && instant <= (to ?? instant))
        .toSorted((a, b) => (a.instant === b.instant ? a.seq - b.seq : a.instant < b.instant ? -1 : 1));
      if (first === undefined) return [];
      return [
        { kind: "metric" as const, process: of, seq: first.seq, instant: first.instant, fields: [...own, service] },
      ];
    });
  }

  /** Most often words of what there is. */
  *queries(count: number): Generator<CorpusQuery> {
    const texts = [
      "heap",
      "HEAP used",
      "order",
      "order app",
      "app",
      "cpu 17",
      '"say \\"no\\""',
      "länge ünïcode",
      "",
      "zzz",
    ];
    for (let left = count; left > 0; left--) {
      yield {
        text: this.#one(texts),
        order: this.#one(["newest", "oldest"]),
        ...this.#one<Pick<CorpusQuery, "kinds">>([
          {},
          { kinds: ["metric"] },
          { kinds: ["metric", "event"] },
          { kinds: ["log"] },
        ]),
        process: this.random() < 0.8 ? undefined : 1 + Math.floor(this.random() * 3),
        from: this.random() < 0.6 ? undefined : this.#one(this.#samples).instant,
        to: this.random() < 0.6 ? undefined : this.#one(this.#samples).instant,
      };
    }
  }
}
