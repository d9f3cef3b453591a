// Stretches of time of which a live recording evicts nothing: keeping the selected one, and letting one go again.
import type { Pin } from "../../shared/protocol/recording-summary.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { Mark } from "../state/marks.svelte.js";
import type { Workspace } from "../state/session.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import type { Overlays } from "./overlays.svelte.js";

type KeptIn = Pick<Workspace, "recording" | "selection"> & { readonly marks: { readonly all: readonly Mark[] } };

export interface KeepStretchTargets {
  readonly session: { readonly workspace: KeptIn | undefined };
  readonly overlays: Overlays;
  readonly toasts: Toasts;
}

export interface ChosenStretch {
  readonly from: bigint;
  readonly to: bigint;
}

export class KeepStretch {
  readonly #targets: KeepStretchTargets;
  #chosen = $state.raw<ChosenStretch>();
  #error = $state.raw<HindcastError>();
  /** As typed. */
  label = $state("");

  constructor(targets: KeepStretchTargets) {
    this.#targets = targets;
  }

  /** What is to be kept; undefined while only those that are kept are shown. */
  get chosen(): ChosenStretch | undefined {
    return this.#chosen;
  }

  /** Something of what is to be kept was evicted already, and does not come back. */
  get isPartlyGone(): boolean {
    const chosen = this.#chosen;
    if (chosen === undefined) return false;
    const marks = this.#targets.session.workspace?.marks.all ?? [];
    return marks.some(
      ({ reason, since, instant }) => reason === "evicted" && since < chosen.to && instant > chosen.from,
    );
  }

  get error(): HindcastError | undefined {
    return this.#error;
  }

  get kept(): readonly Pin[] {
    return this.#targets.session.workspace?.recording.summary.pins ?? [];
  }

  /** Asks what to call the selected stretch. */
  start(): void {
    const { session, overlays, toasts } = this.#targets;
    const { recording, selection } = session.workspace ?? {};
    if (recording === undefined) return;
    const range = selection?.range;
    if (recording.summary.limits === undefined) toasts.say("This recording has no limits: all of it is kept.");
    else if (range === undefined) toasts.say("Select a stretch of time first: i where it begins, o where it ends.");
    else {
      this.#chosen = {
        from: recording.instantFromOffset(range.fromNs),
        to: recording.instantFromOffset(range.toNs),
      };
      this.#error = undefined;
      this.label = "";
      overlays.show("kept-stretches");
    }
  }

  /** Shows what is kept. */
  list(): void {
    this.#chosen = undefined;
    this.#error = undefined;
    this.#targets.overlays.show("kept-stretches");
  }

  async keep(): Promise<void> {
    const { session, overlays, toasts } = this.#targets;
    const { recording } = session.workspace ?? {};
    if (recording === undefined || this.#chosen === undefined) return;
    const kept = await recording.call("recording.pin", { ...this.#chosen, label: this.label.trim() });
    if (!kept.ok) {
      this.#error = kept.error;
      return;
    }
    await recording.refresh();
    overlays.close();
    toasts.confirm("Kept: nothing of this stretch is evicted from now on.");
  }

  async letGo({ pin }: Pin): Promise<void> {
    const { recording } = this.#targets.session.workspace ?? {};
    if (recording === undefined) return;
    const gone = await recording.call("recording.unpin", { pin });
    this.#error = gone.ok ? undefined : gone.error;
    await recording.refresh();
  }

  close(): void {
    this.#targets.overlays.close();
  }
}
