// An export in the making: of what, as what, where to; what it says of secrets before anything is written; how far it is; and
// what came of it. What looks like a secret leaves only when somebody says so, of exactly the stretch that was looked through.
import type { HindcastError } from "../../shared/protocol/errors.js";
import type {
  ExportFormat,
  ExportReport,
  ExportSize,
  FoundSecrets,
  RedactAlso,
} from "../../shared/protocol/export-calls.js";
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
  | {
      readonly kind: "written";
      readonly path: string;
      readonly sizeBytes: number;
      readonly format: ExportFormat;
      readonly removed: FoundSecrets;
      readonly evictedUntil?: bigint | undefined;
    };

/** What becomes of what looks like a secret. */
export type SecretsAre = "taken-out" | "left-in";

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
  #secretsAre = $state<SecretsAre>("taken-out");
  #names = $state("");
  #texts = $state("");
  #lookSoon: ReturnType<typeof setTimeout> | undefined;
  /** Known at once. */
  readonly size = new Query<ExportSize>();
  readonly report = new Query<ExportReport>();
  readonly writing = new RunningCall();
  /** As typed or chosen. */
  path = $state("");
  /** Although something in it looks like a secret, and is left in. */
  isMeant = $state(false);
  /** Whether is asked what else is to be taken out. */
  isMoreAsked = $state(false);

  readonly secrets: number = $derived.by(() => totalOf(this.report.value?.found ?? []));
  /** Nothing is written before it was looked through. */
  readonly canWrite: boolean = $derived.by(
    () =>
      this.#status.kind === "asking" &&
      this.path.trim() !== "" &&
      this.report.value !== undefined &&
      this.report.runningSinceMs === undefined &&
      (this.secrets === 0 || this.#secretsAre === "taken-out" || this.isMeant),
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

  get secretsAre(): SecretsAre {
    return this.#secretsAre;
  }
  /** Names of one's own whose values are taken out, and texts, separated by commas. */
  get names(): string {
    return this.#names;
  }
  set names(names: string) {
    this.#names = names;
    this.#lookWhenTyped();
  }
  get texts(): string {
    return this.#texts;
  }
  set texts(texts: string) {
    this.#texts = texts;
    this.#lookWhenTyped();
  }

  chooseSecrets(secretsAre: SecretsAre): void {
    this.#secretsAre = secretsAre;
    this.isMeant = false;
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
    [this.#secretsAre, this.#names, this.#texts, this.isMoreAsked] = ["taken-out", "", "", false];
    this.path = suggested.value.path.replace(/\.hindcast$/, endings[this.#format]);
    this.#look();
    overlays.show("export");
  }

  chooseWhole(isWhole: boolean): void {
    if (isWhole === this.#isWhole) return;
    this.#isWhole = isWhole;
    // Of something else it was said.
    this.#secretsAre = "taken-out";
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
    const [path, format, stretch, redact] = [this.path.trim(), this.#format, this.#stretch, this.#redact];
    this.#status = { kind: "writing" };
    const exported = await this.writing.run((signal, tell) =>
      recording.call("recording.export", { path, format, stretch, overwrite, redact }, signal, tell),
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
    clearTimeout(this.#lookSoon);
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

  get #also(): RedactAlso {
    return { keys: listed(this.#names), prefixes: [], texts: listed(this.#texts), allow: [] };
  }

  /** What is left in is copied as it is. */
  get #redact(): RedactAlso | undefined {
    const also = this.#also;
    const isAny = this.secrets > 0 || also.keys.length > 0 || also.texts.length > 0;
    return this.#secretsAre === "taken-out" && isAny ? also : undefined;
  }

  #lookWhenTyped(): void {
    clearTimeout(this.#lookSoon);
    this.#lookSoon = setTimeout(() => this.#look(), typedForMs);
  }

  #look(): void {
    const recording = this.#recording;
    const [stretch, also] = [this.#stretch, this.#also];
    this.isMeant = false;
    if (recording === undefined) return;
    this.size.restart((signal) => recording.call("recording.exportSize", { stretch }, signal));
    this.report.restart((signal, tell) => recording.call("recording.exportReport", { stretch, also }, signal, tell));
  }
}

/** Who types is not asked at every letter. */
const typedForMs = 400;

const listed = (typed: string): string[] =>
  typed
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
