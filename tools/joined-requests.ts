// Whether what one request led to is one trace, through every service of the ledger that worked for it, with that trace on every
// line that was logged for it. The load generator's own log says what was asked, and what the services print, by the request's
// id, which of them worked for it and how often: they are compared with the recording by ids alone, never by time.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { rowsOf } from "./recorded-rows.js";

const sentRequest = v.object({ id: v.string(), method: v.string(), path: v.string(), status: v.number() });
const printedLine = v.object({ name: v.string(), requestId: v.string(), msg: v.string() });
const spanRow = v.object({
  service: v.string(),
  kind: v.string(),
  trace: v.string(),
  span: v.string(),
  parent: v.nullable(v.string()),
  database: v.nullable(v.string()),
});
const logRow = v.object({
  service: v.string(),
  body: v.string(),
  request: v.nullable(v.string()),
  trace: v.nullable(v.string()),
});
export type SentRequest = v.InferOutput<typeof sentRequest>;
export type PrintedLine = v.InferOutput<typeof printedLine>;
export type RecordedSpan = v.InferOutput<typeof spanRow>;
export type RecordedLine = v.InferOutput<typeof logRow>;

export interface RecordedLoad {
  readonly sent: readonly SentRequest[];
  readonly printed: readonly PrintedLine[];
  readonly spans: readonly RecordedSpan[];
  readonly lines: readonly RecordedLine[];
}

export interface NotJoined extends SentRequest {
  readonly why: string;
}

export interface Joined {
  readonly requests: number;
  readonly notJoined: readonly NotJoined[];
  /** How many of the requests each service worked for. */
  readonly touched: ReadonlyMap<string, number>;
  /** Lines of requests, as printed. */
  readonly lines: number;
  /** Recorded lines of requests that carry no trace. */
  readonly withoutTrace: readonly string[];
  /** Lines that were printed oftener than they are recorded, or the other way. */
  readonly otherwise: readonly string[];
}

/** What fastify and the others print once for each request they have answered. */
const answered = "request completed";

export function joinedIn({ sent, printed, spans, lines }: RecordedLoad): Joined {
  const printedFor = grouped(printed, ({ requestId }) => requestId);
  const recorded = lines.filter(({ request }) => request !== null);
  const recordedFor = grouped(recorded, ({ request }) => request ?? "");
  const spansOf = spansByTrace(spans);
  const touched = new Map<string, number>();
  const notJoined = sent.flatMap((request): NotJoined[] => {
    const own = printedFor.get(request.id) ?? [];
    for (const service of new Set(own.map(({ name }) => name))) touched.set(service, (touched.get(service) ?? 0) + 1);
    const why = whyNotJoined(own, recordedFor.get(request.id) ?? [], spansOf);
    return why === undefined ? [] : [{ ...request, why }];
  });
  return {
    requests: sent.length,
    notJoined,
    touched,
    lines: printed.length,
    withoutTrace: recorded.filter(({ trace }) => trace === null).map(({ service, body }) => `${service}: ${body}`),
    otherwise: differences(
      printed.map(({ name, msg }) => `${name}: ${msg}`),
      recorded.map(({ service, body }) => `${service}: ${body}`),
    ),
  };
}

export const spansByTrace = (spans: readonly RecordedSpan[]): ReadonlyMap<string, readonly RecordedSpan[]> =>
  grouped(spans, ({ trace }) => trace);

function whyNotJoined(
  printed: readonly PrintedLine[],
  lines: readonly RecordedLine[],
  spansOf: ReadonlyMap<string, readonly RecordedSpan[]>,
): string | undefined {
  const [trace, ...others] = new Set(lines.map((line) => line.trace));
  if (printed.length === 0) return "no service says that it worked for it";
  if (trace === undefined || trace === null) return "no line of it has a trace";
  if (others.length > 0) return `its lines are of ${others.length + 1} traces`;
  const spans = spansOf.get(trace) ?? [];
  for (const [service, own] of grouped(printed, ({ name }) => name)) {
    const served = spans.filter((span) => isServing.has(span.kind) && span.service === service).length;
    const least = Math.max(1, own.filter(({ msg }) => msg === answered).length);
    if (served < least) return `${service} served it ${least} times, ${served} of them in its trace`;
  }
  return whyNoTree(spans);
}

/** Asked by a request, or by a message in a queue. */
const isServing: ReadonlySet<string> = new Set(["server", "consumer"]);

/** Every span served on behalf of another one hangs on a span of the same trace, and all of them on one of the gateway. */
function whyNoTree(spans: readonly RecordedSpan[]): string | undefined {
  const ids = new Set(spans.map(({ span }) => span));
  const roots = spans.filter(({ parent }) => parent === null);
  if (spans.some(({ parent }) => parent !== null && !ids.has(parent))) return "a span hangs on none of its trace";
  if (roots.length !== 1) return `its trace has ${roots.length} beginnings`;
  return roots[0]?.service === "gateway" && roots[0].kind === "server" ? undefined : "it begins past the gateway";
}

function differences(printed: readonly string[], recorded: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of printed) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of recorded) counts.set(line, (counts.get(line) ?? 0) - 1);
  return [...counts].filter(([, count]) => count !== 0).map(([line, count]) => `${count} × ${line}`);
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** `file`: a recording that nobody has open. `loadLog`, `output`: files of the load generator, and of what the ledger printed. */
export async function readRecordedLoad(file: string, loadLog: string, output: string): Promise<RecordedLoad> {
  const [sent, printed]: [SentRequest[], PrintedLine[]] = [[], []];
  for await (const line of linesOf(loadLog)) sent.push(v.parse(sentRequest, JSON.parse(line)));
  for await (const line of linesOf(output)) printed.push(...printedIn(line));
  const spans = await rowsOf(
    file,
    `SELECT service_name AS service, spans.kind AS kind, trace_id AS trace, span_id AS span, parent_span_id AS parent,
            attributes ->> 'db.system.name' AS database
     FROM spans JOIN processes USING (process)`,
    spanRow,
  );
  const lines = await rowsOf(
    file,
    `SELECT service_name AS service, body, trace_id AS trace,
            coalesce(attributes ->> 'requestId', nullif(regexp_extract(body, '${onConsole.source}', 1), '')) AS request
     FROM logs JOIN processes USING (process)`,
    logRow,
  );
  return { sent, printed, spans, lines };
}

/** The one line that a service, accounts, writes to the console for a request. */
const onConsole = /^reconciled .* for request (\S+)$/;

function printedIn(line: string): PrintedLine[] {
  const [, requestId] = onConsole.exec(line) ?? [];
  if (requestId !== undefined) return [{ name: "accounts", requestId, msg: line }];
  const parsed = line.startsWith("{") ? v.safeParse(printedLine, JSON.parse(line)) : undefined;
  return parsed?.success === true ? [parsed.output] : [];
}

const linesOf = (file: string): AsyncIterable<string> => createInterface({ input: createReadStream(file) });
