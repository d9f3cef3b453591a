// What a recorded program could notice of being recorded: nothing around it, nothing it sends to others.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBoth, runSwitchedOff } from "./run-both.js";

const program = (name: string): string => join(import.meta.dirname, "../programs/guest", name);
const settings = (more: object): Readonly<Record<string, string>> => ({
  HINDCAST_SETTINGS: JSON.stringify({ level: "requests", include: [], exclude: [], writes: true, ...more }),
});

describe("trace headers", () => {
  /** Path and the header it came with, for requests that carry one of ours. */
  const tracedIn = (out: string): string[] =>
    out
      .split("\n")
      .flatMap((line) => (/: traceparent tracestate(?: |$)/.test(line) ? [line.slice(0, line.indexOf(": "))] : []));

  it("leave for this machine and named hosts only, and replace none that is there", async () => {
    const named = settings({ propagate: ["named.example.org", "*.example.net"] });
    const { plain, recorded } = await runBoth([program("headers.mjs")], [], named);
    expect([recorded.code, recorded.err, tracedIn(plain.out)]).toEqual([0, "", []]);
    expect(tracedIn(recorded.out)).toEqual([
      ...["/url", "/url-object", "/get", "/options", "/hostname", "/callback"],
      ...["/named", "/below", "/fetch", "/fetch-url", "/fetch-request"],
    ]);
    const withoutOurs = recorded.out.replaceAll(/(: )traceparent tracestate(?: |(?=\n))/g, "$1");
    expect(withoutOurs).toBe(plain.out);
  });

  it("leave for this machine only when no host is named", async () => {
    const { recorded } = await runBoth([program("headers.mjs")]);
    expect(tracedIn(recorded.out)).not.toEqual(expect.arrayContaining(["/named"]));
    expect(tracedIn(recorded.out)).not.toEqual(expect.arrayContaining(["/below"]));
  });
});

describe("the surroundings of a program", () => {
  it("are what they are without a recording, but for two listeners that change nothing", async () => {
    const { plain, recorded } = await runBoth([program("surroundings.cjs")]);
    const ours = recorded.out
      .replaceAll(/ *"uncaughtExceptionMonitor 1",\n/g, "")
      .replaceAll('"warning 3"', '"warning 2"')
      .replaceAll('"warnings": 3', '"warnings": 2');
    expect({ ...recorded, out: ours }).toEqual(plain);
  });

  it("are those of a program without Hindcast when it is switched off", async () => {
    const { plain, switchedOff } = await runSwitchedOff([program("surroundings.cjs"), "looks"]);
    expect(plain.out).toMatch(/"console [0-9a-f]{64}"/);
    expect(switchedOff).toEqual(plain);
  });

  it("include what module hooks print", async () => {
    const { plain, recorded } = await runBoth([program("printing-hooks.mjs")]);
    // Node 26 says who uses what it deprecates.
    const withoutPid = (ended: typeof plain) => ({ ...ended, err: ended.err.replaceAll(/\(node:\d+\)/g, "(node)") });
    expect(withoutPid(recorded)).toEqual(withoutPid(plain));
    expect(recorded.out).toContain("hooks began\nasked for node:zlib\nthe program\n");
  });
});

describe("where a program prints that it is", () => {
  it("is where it is without a recording, to as many frames", async () => {
    const { plain, recorded } = await runBoth([program("traces.cjs")]);
    expect(plain.err).toContain("Trace: later");
    expect(recorded).toEqual(plain);
  });
});

describe("timers", () => {
  it("are to the program what they are without a recording, which has how late they ran", async () => {
    const { plain, recorded, program: seen } = await runBoth([program("timers.cjs")]);
    expect(plain.out).toContain("refreshed");
    expect(recorded).toEqual(plain);
    const values = (of: string): number[] => seen.metrics.flatMap(({ name, value }) => (name === of ? [value] : []));
    // Of each kind, told at the end.
    expect(values("nodejs.timer.measured").map((value) => value > 0 && value <= 50)).toEqual([true, true, true]);
    expect(values("nodejs.timer.delay.max").map((value) => value >= 0 && value < 5)).toEqual([true, true, true]);
  });
});

describe("messages between parent and child", () => {
  it.each(["json", "advanced", "cluster"])("come, go and fail as they do without a recording (%s)", async (mode) => {
    const { plain, recorded, program: seen } = await runBoth([program("ipc.cjs"), mode]);
    expect([plain.code, plain.err]).toEqual([0, ""]);
    expect(recorded).toEqual(plain);
    const ends = seen.records.flatMap((record) => (record.kind === "message" ? [`${record.part} ${record.end}`] : []));
    // Whoever of the two was heard first.
    expect(["to-child sent,to-parent received", "to-child received,to-parent sent"]).toContain(
      [...new Set(ends)].toSorted().join(),
    );
  });
});

describe("faults of the agent", () => {
  it("never reach the program, are recorded, and end with the place being left alone", async () => {
    const { recorded, program: seen } = await runBoth([program("sabotaged-fetch.cjs")]);
    expect([recorded.code, recorded.out, recorded.err]).toEqual([0, "goes on\nleft alone\n", ""]);
    const faults = seen.events
      .filter(({ name }) => name === "hindcast.agent.fault")
      .map(({ attributes }) => attributes);
    expect(faults.at(0)).toEqual({ place: "fetch", message: "Error: sabotage", count: 1, isOff: false });
    expect(faults.at(-1)).toMatchObject({ place: "fetch", isOff: true });
    expect(seen.logs.map(({ body }) => body)).toContain("goes on");
    expect(seen.metrics.findLast(({ name }) => name === "hindcast.agent.faults")?.value).toBe(faults.length);
  });
});

describe("an agent that nobody wants", () => {
  it("puts everything back as it was", async () => {
    const file = program("originals.cjs");
    const options = [`--require "${file.replaceAll("\\", "\\\\")}"`];
    const { plain, recorded } = await runBoth([program("uninstalled.cjs")], options, {}, "refused");
    expect([recorded.code, recorded.err]).toEqual([0, ""]);
    // Node itself changes one or two things as a program starts.
    expect(recorded.out).toBe(plain.out);
    expect(JSON.parse(recorded.out)).toMatchObject({
      listening: [],
      monitors: 0,
      kept: { list: ["instrumented code goes on"], count: 1 },
    });
  });
});
