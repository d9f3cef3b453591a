// Marks where the ring of a program was resized: they are events of the recording, few of many.
import {
  ringBecauseAttribute,
  ringFromAttribute,
  ringResizedEvent,
  ringToAttribute,
} from "../../shared/trace/ring-resized.js";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { resizedReason } from "../../shared/protocol/recording-summary.js";
import type { Query } from "./readers.js";
import { attributeIn } from "./sql-text.js";

const mostMarks = 2000;
const attribute = attributeIn("t.attributes");
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e5) / 10} MB`;

export async function ringMarks(query: Query): Promise<CallResult<"timeline.marks">> {
  const named = (await query(`SELECT id FROM name WHERE text = $1`, [ringResizedEvent])).numbers("id");
  if (named.length === 0) return [];
  const rows = await query(
    `SELECT t.process, t.instant, coalesce(p.service_name, '') AS service, coalesce(${attribute(ringBecauseAttribute)}, '') AS because,
       coalesce(try_cast(${attribute(ringFromAttribute)} AS DOUBLE), 0) AS before, coalesce(try_cast(${attribute(ringToAttribute)} AS DOUBLE), 0) AS after
     FROM event AS t LEFT JOIN process AS p ON p.process = t.process WHERE t.name IN (${named.join(", ")})
     ORDER BY t.instant, t.process, t.seq LIMIT ${mostMarks}`,
  );
  const [processes, services, reasons] = [rows.numbers("process"), rows.texts("service"), rows.texts("because")];
  const [before, after] = [rows.numbers("before"), rows.numbers("after")];
  return rows.bigints("instant").map((instant, row) => ({
    kind: "resized" as const,
    process: processes[row] ?? 0,
    instant,
    label: labelOf(services[row] ?? "", reasons[row] ?? "", before[row] ?? 0, after[row] ?? 0),
    lost: 0,
    since: instant,
  }));
}

function labelOf(service: string, because: string, before: number, after: number): string {
  const whose = service === "" ? "The" : `${service}: the`;
  const why = because === "" ? "resized" : resizedReason(because);
  return `${whose} recorder's buffer was ${why}, from ${megabytes(before)} to ${megabytes(after)}`;
}
