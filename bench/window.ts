// What the window costs to use on a large recording: the page's work for each frame while somebody scrubs and zooms, how soon
// an instant is shown, what the page needs of memory. In a real Chromium with the real host.
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { randomFrom } from "../src/shared/base/random.test-support.js";
import { type Benchmark, type Figure, figuresOfRun, measuredOn, quantile } from "./figures.js";
import { Browser } from "./window/browser.js";
import { rareWord } from "./window/busy-program.js";
import { framesDuring } from "./window/frames.js";
import { type Opened, Person } from "./window/person.js";
import { type Made, ServedWindow, makeBusyRecording } from "./window/served-recording.js";

interface Run {
  readonly spans: number;
  readonly logs: number;
  readonly seed: number;
  readonly minutes: number;
  /** An earlier run's recording, made if there is none. */
  readonly file: string | undefined;
}

const [width, height] = [1920, 1080];
const [scrubSeconds, zoomSeconds, jumps] = [10, 10, 40];
/** Each with an engine, a host and a browser of its own; one opening says little. */
const openings = 5;

function runFrom(args: readonly string[]): Run {
  const { values } = parseArgs({
    args: [...args],
    options: {
      spans: { type: "string", default: "10000000" },
      logs: { type: "string", default: "10000000" },
      minutes: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      file: { type: "string" },
    },
  });
  const { spans, logs, minutes, seed, file } = values;
  return { spans: Number(spans), logs: Number(logs), minutes: Number(minutes), seed: Number(seed), file };
}

async function run(args: readonly string[]): Promise<readonly Figure[]> {
  const asked = runFrom(args);
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const path = asked.file ?? join(folder, "window.hindcast");
  const openIt = (person: Person, address: string): Promise<Opened> =>
    person.open(`${address}&open=${encodeURIComponent(path)}`);
  try {
    const made = existsSync(path) ? asked : await makeBusyRecording(path, asked);
    const { spans, logs, seed } = asked;
    const of = figuresOfRun(whatIsMissing(made, asked));
    const opened: Opened[] = [];
    while (opened.length < openings - 1) opened.push(await withWindow(mkdtempSync(join(folder, "opening-")), openIt));
    const figures = await withWindow(folder, async (person, address) => {
      opened.push(await openIt(person, address));
      return measure(person, asked, of);
    });
    figures.push(...openingFigures(opened, of));
    return measuredOn({ rows: spans + logs, fileBytes: statSync(path).size, seed, cache: "fresh" }, figures);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const whatIsMissing = (made: Made, asked: Run): string | undefined =>
  made.spans < asked.spans || made.logs < asked.logs
    ? `${made.spans} spans and ${made.logs} lines are in the file`
    : undefined;

async function withWindow<Value>(
  folder: string,
  work: (person: Person, address: string) => Promise<Value>,
): Promise<Value> {
  const served = await ServedWindow.start(folder);
  try {
    const browser = await Browser.start(join(folder, "profile"), width, height);
    try {
      return await work(new Person(browser), served.url);
    } finally {
      await browser.stop();
    }
  } finally {
    await served.stop();
  }
}

type FigureOf = ReturnType<typeof figuresOfRun>;

function openingFigures(opened: readonly Opened[], of: FigureOf): readonly Figure[] {
  const middle = (values: readonly number[]): number => quantile(Float64Array.from(values), 0.5);
  const paintMs = opened.map((one) => one.paintMs);
  return [
    of("first_paint_ms", middle(paintMs), "ms", { atMost: 1000 }),
    of("first_paint_most_ms", Math.max(...paintMs), `ms, of ${openings}`),
    of("first_idle_ms", middle(opened.map((one) => one.idleMs)), "ms"),
  ];
}

/** Where somebody has opened the recording. */
async function measure(person: Person, { minutes, seed }: Run, of: FigureOf): Promise<Figure[]> {
  const { browser } = person;
  await person.scrub(2);
  const heapAtFirst = await person.heapBytes();
  const scrubbed = await framesDuring(browser, () => person.scrub(scrubSeconds));
  const zoomed = await framesDuring(browser, () => person.zoom(zoomSeconds));
  const random = randomFrom(seed);
  const stateMs: number[] = [];
  const allMs: number[] = [];
  for (let left = jumps; left > 0; left--) {
    const shown = await person.jumpTo(0.02 + 0.96 * random());
    stateMs.push(shown.stateMs);
    allMs.push(shown.allMs);
  }
  await person.filterLogs(rareWord);
  const logsMs: number[] = [];
  for (let jump = 0; jump < jumps / 2; jump++) logsMs.push((await person.jumpTo(jump % 2 === 0 ? 0.005 : 0.99)).allMs);
  await person.filterLogs("");
  await person.scrub(minutes * 60);
  const heapAtLast = await person.heapBytes();
  const p95 = (values: Iterable<number>): number => quantile(Float64Array.from(values), 0.95);
  return [
    of("scrub_work_p95_ms", p95(scrubbed.workMs), "ms a frame", { atMost: 8 }),
    of("scrub_work_p50_ms", quantile(scrubbed.workMs, 0.5), "ms a frame"),
    of("scrub_clock_p95_ms", p95(scrubbed.clockMs), "ms a frame"),
    of("dropped_frames_pct", 100 * scrubbed.droppedShare, "% of refreshes", { atMost: 1 }),
    of("frames_seen", scrubbed.workMs.length, "frames"),
    of("zoom_work_p95_ms", p95(zoomed.workMs), "ms a frame"),
    of("zoom_dropped_frames_pct", 100 * zoomed.droppedShare, "% of refreshes"),
    of("jump_log_p95_ms", p95(logsMs), "ms"),
    of("input_to_state_p50_ms", quantile(Float64Array.from(stateMs), 0.5), "ms"),
    of("input_to_state_p95_ms", p95(stateMs), "ms", { atMost: 50 }),
    of("input_to_all_p95_ms", p95(allMs), "ms"),
    of("page_heap_mb", heapAtLast / 2 ** 20, "MB"),
    of("page_heap_before_mb", heapAtFirst / 2 ** 20, "MB"),
  ];
}

export const window: Benchmark = {
  name: "window",
  description: "Ten million spans and as many lines of log in the window, in Chromium at 1920×1080.",
  run,
};
