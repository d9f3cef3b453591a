// The contract between the page and the Electron shell around it; the engine is not involved. A page finds the shell
// as `window.hindcast`. In a browser there is none: the page then asks for paths in a field of its own and reaches the
// engine at the WebSocket `/engine` of its own origin.
// Either host names the recording to show first in the page's address: `?open=PATH`.
import * as v from "valibot";
import { recordingLimits } from "./recording-summary.js";

const text = v.string();

export const shellCalls = {
  /** Native dialog for an existing recording; no path when it was cancelled. */
  "dialog.openRecording": { args: v.object({}), result: v.object({ path: v.optional(text) }) },
  /** Native dialog for where to write a copy, beginning at a path; it asks before a file is replaced. */
  "dialog.saveRecording": { args: v.object({ suggestedName: text }), result: v.object({ path: v.optional(text) }) },
  /** Shows a file in the system's file manager. */
  "file.reveal": { args: v.object({ path: text }), result: v.object({}) },
  /** What is recorded now: who closes the window or quits meanwhile is asked. */
  "recordings.live": {
    args: v.object({
      recordings: v.array(v.object({ name: text, hasProgram: v.boolean(), isAttached: v.boolean() })),
    }),
    result: v.object({}),
  },
  /** Native light or dark chrome, to match the page. */
  "theme.set": { args: v.object({ theme: v.picklist(["system", "light", "dark"]) }), result: v.object({}) },
} as const;

export type ShellCallName = keyof typeof shellCalls;
export type ShellArgs<Name extends ShellCallName> = v.InferOutput<(typeof shellCalls)[Name]["args"]>;
export type ShellResult<Name extends ShellCallName> = v.InferOutput<(typeof shellCalls)[Name]["result"]>;

/** What the shell tells the page: chosen in the menu, or a file given to a second start of the app. */
export const shellCommand = v.variant("kind", [
  v.object({ kind: v.literal("open"), path: text }),
  v.object({ kind: v.literal("show-welcome") }),
  v.object({ kind: v.literal("record-demo"), limits: recordingLimits }),
  v.object({ kind: v.literal("save-copy") }),
  v.object({ kind: v.literal("export") }),
  v.object({ kind: v.literal("attach") }),
  v.object({ kind: v.literal("settings") }),
]);
export type ShellCommand = v.InferOutput<typeof shellCommand>;

/** Decoders for the page's end: what is not as agreed is as if it had not been said. */
export function shellCommandFrom(told: unknown): ShellCommand | undefined {
  const command = v.safeParse(shellCommand, told);
  return command.success ? command.output : undefined;
}

export function chosenPathFrom(answer: unknown): string | undefined {
  const chosen = v.safeParse(shellCalls["dialog.openRecording"].result, answer);
  return chosen.success ? chosen.output.path : undefined;
}

/** `window.hindcast`, as the preload script exposes it. */
export interface HindcastShell {
  call(name: string, args: unknown): Promise<unknown>;
  /** Where a dropped file lies; "" for what is none, or lies nowhere. */
  pathOf(file: unknown): string;
  onCommand(listener: (command: unknown) => void): void;
}

/**
 * Lines to the engine: each time the page has loaded or the engine was started again, the shell hands over a port as a
 * "message" event of the window, sent by the window itself, with this as its data. A newer port replaces the older.
 */
export const enginePortMessage = "engine-port";

/** Channel names of Electron's own IPC; main and preload use nothing else. */
export const shellChannels = { call: "shell-call", command: "shell-command", port: "engine-port" } as const;
