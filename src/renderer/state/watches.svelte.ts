// Values of state that are watched, in the order in which that began. They are kept for each recording, and stand in the address.
import type { Kept } from "./kept-texts.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { SelectedValue } from "./selection.svelte.js";

const storageKey = "hindcast.watches";
/** Each is asked about wherever the playhead goes. */
export const mostWatched = 12;
/** Of how many recordings they are kept: those where they changed last. */
const mostRecordings = 50;

export class Watches {
  readonly #path: string;
  readonly #storage: Pick<Kept, "getItem" | "setItem"> | undefined;
  #all = $state.raw<readonly SelectedValue[]>([]);

  constructor(recording: Pick<OpenRecording, "summary">, storage?: Pick<Kept, "getItem" | "setItem">) {
    this.#path = recording.summary.path;
    this.#storage = storage;
    this.#all = this.#stored().get(this.#path) ?? [];
  }

  get all(): readonly SelectedValue[] {
    return this.#all;
  }

  get isFull(): boolean {
    return this.#all.length >= mostWatched;
  }

  has(value: SelectedValue): boolean {
    return this.#all.some((one) => isSameValue(one, value));
  }

  watch(value: SelectedValue): void {
    if (!this.has(value) && !this.isFull) this.show([...this.#all, value]);
  }

  unwatch(value: SelectedValue): void {
    this.show(this.#all.filter((one) => !isSameValue(one, value)));
  }

  /** These and no others. */
  show(values: readonly SelectedValue[]): void {
    this.#all = values.slice(0, mostWatched);
    const stored = this.#stored();
    stored.delete(this.#path);
    if (this.#all.length > 0) stored.set(this.#path, this.#all);
    const texts = [...stored].slice(-mostRecordings).map(([path, kept]) => [path, kept.map(textOfWatched)]);
    this.#storage?.setItem(storageKey, JSON.stringify(texts));
  }

  /** By path of the recording. */
  #stored(): Map<string, readonly SelectedValue[]> {
    const stored = jsonFrom(this.#storage?.getItem(storageKey) ?? "");
    const byPath = new Map<string, readonly SelectedValue[]>();
    for (const entry of listFrom(stored)) {
      const [path, texts] = listFrom(entry);
      if (typeof path === "string") byPath.set(path, watchedFromTexts(listFrom(texts)));
    }
    return byPath;
  }
}

export const isSameValue = (one: SelectedValue, other: SelectedValue): boolean =>
  one.process === other.process && one.scope === other.scope && one.path === other.path;

/** As it stands in the address: scopes and paths may have any character. */
export const textOfWatched = ({ process, scope, path }: SelectedValue): string =>
  JSON.stringify([process, scope, path]);

/** What is not the text of a value is left out. */
export function watchedFromTexts(texts: readonly unknown[]): readonly SelectedValue[] {
  const values: SelectedValue[] = [];
  for (const text of texts) {
    const [process, scope, path] = typeof text === "string" ? listFrom(jsonFrom(text)) : [];
    if (!Number.isSafeInteger(process) || typeof process !== "number") continue;
    if (typeof scope === "string" && typeof path === "string") values.push({ process, scope, path });
  }
  return values.slice(0, mostWatched);
}

const listFrom = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
