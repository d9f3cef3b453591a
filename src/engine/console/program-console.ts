// The console of a program that was started from here: what it printed, what it was told, and how it ended. It stays when the
// recording has ended, for as long as that is open.
import type { ChildProcess } from "node:child_process";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { ProgramEnding } from "../recorded-processes.js";
import { type ConsolePipes, mostInputBytes } from "./console-pipes.js";
import { ConsoleText } from "./console-text.js";

const notifyEveryMs = 100;
type Signal = "SIGINT" | "SIGTERM" | "SIGKILL";

/** A program that was started from here. */
export interface Followed {
  readonly pid: number | undefined;
  readonly exited: Promise<void>;
  /** How it ended, as far as that is known; undefined before. */
  ending(): ProgramEnding | undefined;
  /** Sends it, and what it started, a signal. */
  signal(name: NodeJS.Signals): void;
}

export class ProgramConsole {
  readonly #text = new ConsoleText();
  readonly #onChange: () => void;
  #program: Followed | undefined;
  #hasEnded = false;
  #asked: Signal | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly pipes: ConsolePipes | undefined,
    onChange: () => void,
  ) {
    this.#onChange = onChange;
  }

  /** `child`: absent where an engine before this one started it. */
  follow(program: Followed, child?: ChildProcess): void {
    this.#program = program;
    if (this.pipes === undefined) this.note("What the program prints is not shown: it was started without a console.");
    if (child === undefined) this.note("What was printed before is not known here: the engine was started anew.");
    this.pipes?.listen((stream, text) => {
      this.#text.add(stream, text);
      this.#changed();
    }, child);
    void program.exited.then(() => {
      this.#hasEnded = true;
      this.pipes?.end();
      this.#changed();
    });
  }

  note(text: string): void {
    this.#text.add("note", `${text}\n`);
    this.#changed();
  }

  read(after: number): CallResult<"console.read"> {
    const { entries, ...part } = this.#text.read(after);
    const ending = this.#program?.ending();
    return {
      ...part,
      entries: [...entries],
      program: {
        pid: this.#program?.pid,
        isRunning: !this.#hasEnded,
        exitCode: ending?.exitCode,
        signal: ending?.signal,
        asked: this.#hasEnded ? undefined : this.#asked,
        takesInput: this.pipes !== undefined && !this.#hasEnded,
      },
    };
  }

  /** What is typed goes to the program's standard input, and is shown among what it printed. */
  write(text: string): Result<Record<string, never>, HindcastError> {
    if (this.#hasEnded) return failed(hindcastError("program-not-running"));
    const bytes = Buffer.byteLength(text);
    if (bytes > mostInputBytes)
      return failed(hindcastError("input-too-long", { bytes: String(bytes), most: String(mostInputBytes) }));
    if (this.pipes?.write(text) !== true) return failed(hindcastError("input-not-taken"));
    this.#text.add("in", text);
    this.#changed();
    return ok({});
  }

  signal(name: Signal): Result<Record<string, never>, HindcastError> {
    if (this.#hasEnded || this.#program === undefined) return failed(hindcastError("program-not-running"));
    this.#asked = name;
    this.#program.signal(name);
    this.note(`Sent ${name}.`);
    return ok({});
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.pipes?.end();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onChange();
    }, notifyEveryMs);
  }
}
