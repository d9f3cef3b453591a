// Where the window keeps things from one start to the next: with the engine, which is the same one for every host and port. The
// browser's own storage holds a copy, so that reading needs no waiting, and what was not handed to the engine yet is not lost.
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { EngineLink } from "./engine-link.svelte.js";

/** What those who keep something need of it. */
export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const prefix = "hindcast.";
/** Names whose texts the engine has not got yet. */
const unsentKey = "hindcast-unsent";
/** A dragged divider changes the layout with every move. */
const sendAfterMs = 200;

export class KeptTexts implements Kept {
  readonly #copy: Storage;
  readonly #call: EngineLink["call"];
  readonly #onProblem: (error: HindcastError) => void;
  #later: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(copy: Storage, call: EngineLink["call"], onProblem: (error: HindcastError) => void) {
    this.#copy = copy;
    this.#call = call;
    this.#onProblem = onProblem;
  }

  getItem(key: string): string | null {
    return this.#copy.getItem(key);
  }

  setItem(key: string, text: string): void {
    if (this.#copy.getItem(key) === text) return;
    this.#copy.setItem(key, text);
    this.#note(key);
  }

  removeItem(key: string): void {
    if (this.#copy.getItem(key) === null) return;
    this.#copy.removeItem(key);
    this.#note(key);
  }

  /** Takes what the engine has; without an answer, what this browser has is all there is. */
  async load(): Promise<void> {
    const answer = await this.#call("window.kept", {});
    if (!answer.ok) return;
    const unsent = this.#unsent;
    const known = new Map(Object.entries(answer.value).filter(([key]) => key.startsWith(prefix) && !unsent.has(key)));
    for (const key of Object.keys(this.#copy))
      if (key.startsWith(prefix) && !unsent.has(key) && !known.has(key)) this.#copy.removeItem(key);
    for (const [key, text] of known) this.#copy.setItem(key, text);
    this.send();
  }

  /** Resolves when the engine has everything, or has refused it. */
  async sent(): Promise<void> {
    if (this.#later !== undefined) this.send();
    await this.#sending;
  }

  /** What the engine has not got: also to be called when it is there again. */
  send(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#sending = this.#sending.then(() => this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    for (const key of this.#unsent) {
      const text = this.#copy.getItem(key) ?? undefined;
      const answer = await this.#call("window.keep", { key, ...(text === undefined ? {} : { text }) });
      if (!answer.ok) {
        // Without an engine the page says so itself.
        if (answer.error.code !== "engine-lost") this.#onProblem(answer.error);
        return;
      }
      // It may have changed meanwhile, and is then sent once more.
      if ((this.#copy.getItem(key) ?? undefined) === text) this.#mark(key, false);
    }
  }

  #note(key: string): void {
    this.#mark(key, true);
    this.#later ??= setTimeout(() => this.send(), sendAfterMs);
  }

  get #unsent(): Set<string> {
    return new Set((this.#copy.getItem(unsentKey) ?? "").split(" ").filter((key) => key.startsWith(prefix)));
  }

  #mark(key: string, isUnsent: boolean): void {
    const unsent = this.#unsent;
    if (isUnsent) unsent.add(key);
    else unsent.delete(key);
    if (unsent.size > 0) this.#copy.setItem(unsentKey, [...unsent].join(" "));
    else this.#copy.removeItem(unsentKey);
  }
}
