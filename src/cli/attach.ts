// `hindcast attach`: records a program that runs already until Ctrl+C, for so long, or to its end; without a program, lists
// those there are. What it says while it records goes to standard error.
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { EngineChild } from "../serve/engine-child.js";
import { steadyCallTo } from "../serve/steady-call.js";
import { Disposables } from "../shared/base/disposables.js";
import { presetBlockMs } from "../shared/protocol/agent-wire.js";
import type { AttachTarget } from "../shared/protocol/attach-calls.js";
import { withDurability } from "../shared/protocol/engine-environment.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import type { Call } from "../shared/protocol/rpc.js";
import type { CommandArgs } from "./decode-args.js";
import { endRecording } from "./end-recording.js";
import { limitsFrom } from "./limits.js";
import { missingRecords } from "./missing-records.js";
import { choosePipeline, sayWhatWasFound } from "./pipeline.js";
import { programRows } from "./program-rows.js";
import { captureFrom } from "./record.js";
import { watchSignals } from "./signals.js";
import { type Ending, complain, ended, failWith } from "./terminal.js";
import { tellWarnings } from "./warnings.js";
import type { World } from "./world.js";

const lookEveryMs = 250;

export async function attach(world: World, args: CommandArgs<"attach">): Promise<Ending> {
  const { program } = args;
  return program === undefined ? list(world, args.json) : record(world, args, program);
}

async function list(world: World, asJson: boolean): Promise<Ending> {
  const { terminal } = world;
  const reader = await world.startReader();
  try {
    const programs = await reader.call("programs.list", {});
    if (!programs.ok) return await failWith(terminal, programs.error);
    for (const line of programRows(programs.value, BigInt(Date.now()) * 1_000_000n, asJson))
      await terminal.out.line(line);
    await terminal.out.flush();
    if (programs.value.length === 0) await terminal.err.line("No Node.js program of yours runs now.");
    else if (!asJson) await terminal.err.line("Record one of them: hindcast attach PID -o app.hindcast");
    await terminal.err.flush();
    return ended(0);
  } finally {
    await reader.close();
  }
}

async function record(world: World, args: CommandArgs<"attach">, target: AttachTarget): Promise<Ending> {
  const pipeline = await choosePipeline(world, args.config);
  if (!pipeline.ok) return failWith(world.terminal, pipeline.error);
  await sayWhatWasFound(world, pipeline.value, args.config);
  const signals = watchSignals(world.hasTerminal, world.platform);
  const owned = new Disposables();
  const givenUp = new AbortController();
  void signals.interrupted.then(() => givenUp.abort());
  const engine = new EngineChild({
    entry: world.paths.engineProcess,
    environment: withDurability(world.environment, args.durability),
  });
  try {
    const call = steadyCallTo(engine);
    const wanted = {
      target,
      signal: args.signal,
      track: args.track,
      ...(args.out === undefined ? {} : { path: resolve(world.cwd, args.out) }),
      capture: captureFrom(
        {
          ...args,
          include: [],
          exclude: [],
          writes: "off",
          sources: "off",
          state: [],
          lines: [],
          block: presetBlockMs,
          blockStacks: "off",
        },
        pipeline.value,
      ),
      limits: limitsFrom(args),
    };
    const attached = await call("recording.attach", wanted, givenUp.signal);
    if (!attached.ok && attached.error.code === "cancelled") {
      await say(world, "given up before it was attached to; the program goes on as it was");
      return { kind: "signal", signal: await signals.interrupted };
    }
    if (!attached.ok) return await failWith(world.terminal, attached.error);
    const summary = attached.value;
    const startMs = performance.now();
    await say(world, `attached to ${nameOf(summary)}, recorded in ${summary.path}. Ctrl+C leaves it as it was`);
    tellWarnings(world, call, summary.recordingId, owned);
    const over = await Promise.race([
      signals.interrupted.then(() => "left" as const),
      programEnd(call, summary.recordingId, owned),
      ...(args.seconds === undefined ? [] : [wait(args.seconds * 1000, "left" as const, { ref: false })]),
    ]);
    const seconds = (performance.now() - startMs) / 1000;
    await owned.dispose();
    const whole =
      over === "left"
        ? await endRecording(world, { call, engine }, summary, undefined)
        : await endedRecording(world, call, summary.recordingId);
    if (whole === undefined) return ended(1);
    const how = over === "left" ? `left ${nameOf(summary)}, which goes on` : `${nameOf(summary)} has ended`;
    await say(world, `${how}: ${countsText(whole, seconds)}, recorded in ${summary.path}`);
    return ended(0);
  } finally {
    await owned.dispose();
    await engine.stop();
    signals.release();
  }
}

/** Settles when the recording has ended by itself, which it does with the program. */
async function programEnd(call: Call, recordingId: string, owned: Disposables): Promise<"ended"> {
  const stopped = new AbortController();
  owned.defer(() => stopped.abort());
  for (;;) {
    await wait(lookEveryMs, undefined, { signal: stopped.signal }).catch(() => new Promise<never>(() => undefined));
    const summary = await call("recording.summary", { recordingId });
    if (summary.ok ? summary.value.state === "saved" : summary.error.code === "recording-closed") return "ended";
  }
}

/** One that has ended with its program; what it lacks is said. */
async function endedRecording(
  { terminal, environment }: World,
  call: Call,
  recordingId: string,
): Promise<RecordingSummary | undefined> {
  const summary = await call("recording.summary", { recordingId });
  if (!summary.ok) {
    await complain(terminal, summary.error);
    return undefined;
  }
  const missing = await missingRecords(call, summary.value, environment);
  if (missing !== undefined) await complain(terminal, missing);
  return summary.value;
}

const nameOf = ({ processes }: RecordingSummary): string => {
  const [process] = processes;
  return process === undefined ? "the program" : `${process.serviceName} (pid ${process.pid})`;
};

/** Of requests served and made, and whatever else has a beginning and an end. */
function countsText({ counts: { spans, logs, lost } }: RecordingSummary, seconds: number): string {
  const number = (count: number): string => count.toLocaleString("en-US");
  const rate = seconds > 0 ? Math.round((spans / seconds) * 10) / 10 : 0;
  return `${number(spans)} spans in ${seconds.toFixed(1)} s (${number(rate)} a second), ${number(logs)} log lines, ${number(lost)} records lost`;
}

async function say({ terminal: { err } }: World, what: string): Promise<void> {
  await err.line(`Hindcast: ${what}`);
  await err.flush();
}
