// Rows of every kind as a seed makes them, with texts that are hard to find, and the slow, obvious search through them.
import { randomFrom } from "../../shared/base/random.test-support.js";
import type { FoundKind, SearchKind } from "../../shared/protocol/engine-rows.js";
import { objectId } from "../../shared/trace/value.js";
import {
  type Made,
  type OpenSpan,
  addHead,
  hello,
  lower,
  matchOf,
  newSpan,
  shownJson,
  words,
} from "./search-corpus-rows.test-support.js";
import type { ProcessEnd } from "./recording-rows.js";
import type { RecordingWriter } from "./recording-writer.js";
import { needlesFrom } from "./search-text.js";

export interface CorpusQuery {
  readonly text: string;
  readonly order: "newest" | "oldest";
  readonly kinds?: FoundKind[] | undefined;
  readonly process?: number | undefined;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

/** Nothing is much earlier. */
export const corpusStart = 1_795_000_000_000_000_000n;
const second = 1_000_000_000n;

export class SearchCorpus {
  readonly #random: () => number;
  readonly #made: Made[] = [];
  readonly #names = new Map<string, number>();
  readonly #scopes = new Map<string, number>();
  readonly #openSpans: OpenSpan[] = [];
  #seq = 0;
  #isKept = true;
  #now = corpusStart;
  readonly #written = new Set<number>();

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  get processes(): readonly number[] {
    return [...this.#written];
  }

  /** Nothing so far is later. */
  get end(): bigint {
    return this.#now;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #word(): string {
    const word = words[this.#below(words.length)] ?? "";
    return this.#random() < 0.3 ? `${word}${this.#below(1e6)}` : word;
  }

  #text(): string {
    return Array.from({ length: this.#below(5) }, () => this.#word()).join(this.#random() < 0.8 ? " " : "-");
  }

  #idOf(ids: Map<string, number>, text: string, define: (id: number) => void): number {
    if (text === "") return 0;
    const known = ids.get(text);
    if (known !== undefined) return known;
    if (!this.#isKept) return 0;
    ids.set(text, ids.size + 1);
    define(ids.size);
    return ids.size;
  }

  /** `isKept`: false for rows that are never committed. */
  add(writer: RecordingWriter, count: number, isKept = true): void {
    this.#isKept = isKept;
    for (let left = count; left > 0; left--) {
      // Some share an instant, some come late, some after a pause.
      if (this.#random() < 0.7) this.#now += BigInt(this.#below(50_000_000));
      if (this.#random() < 0.01) this.#now += 30n * second;
      const late = this.#random() < 0.03 ? BigInt(this.#below(100)) * second : 0n;
      const made = this.#row(writer, this.#now - late);
      if (isKept) this.#made.push(made);
    }
  }

  #row(writer: RecordingWriter, instant: bigint): Made {
    const [process, seq, kind] = [1 + this.#below(3), ++this.#seq, this.#below(5)];
    const head = { process, seq, instant };
    const name = [...this.#text()].slice(0, 60).join("");
    const nameId = kind < 3 ? this.#idOf(this.#names, name, (id) => writer.name(id, name)) : 0;
    const attributes = this.#attributes();
    const json = JSON.stringify(attributes);
    const shown = JSON.stringify(attributes);
    const named: Made["fields"] = [
      ["name", name],
      ["attributes", shownJson(shown)],
    ];
    const place = { ...head, after: undefined, location: 0, span: 0 };
    switch (kind) {
      case 0: {
        const rows = writer.rowsOf("event");
        addHead(rows, head);
        rows.name.add(nameId);
        rows.span.add(0);
        rows.attributes.addText(json);
        return { ...head, kind: "event", fields: named };
      }
      case 1: {
        const rows = writer.rowsOf("log");
        const body = this.#text();
        addHead(rows, head);
        rows.severity.add(9);
        rows.span.add(0);
        rows.source.add(nameId);
        rows.body.addText(body);
        rows.attributes.addText(json);
        return {
          ...head,
          kind: "log",
          fields: [
            ["name", name],
            ["body", body],
            ["attributes", shownJson(shown)],
          ],
        };
      }
      case 2:
        return this.#span(writer, newSpan(head, nameId, json, named));
      case 3: {
        const [key, value] = [this.#word(), this.#text()];
        const operation = { kind: "set", target: objectId(1), key, value: { kind: "primitive", value } } as const;
        writer.change({ ...place, change: { kind: "small", operation } });
        const fields: Made["fields"] = [
          ["key", shownJson(JSON.stringify(key))],
          ["value", shownJson(JSON.stringify(value))],
        ];
        return { ...head, kind: "write", fields };
      }
      default: {
        const [name, value] = [this.#word(), this.#text()];
        const scope = this.#idOf(this.#scopes, name, (id) => writer.scope(id, process, name, seq, instant));
        writer.change({ ...place, change: { kind: "scope", scope, value: { kind: "primitive", value } } });
        return {
          ...head,
          kind: "keyframe",
          fields: [
            ["scope", name],
            ["contents", shownJson(JSON.stringify(value))],
          ],
        };
      }
    }
  }

  #attributes(): Record<string, string | number> {
    const count = this.#below(4);
    return Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `${this.#word()}${at}`,
        this.#random() < 0.3 ? this.#below(1e6) : this.#text(),
      ]),
    );
  }

  /** Some end soon, some late, some never. */
  #span(writer: RecordingWriter, span: OpenSpan): Made {
    writer.spanStarted(span.row);
    if (!this.#isKept) return span.made;
    this.#openSpans.push(span);
    const ending = this.#random() < 0.7 ? this.#openSpans.splice(this.#below(this.#openSpans.length), 1)[0] : undefined;
    if (ending !== undefined) this.endSpan(writer, ending, this.#attributes());
    return span.made;
  }

  /** One that nothing ends by chance. */
  startSpan(writer: RecordingWriter): OpenSpan {
    const span = newSpan({ process: 1, seq: ++this.#seq, instant: this.#now }, 0, "{}", []);
    writer.spanStarted(span.row);
    this.#made.push(span.made);
    return span;
  }

  endSpan(writer: RecordingWriter, { row, made }: OpenSpan, attributes: Record<string, string | number>): void {
    const json = JSON.stringify(attributes);
    writer.spanEnded({ ...row, attributes: json, end: { seq: ++this.#seq, instant: this.#now } });
    made.fields = [
      ["name", made.fields[0]?.[1] ?? ""],
      ["attributes", shownJson(json)],
    ];
  }

  /** All that rows are of, as they go on. */
  tellOfProcesses(writer: RecordingWriter): void {
    for (const process of [1, 2, 3]) this.#tellOf(writer, process, undefined);
  }

  #tellOf(writer: RecordingWriter, process: number, ended: ProcessEnd | undefined): void {
    this.#written.add(process);
    writer.process({
      process,
      hello: { ...hello, runId: `${hello.runId}${process}` },
      category: 1,
      start: corpusStart - 200n * second,
      lastSeen: this.#now,
      ended,
      endUnknown: false,
      received: 1,
      made: 1,
      written: 1,
      dropped: 0,
      lastBatch: 1,
      faults: undefined,
    });
  }

  endProcess(writer: RecordingWriter): void {
    const [seq, lost] = [0, 0];
    this.#tellOf(writer, 1, { at: this.#now, how: "bye" });
    writer.end(1, { process: 1, seq, instant: this.#now, kind: "end", label: "ended", lost });
  }

  /** Of a row, at random. */
  someInstant(): bigint {
    return this.#made[this.#below(this.#made.length)]?.instant ?? corpusStart;
  }

  *queries(count: number): Generator<CorpusQuery> {
    const kinds: SearchKind[] = ["event", "span", "log", "write", "keyframe"];
    for (let left = count; left > 0; left--) {
      yield {
        text: this.#queryText(),
        order: this.#random() < 0.5 ? "newest" : "oldest",
        kinds: this.#random() < 0.6 ? undefined : kinds.filter(() => this.#random() < 0.5),
        process: this.#random() < 0.8 ? undefined : 1 + this.#below(3),
        from: this.#random() < 0.6 ? undefined : this.someInstant(),
        to: this.#random() < 0.6 ? undefined : this.someInstant(),
      };
    }
    for (const text of ["", "order", "ORDER shipped", '"', "qqqzzz", '"say \\"no\\""', "\u0130ZMIR"])
      yield { text, order: "newest" };
  }

  /** Most often a part of what there is. */
  #queryText(): string {
    const part = (): string => {
      const { fields } = this.#made[this.#below(this.#made.length)] ?? { fields: [] };
      const characters = [...(fields[this.#below(fields.length)]?.[1] ?? "")];
      const from = this.#below(characters.length);
      const text = characters.slice(from, from + 1 + this.#below(12)).join("");
      const cased = this.#random() < 0.5 ? text : text.toUpperCase();
      return /[\s"]/.test(cased) ? `"${cased.replace(/["\\]/g, "\\$&")}"` : cased;
    };
    return Array.from({ length: 1 + this.#below(2) }, part).join(" ");
  }

  /** Of its own rows, and of others that have been found. */
  found({ text, order, kinds, process, from, to }: CorpusQuery, others: readonly Made[] = []): string[] {
    const needles = needlesFrom(text).map(lower);
    const sign = order === "newest" ? -1 : 1;
    return this.#made
      .filter((made) => kinds?.includes(made.kind) ?? true)
      .filter((made) => (process ?? made.process) === made.process)
      .filter(({ instant }) => (from ?? instant) <= instant && instant <= (to ?? instant))
      .filter(({ fields }) => needles.every((needle) => fields.some(([, text]) => lower(text).includes(needle))))
      .concat(others)
      .toSorted(
        (a, b) =>
          sign * (a.instant === b.instant ? a.process - b.process || a.seq - b.seq : a.instant < b.instant ? -1 : 1),
      )
      .map((made) => `${made.process} ${made.seq} ${made.kind} ${matchOf(made, needles[0] ?? "")}`);
  }
}
