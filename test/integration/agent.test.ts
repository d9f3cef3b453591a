import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type AgentListener, type ProgramSeen, listenForAgents } from "./agent-listener.js";

const folder = join(import.meta.dirname, "agent-programs");
/** The agent supports more versions of Node than the engine: another binary can be tried with this. */
const node = process.env["HINDCAST_TEST_NODE"] ?? process.execPath;
const nodeVersion = execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim();

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

/** Runs a program of `agent-programs` (or node options and a script) to its end. */
async function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const startedMs = performance.now();
  const { HINDCAST_SOCKET: _socket, NODE_OPTIONS: _options, ...inherited } = process.env;
  const child = spawn(node, args, { cwd: folder, env: { ...inherited, ...environment }, stdio: "pipe" });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, signal: child.signalCode, ...output, elapsedMs: performance.now() - startedMs };
}

let listener: AgentListener | undefined;
afterEach(() => listener?.close());

async function recorded(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<[ProgramSeen, Ended]> {
  listener = await listenForAgents("secret");
  const ended = await run(args, { ...listener.environment, ...more });
  const [program] = listener.programs;
  if (program === undefined) throw new Error(`no agent reported; the program wrote: ${ended.stderr}`);
  return [program, ended];
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

describe("agent in a web program", () => {
  it("records requests, logs, events and metrics with their spans, and leaves the program's output alone", async () => {
    const [program, ended] = await recorded(["web.mjs"]);
    expect([ended.code, ended.stderr]).toEqual([0, "gone: ECONNRESET\n"]);
    const outline = (parent: number, depth = 0): string[] =>
      program.spans
        .filter((span) => (depth === 0 ? span.parentSpanId === "0".repeat(16) : span.parentSpanId === parentId(parent)))
        .flatMap((span) => {
          const status = span.attributes["http.response.status_code"] ?? span.attributes["error.type"] ?? "";
          return [
            `${"  ".repeat(depth)}${span.kind} ${span.name} ${text(status)}`.trimEnd(),
            ...outline(span.number, depth + 1),
          ];
        });
    const parentId = (number: number) => program.spans.find((span) => span.number === number)?.spanId;
    expect(outline(0)).toEqual([
      "internal checkout",
      "  client GET 200",
      "    server GET /accounts/:id 200",
      "  client GET 200",
      "    server GET /accounts/:id 200",
      "  client GET 200",
      "  client POST 200",
      "    server POST /echo 200",
      "client GET ECONNRESET",
      "  server GET /broken aborted",
    ]);
    const stray = program.spans.find(({ parentSpanId }) => parentSpanId === "2222222222222222");
    expect(stray).toMatchObject({ name: "GET /accounts/:id", traceId: "1".repeat(32) });
    expect(program.spans.every(({ status }) => status !== undefined)).toBe(true);

    const [fetched] = program.spans.filter(({ kind }) => kind === "server");
    expect(fetched?.attributes).toMatchObject({
      "http.request.method": "GET",
      "url.path": "/accounts/7",
      "url.query": "full=1",
    });
    // On a busy machine blocks of the event loop have events, too.
    const [seen] = program.events.filter(({ name }) => name === "account.seen");
    expect(seen).toEqual({ name: "account.seen", span: fetched?.number, attributes: { id: "7" } });
    const echo = program.spans.find(({ name }) => name === "POST /echo");
    expect(program.events.find(({ name }) => name === "body.read")?.span).toBe(echo?.number);
    const answers = JSON.parse(ended.stdout.split("\n").at(-2) ?? "") as { kept: { traceparent: string } };
    expect(answers.kept.traceparent).toBe("00-11111111111111111111111111111111-2222222222222222-01");

    const [lookedUp] = program.logs;
    expect(lookedUp).toEqual({
      source: "pino",
      severity: 13,
      body: "looked up",
      span: fetched?.number,
      attributes: { account: "7", card: "[Redacted]" },
    });
    expect(
      program.logs
        .filter(({ source }) => source === "console")
        .map(({ severity, body }) => [severity, body.slice(0, 16)]),
    ).toEqual([
      [13, "gone: ECONNRESET"],
      [9, '{"fetched":{"tra'],
    ]);
    expect(program.metrics).toContainEqual({ name: "orders", unit: "{order}", value: 3 });
    const names = new Set(program.metrics.map(({ name }) => name));
    for (const name of [
      "v8js.memory.heap.used",
      "process.memory.usage",
      "nodejs.eventloop.delay.p99",
      "process.cpu.utilization",
    ])
      expect(names).toContain(name);
    expect(program.hello).toMatchObject({ token: "secret", nodeVersion, cwd: folder });
    expect(program.bye).toMatchObject({ exitCode: 0, dropped: 0, written: program.records.length });
  });

  it("records only metrics and what the program says itself at level metrics", async () => {
    const settings = JSON.stringify({ level: "metrics", include: [], exclude: [], writes: true });
    const [program] = await recorded(["web.mjs"], { HINDCAST_SETTINGS: settings });
    expect(program.spans.map(({ name }) => name)).toEqual(["checkout"]);
    expect(program.logs).toEqual([]);
    expect(program.events.length).toBeGreaterThan(0);
    expect(program.metrics.length).toBeGreaterThan(10);
  });

  it("has long garbage collections as spans, at the time they were", async () => {
    const settings = JSON.stringify({ level: "requests", include: [], exclude: [], writes: true, collectionMs: 1 });
    const [program, ended] = await recorded(["--expose-gc", "collections.cjs"], { HINDCAST_SETTINGS: settings });
    const [told = ""] = ended.stdout.split("\n");
    const [fromMs = NaN, untilMs = NaN] = [...told.matchAll(/Ms":([\d.]+)/g)].map(([, ms]) => Number(ms));
    const forced = program.runtimeSpans.filter(
      (span) => span.name === "v8js.gc" && span.attributes["v8js.gc.forced"] === true,
    );
    expect(forced.map(({ attributes }) => attributes["v8js.gc.type"])).toContain("major");
    const timesOf = (number: number) =>
      program.records.flatMap((one) =>
        (one.kind === "span-start" || one.kind === "span-end") && one.span === number ? [one.clockMs] : [],
      );
    for (const { number } of forced) {
      const [from = NaN, to = NaN] = timesOf(number);
      expect(to - from).toBeGreaterThanOrEqual(1);
      expect(from).toBeGreaterThan(fromMs - 1);
      expect(to).toBeLessThan(untilMs + 1);
    }
  });

  it("counts garbage collections as Node counts them", async () => {
    const [program, ended] = await recorded(["collections.cjs"]);
    const own: unknown = JSON.parse(ended.stdout);
    const all = (name: string) => program.metrics.flatMap((metric) => (metric.name === name ? [metric.value] : []));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    // The program began to count a little later, and stopped a little earlier.
    const few = 10;
    const count = sum(all("v8js.gc.count"));
    const seconds = sum(all("v8js.gc.duration"));
    expect(own).toEqual({
      count: expect.toSatisfy((n: number) => n > 20 && n <= count && count <= n + few),
      totalMs: expect.toSatisfy((ms: number) => ms <= seconds * 1000 + 0.001),
      longestMs: expect.toSatisfy((ms: number) => ms <= Math.max(...all("v8js.gc.pause.max")) * 1000 + 0.001),
    });
  }, 20_000);
});

/** Without the frames of the module loader below the program's own, among which the agent's may stand. */
const ownFrames = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((line) => !/^ +at .*(node:internal|(?:agent|guest-side)\.cjs)/.test(line))
    .join("\n");

describe("agent at the end of a program", () => {
  const ticks = (program: ProgramSeen) => program.events.filter(({ name }) => name === "tick").length;
  const plain = async (ending: string) => run(["endings.cjs", ending, "0"], {});

  for (const [ending, code] of Object.entries({
    natural: 0,
    exit: 3,
    exitCode: 4,
    throw: 1,
    reject: 1,
    handled: 0,
    listener: 7,
  }))
    it(`loses nothing and changes nothing when it ends by: ${ending}`, async () => {
      const [program, ended] = await recorded(["endings.cjs", ending, "20000"]);
      const bare = await plain(ending);
      const outcome = ({ code, stdout, stderr }: Ended) => [code, stdout, ownFrames(stderr)];
      expect(outcome(ended)).toEqual(outcome(bare));
      expect(ended.code).toBe(code);
      expect(ticks(program)).toBe(20_000);
      expect(program.bye).toMatchObject({ exitCode: code, dropped: 0, written: program.records.length });
      if (ending === "listener") expect(program.events.at(-1)?.name).toBe("last words");
    });

  it("records what killed the program", async () => {
    const [thrown] = await recorded(["endings.cjs", "throw"]);
    await listener?.close();
    const [rejected, ended] = await recorded(["endings.cjs", "rejectInSpan"]);
    expect([...thrown.logs, ...rejected.logs].map(({ severity, body }) => [severity, body])).toEqual([
      [21, "TypeError: thrown"],
      [21, "RangeError: rejected in a span"],
    ]);
    expect(ended.code).toBe(1);
    expect(thrown.logs[0]?.attributes["exception.stacktrace"]).toContain("endings.cjs");
    expect(rejected.spans).toMatchObject([{ name: "work", status: "error" }]);
  });

  it("leaves a signal's default action alone", async () => {
    const [program, ended] = await recorded(["endings.cjs", "sigterm"]);
    expect([ended.code, ended.signal]).toEqual([null, "SIGTERM"]);
    expect(program.bye).toBeUndefined();
    expect(ticks(program)).toBe(1000);
  });

  it("reports from a program whose event loop is blocked, up to a SIGKILL", async () => {
    const [program, ended] = await recorded(["endings.cjs", "blocked"]);
    expect(ended.signal).toBe("SIGKILL");
    expect(ticks(program)).toBe(1000);
    expect(program.events.filter(({ name }) => name === "beat").length).toBeGreaterThan(5);
  });

  it("records the last state, written by an exit listener", async () => {
    const [program] = await recorded(["endings.cjs", "state", "0"]);
    const writes = program.records.flatMap((record) => (record.kind === "write" ? [record.operation] : []));
    expect(writes.map(({ kind }) => kind)).toContain("scope");
    const total = expect.objectContaining({
      kind: "set",
      key: "total",
      value: { kind: "primitive", value: 3 },
    }) as unknown;
    expect(writes).toContainEqual(total);
  });
});

describe("agent without an engine", () => {
  const withSocket = (socketPath: string) => ({
    HINDCAST_SOCKET: socketPath,
    NODE_OPTIONS: `--require "${join(import.meta.dirname, "../../out/agent/agent.cjs")}"`,
  });

  it("neither delays nor changes the program's end", async () => {
    const ended = await run(["endings.cjs", "exit", "500000"], withSocket(join(folder, "nobody.sock")));
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([3, "", ""]);
  });

  it("stops quietly when it is refused", async () => {
    listener = await listenForAgents("secret", "refused");
    const ended = await run(["endings.cjs", "natural", "1000"], listener.environment);
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([0, "", ""]);
    expect(listener.programs[0]?.records).toEqual([]);
  });

  it("does nothing at all when switched off", async () => {
    const script =
      "console.log(Symbol.for('hindcast.agent') in globalThis, process.listenerCount('uncaughtExceptionMonitor'))";
    listener = await listenForAgents("secret");
    const on = await run(["-e", script], listener.environment);
    const off = await run(["-e", script], { ...listener.environment, HINDCAST: "off" });
    expect([on.stdout, off.stdout]).toEqual(["true 1\n", "false 0\n"]);
  });
});
