// What the console pane shows: the lines so far, how the program is, what is typed to it. The engine keeps what was printed, so that
// a page that is loaded anew has it again.
import { untrack } from "svelte";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { HindcastError } from "../../../shared/protocol/errors.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { type ConsoleLine, ConsoleLines } from "./console-lines.js";

type Status = CallResult<"console.read">["program"];
export type Signal = "SIGINT" | "SIGTERM" | "SIGKILL";

const mostRemembered = 100;

export class ConsoleView {
  readonly #recording: Pick<OpenRecording, "call" | "onConsole">;
  readonly #lines = new ConsoleLines();
  #changes = $state(0);
  readonly #release: () => void;
  #shown = $state.raw<readonly ConsoleLine[]>([]);
  #program = $state.raw<Status>();
  #failure = $state.raw<HindcastError>();
  #problem = $state.raw<HindcastError>();
  #after = 0;
  /** So much of what was printed is not kept, by the engine or here. */
  #dropped = $state({ units: 0, lines: 0 });
  #reading: Promise<void> | undefined;
  #isStale = false;
  readonly #typed: string[] = [];
  #recalled = 0;
  typing = $state("");

  constructor(recording: Pick<OpenRecording, "call" | "onConsole">) {
    this.#recording = recording;
    this.#release = recording.onConsole(() => (this.#changes += 1));
  }

  /** Call from an effect: reads what came since. */
  follow(): void {
    void this.#changes;
    untrack(() => void this.read());
  }

  get lines(): readonly ConsoleLine[] {
    return this.#shown;
  }

  /** Undefined until it was asked for. */
  get program(): Status | undefined {
    return this.#program;
  }

  /** Why there is nothing to show. */
  get failure(): HindcastError | undefined {
    return this.#failure;
  }

  /** Why the last thing that was typed or pressed did nothing. */
  get problem(): HindcastError | undefined {
    return this.#problem;
  }

  /** The number of the first line that is kept here: it stays with a line. */
  get firstLine(): number {
    return this.#dropped.lines;
  }

  get isCut(): boolean {
    return this.#dropped.units > 0 || this.#dropped.lines > 0;
  }

  /** One question at a time: who asks meanwhile has it asked once more. */
  read(): Promise<void> {
    this.#isStale = true;
    this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      const part = await this.#recording.call("console.read", { after: this.#after });
      this.#failure = part.ok ? undefined : part.error;
      if (!part.ok) return;
      const { entries, next, dropped, isMore, program } = part.value;
      for (const entry of entries) this.#lines.add(entry);
      this.#after = next;
      if (entries.length > 0) this.#shown = [...this.#lines.lines];
      this.#dropped = { units: this.#dropped.units + dropped, lines: this.#lines.dropped };
      this.#program = program;
      this.#isStale ||= isMore;
    }
  }

  /** What is typed, with the end of its line. */
  async send(): Promise<void> {
    const line = this.typing;
    const sent = await this.#recording.call("console.write", { text: `${line}\n` });
    this.#problem = sent.ok ? undefined : sent.error;
    if (!sent.ok) return;
    this.typing = "";
    if (line !== "" && this.#typed.at(-1) !== line) this.#typed.push(line);
    if (this.#typed.length > mostRemembered) this.#typed.shift();
    this.#recalled = this.#typed.length;
  }

  /** A line that was typed before, or after that one. */
  recall(by: -1 | 1): void {
    const to = Math.min(Math.max(this.#recalled + by, 0), this.#typed.length);
    if (to === this.#recalled) return;
    this.#recalled = to;
    this.typing = this.#typed[to] ?? "";
  }

  async signal(signal: Signal): Promise<void> {
    const sent = await this.#recording.call("program.signal", { signal });
    this.#problem = sent.ok ? undefined : sent.error;
    await this.read();
  }

  dispose(): void {
    this.#release();
  }
}

/** `Running, process 4711`, `Ended with 3`, `Ended by SIGKILL`. */
export function statusText(program: Status): string {
  if (program.isRunning) return program.pid === undefined ? "Running" : `Running, process ${program.pid}`;
  if (program.signal !== undefined) return `Ended by ${program.signal}`;
  return program.exitCode === undefined ? "Ended" : `Ended with ${program.exitCode}`;
}
