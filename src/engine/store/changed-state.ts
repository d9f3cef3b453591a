// Writes to captured state by path, for a comparison of two stretches of time. A path is derived from the references that
// lead from a scope's root to an object, down to `deepest`; numbers in names, keys of maps and places in arrays are masked, as they
// are different all the time.
import { type Compared, type Counted, cellOf, counted, frequent, ofProcess, within } from "./changed-rows.js";
import type { Query } from "./readers.js";
import { storedOperations } from "./schema.js";

const deepest = 5;
/** Paths of more take longer than anybody waits. */
const mostRowsRead = 2_000_000;

const is = (operation: (typeof storedOperations)[number]): string =>
  `t.operation = ${storedOperations.indexOf(operation)}`;
const masked = (name: string): string => `regexp_replace(${name}, '[0-9]+', '#', 'g')`;
const children = `unnest(regexp_extract_all(COLUMN, '\\{"\\$object":([0-9]+)\\}', 1))::UINTEGER`;

/** Which object is held by which, by what name. */
const references = (until: bigint): string => `
  SELECT process, object, ${masked(`entry ->> 0`)} AS key, try_cast(entry -> 1 ->> '$."$object"' AS UINTEGER) AS child FROM (
    SELECT process, object, unnest(json_extract(contents, '$.entries[*]')) AS entry FROM keyframe
    WHERE instant < ${until} AND scope = 0 AND contains(contents, '"$object"') AND json_extract_string(contents, '$.kind') = 'object')
  UNION SELECT process, object, '*', ${children.replace("COLUMN", "contents")} FROM keyframe
    WHERE instant < ${until} AND scope = 0 AND contains(contents, '"$object"') AND json_extract_string(contents, '$.kind') <> 'object'
  UNION SELECT process, object, CASE WHEN ${is("set")} THEN ${masked(`coalesce(json_extract_string(key, '$'), '*')`)} ELSE '*' END,
      ${children.replace("COLUMN", "value")} FROM write AS t WHERE instant < ${until} AND contains(value, '"$object"')`;

const paths = (until: bigint): string => `
  RECURSIVE reference AS MATERIALIZED (${references(until)}),
  way AS (
    SELECT k.process, c.name AS path, try_cast(json_extract_string(k.contents, '$."$object"') AS UINTEGER) AS object, 0 AS depth
    FROM keyframe AS k JOIN scope AS c ON c.id = k.scope WHERE k.instant < ${until}
    UNION SELECT way.process, way.path || '.' || r.key, r.child, way.depth + 1
    FROM way JOIN reference AS r ON r.process = way.process AND r.object = way.object
    WHERE way.depth < ${deepest} AND r.child IS NOT NULL),
  held AS (SELECT process, object, arg_min(path, (depth, path)) AS path FROM way GROUP BY ALL)`;

const subject = `h.path || CASE WHEN ${is("set")} OR ${is("delete")} THEN '.' || ${masked(`coalesce(json_extract_string(t.key, '$'), '*')`)}
  ELSE '.*' END`;
const writes = `write AS t ${ofProcess} JOIN held AS h ON h.process = t.process AND h.object = t.object`;

export interface ChangedState {
  readonly counts: readonly Counted[];
  /** Of numbers written: their average by cell, NaN where there is none. */
  readonly averages: readonly Counted[];
}

export async function changedState(query: Query, compared: Compared): Promise<ChangedState> {
  const until = compared.selection.to > compared.baseline.to ? compared.selection.to : compared.baseline.to;
  const [rowsThere = 0] = (
    await query(`SELECT ((SELECT count(*) FROM write) + (SELECT count(*) FROM keyframe))::DOUBLE AS n`)
  ).numbers("n");
  if (rowsThere === 0 || rowsThere > mostRowsRead) return { counts: [], averages: [] };
  const relation = `SELECT p.service_name AS service, ${subject} AS subject, ${cellOf(compared)} AS cell FROM ${writes}
    WHERE ${within(compared)}`;
  const counts = await query(frequent(relation, paths(until)));
  const averages = await query(
    `WITH ${paths(until)}, written AS (SELECT p.service_name AS service, ${subject} AS subject, ${cellOf(compared)} AS cell,
         try_cast(t.value AS DOUBLE) AS value FROM ${writes} WHERE ${within(compared)} AND ${is("set")})
     SELECT service, subject, cell, avg(value) AS n FROM written WHERE isfinite(value) GROUP BY ALL`,
  );
  return { counts: counted(counts, compared), averages: counted(averages, compared, { empty: Number.NaN }) };
}
