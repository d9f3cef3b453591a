// What one request led to is one trace, through every service it touched: under as much load as the ledger can take, each
// request of the load generator's own log is followed from the gateway to the notification (tools/joined-requests.ts says how).
// `npm run bench -- join` does the same at length.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RecordedLoad, joinedIn, readRecordedLoad, spansByTrace } from "../../tools/joined-requests.js";
import { type RunningServer, missingServer, startDatabase } from "./database-server.js";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

/** Of all requests, at most one in a thousand is not joined. */
const leastJoined = 0.999;

async function recordedRun(
  name: string,
  { requests, seed }: { readonly requests: number; readonly seed: number },
  environment: Readonly<Record<string, string>> = {},
): Promise<RecordedLoad> {
  const [file, loadLog, output] = [place.path(`${name}.hindcast`), place.path(`${name}.jsonl`), place.path(name)];
  const system = join(process.cwd(), "examples/ledger/system.mjs");
  const load = ["--load", "100", "--requests", String(requests), "--seed", String(seed), "--rate", "max"];
  const { code, err, out } = await place.run(
    ["record", "-o", file, "--", "node", system, ...load, "--load-log", loadLog],
    "",
    environment,
  );
  expect([code, err]).toEqual([0, ""]);
  writeFileSync(output, out);
  return readRecordedLoad(file, loadLog, output);
}

describe("a request of the ledger at saturation", () => {
  let run: RecordedLoad;
  beforeAll(async () => {
    // A seed of many kinds of requests that has reconciliations, whose line is the one on the console.
    run = await recordedRun("join", { requests: 300, seed: 25 });
  }, 300_000);

  it("is one trace through every service that worked for it", () => {
    const { requests, notJoined, touched } = joinedIn(run);
    console.log(`${requests} requests, ${notJoined.length} not joined; ${JSON.stringify(Object.fromEntries(touched))}`);
    expect(requests).toBe(300);
    expect([...touched.keys()].sort()).toEqual(["accounts", "gateway", "notifications", "payments"]);
    expect(Math.min(...touched.values())).toBeGreaterThan(20);
    expect(1 - notJoined.length / requests, JSON.stringify(notJoined.slice(0, 5))).toBeGreaterThanOrEqual(leastJoined);
  });

  it("has its trace on every line that was logged for it, by its logger and on the console", () => {
    const { lines, withoutTrace, otherwise } = joinedIn(run);
    expect(lines).toBeGreaterThan(600);
    expect(withoutTrace.slice(0, 5)).toEqual([]);
    expect(otherwise).toEqual([]);
    expect(run.printed.some(({ msg }) => msg.startsWith("reconciled"))).toBe(true);
  });
});

const missing = missingServer("postgresql") ?? missingServer("redis");

describe.skipIf(missing !== undefined)(
  `the ledger with PostgreSQL and Redis${missing === undefined ? "" : `: ${missing}`}`,
  () => {
    const servers: RunningServer[] = [];
    let run: RecordedLoad;
    beforeAll(async () => {
      const [postgresql, redis] = await Promise.all([startDatabase("postgresql"), startDatabase("redis")]);
      servers.push(postgresql, redis);
      run = await recordedRun(
        "servers",
        { requests: 120, seed: 5 },
        {
          DATABASE_URL: `postgres://test@127.0.0.1:${postgresql.port}/postgres`,
          REDIS_URL: `redis://127.0.0.1:${redis.port}`,
        },
      );
    }, 300_000);
    afterAll(() => Promise.all(servers.map((server) => server.stop())));

    it("has what was asked of both in the trace of the request that led to it", () => {
      const spansOf = spansByTrace(run.spans);
      const asked = (database: string, service: string, body: string): string[] =>
        run.lines.flatMap(({ service: writer, body: text, trace }) => {
          if (writer !== service || text !== body) return [];
          const spans = spansOf.get(trace ?? "none") ?? [];
          return [spans.some((span) => span.service === service && span.database === database) ? "asked" : body];
        });
      expect(new Set(asked("postgresql", "accounts", "entry made"))).toEqual(new Set(["asked"]));
      expect(new Set(asked("redis", "payments", "paid"))).toEqual(new Set(["asked"]));
    });

    it("is one trace on both sides of the queue, by the context that is put into its messages", () => {
      const tracesOf = (service: string, text: string): string[] =>
        run.lines.flatMap(({ service: writer, body, request, trace }) =>
          writer === service && body === text ? [`${request ?? "none"} ${trace ?? "none"}`] : [],
        );
      expect(tracesOf("payments", "paid").length).toBeGreaterThan(5);
      expect(tracesOf("notifications", "notified").sort()).toEqual(tracesOf("payments", "paid").sort());
      const { requests, notJoined, withoutTrace } = joinedIn(run);
      expect(1 - notJoined.length / requests, JSON.stringify(notJoined.slice(0, 5))).toBeGreaterThanOrEqual(
        leastJoined,
      );
      expect(withoutTrace.slice(0, 5)).toEqual([]);
    });
  },
);
