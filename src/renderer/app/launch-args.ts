// What is asked of the engine to start what is typed, or what is wrong with it.
import type { CallArgs } from "../../shared/protocol/engine-calls.js";
import { environmentFrom, linesFrom } from "../state/environment-text.js";
import type { LaunchDraft } from "../state/launch-draft.svelte.js";
import { splitCommandLine } from "../state/command-line.js";
import { limitsFromTyped } from "./typed-limits.js";

type Typed = Pick<
  LaunchDraft,
  "commandLine" | "folder" | "environment" | "level" | "include" | "exclude" | "writes" | "keepAge" | "keepSize"
>;

export interface LaunchProblems {
  readonly age: string | undefined;
  readonly size: string | undefined;
  readonly environment: string | undefined;
}

export interface TypedLaunch {
  readonly command: readonly string[];
  readonly problems: LaunchProblems;
  /** Undefined where something is wrong or missing. */
  readonly args: CallArgs<"recording.launch"> | undefined;
}

export function launchFromTyped(typed: Typed): TypedLaunch {
  const command = splitCommandLine(typed.commandLine);
  const { limits, ageProblem, sizeProblem } = limitsFromTyped(typed.keepAge, typed.keepSize);
  const { variables, problem } = environmentFrom(typed.environment);
  const problems = { age: ageProblem, size: sizeProblem, environment: problem };
  if (command.length === 0 || Object.values(problems).some((one) => one !== undefined))
    return { command, problems, args: undefined };
  const cwd = typed.folder.trim();
  const { level, writes } = typed;
  const [include, exclude] = [linesFrom(typed.include), linesFrom(typed.exclude)];
  return {
    command,
    problems,
    args: {
      command: [...command],
      capture: { level, include: [...include], exclude: [...exclude], writes },
      limits,
      ...(cwd === "" ? {} : { cwd }),
      ...(variables.length === 0
        ? {}
        : { environment: Object.fromEntries(variables.map(({ name, value = "" }) => [name, value])) }),
    },
  };
}
