// Short messages at the corner: what failed, with its next step, or what was done. Failures stay until dismissed.
import { type HindcastError, explain } from "../../shared/protocol/errors.js";

export interface ToastMessage {
  readonly id: number;
  readonly tone: "critical" | "ok";
  readonly message: string;
  readonly next: string | undefined;
}

const readingMs = 5000;

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

  say(message: string): void {
    const toast: ToastMessage = { id: this.#nextId++, tone: "ok", message, next: undefined };
    this.#add(toast);
    setTimeout(() => {
      this.dismiss(toast.id);
    }, readingMs);
  }

  dismiss(id: number): void {
    this.#shown = this.#shown.filter((toast) => toast.id !== id);
  }

  /** What was said before no longer matters: something new was begun. */
  clear(): void {
    this.#shown = [];
  }

  #add(toast: ToastMessage): void {
    this.#shown = [...this.#shown.slice(-3), toast];
  }
}
