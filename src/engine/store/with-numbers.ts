// Numbers written into the text of a question, where `$1`, `$2` … stand for them. DuckDB plans a question with parameters twice:
// before it knows them and, because it keeps no plan of such a one, again with them; and each step waits for a thread.

/** A parameter; or what is between quotation marks, in which none is one. */
const parameterOrQuoted = /\$(\d+)|'[^']*'|"[^"]*"/g;

/** Undefined where one of the values is a text: those are never part of what DuckDB reads as SQL. */
export function withNumbers(sql: string, values: readonly (bigint | number | string)[]): string | undefined {
  if (values.length === 0) return sql;
  const written: string[] = [];
  for (const value of values) {
    if (typeof value === "string") return undefined;
    written.push(numberInSql(value));
  }
  return sql.replace(parameterOrQuoted, (found, place: string | undefined) =>
    place === undefined ? found : (written[Number(place) - 1] ?? found),
  );
}

/** Of the type that it would be bound as. */
function numberInSql(value: bigint | number): string {
  if (typeof value === "bigint") return `(${value})::BIGINT`;
  // Written as a text: without one it would be a decimal first, which is not always the same number.
  return isInteger(value) ? `(${value})::INTEGER` : `('${value}')::DOUBLE`;
}

export const isInteger = (value: number): boolean => (value | 0) === value;
