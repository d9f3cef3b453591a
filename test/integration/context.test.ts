// What is recorded belongs to the request that it was done for, wherever asynchronous work goes; where the program itself
// loses track of that, the recording says so.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProgramSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const programs = join(import.meta.dirname, "../programs/context");

/** The number of the request that a span was made in, undefined for none. */
function requestOf(program: ProgramSeen): (span: number) => string | undefined {
  const spans = new Map(program.spans.map((span) => [span.number, span]));
  return function request(number): string | undefined {
    const span = spans.get(number);
    if (span === undefined) return undefined;
    const path = span.attributes["url.path"];
    const found = span.kind === "server" && typeof path === "string" ? /^\/\w+\/(\d+)$/.exec(path) : null;
    return found === null ? request(span.parent) : found[1];
  };
}

const counted = (texts: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
};

async function recorded(file: string): Promise<ProgramSeen> {
  const { plain, recorded: seen, program } = await runBoth([join(programs, file)]);
  const sorted = (text: string): string => text.split("\n").toSorted().join("\n");
  expect(sorted(seen.out)).toBe(sorted(plain.out));
  expect([plain.code, seen.code]).toEqual([0, 0]);
  expect(program.events.filter(({ name }) => name === "hindcast.agent.fault")).toEqual([]);
  return program;
}

describe("what is recorded", () => {
  it("belongs to its request across timers, emitters, streams, pools, promises and services", async () => {
    const program = await recorded("places.mjs");
    const request = requestOf(program);
    const all: string[] = [];
    const note = (kind: string, place: unknown, n: unknown, span: number): void => {
      const found = request(span);
      all.push(
        String(n) === found ? `${kind} ${String(place)}` : `${kind} ${String(place)} of another: ${String(found)}`,
      );
    };
    for (const { body, span } of program.logs) {
      const [, place, n] = /^at (.*) for (\d+)$/.exec(body) ?? /^Error: fails at (.*) for (\d+)\n/.exec(body) ?? [];
      const rejected = /rejected for (\d+)/.exec(body);
      if (place !== undefined) note("log", place, n, span);
      else if (rejected !== null) note("log", "rejection", rejected[1], span);
    }
    for (const { attributes, span } of program.events) note("event", attributes["place"], attributes["n"], span);
    for (const { name, attributes, parent } of program.spans)
      if (name === "inner") note("span", attributes["place"], attributes["n"], parent);
    const places = [
      ..."body,await,timer,timeout,immediate,tick,microtask,file,pool,timeout callback,interval callback".split(","),
      ..."immediate callback,tick callback,microtask callback,file callback,zlib callback,then callback".split(","),
      ..."refreshed timer,listener,once,stream,pipeline,fetch,service,close".split(","),
    ];
    const expected = places.flatMap((place) => [
      [`log ${place}`, 40] as const,
      [`event ${place}`, 20],
      [`span ${place}`, 20],
    ]);
    expect(counted(all)).toEqual({ ...Object.fromEntries(expected), "log rejection": 20 });

    const writes = program.records.flatMap((record) =>
      record.kind === "write" && record.operation.kind === "set" ? [request(record.span) ?? "none"] : [],
    );
    const each = Array.from({ length: 20 }, (_, n) => [String(n), places.length] as const);
    expect(counted(writes)).toEqual(Object.fromEntries(each));
  });

  it("says so where it was answered by code of no request, or of another, or came after the end", async () => {
    const program = await recorded("lost.mjs");
    const context = (of: { readonly attributes: Record<string, unknown> }): unknown =>
      of.attributes["hindcast.context"];
    const answers = program.spans
      .filter(({ kind }) => kind === "server")
      .map((span) => `${JSON.stringify(span.attributes["url.path"])} ${String(context(span))}`);
    expect(answers.toSorted()).toEqual(
      ['"/right" undefined', '"/queue" lost', '"/late" undefined', '"/batch" other', '"/batch" undefined'].toSorted(),
    );
    const late = program.spans.find(({ name }) => name === "late work");
    expect(late && [context(late), requestOfPath(program, late.parent)]).toEqual(["ended", "/late"]);
    expect(program.events.filter(({ name }) => name === "late").map(({ attributes }) => attributes)).toEqual([
      { a: 1, "hindcast.context": "ended" },
    ]);
    const logs = program.logs.map((log) => `${log.body}: ${String(context(log))}`);
    expect(logs.filter((line) => line.endsWith(": ended"))).toEqual(["after the end: ended"]);
    expect(logs).toContain("inside of late work: undefined");
  });

  it("is one trace on both ends of a queue whose messages carry the context, and begins another one without", async () => {
    const { spans, events } = await recorded("queue.mjs");
    const putBy = (id: string): unknown =>
      spans.find(({ name, spanId }) => name === "put" && spanId === id)?.attributes;
    const takes = spans.filter(({ name }) => name === "take");
    expect(takes.map(({ kind, attributes, parentSpanId }) => [kind, attributes, putBy(parentSpanId)])).toEqual(
      [0, 1, 2].map((n) => ["consumer", { n }, { n }]),
    );
    const traces = spans.filter(({ name }) => name === "put").map(({ traceId }) => traceId);
    expect(takes.map(({ traceId }) => traceId)).toEqual(traces);
    expect(events.map(({ span }) => takes.findIndex(({ number }) => number === span))).toEqual([0, 1, 2]);
    const others = spans.filter(({ name }) => name === "take nothing").map(({ traceId }) => traceId);
    expect(new Set([...others, ...traces]).size).toBe(6 + 3);
    expect(spans.find(({ name }) => name === "fail")).toMatchObject({ status: "error", traceId: traces[0] });
  });

  it("belongs to its request in the threads that work for it, and when they have answered", async () => {
    const { plain, recorded: seen, programs: threads } = await runBoth([join(programs, "threads.mjs")]);
    expect(seen).toEqual(plain);
    const told = toldInThreads(threads, ({ n }) => JSON.stringify(n));
    const spans = threads.flatMap((thread) => thread.spans);
    const each = Array.from({ length: 20 }, (_, n) => [`main gets ${n} in ${n}`, `thread gets ${n} in ${n}`]).flat();
    expect(told.filter((line) => !line.includes("-1")).toSorted()).toEqual(each.toSorted());
    expect(new Set(told.filter((line) => line.includes("-1")))).toEqual(new Set(["thread gets -1 in undefined"]));
    const consumers = spans.filter(({ kind }) => kind === "consumer");
    expect(
      counted(
        consumers.map(({ name, attributes }) => `${name} ${JSON.stringify(attributes["messaging.destination.name"])}`),
      ),
    ).toEqual({
      // Those that are taken by receiveMessageOnPort are seven.
      'process thread message "parentPort"': 27,
      'process thread message "worker"': 20,
    });
  });

  it("belongs to its request in whichever thread a port is that a message comes by", async () => {
    const { plain, recorded: seen, programs: threads } = await runBoth([join(programs, "ports.mjs")]);
    const sorted = ({ out, ...rest }: typeof plain) => ({ ...rest, out: out.split("\n").toSorted() });
    expect(sorted(seen)).toEqual(sorted(plain));
    expect([plain.code, plain.err]).toEqual([0, ""]);
    expect(threads.flatMap(({ events }) => events.filter(({ name }) => name === "hindcast.agent.fault"))).toEqual([]);
    const told = toldInThreads(threads, ({ way, n }) => `${String(way)}/${String(n)}`);
    const each = ["neighbour", "nested", "own", "posted", "started", "waited"].flatMap((way) =>
      Array.from({ length: 5 }, (_, n) => `${way}/${n}`),
    );
    expect(told).toEqual(
      each.flatMap((one) => [`main gets ${one} in ${one}`, `thread gets ${one} in ${one}`]).toSorted(),
    );
    const lines = threads.flatMap((thread) =>
      thread.logs.flatMap(({ body, span }) => {
        const [, way, n] = /^works (\w+) (\d)$/.exec(body) ?? [];
        return way === undefined ? [] : [`${way}/${String(n)} in ${String(askedBy(threads)(thread, span))}`];
      }),
    );
    expect(lines.toSorted()).toEqual(each.map((one) => `${one} in ${one}`));
    // What runs in the loop when nothing was taken is nobody's.
    const nobodys = threads.flatMap(({ events }) => events.filter(({ name }) => name === "nobody's"));
    expect(nobodys.map(({ span }) => span).filter((span) => span !== 0)).toEqual([]);
    expect(nobodys.length).toBeGreaterThan(1);
    // Both ends have counted alike: each receipt is of something that another thread has posted.
    const ends = threads.flatMap(({ records }, thread) =>
      records.flatMap((record) => (record.kind === "message" ? [{ ...record, thread }] : [])),
    );
    const keyOf = ({ part, channel }: (typeof ends)[number]) => `${part} ${Buffer.from(channel).toString("hex")}`;
    const received = ends.filter(({ end, part }) => end === "received" && part.startsWith("to-"));
    expect(received.length).toBeGreaterThan(50);
    expect(
      received.filter(
        (one) =>
          !ends.some(
            (other) =>
              other.end === "sent" &&
              other.thread !== one.thread &&
              keyOf(other) === keyOf(one) &&
              other.originUs < one.upTo &&
              other.upTo >= one.upTo,
          ),
      ),
    ).toEqual([]);
  });

  it.each(["piscina", "piscina without atomics", "tinypool", "tinypool, idle"])(
    "belongs to its request in a pool's threads, and when they have answered (%s)",
    async (kind) => {
      const { plain, recorded: seen, programs: threads } = await runBoth([join(programs, "pools.mjs"), kind]);
      const sorted = ({ out, ...rest }: typeof plain) => ({ ...rest, out: out.split("\n").toSorted() });
      expect(sorted(seen)).toEqual(sorted(plain));
      expect(plain).toMatchObject({ code: 0, err: "" });
      const told = toldInThreads(threads, ({ n }) => String(n));
      const all = Array.from({ length: 12 }, (_, n) =>
        [`main gets ${n} in ${n}`].concat(["begins", "gets"].map((what) => `thread ${what} ${n} in ${n}`)),
      );
      expect(told).toEqual(all.flat().toSorted());
    },
  );
});

/** Of which request a span of a thread is, by the path after its first part. */
function askedBy(threads: readonly ProgramSeen[]): (thread: ProgramSeen, span: number) => string | undefined {
  const asked = new Map(
    threads.flatMap(({ spans }) =>
      spans.flatMap(({ kind, traceId, attributes }) =>
        kind === "server" ? [[traceId, JSON.stringify(attributes["url.path"]).slice(7, -1)]] : [],
      ),
    ),
  );
  return (thread, span) => {
    const within = thread.spans.find(({ number }) => number === span);
    return within && asked.get(within.traceId);
  };
}

/** Events that say which request they are for, each with the one it is in. */
function toldInThreads(
  threads: readonly ProgramSeen[],
  saidBy: (attributes: Readonly<Record<string, unknown>>) => string,
): string[] {
  const asked = askedBy(threads);
  return threads
    .flatMap((thread) =>
      thread.events.flatMap(({ name, attributes, span }) =>
        attributes["n"] === undefined ? [] : [`${name} ${saidBy(attributes)} in ${String(asked(thread, span))}`],
      ),
    )
    .toSorted();
}

const requestOfPath = (program: ProgramSeen, number: number): unknown =>
  program.spans.find((span) => span.number === number)?.attributes["url.path"];
