// `hindcast record`: engine in a process of its own, program in the foreground, nothing printed unless something is wrong.
import { resolve } from "node:path";
import { EngineChild } from "../serve/engine-child.js";
import { withDurability } from "../shared/protocol/engine-environment.js";
import { steadyCallTo } from "../serve/steady-call.js";
import { Disposables } from "../shared/base/disposables.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { CommandArgs } from "./decode-args.js";
import { endRecording } from "./end-recording.js";
import { followConfig } from "./follow-config.js";
import { limitsFrom } from "./limits.js";
import { followLiveRules, readLiveRules } from "./live-rules.js";
import { noteIfSwitchedOff, programEnvironment, startProgram } from "./program.js";
import { type ChosenPipeline, choosePipeline } from "./pipeline.js";
import { watchSignals } from "./signals.js";
import { type Ending, complain, failWith } from "./terminal.js";
import { tellWarnings } from "./warnings.js";
import type { World } from "./world.js";

export async function record(world: World, args: CommandArgs<"record">): Promise<Ending> {
  const pipeline = await choosePipeline(world, args.config);
  if (!pipeline.ok) return failWith(world.terminal, pipeline.error);
  const contradiction = contradictionIn(args);
  if (contradiction !== undefined) return failWith(world.terminal, contradiction);
  const rules = readLiveRules(world, args.rules);
  if (!rules.ok) return failWith(world.terminal, rules.error);
  const signals = watchSignals(world.hasTerminal, world.platform);
  const owned = new Disposables();
  const engine = new EngineChild({
    entry: world.paths.engineProcess,
    environment: withDurability(world.environment, args.durability),
  });
  try {
    const call = steadyCallTo(engine);
    const path = resolve(world.cwd, args.out);
    const capture = captureFrom(args, pipeline.value);
    const created = await call("recording.create", { path, capture, limits: limitsFrom(args) });
    if (!created.ok) return await failWith(world.terminal, created.error);
    const { summary, environment } = created.value;
    const evaluated = { paths: args.rules, files: rules.value };
    const following = await followLiveRules(world, evaluated, { call, recordingId: summary.recordingId }, owned);
    if (!following.ok) await complain(world.terminal, following.error);

    await noteIfSwitchedOff(world);
    const program = await startProgram(args.command, world.cwd, programEnvironment(world.environment, environment));
    if (!program.ok) {
      // So that the same command, corrected, finds its name free.
      await call("recording.discard", { recordingId: summary.recordingId });
      return await failWith(world.terminal, program.error.error, program.error.exitCode);
    }
    signals.passTo(program.value.signal);
    tellWarnings(world, call, summary.recordingId, owned);
    followConfig(pipeline.value.file, owned, {
      call,
      recordingId: summary.recordingId,
      complain: (error) => complain(world.terminal, error),
    });
    const ending = await program.value.ended;
    signals.passTo(undefined);
    await owned.dispose();
    await endRecording(world, { call, engine }, summary, { pid: program.value.pid, ending });
    return ending;
  } finally {
    await owned.dispose();
    await engine.stop();
    signals.release();
  }
}

type CaptureArgs = Omit<CommandArgs<"record">, "out" | "command" | "config" | "rules">;

/** All there are: an option whose setting is missing here would have no effect. */
type EverySetting = Required<CallArgs<"recording.create">["capture"]>;

/** What is asked for with a level that has none of it. */
export const contradictionIn = ({ level, lines }: Pick<CaptureArgs, "level" | "lines">): HindcastError | undefined =>
  lines.length > 0 && level !== "lines"
    ? hindcastError("bad-usage", { reason: "--lines goes with --level lines" })
    : undefined;

export const captureFrom = (args: CaptureArgs, { stages }: ChosenPipeline): EverySetting => ({
  level: args.level,
  include: args.include,
  exclude: args.exclude,
  writes: args.writes === "on",
  blockMs: args.block,
  collectionMs: args.collection,
  blockStacks: args.blockStacks === "on",
  propagate: args.propagate,
  delivery: {
    ringBytes: args.buffer,
    overflow: args.overflow,
    backlogBytes: args.backlog,
    spillBytes: args.spill,
  },
  redaction: {
    enabled: args.redact === "on",
    keys: args.redactKey,
    prefixes: args.redactPrefix,
    allow: args.redactAllow,
  },
  pipeline: stages,
  sources: args.sources === "on",
  state: args.state,
  lines: args.lines,
});
