// Spans of several services as a seed makes them, in a recording file and beside it as plain lists, so that answers about
// requests can be worked out the slow, obvious way.
import { randomFrom } from "../shared/base/random.test-support.js";
import { helloOf } from "./socket-agent.test-support.js";
import { createFile } from "./store/open-file.js";

export interface PlainSpan {
  readonly process: number;
  readonly span: number;
  readonly seq: number;
  readonly service: string;
  readonly instant: bigint;
  readonly tookNs: number | undefined;
  readonly kind: number;
  readonly isError: boolean;
  readonly code: number;
  readonly name: string;
  readonly path: string | undefined;
  readonly trace: string;
  readonly id: string;
  readonly parentId: string;
}
interface Placed {
  readonly process: number;
  readonly seq: number;
  readonly instant: bigint;
  readonly spanId: string;
}

const start = 1_790_000_000_000_000_000n;
const names = ["GET /a/:id", "POST /b", "GET", "POST", "work", "HTTP DELETE", "job", "GET /a/*"];
const services = ["web", "web", "bank", "it's"];
/** Ahead of the others. */
const clocksNs = [0n, 0n, -40_000_000n, 90_000_000_000n];
const table = (columns: string, rows: readonly string[]): readonly string[] => {
  const statements: string[] = [];
  for (let at = 0; at < rows.length; at += 500)
    statements.push(`INSERT INTO ${columns} VALUES ${rows.slice(at, at + 500).join(", ")}`);
  return statements;
};
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export class RequestHistory {
  readonly spans: PlainSpan[] = [];
  readonly #logs: Placed[] = [];
  readonly #writes: Placed[] = [];
  readonly #random: () => number;
  readonly #seqs = services.map(() => 0);
  readonly #numbers = services.map(() => 0);

  private constructor(
    readonly path: string,
    seed: number,
  ) {
    this.#random = randomFrom(seed);
  }

  static async write(path: string, seed: number): Promise<RequestHistory> {
    const history = new RequestHistory(path, seed);
    for (let traces = 120; traces > 0; traces--) history.#trace();
    const made = await createFile(path, { created: start, appVersion: "0" });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const connection = await made.value.instance.connect();
    for (const statement of history.#statements()) await connection.run(statement);
    connection.closeSync();
    await made.value.dispose();
    return history;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Most are whole, some a part, few of nothing. */
  range(): { readonly from: bigint; readonly to: bigint } {
    const from = start + BigInt(this.below(60)) * 1_000_000_000n;
    return this.below(3) === 0
      ? { from: start - 100_000_000_000n, to: start + 1_000_000_000_000n }
      : { from, to: from + BigInt(this.below(60)) * 1_000_000_000n };
  }

  requests(from: bigint, to: bigint): readonly PlainSpan[] {
    return this.spans.filter(({ kind, instant }) => (kind === 1 || kind === 4) && instant >= from && instant <= to);
  }

  routeName({ name, path }: PlainSpan): string {
    if (!["GET", "POST", "HTTP DELETE"].includes(name) || path === undefined) return name;
    return `${name} ${path
      .split("/")
      .map((part) => (/[0-9]/.test(part) ? "*" : part))
      .join("/")}`;
  }

  routeOf(span: PlainSpan): string {
    return `${span.kind === 1 ? "server" : "consumer"} ${span.service} ${this.routeName(span)}`;
  }

  some(count: number): readonly PlainSpan[] {
    return Array.from({ length: count }, () => this.#pick(this.spans));
  }

  /** The span and what it caused. */
  allBelow(span: PlainSpan): readonly PlainSpan[] {
    const children = this.spans.filter(({ trace, parentId }) => trace === span.trace && parentId === span.id);
    return [span, ...children.flatMap((child) => this.allBelow(child))];
  }

  callersOf(span: PlainSpan): readonly PlainSpan[] {
    const parent = this.spans.find(({ trace, id }) => trace === span.trace && id === span.parentId);
    return parent === undefined ? [] : [...this.callersOf(parent), parent];
  }

  logsOf(spans: readonly PlainSpan[]): readonly Placed[] {
    return ordered(this.#logs.filter(({ spanId }) => spans.some(({ id }) => id === spanId)));
  }

  writesOf(spans: readonly PlainSpan[]): readonly Placed[] {
    return ordered(this.#writes.filter(({ spanId }) => spans.some(({ id }) => id === spanId)));
  }

  #trace(): void {
    const trace = this.#hex(32);
    const began = start + BigInt(this.below(60_000)) * 1_000_000n;
    const made: PlainSpan[] = [];
    for (let left = 1 + this.below(12); left > 0; left--) {
      const parent = made.length === 0 || this.below(15) === 0 ? undefined : this.#pick(made);
      made.push(this.#span(trace, parent, began));
    }
    this.spans.push(...made);
  }

  #span(trace: string, parent: PlainSpan | undefined, began: bigint): PlainSpan {
    const process = parent !== undefined && this.below(2) === 0 ? parent.process : 1 + this.below(services.length);
    const name = this.#pick(names);
    const kind = this.#pick([0, 1, 1, 1, 2, 2, 3, 4]);
    const clock = clocksNs[process - 1] ?? 0n;
    const instant =
      parent?.process === process
        ? parent.instant + BigInt(this.below(50_000_000))
        : began + clock + BigInt(this.below(100_000_000));
    const span: PlainSpan = {
      process,
      span: (this.#numbers[process - 1] = (this.#numbers[process - 1] ?? 0) + 1),
      seq: this.#seq(process),
      service: services[process - 1] ?? "",
      instant,
      tookNs: this.below(12) === 0 ? undefined : this.below(8) === 0 ? this.below(20_000) : this.below(100_000_000),
      kind,
      isError: this.below(6) === 0,
      code: this.#pick([0, 200, 201, 404, 500]),
      name,
      path: this.below(8) === 0 ? undefined : this.#pick(["/a/17", "/b", "/x9/y", "/it's/2"]),
      trace,
      id: this.#hex(16),
      parentId: parent?.id ?? (this.below(3) === 0 ? this.#hex(16) : ""),
    };
    for (const list of [this.#logs, this.#writes])
      for (let lines = this.below(3); lines > 0; lines--)
        list.push({ process, seq: this.#seq(process), instant: instant + BigInt(this.below(2e8)), spanId: span.id });
    return span;
  }

  #seq(process: number): number {
    return (this.#seqs[process - 1] = (this.#seqs[process - 1] ?? 0) + 1);
  }

  #statements(): readonly string[] {
    const numbers = new Map(this.spans.map(({ id, span }) => [id, span]));
    const attributes = ({ path, code }: PlainSpan): string =>
      JSON.stringify({
        ...(path === undefined ? {} : { "url.path": path }),
        ...(code === 0 ? {} : { "http.response.status_code": code }),
      });
    const blob = (hex: string): string => (hex === "" ? "NULL" : `from_hex('${hex}')`);
    return [
      ...table(
        "name (id, text)",
        names.map((name, at) => `(${at + 1}, ${quoted(name)})`),
      ),
      ...table(
        "process (process, run_id, pid, parent_pid, service_name, category, argv, settings, start, last_seen, written, dropped, last_batch, received, made, tail_unknown, exec_argv, cwd, node_version, v8_version, platform, arch, host_name, agent_version, time_origin_ms)",
        services.map(
          (service, at) =>
            `(${at + 1}, 'r${at}', ${at + 1}, 1, ${quoted(service)}, ${at}, '[]', ${settings}, ${start}, ${start + 100_000_000_000n}, 1, 0, 1, 1, 1, false, '[]', '/', '20', '1', 'linux', 'x64', 'h', '0', 0)`,
        ),
      ),
      ...table(
        "span (process, span, seq, instant, end_seq, end_instant, parent, lane, kind, status, name, trace_id, span_id, parent_span_id, attributes)",
        this.spans.map((one) => {
          const end = one.tookNs === undefined ? "NULL, NULL" : `${one.seq}, ${one.instant + BigInt(one.tookNs)}`;
          return `(${one.process}, ${one.span}, ${one.seq}, ${one.instant}, ${end}, 0, 0, ${one.kind}, ${one.isError ? 2 : 0}, ${
            names.indexOf(one.name) + 1
          }, ${blob(one.trace)}, ${blob(one.id)}, ${blob(one.parentId)}, ${quoted(attributes(one))})`;
        }),
      ),
      ...table(
        "log (process, seq, instant, severity, span, source, body, attributes)",
        this.#logs.map(
          ({ process, seq, instant, spanId }) =>
            `(${process}, ${seq}, ${instant}, 9, ${numbers.get(spanId)}, 0, 'line', '{}')`,
        ),
      ),
      ...table(
        "write (process, seq, instant, operation, object, key, value, location, span)",
        this.#writes.map(
          ({ process, seq, instant, spanId }) =>
            `(${process}, ${seq}, ${instant}, 0, 1, '"n"', '${seq}', 0, ${numbers.get(spanId)})`,
        ),
      ),
    ];
  }

  #hex(length: number): string {
    return Array.from({ length }, () => (1 + this.below(15)).toString(16)).join("");
  }

  #pick<Value>(list: readonly Value[]): Value {
    const picked = list[this.below(list.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }
}

const settings = quoted(JSON.stringify(helloOf({}).settings));

const ordered = (rows: readonly Placed[]): readonly Placed[] =>
  rows.toSorted((a, b) =>
    a.instant < b.instant ? -1 : a.instant > b.instant ? 1 : a.process - b.process || a.seq - b.seq,
  );
