// What agents count and record as metrics, by process and by what an attribute names: secrets taken out, by kind, records left
// out, by stage of the pipeline, and changes of the ring's size, by the reason.
import { filteredMetric, filteredStageAttribute } from "../../shared/trace/filtered.js";
import { redactionKindAttribute, redactionsMetric } from "../../shared/trace/redactions.js";
import { ringBecauseAttribute, ringResizedMetric, ringSizeMetric } from "../../shared/trace/ring-resized.js";
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

/** The largest size that a process said its ring had: nothing of those that never changed it. */
export async function readLargestRings(query: Query): Promise<ReadonlyMap<number, number>> {
  const series = await seriesOf(query, ringSizeMetric);
  return new Map(series.map(({ process, most }) => [process, most]));
}

/** The largest value of each series is its count. */
async function readCounts(query: Query, metric: string, attribute: string): Promise<CountsByProcess> {
  const found = new Map<number, Counts>();
  for (const { process, attributes, most } of await seriesOf(query, metric)) {
    const about = textAttribute(parseStored(attributes), attribute);
    if (about !== undefined && most > 0) found.set(process, { ...found.get(process), [about]: most });
  }
  return found;
}

interface SeriesMost {
  readonly process: number;
  readonly attributes: string;
  /** The largest of its samples; 0 where there is none. */
  readonly most: number;
}

async function seriesOf(query: Query, metric: string): Promise<SeriesMost[]> {
  const series = await query(
    `SELECT s.id, s.process, s.attributes FROM series AS s JOIN name AS n ON n.id = s.name WHERE n.text = $1`,
    [metric],
  );
  const ids = series.numbers("id");
  if (ids.length === 0) return [];
  const largest = await query(
    `SELECT series, max(value) AS most FROM metric WHERE series BETWEEN $1 AND $2 GROUP BY series`,
    [Math.min(...ids), Math.max(...ids)],
  );
  const values = largest.numbers("most");
  const most = new Map(largest.numbers("series").map((id, row) => [id, values[row] ?? 0]));
  const [processes, attributes] = [series.numbers("process"), series.texts("attributes")];
  return ids.map((id, row) => ({
    process: processes[row] ?? 0,
    attributes: attributes[row] ?? "",
    most: most.get(id) ?? 0,
  }));
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
