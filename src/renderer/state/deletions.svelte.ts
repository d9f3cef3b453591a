// Recordings that somebody deleted: each can be brought back for some seconds, and only then its file goes. Whoever closes the window
// meanwhile keeps it.
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { RecordingFile } from "../../shared/protocol/recording-summary.js";
import type { Call } from "../../shared/protocol/rpc.js";
import { type Toasts, actingMs } from "./toasts.svelte.js";

type Listed = Pick<RecordingFile, "path" | "name" | "modified">;

export class Deletions {
  readonly #call: Call;
  readonly #toasts: Toasts;
  readonly #waitMs: number;
  readonly #waiting = new SvelteSet<string>();
  /** When the files had been written that are gone: lists that came before still have them. */
  readonly #gone = new SvelteMap<string, bigint>();

  /** `waitMs`: longer than the way back is on screen. */
  constructor(call: Call, toasts: Toasts, waitMs = actingMs + 500) {
    this.#call = call;
    this.#toasts = toasts;
    this.#waitMs = waitMs;
  }

  /** It is shown in no list; a file that was made anew at its path is. */
  has({ path, modified }: Pick<Listed, "path" | "modified">): boolean {
    const writtenAt = this.#gone.get(path);
    return this.#waiting.has(path) || (writtenAt !== undefined && modified <= writtenAt);
  }

  delete(file: Listed): void {
    const { path } = file;
    if (this.#waiting.has(path)) return;
    this.#waiting.add(path);
    const timer = setTimeout(() => void this.#remove(file), this.#waitMs);
    const undo = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(path);
    };
    this.#toasts.confirm(`Deleted ${file.name}.`, { text: "Undo", run: undo });
  }

  async #remove({ path, modified }: Listed): Promise<void> {
    const removed = await this.#call("recents.delete", { path });
    if (removed.ok) this.#gone.set(path, modified);
    else this.#toasts.fail(removed.error);
    this.#waiting.delete(path);
  }
}
