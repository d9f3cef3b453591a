// Which pipeline a recording begins with: that of --config, else of HINDCAST_PIPELINE, else of the nearest hindcast.config file.
// What was named and is wrong starts nothing; a file that only lies there keeps no program from running.
import { resolve } from "node:path";
import { type Result, ok } from "../shared/base/result.js";
import { type HindcastError, explain, hindcastError } from "../shared/protocol/errors.js";
import type { Pipeline } from "../shared/protocol/pipeline-stages.js";
import { findConfig, readConfig, readPipelineText } from "./config-file.js";
import { complain } from "./terminal.js";
import type { World } from "./world.js";

export interface ChosenPipeline {
  readonly stages: Pipeline;
  /** The file it is from, if it is from one. */
  readonly file: string | undefined;
}

export async function choosePipeline(
  { environment, cwd, terminal }: Pick<World, "environment" | "cwd" | "terminal">,
  config: string | undefined,
): Promise<Result<ChosenPipeline, HindcastError>> {
  const text = environment["HINDCAST_PIPELINE"];
  if (config === undefined && text !== undefined && text !== "") {
    const read = readPipelineText("HINDCAST_PIPELINE", text, cwd);
    return read.ok ? ok({ stages: read.value, file: undefined }) : read;
  }
  const file = config === undefined ? findConfig(cwd) : resolve(cwd, config);
  if (file === undefined) return ok({ stages: [], file });
  const read = await readConfig(file);
  if (read.ok) return ok({ stages: read.value, file });
  if (config !== undefined) return read;
  await complain(terminal, notUsed(file, read.error));
  return ok({ stages: [], file });
}

/** Of a file that nobody named; `record` says nothing that the program does not. */
export async function sayWhatWasFound(
  { terminal }: Pick<World, "terminal">,
  { stages, file }: ChosenPipeline,
  config: string | undefined,
): Promise<void> {
  if (config !== undefined || file === undefined || stages.length === 0) return;
  await terminal.err.line(`Hindcast: what is recorded goes through ${file}`);
  await terminal.err.flush();
}

function notUsed(path: string, error: HindcastError): HindcastError {
  const reason = error.details["reason"] ?? explain(error).message;
  return hindcastError("config-not-used", { path, reason: reason.replaceAll(`${path}:`, "").trim() });
}
