// An export in the making: of what, as what, where to; what it says of secrets before anything is written; how far it is; and
// what came of it. What looks like a secret leaves only when somebody says so, of exactly the stretch that was looked through.
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { ExportFormat, ExportReport } from "../../shared/protocol/export-calls.js";
import { totalOf } from "../../shared/protocol/export-words.js";
import type { OpenRecording } from "../state/open-recording.svelte.js";
import { Query } from "../state/query.svelte.js";
import { RunningCall } from "../state/running-call.svelte.js";
import type { Workspace } from "../state/session.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import type { Overlays } from "./overlays.svelte.js";
import type { Shell } from "./shell.js";

export interface ExportTargets {
  readonly session: {
    readonly workspace: Pick<Workspace, "recording" | "selection"> | undefined;
    open(path: string): Promise<void>;
  };
  readonly overlays: Overlays;
  readonly toasts: Toasts;
  readonly shell: Pick<Shell, "pickCopyPath" | "reveal"> | undefined;
}

export type ExportStatus =
  | { readonly kind: "asking"; readonly error?: HindcastError }
  | { readonly kind: "writing" }
  | { readonly kind: "written"; readonly path: string; readonly sizeBytes: number; readonly format: ExportFormat };

export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

const endings: Readonly<Record<ExportFormat, string>> = { hindcast: ".hindcast", parquet: "-parquet", jsonl: ".jsonl" };

export class ExportDraft {
  readonly #targets: ExportTargets;
  /** Of the dialog's: another one may be opened meanwhile. */
  #recording = $state.raw<OpenRecording>();
  #selected = $state.raw<Stretch>();
  #isWhole = $state(true);
  #format = $state<ExportFormat>("hindcast");
  #status = $state.raw<ExportStatus>({ kind: "asking" });
  readonly report = new Query<ExportReport>();
  readonly writing = new RunningCall();
  /** As typed or chosen. */
  path = $state("");
  /** Although something in it looks like a secret. */
  isMeant = $state(false);

  readonly secrets: number = $derived.by(() => totalOf(this.report.value?.found ?? []));
  /** Nothing is written before it was looked through. */
  readonly canWrite: boolean = $derived.by(
    () =>
      this.#status.kind === "asking" &&
      this.path.trim() !== "" &&
      this.report.value !== undefined &&
      this.report.runningSinceMs === undefined &&
      (this.secrets === 0 || this.isMeant),
  );

  constructor(targets: ExportTargets) {
    this.#targets = targets;
  }

  get recording(): OpenRecording | undefined {
    return this.#recording;
  }
  get status(): ExportStatus {
    return this.#status;
  }
  get format(): ExportFormat {
    return this.#format;
  }
  /** What was selected when this began; undefined where nothing was. */
  get selected(): Stretch | undefined {
    return this.#selected;
  }
  get isWhole(): boolean {
    return this.#isWhole;
  }
  get canChoose(): boolean {
    return this.#targets.shell !== undefined;
  }

  /** Of the selected stretch, where there is one. */
  async start(): Promise<void> {
    const { session, overlays, toasts } = this.#targets;
    const { recording, selection } = session.workspace ?? {};
    if (recording === undefined) return;
    if (this.#status.kind === "writing") {
      overlays.show("export");
      return;
    }
    const suggested = await recording.call("recording.copyPath", {});
    if (!suggested.ok) {
      toasts.fail(suggested.error);
      return;
    }
    const range = selection?.range;
    this.#recording = recording;
    this.#selected =
      range === undefined
        ? undefined
        : { from: recording.instantFromOffset(range.fromNs), to: recording.instantFromOffset(range.toNs) };
    this.#isWhole = range === undefined;
    this.#status = { kind: "asking" };
    this.path = suggested.value.path.replace(/\.hindcast$/, endings[this.#format]);
    this.#look();
    overlays.show("export");
  }

  chooseWhole(isWhole: boolean): void {
    if (isWhole === this.#isWhole) return;
    this.#isWhole = isWhole;
    this.#look();
  }

  /** A name that ends as the format before does ends as the new one does. */
  chooseFormat(format: ExportFormat): void {
    const ending = endings[this.#format];
    const path = this.path.trim();
    if (path.endsWith(ending)) this.path = path.slice(0, -ending.length) + endings[format];
    this.#format = format;
    this.#status = { kind: "asking" };
  }

  /** The desktop app's own dialog. */
  async choosePath(): Promise<void> {
    const chosen = await this.#targets.shell?.pickCopyPath(this.path);
    if (chosen !== undefined) this.path = chosen;
  }

  async write(overwrite: boolean): Promise<void> {
    const recording = this.#recording;
    if (!this.canWrite || recording === undefined) return;
    const [path, format, stretch] = [this.path.trim(), this.#format, this.#stretch];
    this.#status = { kind: "writing" };
    const exported = await this.writing.run((signal, tell) =>
      recording.call("recording.export", { path, format, stretch, overwrite }, signal, tell),
    );
    if (exported.ok) {
      this.#status = { kind: "written", ...exported.value, format };
      // Whoever closed the dialog hears of it all the same.
      if (this.#targets.overlays.shown !== "export") this.#targets.toasts.confirm(`Exported: ${exported.value.path}`);
      return;
    }
    this.#status = exported.error.code === "cancelled" ? { kind: "asking" } : { kind: "asking", error: exported.error };
    if (this.#targets.overlays.shown !== "export") this.#targets.toasts.fail(exported.error);
  }

  /** Gives up what is written; nothing is left of it. */
  stop(): void {
    this.writing.cancel();
    this.#status = { kind: "asking" };
  }

  /** What is being written goes on. */
  close(): void {
    if (this.#status.kind !== "writing") this.report.cancel();
    this.#targets.overlays.close();
  }

  reveal(): void {
    if (this.#status.kind === "written") this.#targets.shell?.reveal(this.#status.path);
  }

  async openWritten(): Promise<void> {
    if (this.#status.kind !== "written") return;
    const { path } = this.#status;
    this.close();
    await this.#targets.session.open(path);
  }

  lookAgain(): void {
    this.#look();
  }

  get #stretch(): Stretch | undefined {
    return this.#isWhole ? undefined : this.#selected;
  }

  #look(): void {
    const recording = this.#recording;
    const stretch = this.#stretch;
    this.isMeant = false;
    if (recording !== undefined)
      this.report.restart((signal, tell) => recording.call("recording.exportReport", { stretch }, signal, tell));
  }
}
