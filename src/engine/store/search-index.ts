// Builds the index that searching asks, from the rows of each commit and within it. A block is written when it is full or
// when a process ends; of rows in blocks that are not written yet the file says between which instants they lie, so that
// they are looked through. Bits are only ever added: those of a commit that failed do no harm.
import { DuckDBBlobValue, type DuckDBConnection } from "@duckdb/node-api";
import { blobs, bytes, integers, longs } from "./column-buffers.js";
import type { DerivedRows } from "./derived-rows.js";
import type { SpanRow } from "./recording-rows.js";
import { Rows } from "./rows.js";
import { GramFilter, Grams } from "./search-grams.js";
import { InstantRanges } from "./search-ranges.js";
import { mostRowsPerBlock } from "./search-tables.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-calls.js";
import { TableBuffer } from "./table-buffer.js";
import type { WaitingRows } from "./waiting-rows.js";

/** Rows of one kind that are in no block yet. */
class OpenBlock {
  rows = 0;
  ranges = new InstantRanges();
  filter = new GramFilter();
}

/** A kind as it was at the last commit. */
interface Committed {
  readonly filter: GramFilter;
  readonly ranges: InstantRanges;
  readonly rows: number;
  readonly block: number;
  readonly isKnown: boolean;
}

class KindIndex {
  open = new OpenBlock();
  /** Number of the open block. */
  block = 0;
  /** The file has a row for its open block. */
  isKnown = false;
  hasChanged = false;
  /** What an engine before this one left open: nothing is known of its grams. */
  left: { readonly rows: bigint; readonly ranges: Uint8Array } | undefined;
  #committed: Committed;

  constructor(readonly kind: SearchKind) {
    this.#committed = this.#now();
  }

  #now(): Committed {
    const { filter, ranges, rows } = this.open;
    return { filter, ranges: ranges.copy(), rows, block: this.block, isKnown: this.isKnown };
  }

  /** With what the file says of it. */
  resume(block: number, isKnown: boolean, left: KindIndex["left"]): void {
    this.block = block;
    this.isKnown = isKnown;
    this.left = left;
    this.#committed = this.#now();
  }

  committed(): void {
    if (!this.hasChanged) return;
    this.#committed = this.#now();
    this.hasChanged = false;
    this.left = undefined;
  }

  /** The filter has the bits of what was not committed as well. */
  forget(): void {
    const { filter, ranges, rows, block, isKnown } = this.#committed;
    filter.renew();
    this.open = { filter, ranges: ranges.copy(), rows };
    this.block = block;
    this.isKnown = isKnown;
    this.hasChanged = false;
  }
}

export class SearchIndex implements DerivedRows {
  readonly #grams = new Grams();
  readonly #kinds: Readonly<Record<SearchKind, KindIndex>> = {
    event: new KindIndex("event"),
    span: new KindIndex("span"),
    log: new KindIndex("log"),
    write: new KindIndex("write"),
    keyframe: new KindIndex("keyframe"),
  };
  readonly #names = new Texts();
  readonly #scopes = new Texts();
  /** Of the commit that is being written. */
  #blocks = newBlockRows();
  #filters = newFilterRows();

  static async open(connection: DuckDBConnection): Promise<SearchIndex> {
    const index = new SearchIndex();
    const ask = async (sql: string): Promise<Rows> => Rows.from(await connection.run(sql));
    index.#names.learnAll(await ask(`SELECT id, text FROM name`));
    index.#scopes.learnAll(await ask(`SELECT id, name AS text FROM scope`));
    const open = await ask(
      `SELECT kind, rows, ranges,
         (SELECT coalesce(max(block) + 1, 0) FROM search_block AS b WHERE b.kind = o.kind) AS block FROM search_open AS o`,
    );
    const [rows, ranges, blocks] = [open.bigints("rows"), open.bytes("ranges"), open.numbers("block")];
    open.numbers("kind").forEach((code, row) => {
      const kind = searchKinds[code];
      if (kind === undefined) return;
      const place = ranges[row] ?? new Uint8Array();
      const left = place.length === 0 ? undefined : { rows: rows[row] ?? 0n, ranges: place };
      index.#kinds[kind].resume(blocks[row] ?? 0, true, left);
    });
    return index;
  }

  async write(connection: DuckDBConnection, rows: WaitingRows): Promise<void> {
    this.#blocks = newBlockRows();
    this.#filters = newFilterRows();
    this.#names.learn(rows.buffers.name);
    this.#scopes.learn(rows.buffers.scope);
    for (const kind of Object.values(this.#kinds)) this.#closeLeft(kind);
    this.#addEvents(rows);
    this.#addLogs(rows);
    this.#addSpans(rows);
    this.#addWrites(rows);
    this.#addKeyframes(rows);
    if ([...rows.ends.values()].some((mark) => mark !== undefined))
      for (const kind of Object.values(this.#kinds)) this.#close(kind);
    if (this.#blocks.length > 0) await this.#blocks.appendInto(connection, "search_block");
    if (this.#filters.length > 0) await this.#filters.appendInto(connection, "search_filter");
    await this.#writeOpen(connection);
  }

  committed(): void {
    for (const kind of Object.values(this.#kinds)) kind.committed();
  }

  forget(): void {
    for (const kind of Object.values(this.#kinds)) kind.forget();
  }

  #addEvents({ buffers: { event } }: WaitingRows): void {
    const kind = this.#kinds.event;
    for (let row = 0; row < event.length; row++) {
      const filter = this.#filterFor(kind, event.instant.nearly(row));
      this.#names.add(this.#grams, filter, event.name.at(row));
      this.#grams.addJson(filter, event.attributes.bytes, event.attributes.startOf(row), event.attributes.endOf(row));
    }
  }

  #addLogs({ buffers: { log } }: WaitingRows): void {
    const kind = this.#kinds.log;
    const { body, attributes } = log;
    for (let row = 0; row < log.length; row++) {
      const filter = this.#filterFor(kind, log.instant.nearly(row));
      this.#names.add(this.#grams, filter, log.source.at(row));
      this.#grams.add(filter, body.bytes, body.startOf(row), body.endOf(row));
      this.#grams.addJson(filter, attributes.bytes, attributes.startOf(row), attributes.endOf(row));
    }
  }

  /** One that ended after its row was committed is found by what it was as well as by what it is. */
  #addSpans({ newSpans, endedSpans }: WaitingRows): void {
    for (const row of newSpans.values()) this.#addSpan(row, 1);
    for (const row of endedSpans) this.#addSpan(row, 0);
  }

  #addSpan({ instant, name, attributes }: SpanRow, rows: number): void {
    const kind = this.#kinds.span;
    const filter = this.#filterFor(kind, Number(instant), rows);
    this.#names.add(this.#grams, filter, name);
    const text = Buffer.from(attributes);
    this.#grams.addJson(filter, text, 0, text.length);
  }

  #addWrites({ buffers: { write } }: WaitingRows): void {
    const kind = this.#kinds.write;
    const { key, value } = write;
    for (let row = 0; row < write.length; row++) {
      const filter = this.#filterFor(kind, write.instant.nearly(row));
      this.#grams.addJson(filter, key.bytes, key.startOf(row), key.endOf(row));
      this.#grams.addJson(filter, value.bytes, value.startOf(row), value.endOf(row));
    }
  }

  #addKeyframes({ buffers: { keyframe } }: WaitingRows): void {
    const kind = this.#kinds.keyframe;
    const { scope, contents } = keyframe;
    for (let row = 0; row < keyframe.length; row++) {
      const filter = this.#filterFor(kind, keyframe.instant.nearly(row));
      this.#scopes.add(this.#grams, filter, scope.at(row));
      this.#grams.addJson(filter, contents.bytes, contents.startOf(row), contents.endOf(row));
    }
  }

  /** For one more row. */
  #filterFor(kind: KindIndex, instant: number, rows = 1): GramFilter {
    if (kind.open.rows >= mostRowsPerBlock || kind.open.filter.isFull) this.#close(kind);
    kind.hasChanged = true;
    kind.open.rows += rows;
    kind.open.ranges.add(instant);
    return kind.open.filter;
  }

  #close(kind: KindIndex): void {
    const { rows, ranges, filter } = kind.open;
    const place = ranges.toBytes();
    if (place.length === 0) return;
    const code = searchKinds.indexOf(kind.kind);
    const block = kind.block++;
    this.#blocks.push(
      code,
      block,
      BigInt(rows),
      new DuckDBBlobValue(place),
      new DuckDBBlobValue(filter.trigramBytes()),
    );
    for (const [shard, bits] of filter.shards().entries())
      this.#filters.push(code, block, shard, new DuckDBBlobValue(bits));
    kind.open = new OpenBlock();
    kind.hasChanged = true;
  }

  #closeLeft(kind: KindIndex): void {
    if (kind.left === undefined) return;
    const { rows, ranges } = kind.left;
    this.#blocks.push(searchKinds.indexOf(kind.kind), kind.block++, rows, new DuckDBBlobValue(ranges), null);
    kind.hasChanged = true;
  }

  async #writeOpen(connection: DuckDBConnection): Promise<void> {
    for (const kind of Object.values(this.#kinds)) {
      if (!kind.hasChanged) continue;
      const sql = kind.isKnown
        ? `UPDATE search_open SET rows = $2, ranges = $3 WHERE kind = $1`
        : `INSERT INTO search_open VALUES ($1, $2, $3)`;
      const ranges = new DuckDBBlobValue(kind.open.ranges.toBytes());
      await connection.run(sql, [searchKinds.indexOf(kind.kind), BigInt(kind.open.rows), ranges]);
      kind.isKnown = true;
    }
  }
}

const newBlockRows = (): TableBuffer => new TableBuffer([bytes(), integers(), longs(), blobs(), blobs()]);
const newFilterRows = (): TableBuffer => new TableBuffer([bytes(), integers(), bytes(), blobs()]);

/** What ids stand for; each is looked at once a block. */
class Texts {
  readonly #bytes: (Uint8Array | undefined)[] = [];
  readonly #seenIn: number[] = [];

  learn({ id, text, length }: WaitingRows["buffers"]["name"]): void {
    for (let row = 0; row < length; row++)
      this.#bytes[id.at(row)] = text.bytes.slice(text.startOf(row), text.endOf(row));
  }

  learnAll(rows: Rows): void {
    const texts = rows.texts("text");
    rows.numbers("id").forEach((id, row) => {
      this.#bytes[id] = Buffer.from(texts[row] ?? "");
    });
  }

  add(grams: Grams, filter: GramFilter, id: number): void {
    if (this.#seenIn[id] === filter.stamp) return;
    this.#seenIn[id] = filter.stamp;
    const text = this.#bytes[id];
    if (text !== undefined) grams.add(filter, text, 0, text.length);
  }
}
