// Saving a copy of the open recording: where to, how far it is, and what came in between. The desktop app asks for the
// path in its native dialog, which also asks before replacing a file; in a browser the path is typed.
import { shareOf } from "../../shared/base/asker.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { OpenRecording } from "../state/open-recording.svelte.js";
import type { Session } from "../state/session.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import type { Overlays } from "./overlays.svelte.js";
import type { Shell } from "./shell.js";

export type CopyStatus =
  | { readonly kind: "asking"; readonly error?: HindcastError }
  /** `share` of the rows that are in the copy. */
  | { readonly kind: "copying"; readonly share: number };

export interface SaveCopyTargets {
  readonly session: Session;
  readonly overlays: Overlays;
  readonly toasts: Toasts;
  readonly shell: Shell | undefined;
}

export class SaveCopy {
  readonly #targets: SaveCopyTargets;
  #status = $state.raw<CopyStatus>({ kind: "asking" });
  #request: AbortController | undefined;
  /** As typed. */
  path = $state("");

  constructor(targets: SaveCopyTargets) {
    this.#targets = targets;
  }

  get status(): CopyStatus {
    return this.#status;
  }

  /** Asks where to, with a path to begin from; in the desktop app the copy then begins by itself. */
  async start(): Promise<void> {
    const { session, overlays, toasts, shell } = this.#targets;
    const recording = session.workspace?.recording;
    if (recording === undefined || this.#status.kind === "copying") return;
    const suggested = await recording.call("recording.copyPath", {});
    if (!suggested.ok) {
      toasts.fail(suggested.error);
      return;
    }
    this.#status = { kind: "asking" };
    this.path = suggested.value.path;
    if (shell === undefined) {
      overlays.show("save-copy");
      return;
    }
    const chosen = await shell.pickCopyPath(this.path);
    if (chosen === undefined) return;
    this.path = chosen;
    overlays.show("save-copy");
    await this.#copy(recording, true);
  }

  /** To the path as typed. A file that is there is replaced only when told to. */
  async save(overwrite: boolean): Promise<void> {
    const recording = this.#targets.session.workspace?.recording;
    if (recording !== undefined && this.path.trim() !== "") await this.#copy(recording, overwrite);
  }

  /** Gives up what is under way and takes the dialog away. */
  cancel(): void {
    this.#request?.abort();
    this.#targets.overlays.close();
  }

  async #copy(recording: OpenRecording, overwrite: boolean): Promise<void> {
    const { overlays, toasts } = this.#targets;
    const path = this.path.trim();
    const request = new AbortController();
    this.#request = request;
    this.#status = { kind: "copying", share: 0 };
    const copied = await recording.call("recording.copy", { path, overwrite }, request.signal, (progress) => {
      this.#status = { kind: "copying", share: shareOf(progress) ?? 0 };
    });
    if (!copied.ok) {
      this.#status = copied.error.code === "cancelled" ? { kind: "asking" } : { kind: "asking", error: copied.error };
      return;
    }
    this.#status = { kind: "asking" };
    if (overlays.shown === "save-copy") overlays.close();
    toasts.confirm(`Copy saved: ${copied.value.path}`);
  }
}
