// How often each kind of secret was taken out, by process: the agent counts and records it as a metric.
import * as v from "valibot";
import { redactionKindAttribute, redactionsMetric } from "../../shared/trace/redactions.js";
import type { Query } from "./readers.js";
import { parseStored } from "./value-json.js";

const kindOf = v.object({ [redactionKindAttribute]: v.string() });

export async function readRedactions(query: Query): Promise<ReadonlyMap<number, Record<string, number>>> {
  const found = new Map<number, Record<string, number>>();
  const series = await query(
    `SELECT s.id, s.process, s.attributes FROM series AS s JOIN name AS n ON n.id = s.name WHERE n.text = $1`,
    [redactionsMetric],
  );
  const ids = series.numbers("id");
  if (ids.length === 0) return found;
  const most = await query(
    `SELECT series, max(value) AS most FROM metric WHERE series BETWEEN $1 AND $2 GROUP BY series`,
    [Math.min(...ids), Math.max(...ids)],
  );
  const values = most.numbers("most");
  const counts = new Map(most.numbers("series").map((id, row) => [id, values[row] ?? 0]));
  const [processes, attributes] = [series.numbers("process"), series.texts("attributes")];
  ids.forEach((id, row) => {
    const about = v.safeParse(kindOf, parseStored(attributes[row] ?? ""));
    const count = counts.get(id) ?? 0;
    if (!about.success || count === 0) return;
    const process = processes[row] ?? 0;
    const ofProcess = found.get(process) ?? {};
    found.set(process, { ...ofProcess, [about.output[redactionKindAttribute]]: count });
  });
  return found;
}
