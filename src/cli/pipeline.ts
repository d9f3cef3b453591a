// Which pipeline a recording begins with: that of --config, else of HINDCAST_PIPELINE, else of the nearest hindcast.config file.
import { resolve } from "node:path";
import { type Result, ok } from "../shared/base/result.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { Pipeline } from "../shared/protocol/pipeline-stages.js";
import { findConfig, readConfig, readPipelineText } from "./config-file.js";
import type { World } from "./world.js";

export interface ChosenPipeline {
  readonly stages: Pipeline;
  /** The file it is from, if it is from one. */
  readonly file: string | undefined;
}

export async function choosePipeline(
  { environment, cwd }: Pick<World, "environment" | "cwd">,
  config: string | undefined,
): Promise<Result<ChosenPipeline, HindcastError>> {
  const text = environment["HINDCAST_PIPELINE"];
  if (config === undefined && text !== undefined && text !== "") {
    const read = readPipelineText("HINDCAST_PIPELINE", text);
    return read.ok ? ok({ stages: read.value, file: undefined }) : read;
  }
  const file = config === undefined ? findConfig(cwd) : resolve(cwd, config);
  if (file === undefined) return ok({ stages: [], file });
  const read = await readConfig(file);
  return read.ok ? ok({ stages: read.value, file }) : read;
}
