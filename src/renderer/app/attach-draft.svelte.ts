// What is to be attached to and how, while somebody says it: kept while an attempt fails, so that it can be put right.
import type { AttachTarget, RunningProgram, TrackedGlobal } from "../../shared/protocol/attach-calls.js";
import { targetFromText, trackedFromText } from "../../shared/protocol/attach-text.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { LiveLevel } from "../../shared/protocol/launch-calls.js";
import type { Settings } from "../state/settings.svelte.js";
import type { Session } from "../state/session.svelte.js";
import type { Overlays } from "./overlays.svelte.js";
import { type TypedLimits, limitsFromTyped } from "./typed-limits.js";

interface Line {
  readonly id: number;
  text: string;
}

export interface AttachDraftTargets {
  readonly session: Pick<Session, "attach">;
  readonly overlays: Overlays;
  readonly settings: Pick<Settings, "choices">;
}

export class AttachDraft {
  readonly #targets: AttachDraftTargets;
  #nextId = 1;
  #target = $state.raw<AttachTarget>();
  #program = $state.raw<RunningProgram>();
  #error = $state.raw<HindcastError>();
  #lines = $state<Line[]>([]);
  #level = $state<LiveLevel>();
  /** How much is kept, as typed; empty: everything. */
  keepAge = $state("");
  keepSize = $state("");
  /** The person answers for it that SIGUSR1 does no harm. */
  maySignal = $state(false);
  /** Typed instead of choosing a program: a process id or the address of an inspector. */
  address = $state("");
  readonly limits: TypedLimits = $derived(limitsFromTyped(this.keepAge, this.keepSize));

  constructor(targets: AttachDraftTargets) {
    this.#targets = targets;
  }

  /** Undefined while it is to be chosen. */
  get target(): AttachTarget | undefined {
    return this.#target;
  }

  /** The one of the settings until another is chosen. */
  get level(): LiveLevel {
    return this.#level ?? this.#targets.settings.choices.level;
  }

  set level(level: LiveLevel) {
    this.#level = level;
  }

  /** Of the list, where it was chosen there. */
  get program(): RunningProgram | undefined {
    return this.#program;
  }

  /** Values to follow from the beginning, as typed. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** Why the last attempt failed. */
  get error(): HindcastError | undefined {
    return this.#error;
  }

  /** `carts (4711)`, `process 4711`, `127.0.0.1:9229`. */
  get name(): string {
    const target = this.#target;
    if (target === undefined) return "a program";
    if (target.kind === "address") return `${target.host}:${target.port}`;
    return this.#program === undefined ? `process ${target.pid}` : `${this.#program.name} (${target.pid})`;
  }

  /** Whether the signal may be sent is the person's to decide. */
  get mustDecide(): boolean {
    return [this.#error?.code, this.#program?.obstacle?.code].includes("signal-unsure");
  }

  get canAttach(): boolean {
    const { ageProblem, sizeProblem } = this.limits;
    const isRight = ageProblem === undefined && sizeProblem === undefined && this.#tracked !== undefined;
    return this.#target !== undefined && isRight && (this.maySignal || !this.mustDecide);
  }

  problemOf(place: number): string | undefined {
    const text = this.#lines[place]?.text.trim() ?? "";
    if (text === "" || trackedFromText(text) !== undefined) return undefined;
    return "Write NAME=EXPRESSION, such as carts=globalThis.carts, or the name of a global.";
  }

  /** Asks which program. */
  start(): void {
    this.#choose(undefined, undefined);
  }

  choose(program: RunningProgram): void {
    this.#choose({ kind: "pid", pid: program.pid }, program);
  }

  /** What is typed in `address`; false when it is none. */
  chooseTyped(): boolean {
    const target = targetFromText(this.address.trim());
    if (target === undefined) return false;
    this.#choose(target, undefined);
    return true;
  }

  addLine(): void {
    this.#lines.push({ id: this.#nextId++, text: "" });
  }

  removeLine(place: number): void {
    this.#lines.splice(place, 1);
  }

  write(place: number, text: string): void {
    const line = this.#lines[place];
    if (line !== undefined) line.text = text;
  }

  async attach(): Promise<void> {
    const [target, track] = [this.#target, this.#tracked];
    if (target === undefined || track === undefined || !this.canAttach) return;
    this.close();
    const { level, maySignal: signal } = this;
    const args = { target, track, signal, capture: { level }, limits: this.limits.limits };
    this.#error = await this.#targets.session.attach(args, this.name);
    if (this.#error !== undefined && this.#error.code !== "cancelled") this.#targets.overlays.show("attach");
  }

  close(): void {
    if (this.#targets.overlays.shown === "attach") this.#targets.overlays.close();
  }

  /** Undefined where a line is not right. */
  get #tracked(): TrackedGlobal[] | undefined {
    const typed = this.#lines.map(({ text }) => text.trim()).filter((text) => text !== "");
    const tracked = typed.flatMap((text) => trackedFromText(text) ?? []);
    return tracked.length === typed.length ? tracked : undefined;
  }

  #choose(target: AttachTarget | undefined, program: RunningProgram | undefined): void {
    this.#target = target;
    this.#program = program;
    this.#error = undefined;
    this.maySignal = false;
    this.#targets.overlays.show("attach");
  }
}
