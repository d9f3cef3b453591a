// What a recording holds of a program that counts, read by an engine as the window reads it.
import type { Engine } from "../../../src/engine/index.js";
import type { CallResult } from "../../../src/shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../../../src/shared/protocol/recording-summary.js";
import { severities } from "../../../src/shared/trace/attributes.js";
import { neverCancelled } from "../../../src/shared/base/cancel.js";
import { callsTo } from "../engine-calls.js";

export interface Recorded {
  /** How often each number is there, by what it was recorded as; logs of the console are absent at level metrics. */
  readonly numbers: Readonly<Record<string, readonly number[]>>;
  /** The end as marks tell it. */
  readonly end: string;
  readonly isTailUnknown: boolean;
  /** Records that the recording itself misses. */
  readonly lost: number;
  /** Uncaught errors and warnings, as the agent tells of them. */
  readonly errors: readonly string[];
}

export async function readRecording(engine: Engine, path: string, hasLogs: boolean): Promise<Recorded> {
  const call = callsTo(() => engine);
  const opened = await openSaved(() => engine.handlers["recording.open"]({ path }, neverCancelled));
  const { recordingId, start, end, processes, counts } = opened;
  const [program] = processes;
  if (program === undefined) throw new Error(`no program in ${path}`);
  try {
    const events = await call("events.range", { recordingId, from: start, to: end + 1n, limit: 100_000 });
    const history = await call("state.history", {
      recordingId,
      process: program.process,
      scope: "ledger",
      path: "last",
      limit: 100_000,
    });
    const logs = await allLogs((first) => call("logs.page", { recordingId, first, limit: 2000 }));
    const marks = await call("timeline.marks", { recordingId });
    return {
      numbers: {
        events: events.attributes.filter((_, row) => events.names[row] === "number").map(numberIn),
        "state writes": history.writes.map((write) => Number(write.new)).filter((number) => number > 0),
        ...(hasLogs
          ? { logs: logs.flatMap(({ body }) => /^number (\d+)$/.exec(body)?.slice(1).map(Number) ?? []) }
          : {}),
      },
      end: marks.findLast(({ kind }) => kind === "end")?.label ?? "no end",
      isTailUnknown: program.endUnknown === true,
      lost: counts.lost,
      errors: logs.filter(({ source }) => source === "process").map(told),
    };
  } finally {
    await call("recording.close", { recordingId });
  }
}

/** An engine whose host was killed may take a moment to let go of the file. */
async function openSaved(open: () => ReturnType<Engine["handlers"]["recording.open"]>): Promise<RecordingSummary> {
  for (let left = 300; ; left--) {
    const opened = await open();
    if (opened.ok) return opened.value;
    if (left === 0) throw new Error(JSON.stringify(opened.error));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface LogLine {
  readonly source: string;
  readonly severity: number;
  readonly body: string;
  readonly hasStack: boolean;
}

async function allLogs(page: (first: number) => Promise<CallResult<"logs.page">>): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (;;) {
    const { total, bodies, sources, severity, attributes } = await page(lines.length);
    bodies.forEach((body, row) => {
      const hasStack = (attributes[row] ?? "").includes('"exception.stacktrace"');
      lines.push({ source: sources[row] ?? "", severity: severity[row] ?? 0, body, hasStack });
    });
    if (bodies.length === 0 || lines.length >= total) return lines;
  }
}

/** Node puts a rejection's whole stack into its warning: the first line names it. */
function told({ severity, body, hasStack }: LogLine): string {
  const [first = ""] = body.split(/\n|\. /);
  return `${severity >= severities.fatal ? "" : "warning "}${first}${hasStack ? ", with stack" : ""}`;
}

function numberIn(attributes: string): number {
  const parsed: unknown = JSON.parse(attributes);
  return typeof parsed === "object" && parsed !== null && "n" in parsed ? Number(parsed.n) : 0;
}
