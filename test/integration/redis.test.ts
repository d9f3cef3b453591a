import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProgramSeen, SpanSeen } from "./agent-listener.js";
import { type RunningServer, missingServer, startDatabase } from "./database-server.js";
import { callLines, expectOwnRequests, recordedAlike } from "./databases.js";
import { runBoth } from "./run-both.js";

const missing = missingServer("redis");
let server: RunningServer | undefined;
beforeAll(async () => {
  if (missing === undefined) server = await startDatabase("redis");
});
afterAll(() => server?.stop());

const numberOf = (text: string): number | undefined => {
  const number = /^GET number:(\d+)$/.exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
};
const isNumbered = ({ attributes }: SpanSeen) => / number:\d+/.test(JSON.stringify(attributes["db.query.text"]));
const callsIn = (program: ProgramSeen) =>
  program.spans.filter((span) => span.attributes["db.system.name"] === "redis" && !isNumbered(span));

const setCall = () => ({
  kind: "client",
  status: "unset",
  parent: 0,
  attributes: {
    "db.operation.name": "SET",
    "db.namespace": "0",
    "server.address": "127.0.0.1",
    "server.port": server?.port,
  },
});

describe.skipIf(missing !== undefined)(`redis${missing === undefined ? "" : `: ${missing}`}`, () => {
  it("asked by ioredis is recorded command by command, and the program does what it does alone", async () => {
    const program = await recordedAlike("ioredis.mjs", { DATABASE_PORT: String(server?.port) });
    expect(callLines(callsIn(program))).toEqual([
      "FLUSHALL: FLUSHALL",
      "SET: SET user:1 ?",
      "GET: GET user:1",
      "HSET: HSET h field ? ? ?",
      "HGETALL: HGETALL h",
      "LPUSH !SimpleError: LPUSH user:1 ?",
      "NOSUCH !SimpleError: NOSUCH ?",
      "GET: GET user:1",
      "SET: SET a ?",
      "INCR: INCR a",
      "LPUSH !SimpleError: LPUSH a ?",
      "MULTI: MULTI",
      "INCR: INCR a",
      "INCR: INCR a",
      "EXEC: EXEC",
      "EVAL: EVAL return {KEYS[1], ARGV[1]} 1 key ?",
      "EVALSHA: EVALSHA 098e0f0d1448c0a81dafe820f66d460eb09263da 1 key ?",
      "LPUSH !SimpleError: LPUSH user:1 ?",
      "GET: GET a",
      "SUBSCRIBE: SUBSCRIBE news",
      "PUBLISH: PUBLISH news ?",
      "QUIT: QUIT",
      "GET: GET none",
      "QUIT: QUIT",
      "GET !Error: GET none",
      "QUIT: QUIT",
    ]);
    expect(callsIn(program)[1]).toMatchObject(setCall());
    expectOwnRequests(program, numberOf);
  });

  it("asked by node-redis is recorded command by command, and the program does what it does alone", async () => {
    const program = await recordedAlike("redis.mjs", { DATABASE_PORT: String(server?.port) });
    expect(callLines(callsIn(program))).toEqual([
      "FLUSHALL: FLUSHALL",
      "SET: SET user:1 ?",
      "GET: GET user:1",
      "HSET: HSET h field ? ? ?",
      "HGETALL: HGETALL ?",
      "LPUSH !SimpleError: LPUSH user:1 ?",
      "NOSUCH !SimpleError: NOSUCH ?",
      "MULTI: ",
      "MULTI: ",
      "PIPELINE: ",
      "INCR: INCR b",
      "GET: GET b",
      "EVAL: EVAL return {KEYS[1], ARGV[1]} 1 key ?",
      "LPUSH !SimpleError: LPUSH user:1 ?",
      "PUBLISH: PUBLISH news ?",
      "GET !ClientClosedError: GET a",
    ]);
    expect(callsIn(program)[1]).toMatchObject(setCall());
    expect(callsIn(program)[9]?.attributes["db.operation.batch.size"]).toBe(2);
    expectOwnRequests(program, numberOf);
  });

  it("asked by BullMQ is recorded as what ioredis asks, and jobs, which are given and done as they are alone, as spans", async () => {
    const program = await recordedAlike("bullmq.mjs", { DATABASE_PORT: String(server?.port) });
    const lines = callLines(callsIn(program)).filter((line) => !/^(?:XREAD|QUIT)/.test(line));
    expect(lines.filter((line) => / !/.test(line))).toEqual([]);
    expect(lines.some((line) => /^EVALSHA: EVALSHA \w+ \d+ bull:mails:wait bull:/.test(line))).toBe(true);
    expect(lines.some((line) => line.includes("ann"))).toBe(false);

    // What adds jobs and what is done of each are spans, in one trace; a job's own log belongs to it.
    const traced = program.spans.filter(({ kind }) => kind === "producer" || kind === "consumer");
    const adders = new Map(traced.map((span) => [span.spanId, span]));
    const jobLines = traced.map((span) => {
      const adder = adders.get(span.parentSpanId);
      const isJoined = adder?.traceId === span.traceId && adder.kind === "producer";
      const id = span.attributes["messaging.message.id"] ?? span.attributes["messaging.batch.message_count"];
      return `${span.name} ${String(span.status)} ${JSON.stringify(id)}${isJoined ? ` of ${adder.name}` : ""}`;
    });
    expect(jobLines.toSorted()).toEqual(
      [
        ...['add mails unset "1"', 'process mails unset "1" of add mails'],
        ...['add mails unset "2"', 'process mails error "2" of add mails'],
        ...["addBulk mails unset 3", ...["3", "4", "5"].map((id) => `process mails unset "${id}" of addBulk mails`)],
        ...['add mails unset "once"', 'process mails unset "once" of add mails'],
      ].toSorted(),
    );
    const jobs = new Map(traced.map(({ number, attributes }) => [number, attributes["messaging.bullmq.job.name"]]));
    const done = program.logs.flatMap(({ body, span }) =>
      body.startsWith("working on") ? [[body, jobs.get(span)]] : [],
    );
    expect(done.length).toBe(6);
    for (const [body, name] of done) expect(body).toBe(`working on ${typeof name === "string" ? name : "nothing"}`);
  });

  it("carries the trace of who adds a job of BullMQ to the process that works on it, and neither sees it", async () => {
    const program = join(import.meta.dirname, "../programs/databases/bullmq-processes.mjs");
    const { plain, recorded, programs } = await runBoth([program], [], { DATABASE_PORT: String(server?.port) });
    // Which of the two processes prints first is nobody's business.
    const sorted = ({ out, ...rest }: typeof plain) => ({ ...rest, out: out.split("\n").toSorted() });
    expect(sorted(recorded)).toEqual(sorted(plain));
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const spans = programs.flatMap((one) => one.spans);
    const asked = new Map(
      spans.flatMap(({ name, traceId, attributes }) => (name === "asks" ? [[traceId, attributes["n"]]] : [])),
    );
    const done = programs.flatMap((one) =>
      one.logs.flatMap(({ body, span }) => {
        const within = one.spans.find(({ number }) => number === span);
        return body.startsWith("working on") ? [`${body} for ${JSON.stringify(asked.get(within?.traceId ?? ""))}`] : [];
      }),
    );
    expect(done.toSorted()).toEqual(
      ["again for 2", "again for 2", "bulk for 3", "flow for 4", "one for 1", "traced for undefined"].map(
        (each) => `working on ${each}`,
      ),
    );
    const adders = new Map(spans.map((span) => [span.spanId, span.kind]));
    const works = spans.filter(({ kind, name }) => kind === "consumer" && name === "process orders");
    // A flow is not a span of its own.
    expect(works.map(({ parentSpanId }) => String(adders.get(parentSpanId))).toSorted()).toEqual([
      "internal",
      ...Array<string>(4).fill("producer"),
      "undefined",
    ]);
  });
});
