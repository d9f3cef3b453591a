// The calls about programs that are started from the window: what they print, what they are told, what was saved to start them
// again. A part of the table of engine-calls.ts.
import * as v from "valibot";
import { captureSettings } from "./agent-wire.js";
import { recordingLimits, recordingSummary } from "./recording-summary.js";
import { count, nothing, recording, text, texts, whole } from "./schemas.js";

/** Levels that a program can be recorded at, and be changed to while it runs. */
export const liveLevels = ["metrics", "requests"] as const;
/** Those that a program is started with from the window: once it runs, functions are not rewritten any more. */
export const launchLevels = [...liveLevels, "calls"] as const;
export type LaunchLevel = (typeof launchLevels)[number];
export type LiveLevel = (typeof liveLevels)[number];

/** VS Code and what is built of it; those of JetBrains; what the environment's VISUAL or EDITOR names; a command of the user's. */
export const editorChoices = ["vscode", "jetbrains", "environment", "custom"] as const;
export type EditorChoice = (typeof editorChoices)[number];

const variableName = v.pipe(text, v.regex(/^[^=\0]+$/, "a name without ="), v.maxLength(1024));
const variableValue = v.pipe(
  text,
  v.check((value) => !value.includes("\0"), "a text without zeros"),
);

const command = v.pipe(texts, v.minLength(1));

/** What a program is started with; each starts a recording of its own. */
const launchArgs = {
  command,
  cwd: v.optional(text),
  /** On top of the engine's own. */
  environment: v.optional(v.record(variableName, variableValue)),
  path: v.optional(text),
  capture: v.partial(captureSettings),
  limits: v.optional(recordingLimits),
};

const shortText = v.pipe(text, v.maxLength(10_000));

/** A line of an environment as it is saved; without a value where that looked like a secret. */
const savedVariable = v.object({ name: variableName, value: v.optional(shortText) });

/** As it was typed. */
const launchForm = {
  name: v.pipe(text, v.minLength(1), v.maxLength(200)),
  folder: shortText,
  commandLine: shortText,
  environment: v.pipe(v.array(savedVariable), v.maxLength(500)),
  level: v.picklist(launchLevels),
  include: v.array(shortText),
  exclude: v.array(shortText),
  writes: v.boolean(),
  keepAge: shortText,
  keepSize: shortText,
};
export const savedLaunch = v.object({ id: text, ...launchForm });
export type SavedLaunch = v.InferOutput<typeof savedLaunch>;

const programStatus = v.object({
  pid: v.optional(count),
  isRunning: v.boolean(),
  /** Once it has ended; both absent where nobody could tell. */
  exitCode: v.optional(count),
  signal: v.optional(text),
  /** The signal that it was sent last, and still runs. */
  asked: v.optional(text),
  takesInput: v.boolean(),
});

export const launchCalls = {
  /** Creates a recording, starts the command under it and keeps its output as logs. Ends with the program. */
  "recording.launch": { args: v.object(launchArgs), result: recordingSummary },
  /** Starts what was started into this recording once more, into a new one. What still runs is stopped first, and saved. */
  "recording.restart": { args: v.object(recording), result: recordingSummary },

  /** What is in a folder to be started: the scripts of its package.json, and by what they are run there. */
  "launch.folder": {
    args: v.object({ cwd: text }),
    result: v.object({
      folder: text,
      packageName: v.optional(text),
      /** npm, pnpm, yarn or bun, as the files beside it say. */
      runner: text,
      scripts: v.array(v.object({ name: text, command: text })),
    }),
  },
  /** Saved by this user, in the order in which they were. */
  "launch.list": { args: nothing, result: v.array(savedLaunch) },
  /** Without `id`: a new one. Values that look like secrets are not written down. */
  "launch.save": { args: v.object({ id: v.optional(text), ...launchForm }), result: savedLaunch },
  "launch.delete": { args: v.object({ id: text }), result: nothing },

  /** What the program printed and was told behind a place, 0 at first. A notice tells when there is more. */
  "console.read": {
    args: v.object({ ...recording, after: v.pipe(whole, v.minValue(0)) }),
    result: v.object({
      entries: v.array(v.object({ stream: v.picklist(["out", "err", "in", "note"]), text })),
      next: count,
      /** Units of text that are not kept any more, and were not read before. */
      dropped: count,
      isMore: v.boolean(),
      program: programStatus,
    }),
  },
  /** To its standard input, as it is: a line ends with a line feed. */
  "console.write": { args: v.object({ ...recording, text: v.pipe(text, v.maxLength(100_000)) }), result: nothing },
  /** To the program and what it started. */
  "program.signal": {
    args: v.object({ ...recording, signal: v.picklist(["SIGINT", "SIGTERM", "SIGKILL"]) }),
    result: nothing,
  },

  /**
   * Opens a file that the recording names in an editor on this machine, without a shell. `command` is what was started. Line and
   * column begin at 1.
   */
  "editor.open": {
    args: v.object({
      ...recording,
      file: v.pipe(text, v.minLength(1), v.maxLength(4096)),
      line: v.pipe(whole, v.minValue(0)),
      column: v.pipe(whole, v.minValue(0)),
      editor: v.picklist(editorChoices),
      /** Of "custom": the words of the command, with {file}, {line} and {column} where they belong; without {file} it comes last. */
      words: v.optional(v.pipe(v.array(shortText), v.maxLength(100))),
    }),
    result: v.object({ command: texts }),
  },

  /** The programs go on; what they do meanwhile is counted, not kept. They are told within a second or so. */
  "recording.pause": { args: v.object({ ...recording, paused: v.boolean() }), result: nothing },
  /** What is captured of its programs from now on, also of those that come later. */
  "recording.level": { args: v.object({ ...recording, level: v.picklist(liveLevels) }), result: nothing },
} as const;
