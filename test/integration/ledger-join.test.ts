// What one request led to is one trace, through every service it touched: under as much load as the ledger can take, each
// request of the load generator's own log is followed from the gateway to the notification, by ids alone. What services
// print says independently which of them worked for which request.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, missingServer, startDatabase } from "./database-server.js";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

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
type Span = v.InferOutput<typeof spanRow>;

/** Of all requests, at most one in a thousand is not joined. */
const leastJoined = 0.999;

interface Run {
  readonly sent: readonly v.InferOutput<typeof sentRequest>[];
  readonly printed: readonly v.InferOutput<typeof printedLine>[];
  readonly logs: readonly v.InferOutput<typeof logRow>[];
  readonly spansOfTrace: ReadonlyMap<string, readonly Span[]>;
}

async function rowsOf<Row>(file: string, sql: string, schema: v.GenericSchema<unknown, Row>): Promise<Row[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const rows = await connection.runAndReadAll(sql);
    return rows.getRowObjectsJson().map((row) => v.parse(schema, row));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function printedLines(out: string): Run["printed"] {
  return out.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    const parsed = v.safeParse(printedLine, JSON.parse(line));
    return parsed.success ? [parsed.output] : [];
  });
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

async function recordedRun(
  name: string,
  requests: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const file = place.path(`${name}.hindcast`);
  const system = join(process.cwd(), "examples/ledger/system.mjs");
  const load = ["--load", "100", "--requests", String(requests), "--seed", "5", "--rate", "max"];
  const log = ["--load-log", place.path(`${name}.jsonl`)];
  const { code, err, out } = await place.run(
    ["record", "-o", file, "--", "node", system, ...load, ...log],
    "",
    environment,
  );
  expect([code, err]).toEqual([0, ""]);
  const spans = await rowsOf(
    file,
    `SELECT service_name AS service, spans.kind AS kind, trace_id AS trace, span_id AS span, parent_span_id AS parent,
            attributes ->> 'db.system.name' AS database
     FROM spans JOIN processes USING (process)`,
    spanRow,
  );
  const logs = await rowsOf(
    file,
    `SELECT service_name AS service, body, attributes ->> 'requestId' AS request, trace_id AS trace
     FROM logs JOIN processes USING (process)`,
    logRow,
  );
  return {
    sent: readFileSync(place.path(`${name}.jsonl`), "utf8")
      .trim()
      .split("\n")
      .map((line) => v.parse(sentRequest, JSON.parse(line))),
    printed: printedLines(out),
    logs,
    spansOfTrace: grouped(spans, ({ trace }) => trace),
  };
}

/** Every span served on behalf of another one hangs on a span of the same trace, and all of them on one of the gateway. */
function isOneTree(spans: readonly Span[]): boolean {
  const byId = new Map(spans.map((span) => [span.span, span]));
  const roots = spans.filter(({ parent }) => parent === null);
  const dangling = spans.filter(({ parent }) => parent !== null && !byId.has(parent));
  return dangling.length === 0 && roots.length === 1 && roots[0]?.service === "gateway" && roots[0].kind === "server";
}

describe("a request of the ledger at saturation", () => {
  let run: Run;
  beforeAll(async () => {
    run = await recordedRun("join", 300);
  }, 300_000);

  it("is one trace through every service that worked for it", () => {
    const printed = grouped(run.printed, ({ requestId }) => requestId);
    const logged = grouped(run.logs, ({ request }) => request ?? "");
    const lost: object[] = [];
    const touched = new Map<string, number>();
    for (const { id, method, path } of run.sent) {
      const services = new Set(printed.get(id)?.map(({ name }) => name));
      const traces = new Set(logged.get(id)?.map(({ trace }) => trace ?? "none"));
      const spans = run.spansOfTrace.get([...traces][0] ?? "none") ?? [];
      const serving = new Set(spans.flatMap(({ kind, service }) => (kind === "server" ? [service] : [])));
      const missing = [...services].filter((service) => !serving.has(service));
      for (const service of services) touched.set(service, (touched.get(service) ?? 0) + 1);
      if (services.size === 0 || traces.size !== 1 || missing.length > 0 || !isOneTree(spans))
        lost.push({ id, method, path, services: [...services], traces: [...traces], missing, spans: spans.length });
    }
    console.log(
      `${run.sent.length} requests, ${lost.length} not joined; ${JSON.stringify(Object.fromEntries(touched))}`,
    );
    expect(run.sent.length).toBe(300);
    expect([...touched.keys()].sort()).toEqual(["accounts", "gateway", "notifications", "payments"]);
    expect(Math.min(...touched.values())).toBeGreaterThan(20);
    expect(1 - lost.length / run.sent.length, JSON.stringify(lost.slice(0, 5))).toBeGreaterThanOrEqual(leastJoined);
  });

  it("has its trace on every line that was logged for it", () => {
    const lineOf = ({ service, body }: { service: string; body: string }) => `${service}: ${body}`;
    const counted = (lines: readonly string[]) =>
      [...grouped(lines, (line) => line)].map(([line, { length }]) => `${length} × ${line}`).sort();
    const recorded = run.logs.filter(({ request }) => request !== null);
    expect(recorded.filter(({ trace }) => trace === null).slice(0, 5)).toEqual([]);
    expect(counted(recorded.map(lineOf))).toEqual(
      counted(run.printed.map(({ name, msg }) => lineOf({ service: name, body: msg }))),
    );
    const onConsole = run.logs.filter(({ body }) => body.startsWith("reconciled"));
    expect(onConsole.filter(({ trace }) => trace === null)).toEqual([]);
  });
});

const missing = missingServer("postgresql") ?? missingServer("redis");

describe.skipIf(missing !== undefined)(
  `the ledger with PostgreSQL and Redis${missing === undefined ? "" : `: ${missing}`}`,
  () => {
    const servers: RunningServer[] = [];
    let run: Run;
    beforeAll(async () => {
      const [postgresql, redis] = await Promise.all([startDatabase("postgresql"), startDatabase("redis")]);
      servers.push(postgresql, redis);
      run = await recordedRun("servers", 60, {
        DATABASE_URL: `postgres://test@127.0.0.1:${postgresql.port}/postgres`,
        REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      });
    }, 300_000);
    afterAll(() => Promise.all(servers.map((server) => server.stop())));

    it("has what was asked of both in the trace of the request that led to it", () => {
      const asked = (database: string, service: string, body: string): string[] =>
        run.logs.flatMap(({ service: writer, body: text, trace }) => {
          if (writer !== service || text !== body) return [];
          const spans = run.spansOfTrace.get(trace ?? "none") ?? [];
          return [spans.some((span) => span.service === service && span.database === database) ? "asked" : body];
        });
      expect(new Set(asked("postgresql", "accounts", "entry made"))).toEqual(new Set(["asked"]));
      expect(new Set(asked("redis", "payments", "paid"))).toEqual(new Set(["asked"]));
    });

    it("has the id of the request on both sides of the queue, which carries no trace", () => {
      const idsOf = (service: string, text: string): string[] =>
        run.logs.flatMap(({ service: writer, body, request }) =>
          writer === service && body === text ? [request ?? "none"] : [],
        );
      expect(idsOf("payments", "paid").length).toBeGreaterThan(5);
      expect(idsOf("notifications", "notified").sort()).toEqual(idsOf("payments", "paid").sort());
    });
  },
);
