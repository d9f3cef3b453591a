// The first write by which a value is what somebody asks for (`balance < 0`): among the writes, and among the objects that were
// recorded whole.
import type { ValueCondition } from "../../shared/trace/value-condition.js";
import type { Query } from "./readers.js";
import { storedOperations } from "./schema.js";

export interface FirstWrite {
  readonly process: number;
  readonly seq: number;
  readonly instant: bigint;
}

const setting = ["set", "map-set"] as const;
const operations = setting.map((operation) => storedOperations.indexOf(operation)).join(", ");

/** Of a stored value: a number, whichever kind of number the program has. */
const number = (value: string): string =>
  `coalesce(try_cast(${value} AS DOUBLE), try_cast(json_extract_string(${value}, '$."$bigint"') AS DOUBLE))`;

function holdsSql({ comparison, value }: ValueCondition, stored: string): string {
  if (typeof value === "number")
    return comparison === "!="
      ? `(${number(stored)} IS DISTINCT FROM ${value} AND NOT starts_with(${stored}, '{"$object"'))`
      : `${number(stored)} ${comparison} ${value}`;
  const isThat = `${stored} IN ($2, $3)`;
  return comparison === "=" ? isThat : `NOT (${isThat}) AND NOT starts_with(${stored}, '{"$object"')`;
}

/** Words that are values of their own, as they are stored. */
const unquotedWords: Readonly<Record<string, string>> = {
  true: "true",
  false: "false",
  null: "null",
  undefined: '{"$undefined":true}',
};

export async function firstWrite(
  query: Query,
  condition: ValueCondition,
  process: number | undefined,
): Promise<FirstWrite | undefined> {
  const of = process === undefined ? "true" : `process = ${process}`;
  const named = (key: string): string => `lower(json_extract_string(${key}, '$')) = $1`;
  const { key, value } = condition;
  const words = typeof value === "number" ? [] : [JSON.stringify(value), unquotedWords[value] ?? JSON.stringify(value)];
  const rows = await query(
    `WITH entry AS (
       SELECT process, seq, instant, unnest(json_extract(contents, '$.entries[*]') || json_extract(contents, '$.pairs[*]')) AS pair
       FROM keyframe WHERE ${of} AND object <> 0 AND contains(lower(contents), $1)),
     found AS (
       SELECT process, seq, instant FROM write
         WHERE ${of} AND operation IN (${operations}) AND ${named("key")} AND ${holdsSql(condition, "value")}
       UNION ALL
       SELECT process, seq, instant FROM entry
         WHERE ${named("(pair -> 0)::VARCHAR")} AND ${holdsSql(condition, "(pair -> 1)::VARCHAR")})
     SELECT process, seq, instant FROM found ORDER BY instant, process, seq LIMIT 1`,
    [key, ...words],
  );
  const [first, seq, instant] = [rows.numbers("process")[0], rows.numbers("seq")[0], rows.bigints("instant")[0]];
  return first === undefined || seq === undefined || instant === undefined
    ? undefined
    : { process: first, seq, instant };
}

/** The `limit` writes of its process from there on, itself first. */
export async function writesFrom(query: Query, { process, seq }: FirstWrite, limit: number): Promise<FirstWrite[]> {
  const of = (table: string): string =>
    `SELECT seq, instant FROM ${table} WHERE process = ${process} AND seq >= ${seq}`;
  const rows = await query(`${of("write")} UNION ${of("keyframe")} ORDER BY seq LIMIT ${limit}`);
  const instants = rows.bigints("instant");
  return rows.numbers("seq").map((at, row) => ({ process, seq: at, instant: instants[row] ?? 0n }));
}
