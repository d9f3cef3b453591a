// The program that was started into a recording: what it prints, how it was started, and how it is once more.
import type { Asker } from "../shared/base/asker.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import type { ProgramConsole } from "./console/program-console.js";
import type { Live } from "./live-side.js";

export interface Launched {
  readonly command: readonly string[];
  readonly cwd: string;
}

export type StartAgain = (asker: Asker) => Promise<Result<RecordingSummary, HindcastError>>;

export class RecordedProgram {
  /** It stays when the program has ended. */
  #console: ProgramConsole | undefined;
  #launched: Launched | undefined;
  /** Starts the same once more, where this engine started it. */
  startAgain: StartAgain | undefined;

  get console(): Result<ProgramConsole, HindcastError> {
    return this.#console === undefined ? failed(hindcastError("no-console")) : ok(this.#console);
  }

  get summary(): Pick<RecordingSummary, "launched"> {
    if (this.#launched === undefined) return {};
    const { command, cwd } = this.#launched;
    return { launched: { command: [...command], cwd, canRestart: this.startAgain !== undefined } };
  }

  /** It is about to be started. */
  async begins(live: Live | undefined, console: ProgramConsole, launched: Launched): Promise<void> {
    this.#console = console;
    this.#launched = launched;
    if (live === undefined) return;
    live.note = { ...live.note, launched: { command: [...launched.command], cwd: launched.cwd } };
    await live.address.folder.holdsRecording(live.note);
  }

  /** It was started by an engine that is gone. */
  resumes(console: ProgramConsole | undefined, launched: Launched | undefined): void {
    this.#console = console;
    this.#launched = launched;
  }

  dispose(): void {
    this.#console?.dispose();
  }
}
