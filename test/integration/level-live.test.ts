// A level that is switched while a program runs, back and forth, with pauses between: what the program did is in the file, or
// the file says how much of it is not.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Engine, createEngine } from "../../src/engine/index.js";
import type { CallArgs } from "../../src/shared/protocol/engine-calls.js";
import { callsTo } from "./engine-calls.js";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

describe("a level that is switched while recording", () => {
  let folder: string;
  let engine: Engine;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast level "));
    const environment = { ...process.env, XDG_DATA_HOME: join(folder, "data"), XDG_STATE_HOME: join(folder, "state") };
    engine = createEngine({ packageFolder, environment });
    copyFileSync(join(import.meta.dirname, "../programs/levels.cjs"), join(folder, "levels.cjs"));
  });
  afterEach(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = callsTo(() => engine);

  const until = async (isIt: () => Promise<boolean>): Promise<void> => {
    while (!(await isIt())) await new Promise((resolve) => setTimeout(resolve, 100));
  };

  /** Events of each of the program's two threads, in order: what it has counted, and to which level it went. */
  async function toldBy(recordingId: string): Promise<ReadonlyMap<number, readonly string[]>> {
    const { start, end } = await call("recording.summary", { recordingId });
    const events = await call("events.range", { recordingId, from: start, to: end + 1n, limit: 1_000_000 });
    const byProcess = new Map<number, string[]>();
    [...events.names].forEach((name, row) => {
      const [process = 0, attributes = ""] = [events.process[row], events.attributes[row]];
      const said = /"(?:n|level)":"?(\w+)/.exec(attributes)?.[1];
      byProcess.set(process, [...(byProcess.get(process) ?? []), `${name} ${String(said)}`]);
    });
    return byProcess;
  }

  /** Lines of each of them, however many there are. */
  async function linesOf(recordingId: string): Promise<ReadonlyMap<number, readonly string[]>> {
    const byProcess = new Map<number, string[]>();
    for (let first = 0, read = -1; read !== 0; first += read) {
      const { bodies, process } = await call("logs.page", { recordingId, first, limit: 2000 });
      read = bodies.length;
      for (const [row, body] of bodies.entries())
        byProcess.set(process[row] ?? 0, [...(byProcess.get(process[row] ?? 0) ?? []), body]);
    }
    return byProcess;
  }

  /** All of them, in the order of their start: what is asked for at once is the longest of more. */
  async function spansOf(recordingId: string) {
    const { start, end } = await call("recording.summary", { recordingId });
    const all: { readonly process: number; readonly kind: number; readonly attributes: string }[] = [];
    let after: CallArgs<"spans.page">["after"];
    do {
      const asked = { recordingId, from: start, to: end + 1n, limit: 10_000 };
      const { page, next } = await call("spans.page", after === undefined ? asked : { ...asked, after });
      for (const [row, attributes] of page.attributes.entries())
        all.push({ process: page.process[row] ?? 0, kind: page.kind[row] ?? 0, attributes });
      after = next;
    } while (after !== undefined);
    return all;
  }

  it("leaves out what the level does not capture, and nothing else; what a pause leaves out is counted", async () => {
    const command = [process.execPath, "levels.cjs"];
    const { recordingId } = await call("recording.launch", { command, cwd: folder, capture: {} });
    /** Both threads have gone on counting since they said this for so many times. */
    const goOnAfter = (said: string, times: number): Promise<void> =>
      until(async () => {
        const all = [...(await toldBy(recordingId)).values()];
        const hasGoneOn = (events: readonly string[]): boolean => {
          const at = events.flatMap((event, row) => (event === said ? [row] : []))[times - 1];
          return at !== undefined && events.length > at + 20;
        };
        return all.length === 2 && all.every(hasGoneOn);
      });
    const toLevel = (level: "metrics" | "requests") => call("recording.level", { recordingId, level });
    const pausedGaps = async () =>
      (await call("timeline.marks", { recordingId })).filter(({ reason }) => reason === "paused");
    const [off, on] = ["hindcast.capture.changed metrics", "hindcast.capture.changed requests"];
    await goOnAfter("tick 1", 1);
    await toLevel("metrics");
    await goOnAfter(off, 1);
    // What was on its way when the level was lowered says that nobody saw its end.
    const { end: whileOff } = await call("recording.summary", { recordingId });
    const open = await call("spans.openAt", { recordingId, instant: whileOff, limit: 10 });
    expect(open.names.filter((name) => name === "GET")).toEqual([]);
    await toLevel("requests");
    await goOnAfter(on, 1);
    // Each thread hears of it within a second or so; what it is told in a pause it does afterwards.
    await until(async () => {
      await call("recording.pause", { recordingId, paused: true });
      const before = await toldBy(recordingId);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const after = await toldBy(recordingId);
      if ([...after].some(([process, told]) => told.length > (before.get(process)?.length ?? 0))) return false;
      await toLevel("metrics");
      await call("recording.pause", { recordingId, paused: false });
      await goOnAfter(off, 2);
      return true;
    });
    await toLevel("requests");
    await goOnAfter(on, 2);
    writeFileSync(join(folder, "stop"), "");
    await until(async () => (await call("recording.summary", { recordingId })).state === "saved");

    const { end, counts } = await call("recording.summary", { recordingId });
    expect(counts.lost).toBe(0);
    const lines = await linesOf(recordingId);
    const spans = await spansOf(recordingId);
    const gaps = await pausedGaps();
    for (const [process, told] of await toldBy(recordingId)) {
      const ticks = told.filter((said) => said.startsWith("tick"));
      const last = told.find((said) => said.startsWith("counted"))?.split(" ")[1];
      const paused = gaps.filter((gap) => gap.process === process);
      expect(paused.length).toBeGreaterThan(0);
      const uncounted = paused.map(({ label }) => Number(/([\d,]+) events/.exec(label)?.[1]?.replaceAll(",", "")));
      expect(ticks.length + uncounted.reduce((sum, some) => sum + some, 0)).toBe(Number(last));
      // What the level captures is there for all of the ticks at which it was on, and for none of the others.
      let isOn = true;
      const captured: string[] = [];
      for (const said of told) {
        if (said === off || said === on) isOn = said === on;
        else if (said.startsWith("tick") && isOn) captured.push(said.slice("tick ".length));
      }
      expect(lines.get(process)).toEqual(captured.map((n) => `line ${n}`));
      const asked = spans.flatMap((span) =>
        span.process === process && span.kind === 2 ? [/slow\/(\d+)/.exec(span.attributes)?.[1]] : [],
      );
      expect(asked).toEqual(captured);
      const at = { kind: "instant", instant: end } as const;
      const numbers = await call("state.rows", {
        ...{ recordingId, process, scope: "numbers", at },
        ...{ expanded: [""], offset: 0, limit: 10 },
      });
      expect(numbers.values).toContain(String(last));
    }
    // Nor is anything open for ever whose end was in a pause.
    const never = await call("spans.openAt", { recordingId, instant: end, limit: 10 });
    expect(never.names.filter((name) => name === "GET")).toEqual([]);
    const unseen = spans.filter(({ attributes }) => attributes.includes('"hindcast.context":"unseen"'));
    expect(unseen.length).toBeGreaterThan(0);
  });
});
