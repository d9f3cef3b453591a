// Which files of the program were looked at to tell of its calls, on their way to the agent's own thread, which reads what
// they were written as (source-reader.ts). The program's thread only notes them, and hands them over some at a time.
import type { Guest } from "./guest.js";
import { mostSourceUnits, mostSources } from "../shared/protocol/source-record.js";

export interface LoadedSource {
  readonly path: string;
  /** As it was given by the program's loader, where that was in this thread and is not too long. */
  readonly text: string | undefined;
  /** Of its sites (instrument/sites.ts); undefined where it runs as it is. */
  readonly table: string | undefined;
  /** Why it does. */
  readonly reason: string | undefined;
}

/** To the agent's thread. */
export interface SourcesLoaded {
  readonly kind: "sources";
  readonly runId: string;
  readonly sources: readonly LoadedSource[];
}

/** More than these do not wait for the next round: a program that is killed leaves them, too. */
const mostWaiting = 16;
const mostWaitingUnits = 256 * 1024;

export class LoadedSources {
  readonly #runId: string;
  readonly #guest: Pick<Guest, "noteFault">;
  readonly #say: (message: SourcesLoaded) => void;
  /** Since they were handed over last, by path: as they were given, until they run. */
  readonly #texts = new Map<string, string>();
  #waiting: LoadedSource[] = [];
  #units = 0;
  #told = 0;

  constructor(runId: string, guest: Pick<Guest, "noteFault">, say: (message: SourcesLoaded) => void) {
    this.#runId = runId;
    this.#guest = guest;
    this.#say = say;
  }

  /** It is about to run rewritten. */
  given(path: string, text: string): void {
    if (text.length <= mostSourceUnits && this.#texts.size < mostSources) this.#texts.set(path, text);
  }

  /** It begins to run, and said where its sites are. */
  runs(path: string, table: string): void {
    const text = this.#texts.get(path);
    this.#texts.delete(path);
    this.#add({ path, text, table, reason: undefined });
  }

  leftAlone(path: string, reason: string): void {
    this.#add({ path, text: undefined, table: undefined, reason });
  }

  #add(source: LoadedSource): void {
    if (++this.#told > mostSources) return;
    this.#waiting.push(source);
    this.#units += source.text?.length ?? 0;
    if (this.#waiting.length >= mostWaiting || this.#units >= mostWaitingUnits) this.handOver();
  }

  /** Never throws: what comes after it, at the end, matters more. */
  handOver(): void {
    if (this.#waiting.length === 0) return;
    const sources = this.#waiting;
    this.#waiting = [];
    this.#units = 0;
    try {
      this.#say({ kind: "sources", runId: this.#runId, sources });
    } catch (error) {
      this.#guest.noteFault(error);
    }
  }
}
