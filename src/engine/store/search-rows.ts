// Rows that have all needles, out of some that may: which they are, and what is shown of each. A short question, as DuckDB takes
// longer to plan a long one than to answer it: names are told by their ids, and of texts comes the part that is shown.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import type { FoundKind, SearchKind } from "../../shared/protocol/engine-rows.js";
import type { Parameter, Query } from "./readers.js";
import { storedOperations } from "./schema.js";
import { type Excerpt, charactersAfter, charactersBefore, excerptAt, excerptOf } from "./search-excerpt.js";
import type { Places, SearchNames } from "./search-names.js";
import type { InstantRange } from "./search-ranges.js";
import { type ReadRows, type ShortTries, canBeShort, readShort, shortSql } from "./search-short-rows.js";
import { type Named, isKept, sources } from "./search-sources.js";

export type Cursor = NonNullable<CallResult<"search.page">["next"]>;

export const inOrder = (a: Cursor, b: Cursor): number =>
  a.instant === b.instant ? a.process - b.process || a.seq - b.seq : a.instant < b.instant ? -1 : 1;

export interface Hit extends Cursor, Excerpt {
  readonly kind: FoundKind;
  /** Of a metric; 0 elsewhere. */
  readonly series: number;
  readonly title: string;
  readonly field: string;
}

type Wanted = Pick<CallArgs<"search.page">, "after" | "order" | "process">;

/** With more names than that DuckDB finds rows by asking for the names itself. */
const mostListedNames = 200;

/** What is read of a row of this kind. */
export function columnsOf(kind: SearchKind): string {
  const { named, fields } = sources[kind];
  const keptBy = ["process", "seq", "instant", named?.column ?? "operation", ...fields.map(({ name }) => name)];
  return keptBy.join(", ");
}

/** Of one page of a search. */
export class FoundRows {
  /** By dictionary, and by needle. */
  readonly #places = new Map<string, Promise<readonly Places[]>>();

  constructor(
    readonly query: Query,
    readonly names: SearchNames,
    readonly wanted: Wanted,
    readonly needles: readonly string[],
    /** Only then there may be rows that stand for others. */
    readonly hasEvicted: boolean,
    readonly tries: ShortTries,
  ) {}

  get isNewestFirst(): boolean {
    return this.wanted.order === "newest";
  }

  /** At most `limit` of a table that has `columnsOf` this kind. */
  async in(kind: SearchKind, table: string, range: InstantRange, limit: number): Promise<Hit[]> {
    const { named } = sources[kind];
    const places = await this.#placesIn(named);
    const rows =
      (await this.#readShort(kind, table, range, limit, places)) ??
      (await this.#readWhole(kind, table, range, limit, places));
    const { instants, labels, processes, seqs, texts } = rows;
    const names = named && (await this.names.textsOf(this.query, named, labels));
    const [needle = ""] = this.needles;
    return instants.map((instant, row) => {
      const label = labels[row] ?? -1;
      const title = (names === undefined ? storedOperations[label] : names.get(label)) ?? "";
      const ofName = this.needles.length === 0 ? 1 : (places[0]?.get(label) ?? 0);
      const one = texts.find(({ place }) => place(row) > 0) ?? texts.at(-1);
      const excerpt =
        named !== undefined && ofName > 0
          ? {
              field: named.name,
              ...excerptAt(title, ofName, needle),
            }
          : { field: one?.field ?? "", ...excerptOf([...(one?.text(row) ?? "")], one?.place(row) ?? 0, needle) };
      return { kind, instant, process: processes[row] ?? 0, seq: seqs[row] ?? 0, series: 0, title, ...excerpt };
    });
  }

  /** Undefined where it would not do. */
  async #readShort(
    kind: SearchKind,
    table: string,
    range: InstantRange,
    limit: number,
    places: readonly Places[],
  ): Promise<ReadRows | undefined> {
    const labelled = this.needles.map((_, at) => [...(places[at]?.keys() ?? [])]);
    if (this.hasEvicted || !canBeShort(kind, this.needles) || !this.tries.isWorthIt(kind)) return undefined;
    if (labelled.some((ids) => ids.length > mostListedNames)) return undefined;
    const conditions = this.#conditions(kind, range, String);
    const sql = `${shortSql(kind, table, conditions, this.needles, labelled)} ${this.#order} LIMIT ${limit}`;
    const [needle = ""] = this.needles;
    const shown = { before: charactersBefore, behind: charactersAfter + [...needle].length };
    const rows = await readShort(this.query, sql, kind, needle, new Set(labelled[0]), shown);
    this.tries.tried(kind, rows !== undefined);
    return rows;
  }

  async #readWhole(
    kind: SearchKind,
    table: string,
    range: InstantRange,
    limit: number,
    places: readonly Places[],
  ): Promise<ReadRows> {
    const { fields } = sources[kind];
    const values: Parameter[] = [this.needles[0] ?? ""];
    const chosen = `SELECT process, seq, instant, label, ${fields.map((_, at) => `text${at}`).join(", ")}
      FROM (${this.#readable(kind, table, range, values)}) WHERE ${this.#haveNeedles(kind, places, values)}
      ${this.#order} LIMIT ${limit}`;
    const shown = fields.map(
      (_, at) => `place${at}::DOUBLE AS place${at}, substring(text${at}, greatest(1, place${at} - ${charactersBefore}),
        ${charactersBefore + charactersAfter} + length($1)) AS text${at}`,
    );
    const placed = fields.map((_, at) => `instr(lower(text${at}), lower($1)) AS place${at}`);
    const rows = await this.query(
      `SELECT process, seq, instant, label, ${shown.join(", ")} FROM (SELECT *, ${placed.join(", ")} FROM (${chosen}))`,
      values,
    );
    return {
      instants: rows.bigints("instant"),
      processes: rows.numbers("process"),
      seqs: rows.numbers("seq"),
      labels: rows.optionalNumbers("label"),
      texts: fields.map(({ name }, at) => {
        const [found, shownOf] = [rows.float64sOrNaN(`place${at}`), rows.textsOrEmpty(`text${at}`)];
        return { field: name, place: (row: number) => found[row] ?? 0, text: (row: number) => shownOf[row] ?? "" };
      }),
    };
  }

  get #order(): string {
    const direction = this.isNewestFirst ? "DESC" : "ASC";
    return `ORDER BY instant ${direction}, process ${direction}, seq ${direction}`;
  }

  /** By each needle, which names have it. */
  #placesIn(named: Named | undefined): Promise<readonly Places[]> {
    if (named === undefined) return Promise.resolve([]);
    const known = this.#places.get(named.dictionary);
    const places = known ?? Promise.all(this.needles.map((needle) => this.names.having(this.query, named, needle)));
    this.#places.set(named.dictionary, places);
    return places;
  }

  /** Of rows of `t`. `given` says how SQL has a value. */
  #conditions(kind: SearchKind, { first, last }: InstantRange, given: (value: Parameter) => string): string[] {
    const { after, process } = this.wanted;
    const conditions = [`t.instant BETWEEN ${first} AND ${last}`];
    if (this.hasEvicted) conditions.push(isKept(kind));
    if (process !== undefined) conditions.push(`t.process = ${given(process)}`);
    if (after !== undefined) {
      const sign = this.isNewestFirst ? "<" : ">";
      const [instant, of, seq] = [given(after.instant), given(after.process), given(BigInt(after.seq))];
      conditions.push(
        `(t.instant ${sign} ${instant} OR (t.instant = ${instant} AND (t.process ${sign} ${of}
          OR (t.process = ${of} AND t.seq ${sign} ${seq}))))`,
      );
    }
    return conditions;
  }

  /** With texts as they are read. */
  #readable(kind: SearchKind, table: string, range: InstantRange, values: Parameter[]): string {
    const { named, fields } = sources[kind];
    const conditions = this.#conditions(kind, range, (value) => `$${values.push(value)}`);
    const texts = fields.map(({ text }, at) => `${text("t")} AS text${at}`);
    return `SELECT t.process, t.seq, t.instant, t.${named?.column ?? "operation"} AS label, ${texts.join(", ")}
      FROM ${table} AS t WHERE ${conditions.join(" AND ")}`;
  }

  #haveNeedles(kind: SearchKind, places: readonly Places[], values: Parameter[]): string {
    const { named, fields } = sources[kind];
    const conditions = this.needles.map((needle, at) => {
      const given = at === 0 ? "$1" : `$${values.push(needle)}`;
      const anywhere = fields.map((_, field) => `contains(lower(text${field}), lower(${given}))`);
      const ids = [...(places[at]?.keys() ?? [])];
      if (named !== undefined && ids.length > mostListedNames)
        anywhere.unshift(
          `label IN (SELECT id FROM ${named.dictionary} WHERE contains(lower(${named.text}), lower(${given})))`,
        );
      else if (ids.length > 0) anywhere.unshift(`label IN (${ids.join(", ")})`);
      return `(${anywhere.join(" OR ")})`;
    });
    return conditions.length === 0 ? "true" : conditions.join(" AND ");
  }
}
