// Filters of log lines and events against a plain look at each row, while a recording grows and its oldest rows go.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { eventRowKinds } from "../shared/protocol/engine-rows.js";
import type { RowCondition, RowFilter } from "../shared/protocol/row-filters.js";
import { severityFromNumber } from "../shared/trace/attributes.js";
import { TestEngine } from "./engine.test-support.js";
import { seeds } from "./replay/seeds.test-support.js";
import { EventList } from "./store/event-list.js";
import { Logs } from "./store/logs.js";
import { type OpenFile, createFile } from "./store/open-file.js";
import { Readers } from "./store/readers.js";
import { SearchBlocks } from "./store/search-blocks.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-filters-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Plain {
  readonly kind: "log" | (typeof eventRowKinds)[number];
  readonly process: number;
  /** What rows of one process and instant are ordered by. */
  readonly place: number;
  readonly instant: number;
  readonly name: string;
  readonly severity: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const services = ["web", "it's", "web"];
const names = ["paid", "console", "hindcast.agent.fault", "v8js.gc", "nodejs.eventloop.block", "GET /a"];
const bodies = ["Paid 12 EUR", "refused (402)", "line one", "ünïcode"];
const markNames = ["hindcast.gap", "hindcast.start", "hindcast.end", "hindcast.error"];
const keys = ["order", "a/b", "x~y", 'q"', "deep", ""];
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

class Growing {
  readonly rows: Plain[] = [];
  #marks = 0;
  #seq = 0;
  generation = 0;

  constructor(
    readonly below: (limit: number) => number,
    readonly run: (sql: string) => Promise<void>,
  ) {}

  async grow(count: number): Promise<void> {
    const statements: string[] = [];
    for (let left = count; left > 0; left--) statements.push(this.#one());
    await this.run(`BEGIN; ${statements.join("; ")}; COMMIT`);
    this.generation++;
  }

  async evict(until: number): Promise<void> {
    const tables = [
      ["log", "logs"],
      ["event", "events"],
      ["mark", "marks"],
      ["span", "spans"],
    ] as const;
    for (const [table, kind] of tables)
      await this.run(
        `INSERT INTO eviction (process, since, until, ${kind}) SELECT 1, 0, ${until}, count(*) FROM ${table} WHERE instant < ${until};
         DELETE FROM ${table} WHERE instant < ${until}`,
      );
    this.rows.splice(0, this.rows.length, ...this.rows.filter(({ instant }) => instant >= until));
    this.generation++;
  }

  #one(): string {
    const { below } = this;
    const pick = <Value>(list: readonly [Value, ...Value[]]): Value => list[below(list.length)] ?? list[0];
    const seq = ++this.#seq;
    const [process, instant] = [1 + below(services.length), 1000 + below(400)];
    const attributes = Object.fromEntries(
      keys.filter(() => below(3) === 0).map((key) => [key, pick(["A", "b", 7, 1.5, true, null, { n: [1] }])]),
    );
    const json = quoted(JSON.stringify(attributes));
    const head = { process, instant, place: 2 * seq, severity: 0, body: "", attributes };
    switch (below(5)) {
      case 0:
      case 1: {
        const [severity, body, source] = [
          pick([1, 5, 9, 10, 13, 17, 21]),
          pick(["Paid 12 EUR", ...bodies]),
          1 + below(2),
        ];
        this.rows.push({ ...head, kind: "log", name: names[source - 1] ?? "", severity, body });
        return `INSERT INTO log (process, seq, instant, severity, span, source, body, attributes)
          VALUES (${process}, ${seq}, ${instant}, ${severity}, 0, ${source}, ${quoted(body)}, ${json})`;
      }
      case 2: {
        const name = 1 + below(3);
        this.rows.push({ ...head, kind: "event", name: names[name - 1] ?? "" });
        return `INSERT INTO event (process, seq, instant, name, span, attributes) VALUES (${process}, ${seq}, ${instant}, ${name}, 0, ${json})`;
      }
      case 3: {
        const [kind, lost] = [below(4), below(2)];
        const said = { label: `m${seq}`, ...(lost > 0 ? { lost } : {}) };
        this.rows.push({
          ...head,
          kind: "mark",
          place: 2 * this.#marks++ + 1,
          name: markNames[kind] ?? "",
          attributes: said,
        });
        return `INSERT INTO mark (process, seq, instant, kind, label, lost) VALUES (${process}, 0, ${instant}, ${kind}, 'm${seq}', ${lost})`;
      }
      default: {
        const name = 4 + below(3);
        if (name < 6) this.rows.push({ ...head, kind: "stop", name: names[name - 1] ?? "" });
        return `INSERT INTO span (process, span, seq, instant, parent, lane, kind, status, name, trace_id, span_id, parent_span_id, attributes)
          VALUES (${process}, ${seq}, ${seq}, ${instant}, 0, 0, 0, 0, ${name}, NULL, NULL, NULL, ${json})`;
      }
    }
  }
}

const textOfValue = (value: unknown): string | undefined => {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
};

function has(row: Plain, { field, key = "", value }: RowCondition): boolean {
  if (field === "service") return services[row.process - 1] === value;
  if (field === "process") return String(row.process) === value;
  if (field === "name") return row.name === value;
  if (field === "level") return row.kind === "log" && severityFromNumber(row.severity) === value;
  return textOfValue(row.attributes[key]) === value;
}

function isShown(row: Plain, { text = "", pattern = "", minSeverity = 0, where = [] }: RowFilter): boolean {
  const texts = [row.kind === "log" ? row.body : row.name, JSON.stringify(row.attributes).replaceAll('\\"', '"')];
  if (text !== "" && !texts.some((one) => one.toLowerCase().includes(text.toLowerCase()))) return false;
  if (pattern !== "" && !texts.some((one) => new RegExp(pattern, "i").test(one))) return false;
  if (row.kind === "log" && row.severity < minSeverity) return false;
  return where.every((condition) => {
    const alike = where.filter(
      (one) => one.field === condition.field && one.key === condition.key && one.exclude === condition.exclude,
    );
    const isMet = alike.some((one) => has(row, one));
    return condition.exclude ? !isMet : isMet;
  });
}

describe.each(seeds(1, 2, 3))("filters of rows, seed %d", (seed) => {
  let file: OpenFile;
  let readers: Readers;
  let growing: Growing;
  let logs: Logs;
  let events: EventList;
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);

  beforeAll(async () => {
    const made = await createFile(join(folder, `${seed}.hindcast`), { created: 1n, appVersion: "0" });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    file = made.value;
    readers = await Readers.open(file.instance);
    const run = (sql: string): Promise<void> => readers.hold(async (connection) => void (await connection.run(sql)));
    await run(
      `INSERT INTO name (id, text) VALUES ${names.map((name, at) => `(${at + 1}, ${quoted(name)})`).join(", ")}`,
    );
    await run(
      `INSERT INTO process (process, service_name) VALUES ${services.map((name, at) => `(${at + 1}, ${quoted(name)})`).join(", ")}`,
    );
    growing = new Growing(below, run);
    const generation = (): number => growing.generation;
    logs = new Logs(readers.query, generation, new SearchBlocks(readers.query, generation));
    events = new EventList(readers.query, generation);
  });
  afterAll(async () => {
    await readers.dispose();
    await file.dispose();
  });

  const value = (): string =>
    ["A", "b", "7", "1.5", "true", '{"n":[1]}', "web", "it's", "paid", "info", "2"][below(11)] ?? "";
  const filters = (): RowFilter => ({
    ...(below(4) === 0 ? { text: ["PAID", "a", "4", "m1", '"b"'][below(5)] } : {}),
    ...(below(4) === 0 ? { pattern: ["pa.d", "^line", "m[0-9]+3", "gc$", "\\(402\\)", "a|ü"][below(6)] } : {}),
    ...(below(4) === 0 ? { minSeverity: [0, 9, 13, 17][below(4)] } : {}),
    where: Array.from({ length: below(4) }, (): RowCondition => {
      const field = (["service", "process", "name", "level", "attribute", "attribute"] as const)[below(6)] ?? "name";
      const known = {
        service: services,
        process: ["1", "2", "x"],
        name: [...names, ...markNames],
        level: ["info", "warn", "no"],
      };
      const own = field === "attribute" ? [value()] : known[field];
      return {
        field,
        ...(field === "attribute" ? { key: keys[below(keys.length)] } : {}),
        value: own[below(own.length)] ?? "",
        exclude: below(3) === 0,
      };
    }),
  });

  it.each([1, 2, 3])("show what looking at each row shows, part %d", async (part) => {
    await growing.grow(part === 1 ? 2600 : 300);
    if (part === 3) await growing.evict(1060);
    for (let round = 0; round < 25; round++) {
      const filter = round === 0 ? {} : filters();
      for (const list of ["logs", "events"] as const) {
        const plain = growing.rows
          .filter((row) => (row.kind === "log") === (list === "logs") && isShown(row, filter))
          .sort((a, b) => a.instant - b.instant || a.process - b.process || a.place - b.place);
        const [first, limit] = [below(plain.length + 2), 1 + below(40)];
        const wanted = plain.slice(first, first + limit);
        const at = 990 + below(420);
        const rowAt = plain.findLastIndex(({ instant }) => instant <= at);
        if (list === "logs") {
          const page = await logs.page(0n, filter, first, limit);
          expect([filter, page.total, page.bodies, [...page.seq]]).toEqual([
            filter,
            plain.length,
            wanted.map(({ body }) => body),
            wanted.map(({ place }) => place / 2),
          ]);
          expect(await logs.rowAt(filter, BigInt(at))).toBe(rowAt);
        } else {
          const page = await events.page(0n, filter, first, limit);
          expect([filter, page.total, page.names, [...page.kind].map((kind) => eventRowKinds[kind])]).toEqual([
            filter,
            plain.length,
            wanted.map(({ name }) => name),
            wanted.map(({ kind }) => kind),
          ]);
          expect(page.attributes.map((json): unknown => JSON.parse(json))).toEqual(
            wanted.map(({ attributes }) => attributes),
          );
          expect(await events.rowAt(filter, BigInt(at))).toBe(rowAt);
        }
      }
    }
  });
});

describe("a pattern that is no regular expression", () => {
  it("is the fault of who wrote it, and what is wrong with it is said", async () => {
    const engine = new TestEngine();
    const { summary } = await engine.record();
    for (const pattern of ["(", "[a", "*", "a{2,1}", "\\"])
      expect(
        await engine.try("logs.page", { recordingId: summary.recordingId, pattern, first: 0, limit: 1 }),
      ).toMatchObject({
        ok: false,
        error: { code: "bad-pattern", details: { pattern } },
      });
    await engine.dispose();
  });
});
