// Rows of one kind as records that rules take: one object, which is the row it was put to. Nothing is made for a row but what a
// rule asks for.
import { type RuleRecord, logLevels } from "../../rules/index.js";
import {
  type SpanKind,
  type SpanStatus,
  severityFromNumber,
  spanKinds,
  spanStatuses,
} from "../../shared/trace/attributes.js";
import type { Rows } from "./rows.js";

export interface SeriesNames {
  readonly name: string;
  readonly unit: string;
  /** JSON. */
  readonly attributes: string;
}

interface Context {
  readonly origin: bigint;
  readonly serviceOf: (process: number) => string;
}

type Names = ReadonlyMap<number, string>;
type Scalar = string | number | boolean | undefined;

/** Rows of one kind; `record` is the one that it was put to. */
export type RecordColumns = AnyColumns & { readonly record: RuleRecord };

abstract class AnyColumns {
  readonly #timesNs: Float64Array;
  readonly #processes: Float64Array;
  readonly #seqs: Float64Array;
  readonly #serviceOf: (process: number) => string;
  readonly #attributes: readonly string[];
  /** Rows in the order of time, where they do not lie in it. */
  readonly #order: Uint32Array | undefined;
  #at = -1;
  #parsedRow = -1;
  #parsed: Readonly<Record<string, unknown>> | undefined;
  protected row = 0;

  constructor(rows: Rows, { origin, serviceOf }: Context, attributes: readonly string[]) {
    this.#timesNs = rows.float64sSince("instant", origin);
    this.#processes = rows.float64s("process");
    this.#seqs = rows.float64sSince("seq", 0n);
    this.#serviceOf = serviceOf;
    this.#attributes = attributes;
    this.#order = this.#ordered();
  }

  get length(): number {
    return this.#timesNs.length;
  }

  get timeNs(): number {
    return this.#timesNs[this.row] ?? NaN;
  }

  get process(): number {
    return this.#processes[this.row] ?? 0;
  }

  get seq(): number {
    return this.#seqs[this.row] ?? 0;
  }

  get service(): string {
    return this.#serviceOf(this.process);
  }

  attribute(name: string): Scalar {
    return scalarOf(this.attributesOfRow(), name);
  }

  protected attributesOfRow(): Readonly<Record<string, unknown>> | undefined {
    if (this.#parsedRow === this.row) return this.#parsed;
    this.#parsedRow = this.row;
    this.#parsed = objectFrom(this.#attributes[this.row] ?? "");
    return this.#parsed;
  }

  /** Goes on to the next in time; false when there is none. */
  next(): boolean {
    this.#at += 1;
    if (this.#at >= this.length) return false;
    this.row = this.#order === undefined ? this.#at : (this.#order[this.#at] ?? 0);
    return true;
  }

  /** Whether this one's record is before another's. */
  isBefore(other: AnyColumns): boolean {
    return (this.timeNs - other.timeNs || this.process - other.process || this.seq - other.seq) < 0;
  }

  #ordered(): Uint32Array | undefined {
    const [times, processes, seqs] = [this.#timesNs, this.#processes, this.#seqs];
    const compare = (a: number, b: number): number =>
      (times[a] ?? 0) - (times[b] ?? 0) || (processes[a] ?? 0) - (processes[b] ?? 0) || (seqs[a] ?? 0) - (seqs[b] ?? 0);
    let row = 1;
    while (row < times.length && compare(row - 1, row) <= 0) row++;
    if (row >= times.length) return undefined;
    // An array's own sort goes by runs that are in order already, as those of each process are; a typed array's does not.
    return Uint32Array.from(Array.from(times, (_, index) => index).sort(compare));
  }
}

class MetricColumns extends AnyColumns {
  readonly kind = "metric";
  readonly #values: Float64Array;
  readonly #ids: Float64Array;
  readonly #series: ReadonlyMap<number, SeriesNames>;
  readonly #parsed = new Map<number, Readonly<Record<string, unknown>> | undefined>();
  #id = NaN;
  #names: SeriesNames = { name: "", unit: "", attributes: "" };

  constructor(rows: Rows, context: Context, series: ReadonlyMap<number, SeriesNames>) {
    super(rows, context, []);
    this.#values = rows.float64sOrNaN("value");
    this.#ids = rows.float64s("series");
    this.#series = series;
  }

  get record(): this {
    return this;
  }

  get value(): number {
    return this.#values[this.row] ?? NaN;
  }

  get name(): string {
    return this.#namesOfRow().name;
  }

  get unit(): string {
    return this.#namesOfRow().unit;
  }

  /** Samples have those of their series. */
  protected override attributesOfRow(): Readonly<Record<string, unknown>> | undefined {
    const { attributes } = this.#namesOfRow();
    if (!this.#parsed.has(this.#id)) this.#parsed.set(this.#id, objectFrom(attributes));
    return this.#parsed.get(this.#id);
  }

  #namesOfRow(): SeriesNames {
    const id = this.#ids[this.row] ?? NaN;
    if (id === this.#id) return this.#names;
    this.#id = id;
    this.#names = this.#series.get(id) ?? { name: "", unit: "", attributes: "" };
    return this.#names;
  }
}

/** Of records that have a name each. */
abstract class NamedColumns extends AnyColumns {
  readonly #nameIds: Float64Array;
  readonly #names: Names;

  constructor(rows: Rows, context: Context, attributes: readonly string[], names: Names) {
    super(rows, context, attributes);
    this.#nameIds = rows.float64s("name");
    this.#names = names;
  }

  get name(): string {
    return this.#names.get(this.#nameIds[this.row] ?? NaN) ?? "";
  }
}

class SpanColumns extends NamedColumns {
  readonly kind = "span";
  readonly #startsNs: Float64Array;
  readonly #kinds: Float64Array;
  readonly #statuses: Float64Array;

  constructor(rows: Rows, context: Context, attributes: readonly string[], names: Names) {
    super(rows, context, attributes, names);
    this.#startsNs = rows.float64sSince("start", context.origin);
    this.#kinds = rows.float64s("kind");
    this.#statuses = rows.float64s("status");
  }

  get record(): this {
    return this;
  }

  get spanKind(): SpanKind {
    return spanKinds[this.#kinds[this.row] ?? 0] ?? "internal";
  }

  get status(): SpanStatus {
    return spanStatuses[this.#statuses[this.row] ?? 0] ?? "unset";
  }

  get durationNs(): number {
    return this.timeNs - (this.#startsNs[this.row] ?? NaN);
  }
}

class LogColumns extends AnyColumns {
  readonly kind = "log";
  readonly #severities: Float64Array;
  readonly #bodies: readonly string[];

  constructor(rows: Rows, context: Context, attributes: readonly string[], bodies: readonly string[]) {
    super(rows, context, attributes);
    this.#severities = rows.float64s("severity");
    this.#bodies = bodies;
  }

  get record(): this {
    return this;
  }

  get message(): string {
    return this.#bodies[this.row] ?? "";
  }

  get level(): number {
    return levels[this.#severities[this.row] ?? 0] ?? -1;
  }
}

/** By the number of a severity, which is a byte in a recording. */
const levels = Array.from({ length: 256 }, (_, number) => logLevels.indexOf(severityFromNumber(number)));

class EventColumns extends NamedColumns {
  readonly kind = "event";

  get record(): this {
    return this;
  }
}

/** What is not asked for was not read. */
const textsOf = (rows: Rows, column: string, isThere: boolean): readonly string[] =>
  isThere ? rows.texts(column) : [];

export const metricColumns = (rows: Rows, context: Context, series: ReadonlyMap<number, SeriesNames>): RecordColumns =>
  new MetricColumns(rows, context, series);

interface Named {
  readonly hasAttributes: boolean;
  readonly names: Names;
}

export const spanColumns = (rows: Rows, context: Context, { hasAttributes, names }: Named): RecordColumns =>
  new SpanColumns(rows, context, textsOf(rows, "attributes", hasAttributes), names);

export const eventColumns = (rows: Rows, context: Context, { hasAttributes, names }: Named): RecordColumns =>
  new EventColumns(rows, context, textsOf(rows, "attributes", hasAttributes), names);

export const logColumns = (
  rows: Rows,
  context: Context,
  { hasAttributes, hasMessages }: { readonly hasAttributes: boolean; readonly hasMessages: boolean },
): RecordColumns =>
  new LogColumns(rows, context, textsOf(rows, "attributes", hasAttributes), textsOf(rows, "body", hasMessages));

/** Every record of some columns in the order of instant, process and seq. What it gives is another record with the next. */
export class RecordsInOrder {
  readonly length: number;
  readonly #open: RecordColumns[];
  #given: RecordColumns | undefined;

  constructor(columns: readonly RecordColumns[]) {
    this.length = columns.reduce((sum, { length }) => sum + length, 0);
    this.#open = columns.filter((one) => one.next());
  }

  next(): RuleRecord | undefined {
    const given = this.#given;
    if (given !== undefined && !given.next()) this.#open.splice(this.#open.indexOf(given), 1);
    let [first] = this.#open;
    for (let at = 1; first !== undefined && at < this.#open.length; at++) {
      const other = this.#open[at];
      if (other?.isBefore(first) === true) first = other;
    }
    this.#given = first;
    return first?.record;
  }
}

function scalarOf(of: Readonly<Record<string, unknown>> | undefined, name: string): Scalar {
  const value = of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

function objectFrom(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text === "" || text === "{}") return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
