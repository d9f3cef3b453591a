// Short messages at the corner: what failed, with its next step, or what was done. Failures stay until dismissed.
import { type HindcastError, explain } from "../../shared/protocol/errors.js";

export interface ToastMessage {
  readonly id: number;
  readonly tone: "critical" | "ok" | "info";
  readonly message: string;
  readonly next: string | undefined;
  /** What can be done about it at once, such as undoing it. */
  readonly action?: ToastAction | undefined;
}

export interface ToastAction {
  readonly text: string;
  run(): void;
}

const readingMs = 5000;
/** How long somebody may do something about what was done. */
export const actingMs = 10_000;

export class Toasts {
  #shown = $state.raw<readonly ToastMessage[]>([]);
  #nextId = 1;

  get shown(): readonly ToastMessage[] {
    return this.#shown;
  }

  /** A failed call; being cancelled by the person is not news to them. */
  fail(error: HindcastError): void {
    if (error.code === "cancelled") return;
    const { message, next } = explain(error);
    if (this.#shown.some((toast) => toast.message === message)) return;
    this.#add({ id: this.#nextId++, tone: "critical", message, next });
  }

  /** Something was done. Who may do something about it has longer. */
  confirm(message: string, action?: ToastAction): void {
    this.#addForReading("ok", message, action);
  }

  /** Nothing was done, and why. */
  say(message: string): void {
    this.#addForReading("info", message);
  }

  dismiss(id: number): void {
    this.#shown = this.#shown.filter((toast) => toast.id !== id);
  }

  /** What was said before no longer matters: something new was begun. */
  clear(): void {
    this.#shown = [];
  }

  #addForReading(tone: "ok" | "info", message: string, action?: ToastAction): void {
    const toast: ToastMessage = { id: this.#nextId++, tone, message, next: undefined, action };
    this.#add(toast);
    setTimeout(
      () => {
        this.dismiss(toast.id);
      },
      action === undefined ? readingMs : actingMs,
    );
  }

  #add(toast: ToastMessage): void {
    this.#shown = [...this.#shown.slice(-3), toast];
  }
}
