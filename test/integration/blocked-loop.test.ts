// What blocks the event loop of a real program is a span, with the stack taken while it blocks; the program does what it
// does without us, also when it ends in the middle of that.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Attributes } from "../../src/shared/trace/attributes.js";
import { nodeBinary, nodeVersionsToTry } from "../../tools/node-binaries.js";
import { type AgentListener, type ProgramSeen, type SpanSeen, listenForAgents } from "./agent-listener.js";

const program = join(import.meta.dirname, "runtime-programs/blocks.cjs");
const blockName = "nodejs.eventloop.block";

const listeners: AgentListener[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const listener of listeners.splice(0)) await listener.close();
});

const until = async <Found>(find: () => Found | undefined | false): Promise<Found> => {
  for (;;) {
    const found = find();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

interface Run {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  readonly seen: ProgramSeen;
  /** From then on nothing blocks. */
  goOn(): void;
}

async function start(way: string, binary = process.execPath, settings: object = {}): Promise<Run> {
  const listener = await listenForAgents("secret");
  listeners.push(listener);
  const file = join(mkdtempSync(join(tmpdir(), "hindcast-blocks-")), "over");
  const { HINDCAST_SOCKET: _socket, NODE_OPTIONS: _options, ...inherited } = process.env;
  const all = { level: "requests", include: [], exclude: [], writes: true, ...settings };
  const env = { ...inherited, ...listener.environment, HINDCAST_SETTINGS: JSON.stringify(all) };
  const child = spawn(binary, [program, way, file], { env, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const output = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.err += chunk.toString()));
  const seen = await until(() => listener.programs[0]);
  return { child, output, seen, goOn: () => writeFileSync(file, "") };
}

async function ended({ child, output }: Run): Promise<readonly [number | null, string, string]> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  return [child.exitCode, output.out, output.err];
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
/** The block of the request, and not one of the program's start: the stack may be of a later look. */
function blockIn({ seen }: Run, functionName: string): readonly [SpanSeen, Attributes] | undefined {
  const isIn = (attributes: Attributes): boolean =>
    text(attributes["code.stacktrace"]).includes(`at ${functionName} (`);
  const block = seen.runtimeSpans.findLast(({ name }) => name === blockName);
  if (block === undefined) return undefined;
  const stacks = [block, ...seen.events.filter(({ span }) => span === block.number)].map(
    ({ attributes }) => attributes,
  );
  const found = stacks.find(isIn);
  return found === undefined ? undefined : [block, found];
}
const timesOf = ({ seen }: Run, { number }: SpanSeen): readonly (number | undefined)[] =>
  (["span-start", "span-end"] as const).map(
    (kind) => seen.records.find((record) => record.kind === kind && record.span === number)?.clockMs,
  );

const lengthOf = (run: Run, span: SpanSeen): number => {
  const [from = 0, to = 0] = timesOf(run, span);
  return to - from;
};

const everyWay = [
  ["script", "spin"],
  ["wait", "waitForNobody"],
  ["regex", "backtrack"],
] as const;

describe.each(nodeVersionsToTry)("a blocked loop on Node %s", (version) => {
  it.for(version.startsWith(`${process.versions.node.split(".")[0]}.`) ? everyWay : everyWay.slice(0, 1))(
    "is a span of the request that blocks, while it blocks (%s)",
    async ([way, functionName], { skip }) => {
      const binary = await nodeBinary(version);
      if ("missing" in binary) return skip(binary.missing);
      const run = await start(way, binary.path);
      const [block, stack] = await until(() => blockIn(run, functionName));
      expect(block.status).toBeUndefined();
      const request = run.seen.spans.find(({ kind }) => kind === "server");
      // A first look that came before the request was known to be there belongs to nothing.
      expect([0, request?.number]).toContain(block.parent);
      expect(block.kind).toBe("internal");
      expect(stack).toMatchObject({ "code.file.path": program });
      expect(stack["hindcast.stack.after"]).toBeGreaterThanOrEqual(0.05);
      run.goOn();
      expect(await ended(run)).toEqual([0, "blocks\ngoes on\n", ""]);
      const [from = NaN, to = NaN] = timesOf(run, block);
      const [asked = NaN, answered = NaN] = request === undefined ? [] : timesOf(run, request);
      // It begins in the same turn as the request that it blocks, and ends after that was answered.
      expect(asked - from).toBeGreaterThanOrEqual(-1);
      expect(asked).toBeLessThan(to);
      expect(to).toBeGreaterThanOrEqual(answered);
      expect([block.status, run.seen.bye?.agentFaults, run.seen.bye?.workerFaults]).toEqual(["unset", 0, 0]);
    },
  );

  it("in native code is told with the script below, or when it is over", async ({ skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const run = await start("child", binary.path);
    await until(() => run.output.out.includes("blocks"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    run.goOn();
    expect(await ended(run)).toEqual([0, "blocks\ngoes on\n", ""]);
    const told = run.seen.runtimeSpans
      .filter((span) => span.name === blockName && lengthOf(run, span) >= 400)
      .map(({ attributes }) => attributes["hindcast.stack.missing"] ?? attributes["code.stacktrace"]);
    expect(told).toContainEqual(expect.stringMatching(/^over$|at runChild/));
  });

  it.for([
    ["exit", 3, ""],
    ["throw", 1, "Error: thrown after a block"],
  ] as const)("ends as the program does (%s)", async ([way, code, complaint], { skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const run = await start(way, binary.path);
    // At once, and not only when the stack was taken: in the middle of taking it, too.
    await until(() => run.output.out.includes("blocks"));
    run.goOn();
    const [exitCode, out, err] = await ended(run);
    expect([exitCode, out]).toEqual([code, "blocks\n"]);
    expect(err).toContain(complaint);
    expect(err).not.toContain("debugger");
  });
});

describe("a blocked loop", () => {
  it("ends by the signal that the program sends to itself while its stack is looked at, without another word", async () => {
    const run = await start("kill");
    await until(() => run.output.out.includes("blocks"));
    run.goOn();
    expect(await ended(run)).toEqual([null, "blocks\n", ""]);
    expect(run.child.signalCode).toBe("SIGTERM");
  });

  it("that never turns again is in the recording of a program that was killed", async () => {
    const run = await start("script");
    const [block] = await until(() => blockIn(run, "spin"));
    run.child.kill("SIGKILL");
    await ended(run);
    expect(block.status).toBeUndefined();
  });

  it.for(["inspected", "session"])("is left alone while somebody else has the inspector (%s)", async (way) => {
    const run = await start(way);
    await until(() => run.output.out.includes("blocks"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    run.goOn();
    const [code, out] = await ended(run);
    expect([code, out]).toEqual([0, "blocks\ngoes on\n"]);
    const stacks = run.seen.runtimeSpans.map(({ attributes }) => text(attributes["code.stacktrace"]));
    expect(stacks.filter((stack) => stack.includes("spinInspected") || stack.includes("spinWithSession"))).toEqual([]);
  });

  it("is nothing when nobody asked for it", async () => {
    const run = await start("script", process.execPath, { blockMs: 0 });
    await until(() => run.output.out.includes("blocks"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    run.goOn();
    await ended(run);
    expect(run.seen.runtimeSpans.filter(({ name }) => name === blockName)).toEqual([]);
  });

  it("is none while the program is stopped from outside", async () => {
    const run = await start("script", process.execPath, { blockMs: 400 });
    await until(() => run.seen.metrics.length > 0);
    run.child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    run.child.kill("SIGCONT");
    await until(() => run.output.out.includes("blocks"));
    run.goOn();
    await ended(run);
    const lengths = run.seen.runtimeSpans.filter(({ name }) => name === blockName).map((span) => lengthOf(run, span));
    expect(lengths.filter((ms) => ms >= 2000)).toEqual([]);
  });
});
