// Searching, and the filter of the log, in a recording that evicts while it is made, against looking at every row that is left.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import { hasText, linesOf } from "./log-page.test-support.js";
import { Logs } from "./logs.js";
import { openForWriting } from "./open-file.js";
import type { Query } from "./readers.js";
import type { RecordingWriter } from "./recording-writer.js";
import { type CorpusQuery, SearchCorpus } from "./search-corpus.test-support.js";
import { SearchFile } from "./search-file.test-support.js";
import { isKept, sources } from "./search-sources.js";
import type { Stretch } from "./zoom-levels.js";
import { seeds } from "../replay/seeds.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-evicted-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const beforeAll = -(2n ** 62n);
const most = 5000;

/** A recording that is made, evicted from, closed and gone on with. */
class Evicting {
  readonly corpus: SearchCorpus;
  readonly #random: () => number;
  readonly statements: string[] = [];
  logs: Logs;

  private constructor(
    readonly seed: number,
    public file: SearchFile,
    public writer: RecordingWriter,
  ) {
    this.corpus = new SearchCorpus(seed);
    this.#random = randomFrom(seed * 101);
    this.logs = this.#newLogs();
  }

  static async begin(seed: number): Promise<Evicting> {
    const file = await SearchFile.create(folder, `${seed}.hindcast`);
    return new Evicting(seed, file, await file.record());
  }

  #newLogs(): Logs {
    return new Logs(this.query, this.file.generation, this.file.blocks, { rowsAtOnce: 3, mostStretches: 30 });
  }

  readonly query: Query = (sql, values, asker) => {
    this.statements.push(sql);
    return this.file.readers.query(sql, values, asker);
  };

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  async grow(rows: number): Promise<void> {
    this.corpus.add(this.writer, rows);
    this.corpus.tellOfProcesses(this.writer);
    this.writer.flight.segments.closeOpen();
    await this.writer.commit();
    this.file.changed();
  }

  /** What is before an instant, but for a stretch that is pinned now and then. */
  async evict(between: () => Promise<void>): Promise<void> {
    const instants = [1, 2, 3, 4, 5].map(() => this.corpus.someInstant()).sort((x, y) => (x < y ? -1 : 1));
    const [a = 0n, b = 0n, until = 0n] = instants;
    const pinned = [
      { since: beforeAll, until: a },
      { since: b, until },
    ];
    const stretches: Stretch[] = this.below(2) === 0 ? pinned : [{ since: beforeAll, until }];
    for await (const _ of this.writer.flight.evictor.evict(stretches)) {
      this.file.changed();
      if (this.below(15) === 0) await between();
    }
    if (this.below(2) === 0) await this.writer.flight.checkpoint();
    this.file.changed();
  }

  async goOn(): Promise<void> {
    this.writer.dispose();
    await this.file.close();
    this.file = await SearchFile.with(this.file.path, await openForWriting(this.file.path));
    this.writer = await this.file.record(this.corpus.processes);
    this.logs = this.#newLogs();
  }

  async close(): Promise<void> {
    this.writer.dispose();
    await this.file.close();
  }

  /** "process seq kind" of every row that is left. */
  async left(): Promise<ReadonlySet<string>> {
    const all = searchKinds.map(
      (kind) => `SELECT '${kind}' AS kind, process, seq FROM ${sources[kind].table} AS t WHERE ${isKept(kind)}`,
    );
    const rows = await this.file.readers.query(all.join(" UNION ALL "));
    const [processes, seqs] = [rows.numbers("process"), rows.numbers("seq")];
    return new Set(rows.texts("kind").map((kind, row) => `${processes[row]} ${seqs[row]} ${kind}`));
  }

  async checkSearch(query: CorpusQuery): Promise<void> {
    const left = await this.left();
    const wanted = this.corpus.found(query).filter((line) => left.has(line.split(" ", 3).join(" ")));
    expect([query, await this.file.found(query)]).toEqual([query, wanted]);
  }

  async checkLogs(): Promise<void> {
    const all = linesOf(await this.logs.page(0n, {}, 0, most));
    const left = [...(await this.left())].filter((one) => one.endsWith(" log"));
    expect(all.length).toBe(left.length);
    const characters = [...(all[this.below(all.length)] ?? "").replace(/^\d+ \d+ /, "")];
    const from = this.below(characters.length);
    const text = characters.slice(from, from + 3 + this.below(12)).join("");
    if (text.includes("\n")) return;
    const wanted = all.filter((line) => hasText(line, text));
    const page = await this.logs.page(0n, { text }, 0, most);
    expect([text, page.total, linesOf(page)]).toEqual([text, wanted.length, wanted]);
  }
}

describe("a recording that evicts", () => {
  it.each(seeds(1, 2, 3))("is searched as if every row that is left were looked at (seed %i)", async (seed) => {
    const made = await Evicting.begin(seed);
    for (let round = 0; round < 4; round++) {
      await made.grow(300 + made.below(400));
      if (round > 0)
        await made.evict(async () => {
          await made.grow(15);
          await made.checkSearch({ text: "order", order: "newest" });
        });
      if (round === 2) await made.goOn();
      if (made.below(3) > 0) await made.grow(40);
      for (const query of [...made.corpus.queries(4)].slice(0, 4)) await made.checkSearch(query);
      for (let left = 6; left > 0; left--) await made.checkLogs();
    }
    // What the filter of the log looked at.
    expect(
      made.statements.filter((sql) => sql.includes("FROM log AS t WHERE t.instant BETWEEN")).length,
    ).toBeGreaterThan(2);
    await made.close();
  });

  it("finds spans by what they got at their ends, which began before what is kept", async () => {
    const made = await Evicting.begin(7);
    const span = made.corpus.startSpan(made.writer);
    await made.grow(400);
    await made.evict(() => Promise.resolve());
    await made.grow(300);
    made.corpus.endSpan(made.writer, span, { "late.word": "paradeigma" });
    for (let round = 0; round < 3; round++) await made.grow(300);
    for (const text of ["paradeigma", "late.word"]) await made.checkSearch({ text, order: "newest" });
    expect(await made.file.found({ text: "paradeigma", order: "newest" })).toHaveLength(1);
    await made.close();
  });

  it("leaves out what the index says is not there", async () => {
    const made = await Evicting.begin(5);
    for (let round = 0; round < 4; round++) {
      await made.grow(400);
      if (round === 1) await made.evict(() => Promise.resolve());
    }
    const looked = new Map<SearchKind, string>();
    const query: Query = (sql, values, asker) => {
      const [, table, where] = /FROM (\w+) AS t WHERE (\(t\.instant BETWEEN [^)]*\))/.exec(sql) ?? [];
      const kind = searchKinds.find((one) => sources[one].table === table);
      if (kind !== undefined) looked.set(kind, [looked.get(kind) ?? "false", where ?? "true"].join(" OR "));
      return made.query(sql, values, asker);
    };
    let after: CallResult<"search.page">["next"];
    do {
      const page = await made.file.search.page(query, 0n, { text: "shippedtomars", order: "newest", limit: 10, after });
      expect(page.seq.length).toBe(0);
      after = page.next;
    } while (after !== undefined);
    let [rows, all] = [0, 0];
    for (const kind of searchKinds) {
      const count = async (where: string): Promise<number> =>
        (await made.query(`SELECT count(*) AS rows FROM ${sources[kind].table} AS t WHERE ${where}`)).numbers(
          "rows",
        )[0] ?? 0;
      rows += await count(looked.get(kind) ?? "false");
      all += await count(isKept(kind));
    }
    // Some come late: so what is said of rows in no block reaches far back.
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(all / 2);
    await made.close();
  });

  it("has no block of the index left of which all rows are gone, and goes on with others", async () => {
    const made = await Evicting.begin(6);
    for (let round = 0; round < 3; round++) await made.grow(300);
    const blocks = async (): Promise<number> =>
      (await made.query(`SELECT count(DISTINCT (kind, block)) AS blocks FROM search_filter`)).numbers("blocks")[0] ?? 0;
    await made.grow(1);
    const before = await blocks();
    const end = made.corpus.end;
    for await (const _ of made.writer.flight.evictor.evict([{ since: beforeAll, until: end + 1n }]))
      made.file.changed();
    expect(before).toBeGreaterThan(10);
    const after = await blocks();
    expect(after).toBeLessThan(before / 2);
    for (let round = 0; round < 2; round++) await made.grow(300);
    expect(await blocks()).toBeGreaterThan(after + 5);
    await made.close();
  });
});
