// What a page's main thread did for each frame, from Chromium's trace of itself.
import * as v from "valibot";
import type { Browser } from "./browser.js";

const event = v.object({
  name: v.string(),
  ph: v.string(),
  ts: v.optional(v.number(), 0),
  dur: v.optional(v.number(), 0),
  tdur: v.optional(v.number()),
  pid: v.number(),
  tid: v.number(),
  args: v.optional(v.record(v.string(), v.unknown()), {}),
});
type TraceEvent = v.InferOutput<typeof event>;

export interface Frames {
  /** Milliseconds of processor that the main thread's tasks took between one frame and the next. */
  readonly workMs: Float64Array;
  /** The same by the clock: with other threads and programs on the same processors, tasks wait in their middle. */
  readonly clockMs: Float64Array;
  /** Share of the screen's refreshes for which the page had none. */
  readonly droppedShare: number;
}

const categories = ["toplevel", "devtools.timeline", "__metadata"];
/** What Chromium notes where each frame of a page begins: a mark that the page made itself took 0.3 ms of each. */
const isFrame = ({ name, ph }: TraceEvent): boolean => name === "AnimationFrame" && ph === "b";
const refreshMs = 1000 / 60;

/** Frames are counted by the page's own animation frames, which the work keeps asking for. */
export async function framesDuring(browser: Browser, work: () => Promise<void>): Promise<Frames> {
  const events: TraceEvent[] = [];
  browser.on("Tracing.dataCollected", ({ value }) => {
    if (Array.isArray(value)) for (const one of value) if (v.is(event, one)) events.push(v.parse(event, one));
  });
  const complete = new Promise<void>((resolve) => browser.on("Tracing.tracingComplete", () => resolve()));
  await browser.send("Tracing.start", { traceConfig: { includedCategories: categories } });
  await browser.evaluate(
    `(() => { const seen = []; window.benchFrames = { seen, isOn: true };
      const next = (at) => { seen.push(at); if (window.benchFrames.isOn) requestAnimationFrame(next); };
      requestAnimationFrame(next); })()`,
  );
  await work();
  const seen = v.parse(
    v.array(v.number()),
    await browser.evaluate(`(() => { window.benchFrames.isOn = false; return window.benchFrames.seen; })()`),
  );
  await browser.send("Tracing.end");
  await complete;
  return {
    workMs: workBetween(events, ({ dur, tdur }) => tdur ?? dur),
    clockMs: workBetween(events, ({ dur }) => dur),
    droppedShare: droppedOf(seen),
  };
}

function droppedOf(seen: readonly number[]): number {
  let [dropped, due] = [0, 0];
  for (const [at, time] of seen.entries()) {
    const before = seen[at - 1];
    if (before === undefined) continue;
    const refreshes = Math.max(1, Math.round((time - before) / refreshMs));
    due += refreshes;
    dropped += refreshes - 1;
  }
  return due === 0 ? 0 : dropped / due;
}

/** Tasks of the thread that made the frames; a task counts for the frame that it ran, or that came before it. */
function workBetween(events: readonly TraceEvent[], lengthOf: (task: TraceEvent) => number): Float64Array {
  const frame = events.find(isFrame);
  const own = events.filter(({ pid, tid }) => pid === frame?.pid && tid === frame.tid);
  const frames = own.flatMap((one) => (isFrame(one) ? [one.ts] : [])).sort((a, b) => a - b);
  if (frames.length < 2) throw new Error("Chromium told of no frames: it notes them from version 123 on");
  const tasks = own
    .filter(({ name, ph }) => ph === "X" && (name === "RunTask" || name === "ThreadControllerImpl::RunTask"))
    .sort((a, b) => a.ts - b.ts);
  const workMs = new Float64Array(Math.max(0, frames.length - 1));
  let [at, coveredTo] = [0, 0];
  for (const task of tasks) {
    const { ts, dur } = task;
    // A task within a task is part of it.
    if (ts < coveredTo) continue;
    coveredTo = ts + dur;
    while (at + 1 < frames.length && (frames[at + 1] ?? 0) <= coveredTo) at++;
    if (coveredTo >= (frames[0] ?? 0) && at < workMs.length) workMs[at] = (workMs[at] ?? 0) + lengthOf(task) / 1000;
  }
  return workMs;
}
