// Builds the index that searching asks, from the rows of each commit, while DuckDB commits them, and writes a block within the
// commit after the one that fills it. Other commits write nothing: rows in no block are looked at, and what was gathered of
// them is made again from the file when somebody else recorded before, or a commit failed. Once rows were evicted, their numbers
// tell nothing: blocks are known by their instants alone, and so are rows in no block.
import { DuckDBBlobValue, type DuckDBConnection } from "@duckdb/node-api";
import type { LongColumn } from "./column-buffers.js";
import type { DerivedRows } from "./derived-rows.js";
import { inStretches } from "./in-stretches.js";
import type { TextColumn } from "./packed-columns.js";
import { type Query, queryOn } from "./readers.js";
import type { SpanRow } from "./recording-rows.js";
import type { Rows } from "./rows.js";
import { BlockRows } from "./search-block-rows.js";
import { OpenBlock } from "./search-open-block.js";
import { readState, readTexts, unreadParts } from "./search-resume.js";
import { OpenSpans } from "./search-spans.js";
import { type SearchSettings, searchSettings } from "./search-tables.js";
import { LooseRows, goOnByTime, passAll } from "./search-loose-rows.js";
import type { BlockTexts } from "./search-texts.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import { type Buffers, WaitingRows } from "./waiting-rows.js";

/** Of a kind. More rows that no block has are not read again, but written as blocks of which nothing is known. */
const blocksReadAgain = 8;
/** The last block of a recording is worth its bytes when it is so small a part of a whole one, or of all before it, or more of it. */
const leastPartOfBlock = 16;

export class SearchIndex implements DerivedRows {
  readonly #settings: SearchSettings;
  readonly #open: Readonly<Record<SearchKind, OpenBlock>>;
  readonly #names = new Names();
  readonly #scopes = new Names();
  readonly #blocks: BlockRows;
  #spans = new OpenSpans();
  /** Where rows in no block are, once rows were evicted. */
  #loose: LooseRows | undefined;
  /** False when what is gathered is not what the file has. */
  #isCurrent = false;

  constructor(settings = searchSettings) {
    const blockOf = (kind: SearchKind): OpenBlock => new OpenBlock(kind, settings.rowsPerBlock);
    this.#settings = settings;
    this.#blocks = new BlockRows(settings);
    this.#open = {
      event: blockOf("event"),
      span: blockOf("span"),
      log: blockOf("log"),
      write: blockOf("write"),
      keyframe: blockOf("keyframe"),
    };
  }

  async write(connection: DuckDBConnection, rows: WaitingRows): Promise<void> {
    const query = queryOn(connection);
    // By somebody who did not say so: blocks are no place for numbers that others have.
    if (this.#loose === undefined && !this.#blocks.isEmpty && (await hasEvicted(query))) this.#isCurrent = false;
    if (!this.#isCurrent) await this.#resume(query, rows);
    await this.#writeBlocks(connection, rows);
  }

  /**
   * Within the transaction that says that rows are being evicted, the first time before it says so. When that fails,
   * `forget`.
   */
  async rowsWillGo(connection: DuckDBConnection): Promise<void> {
    if (this.#isCurrent && this.#loose !== undefined) return;
    const none = new WaitingRows();
    if (!this.#isCurrent) await this.#resume(queryOn(connection), none);
    if (this.#loose === undefined && this.#spans.isLost)
      await passAll(queryOn(connection), this.#open.span, this.#blocks);
    this.#loose ??= new LooseRows();
    await connection.run(`DELETE FROM search_open`);
    await this.#writeBlocks(connection, none);
    this.#blocks.clear();
  }

  async #writeBlocks(connection: DuckDBConnection, rows: WaitingRows): Promise<void> {
    await this.#loose?.write(connection, this.#open, rows);
    if (this.#blocks.isEmpty) return;
    await this.#blocks.append(connection);
    if (this.#loose === undefined && this.#spans.takeIsToBeTold()) await this.#writePlaces(connection);
  }

  /** The thread does other work in between. */
  async gather(rows: WaitingRows): Promise<void> {
    // They are in this commit.
    this.#blocks.clear();
    const { name, scope } = rows.buffers;
    this.#names.learn(name);
    this.#scopes.learn(scope);
    const { event, span, log, write, keyframe } = rows.buffers;
    await inStretches(event.length, (from, to) => this.#addEvents(event, from, to));
    await inStretches(log.length, (from, to) => this.#addLogs(log, from, to));
    await inStretches(span.length, (from, to) => this.#addSpans(span, from, to));
    this.#addEndedSpans(rows.endedSpans);
    await inStretches(write.length, (from, to) => this.#addWrites(write, from, to));
    await inStretches(keyframe.length, (from, to) => this.#addKeyframes(keyframe, from, to));
  }

  /** Else all searches of a recording that is over would look through the rows behind its last blocks. */
  async finish(connection: DuckDBConnection): Promise<void> {
    if (!this.#isCurrent || this.#loose !== undefined || (await hasEvicted(queryOn(connection)))) return;
    for (const kind of searchKinds) {
      const open = this.#open[kind];
      const isWorthIt = open.positions * leastPartOfBlock >= this.#settings.rowsPerBlock;
      if (isWorthIt || open.block >= leastPartOfBlock) this.#close(open);
    }
    await this.#writeBlocks(connection, new WaitingRows());
    this.#blocks.clear();
  }

  committed(): void {
    // What was gathered is what the file has.
  }

  forget(): void {
    this.#isCurrent = false;
  }

  #addEvents(event: Buffers["event"], from: number, to: number): void {
    const open = this.#open.event;
    for (let row = from; row < to; row++) {
      const position = this.#addRow(open, event.process.at(row), event.instant, row);
      this.#addAttributes(open, event.name.at(row), event.attributes, row, position);
    }
  }

  #addLogs(log: Buffers["log"], from: number, to: number): void {
    const open = this.#open.log;
    const { body, attributes } = log;
    for (let row = from; row < to; row++) {
      const position = this.#addRow(open, log.process.at(row), log.instant, row);
      open.texts.addBody(body.bytes, body.startOf(row), body.endOf(row), position);
      this.#addAttributes(open, log.source.at(row), attributes, row, position);
    }
  }

  #addSpans(span: Buffers["span"], from: number, to: number): void {
    const open = this.#open.span;
    const { process, instant, endSeq, attributes } = span;
    for (let row = from; row < to; row++) {
      const position = this.#addRow(open, process.at(row), instant, row);
      if (endSeq.hasNone(row)) this.#spans.began(process.at(row), span.span.at(row), open.nextRow - 1);
      this.#addAttributes(open, span.name.at(row), attributes, row, position);
    }
  }

  /** Of a row with a name, or a source, and attributes. */
  #addAttributes(open: OpenBlock, name: number, attributes: TextColumn, row: number, position: number): void {
    const [start, end] = [attributes.startOf(row), attributes.endOf(row)];
    open.addNamed(name, this.#names.bytesOf(name), attributes.bytes, start, end, position);
  }

  #addEndedSpans(ended: readonly SpanRow[]): void {
    const open = this.#open.span;
    for (const row of ended) {
      if (this.#loose !== undefined) {
        this.#addSpanTexts(row, this.#add(open, row.process, Number(row.instant)));
        continue;
      }
      const number = this.#spans.ended(row.process, row.span);
      // Of a block that is looked through in any case, or read again as it is now.
      if (number === undefined) continue;
      const isHere = number >= open.firstRow;
      const position = isHere ? open.positionOf(number) : this.#addOther(row.process, Number(row.instant), number);
      this.#addSpanTexts(row, position);
    }
  }

  #addSpanTexts({ name, attributes }: Pick<SpanRow, "name" | "attributes">, position: number): void {
    const json = Buffer.from(attributes);
    this.#open.span.addNamed(name, this.#names.bytesOf(name), json, 0, json.length, position);
  }

  #addWrites(write: Buffers["write"], from: number, to: number): void {
    const open = this.#open.write;
    const { key, value } = write;
    for (let row = from; row < to; row++) {
      const position = this.#addRow(open, write.process.at(row), write.instant, row);
      open.addJson(key.bytes, key.startOf(row), key.endOf(row), position, 0);
      open.addJson(value.bytes, value.startOf(row), value.endOf(row), position, 1);
    }
  }

  #addKeyframes(keyframe: Buffers["keyframe"], from: number, to: number): void {
    const open = this.#open.keyframe;
    const { scope, contents } = keyframe;
    for (let row = from; row < to; row++) {
      const position = this.#addRow(open, keyframe.process.at(row), keyframe.instant, row);
      const [id, start] = [scope.at(row), contents.startOf(row)];
      open.addNamed(id, this.#scopes.bytesOf(id), contents.bytes, start, contents.endOf(row), position);
    }
  }

  #add(open: OpenBlock, process: number, instant: number): number {
    if (open.isFull) this.#close(open);
    return open.add(process, instant);
  }

  #addRow(open: OpenBlock, process: number, instants: LongColumn, row: number): number {
    if (open.isFull) this.#close(open);
    return open.addRow(process, instants, row);
  }

  #addOther(process: number, instant: number, row: number): number {
    const open = this.#open.span;
    if (open.isFull) this.#close(open);
    this.#spans.changed(row);
    return open.addOther(process, instant, row);
  }

  #close(open: OpenBlock): void {
    open.close(this.#blocks);
    if (open.kind !== "span") return;
    this.#spans.closed();
  }

  /** Whatever a reader has to look at again of the blocks of spans. */
  async #writePlaces(connection: DuckDBConnection): Promise<void> {
    const kind = searchKinds.indexOf("span");
    const places = this.#spans.places(this.#open.span.firstRow);
    await connection.run(`DELETE FROM search_open WHERE kind = $1`, [kind]);
    const blob = places === undefined ? null : new DuckDBBlobValue(places);
    await connection.run(`INSERT INTO search_open VALUES ($1, $2)`, [kind, blob]);
  }

  /** Takes in again what the file has behind its last blocks, up to the rows of this commit. */
  async #resume(query: Query, rows: WaitingRows): Promise<void> {
    const { names, scopes, kinds, places } = await readState(query);
    this.#names.learnAll(names);
    this.#scopes.learnAll(scopes);
    this.#spans = new OpenSpans();
    this.#blocks.clear();
    this.#isCurrent = true;
    this.#loose = (await hasEvicted(query)) ? new LooseRows() : undefined;
    if (this.#loose !== undefined) return goOnByTime(query, this.#open, this.#blocks);
    const { event, span, log, write, keyframe } = rows.buffers;
    const pending: Readonly<Record<SearchKind, number>> = {
      event: event.length,
      span: span.length,
      log: log.length,
      write: write.length,
      keyframe: keyframe.length,
    };
    for (const kind of searchKinds) {
      const { blocks, indexed, total } = kinds[kind];
      this.#open[kind].begin(blocks, indexed);
      await this.#takeIn(query, kind, total - pending[kind]);
    }
    await this.#takeInSpans(query, places);
  }

  async #takeIn(query: Query, kind: SearchKind, end: number): Promise<void> {
    const open = this.#open[kind];
    if (end - open.firstRow > blocksReadAgain * this.#settings.rowsPerBlock) {
      for (const { rows, first, last } of await unreadParts(
        query,
        kind,
        open.firstRow,
        end,
        this.#settings.rowsPerBlock,
      ))
        open.pass(this.#blocks, rows, first, last);
      if (kind === "span") this.#spans.closed();
    }
    for (const row of await readTexts(query, kind, `rowid >= ${open.nextRow} AND rowid < ${end}`)) {
      const position = this.#add(open, row.process, row.instant);
      if (row.body !== "") addText(open.texts, row.body, position);
      const name = (kind === "keyframe" ? this.#scopes : this.#names).bytesOf(row.name);
      for (const text of row.json) {
        const json = Buffer.from(text);
        open.addNamed(row.name, name, json, 0, json.length, position);
      }
      if (row.openSpan !== undefined) this.#spans.began(row.process, row.openSpan, open.nextRow - 1);
    }
  }

  /** Spans that were open when the last block of spans was written, as they are now. */
  async #takeInSpans(query: Query, places: readonly number[] | undefined): Promise<void> {
    if (places === undefined) this.#spans.lose();
    else if (places.length > 0)
      for (const row of await readTexts(query, "span", `rowid IN (${places.join(", ")})`)) {
        if (row.openSpan !== undefined) this.#spans.began(row.process, row.openSpan, row.number);
        else {
          const position = this.#addOther(row.process, row.instant, row.number);
          this.#addSpanTexts({ name: row.name, attributes: row.json[0] ?? "" }, position);
        }
      }
  }
}

async function hasEvicted(query: Query): Promise<boolean> {
  return ((await query(`SELECT count(*) AS rows FROM eviction`)).numbers("rows")[0] ?? 0) > 0;
}

function addText(texts: BlockTexts, text: string, position: number): void {
  const bytes = Buffer.from(text);
  texts.addBody(bytes, 0, bytes.length, position);
}

/** What ids stand for. */
class Names {
  readonly #bytes: (Uint8Array | undefined)[] = [];

  learn({ id, text, length }: WaitingRows["buffers"]["name"]): void {
    // A copy: the column's room is used again.
    for (let row = 0; row < length; row++)
      this.#bytes[id.at(row)] = new Uint8Array(text.bytes.subarray(text.startOf(row), text.endOf(row)));
  }

  learnAll(rows: Rows): void {
    const texts = rows.texts("text");
    rows.numbers("id").forEach((id, row) => {
      this.#bytes[id] = Buffer.from(texts[row] ?? "");
    });
  }

  /** Undefined where there is no name. */
  bytesOf(id: number): Uint8Array | undefined {
    return this.#bytes[id];
  }
}
