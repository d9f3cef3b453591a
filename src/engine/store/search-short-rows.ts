// Rows that have all needles, where none of those that may be found has an escape of JSON or a long text: then a question may be
// short. DuckDB plans every expression of it anew for each stretch of rows, and what escapes take is most of that. Whether it was
// so is seen by the answer: where it was not, the whole question has to be asked (search-rows.ts).
import { lowered } from "./search-lower-case.js";
import type { Query } from "./readers.js";
import type { SearchKind } from "../../shared/protocol/engine-rows.js";
import { type Field, sources } from "./search-sources.js";
import { sqlText } from "./sql-text.js";

/** Longer ones are cut by DuckDB. */
const mostTextBytes = 8192;
/** Whether it is worth trying is told by so many latest tries. */
const triesTold = 8;

/** One text of each row that was found, and where the first needle begins in it, counted from 1; 0 where it is not. */
export interface FoundText {
  readonly field: string;
  place(row: number): number;
  text(row: number): string;
}

export interface ReadRows {
  readonly instants: readonly bigint[];
  readonly processes: readonly number[];
  readonly seqs: readonly number[];
  readonly labels: readonly (number | undefined)[];
  readonly texts: readonly FoundText[];
}

/** How it went with the latest: where escapes are common, nobody tries. */
export class ShortTries {
  readonly #failed = new Map<SearchKind, number>();

  isWorthIt(kind: SearchKind): boolean {
    return (this.#failed.get(kind) ?? 0) < triesTold / 2;
  }

  /** Those that went well make up for one that did not. */
  tried(kind: SearchKind, wentWell: boolean): void {
    const failed = this.#failed.get(kind) ?? 0;
    this.#failed.set(kind, wentWell ? Math.max(0, failed - 1 / triesTold) : failed + 1);
  }
}

const isOdd = ({ name, hasEscapes }: Field): string =>
  hasEscapes ? `contains(${name}, '\\') OR strlen(${name}) > ${mostTextBytes}` : `strlen(${name}) > ${mostTextBytes}`;

export const canBeShort = (kind: SearchKind, needles: readonly string[]): boolean =>
  // Contents of a scope are long.
  kind !== "keyframe" && needles.length > 0 && needles.every((needle) => !needle.includes("\0"));

/** Which rows of `table` have the needles, when none is odd. `labelled` is by needle: of which labels it is. */
export function shortSql(
  kind: SearchKind,
  table: string,
  conditions: readonly string[],
  needles: readonly string[],
  labelled: readonly (readonly number[])[],
): string {
  const { named, fields } = sources[kind];
  const label = named?.column ?? "operation";
  const have = needles.map((needle, at) => {
    const anywhere = fields.map(({ name }) => `contains(lower(${name}), lower(${sqlText(needle)}))`);
    const ids = labelled[at] ?? [];
    return `(${[...(ids.length > 0 ? [`${label} IN (${ids.join(", ")})`] : []), ...anywhere].join(" OR ")})`;
  });
  const texts = fields.map(
    ({ name }, at) =>
      `CASE WHEN strlen(${name}) > ${mostTextBytes} THEN NULL ELSE coalesce(${name}, '') END AS text${at}`,
  );
  return `SELECT process, seq, instant, ${label} AS label, ${texts.join(", ")} FROM ${table} AS t
    WHERE ${conditions.join(" AND ")} AND (${fields.map(isOdd).join(" OR ")} OR (${have.join(" AND ")}))`;
}

/** How many characters of a text are shown before the first needle, and at most of what is behind. */
export interface Shown {
  readonly before: number;
  readonly behind: number;
}

/** Undefined where a row is odd. Rows with one of `labels` have the needle in their names. */
export async function readShort(
  query: Query,
  sql: string,
  kind: SearchKind,
  needle: string,
  labels: ReadonlySet<number>,
  shown: Shown,
): Promise<ReadRows | undefined> {
  const rows = await query(sql);
  const { fields } = sources[kind];
  const all = fields.map((_, at) => rows.optionalTexts(`text${at}`));
  const isOddText = (text: string | undefined, { hasEscapes }: Field): boolean =>
    text === undefined || (hasEscapes && text.includes("\\"));
  if (fields.some((field, at) => all[at]?.some((text) => isOddText(text, field)))) return undefined;
  const sought = lowered(needle);
  const places = all.map((own) => own.map((text) => placeIn(lowered(text ?? ""), sought)));
  const ofRows = rows.optionalNumbers("label");
  // DuckDB has found it, so it is there, unless the two differ about what is lower case.
  const isFound = (row: number): boolean => labels.has(ofRows[row] ?? -1) || places.some((own) => (own[row] ?? 0) > 0);
  if (!ofRows.every((_, row) => isFound(row))) return undefined;
  return {
    instants: rows.bigints("instant"),
    processes: rows.numbers("process"),
    seqs: rows.numbers("seq"),
    labels: ofRows,
    texts: fields.map(({ name }, at) => ({
      field: name,
      place: (row) => places[at]?.[row] ?? 0,
      text: (row) => {
        const from = Math.max(0, (places[at]?.[row] ?? 0) - 1 - shown.before);
        return [...(all[at]?.[row] ?? "")].slice(from, from + shown.before + shown.behind).join("");
      },
    })),
  };
}

/** In characters, counted from 1. */
function placeIn(text: string, sought: string): number {
  const at = text.indexOf(sought);
  return at < 0 ? 0 : [...text.slice(0, at)].length + 1;
}
