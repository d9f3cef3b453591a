// Calls about programs that were started from here, and about what is saved to start them again.
import { type Result, ok } from "../shared/base/result.js";
import type { EngineCallName } from "../shared/protocol/engine-calls.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { launchCalls } from "../shared/protocol/launch-calls.js";
import type { CallHandlers } from "../shared/protocol/rpc.js";
import type { ProgramConsole } from "./console/program-console.js";
import { launchFolder } from "./launch-folder.js";
import type { OpenRecording } from "./open-recording.js";
import type { StartingContext } from "./starting.js";

type About = <Value>(
  args: { readonly recordingId: string },
  work: (recording: OpenRecording) => Promise<Result<Value, HindcastError>>,
) => Promise<Result<Value, HindcastError>>;

type Handled = Exclude<
  keyof typeof launchCalls & EngineCallName,
  "recording.launch" | "recording.restart" | "editor.open"
>;

export function launchHandlers({ recordings, saved }: StartingContext, about: About): Pick<CallHandlers, Handled> {
  /** Not about what is in the file, which may take its time: it is asked ten times a second. */
  const atConsole = <Value>(
    recordingId: string,
    work: (console: ProgramConsole) => Result<Value, HindcastError>,
  ): Promise<Result<Value, HindcastError>> => {
    const found = recordings.get(recordingId);
    const console = found.ok ? found.value.program.console : found;
    return Promise.resolve(console.ok ? work(console.value) : console);
  };
  return {
    "launch.folder": ({ cwd }) => launchFolder(cwd),
    "launch.list": async () => ok([...(await saved.list())]),
    "launch.save": (args) => saved.save(args),
    "launch.delete": ({ id }) => saved.delete(id),
    "console.read": ({ recordingId, after }) => atConsole(recordingId, (console) => ok(console.read(after))),
    "console.write": ({ recordingId, text }) => atConsole(recordingId, (console) => console.write(text)),
    "program.signal": ({ recordingId, signal }) => atConsole(recordingId, (console) => console.signal(signal)),
    "recording.pause": (args) =>
      about(args, (recording) => recordings.tellPrograms(recording, { paused: args.paused })),
    "recording.level": (args) => about(args, (recording) => recordings.tellPrograms(recording, { level: args.level })),
  };
}
