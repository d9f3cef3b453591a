// What agents count and record as metrics, by process and by what an attribute names: secrets taken out, by kind, records left
// out, by stage of the pipeline, and changes of the ring's size, by the reason.
import { filteredMetric, filteredStageAttribute } from "../../shared/trace/filtered.js";
import { redactionKindAttribute, redactionsMetric } from "../../shared/trace/redactions.js";
import { ringBecauseAttribute, ringResizedMetric } from "../../shared/trace/ring-resized.js";
import type { Attributes } from "../../shared/trace/attributes.js";
import type { Query } from "./readers.js";
import { parseStored } from "./value-json.js";

/** How often, by what the attribute names. */
type Counts = Record<string, number>;
type CountsByProcess = ReadonlyMap<number, Counts>;

export const readRedactions = (query: Query): Promise<CountsByProcess> =>
  readCounts(query, redactionsMetric, redactionKindAttribute);

export const readFiltered = (query: Query): Promise<CountsByProcess> =>
  readCounts(query, filteredMetric, filteredStageAttribute);

export const readResized = (query: Query): Promise<CountsByProcess> =>
  readCounts(query, ringResizedMetric, ringBecauseAttribute);

/** The largest value of each series is its count. */
async function readCounts(query: Query, metric: string, attribute: string): Promise<CountsByProcess> {
  const found = new Map<number, Counts>();
  const series = await query(
    `SELECT s.id, s.process, s.attributes FROM series AS s JOIN name AS n ON n.id = s.name WHERE n.text = $1`,
    [metric],
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
    const about = textAttribute(parseStored(attributes[row] ?? ""), attribute);
    const count = counts.get(id) ?? 0;
    if (about === undefined || count === 0) return;
    const process = processes[row] ?? 0;
    const ofProcess = found.get(process) ?? {};
    found.set(process, { ...ofProcess, [about]: count });
  });
  return found;
}

/** What a series of this name counts, by what; undefined: nothing that is shown while it is recorded. */
export function countedBy(name: string | undefined, attributes: Attributes): readonly [LiveCount, string] | undefined {
  const counted = name === filteredMetric ? "filtered" : name === ringResizedMetric ? "resized" : undefined;
  if (counted === undefined) return undefined;
  const by = textAttribute(attributes, counted === "filtered" ? filteredStageAttribute : ringBecauseAttribute);
  return by === undefined ? undefined : [counted, by];
}

export type LiveCount = "filtered" | "resized";
export type LiveCounts = { readonly [Counted in LiveCount]?: Readonly<Record<string, number>> };

function textAttribute(attributes: unknown, name: string): string | undefined {
  if (typeof attributes !== "object" || attributes === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(attributes, name)?.value;
  return typeof value === "string" ? value : undefined;
}
