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

  constructor(storage: Storage) {
    this.#storage = storage;
    const kept = new URLSearchParams(storage.getItem(storageKey) ?? "");
    this.commandLine = kept.get("command") ?? "";
    this.folder = kept.get("folder") ?? "";
    this.level = kept.get("level") === "metrics" ? "metrics" : "requests";
  }

  keep(): void {
    const { commandLine, folder, level } = this;
    this.#storage.setItem(storageKey, new URLSearchParams({ command: commandLine, folder, level }).toString());
  }
}
