// Whether tables of long spans say what the table of all spans does.
import { longClasses, longTableOf } from "./long-spans.js";
import type { Query } from "./readers.js";

const every = longClasses.map(
  (one, at) => `SELECT * EXCLUDE (length), length, ${at} AS class FROM ${longTableOf(one)}`,
);
const classes = longClasses
  .map(({ widthNs }, at) => `WHEN end_instant - instant >= ${widthNs} THEN ${at}`)
  .toReversed();
const wanted = `SELECT *, end_instant - instant AS length, CASE ${classes.join(" ")} END AS class FROM span WHERE class IS NOT NULL`;

/** How many there are, and how many are missing, or there though they should not be. */
export async function countLongSpans(query: Query): Promise<{ readonly there: number; readonly wrong: number }> {
  const there = every.join(" UNION ALL ");
  const rows = await query(
    `SELECT (SELECT count(*) FROM (${there})) AS there,
       (SELECT count(*) FROM (((${there}) EXCEPT ALL (${wanted})) UNION ALL ((${wanted}) EXCEPT ALL (${there})))) AS wrong`,
  );
  return { there: rows.numbers("there")[0] ?? 0, wrong: rows.numbers("wrong")[0] ?? NaN };
}
