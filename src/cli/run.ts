// `hindcast run`: the program in the foreground, its recording live in the window or browser. What hindcast itself says
// goes to standard error: standard output is the program's.
import { resolve } from "node:path";
import type { CommandArgs } from "./decode-args.js";
import { endRecording } from "./end-recording.js";
import { noteIfSwitchedOff, programEnvironment, startProgram } from "./program.js";
import { followConfig } from "./follow-config.js";
import { limitsFrom } from "./limits.js";
import { followLiveRules, readLiveRules } from "./live-rules.js";
import { choosePipeline, sayWhatWasFound } from "./pipeline.js";
import { captureFrom, contradictionIn } from "./record.js";
import { announce, showWindow, startHost } from "./show.js";
import { watchSignals } from "./signals.js";
import { type Ending, complain, failWith } from "./terminal.js";
import { Disposables } from "../shared/base/disposables.js";
import { tellWarnings } from "./warnings.js";
import type { World } from "./world.js";

export async function run(world: World, args: CommandArgs<"run">): Promise<Ending> {
  const owned = new Disposables();
  const signals = watchSignals(world.hasTerminal, world.platform);
  owned.defer(() => signals.release());
  try {
    return await runUnder(world, args, owned, signals);
  } finally {
    await owned.dispose();
  }
}

async function runUnder(
  world: World,
  args: CommandArgs<"run">,
  owned: Disposables,
  signals: ReturnType<typeof watchSignals>,
): Promise<Ending> {
  const { terminal, environment, cwd } = world;
  const pipeline = await choosePipeline(world, args.config);
  if (!pipeline.ok) return failWith(terminal, pipeline.error);
  const contradiction = contradictionIn(args);
  if (contradiction !== undefined) return failWith(terminal, contradiction);
  await sayWhatWasFound(world, pipeline.value, args.config);
  const rules = readLiveRules(world, args.rules);
  if (!rules.ok) return failWith(terminal, rules.error);
  const host = await startHost(world, args, owned);
  if (!host.ok) return failWith(terminal, host.error);
  const { call, engine, page } = host.value;
  const path = args.out === undefined ? undefined : resolve(cwd, args.out);
  const created = await call("recording.create", {
    ...(path === undefined ? {} : { path }),
    capture: captureFrom(args, pipeline.value),
    limits: limitsFrom(args),
  });
  if (!created.ok) return failWith(terminal, created.error);
  const { summary } = created.value;
  const { recordingId } = summary;
  const evaluated = { paths: args.rules, files: rules.value };
  const following = await followLiveRules(world, evaluated, { call, recordingId }, owned);
  if (!following.ok) await complain(terminal, following.error);

  const windowClosed = showWindow(world, owned, {
    environment: { HINDCAST_WINDOW_ADDRESS: page.newLink(summary.path) },
  }).then(async (window) => {
    if (window.ok) return;
    const remark = `one-time link, in the browser because ${window.error}`;
    await announce(world, page.newLink(summary.path), remark, args.open, terminal.err);
    await new Promise<never>(() => undefined);
  });
  await noteIfSwitchedOff(world);
  const program = await startProgram(args.command, cwd, programEnvironment(environment, created.value.environment));
  if (!program.ok) {
    // So that the same command, corrected, finds its name free.
    await call("recording.discard", { recordingId });
    return failWith(terminal, program.error.error, program.error.exitCode);
  }
  signals.passTo(program.value.signal);
  tellWarnings(world, call, recordingId, owned);
  followConfig(pipeline.value.file, owned, {
    call,
    recordingId: recordingId,
    complain: (error) => complain(terminal, error),
  });
  const ending = await program.value.ended;
  signals.passTo(undefined);
  if ((await endRecording(world, { call, engine }, summary, { pid: program.value.pid, ending })) !== undefined) {
    const how = ending.kind === "code" ? `with ${ending.code}` : `by ${ending.signal}`;
    await terminal.err.line(`Hindcast: the program ended ${how}; recorded in ${summary.path}`);
    await terminal.err.flush();
  }
  // After Ctrl+C there is nobody who waits for more; else the recording stays to be looked at.
  await Promise.race([signals.interrupted, windowClosed]);
  return ending;
}
