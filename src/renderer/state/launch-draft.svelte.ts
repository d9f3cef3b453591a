// The command that the welcome page would run: kept while a start fails, and from one visit to the next.
import type { CaptureLevel } from "../../shared/trace/attributes.js";

const storageKey = "hindcast.launch";

/** The levels that a program can be recorded at from the window. */
export type LaunchLevel = Extract<CaptureLevel, "metrics" | "requests">;

export class LaunchDraft {
  readonly #storage: Storage;
  commandLine = $state("");
  folder = $state("");
  level = $state<LaunchLevel>("requests");
  /** How much is kept, as typed; empty: everything. */
  keepAge = $state("");
  keepSize = $state("");

  constructor(storage: Storage) {
    this.#storage = storage;
    const kept = new URLSearchParams(storage.getItem(storageKey) ?? "");
    this.commandLine = kept.get("command") ?? "";
    this.folder = kept.get("folder") ?? "";
    this.level = kept.get("level") === "metrics" ? "metrics" : "requests";
    this.keepAge = kept.get("keepAge") ?? "";
    this.keepSize = kept.get("keepSize") ?? "";
  }

  keep(): void {
    const { commandLine: command, folder, level, keepAge, keepSize } = this;
    const kept = new URLSearchParams({ command, folder, level, keepAge, keepSize });
    this.#storage.setItem(storageKey, kept.toString());
  }
}
