// What would come of attaching to a program, in two or three words; the whole sentence stands beside them.
import type { RunningProgram } from "../../shared/protocol/attach-calls.js";
import type { ErrorCode } from "../../shared/protocol/errors.js";

export interface ProgramStatus {
  readonly kind: "ready" | "inspector" | "recorded" | "unsure" | "obstacle";
  readonly text: string;
}

const obstacles: { readonly [Code in ErrorCode]?: string } = {
  "program-stopped": "Stopped",
  "not-among-us": "In a container",
  "not-your-program": "Another user’s",
  "signal-would-end-it": "Signal would end it",
  "signal-is-its-own": "Signal is its own",
  "inspector-port-taken": "Port is taken",
};

export function statusOf({ obstacle, inspector }: Pick<RunningProgram, "obstacle" | "inspector">): ProgramStatus {
  if (obstacle === undefined)
    return inspector === undefined
      ? { kind: "ready", text: "Ready" }
      : { kind: "inspector", text: `Inspector ${inspector.port}` };
  if (obstacle.code === "already-recorded") return { kind: "recorded", text: "Recording" };
  if (obstacle.code === "signal-unsure") return { kind: "unsure", text: "Asks you first" };
  return { kind: "obstacle", text: obstacles[obstacle.code] ?? "Cannot be attached to" };
}
