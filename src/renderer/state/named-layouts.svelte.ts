// Layouts under names, kept for the user beside the one that is in use.
import type { StoredDock } from "./dock-stored.js";
import type { Dock } from "./dock.svelte.js";
import type { Kept } from "./kept-texts.js";

const storageKey = "hindcast.layouts";
export const mostLayoutName = 60;

interface NamedLayout {
  readonly name: string;
  readonly dock: StoredDock;
}

export class NamedLayouts {
  readonly #storage: Kept;
  readonly #dock: Dock;
  #layouts = $state.raw<readonly NamedLayout[]>([]);

  constructor(storage: Kept, dock: Dock) {
    this.#storage = storage;
    this.#dock = dock;
    this.#layouts = layoutsFrom(storage.getItem(storageKey));
  }

  /** By their names. */
  readonly names: readonly string[] = $derived.by(() => this.#layouts.map(({ name }) => name));
  /** The one that the window looks like now, to the pixel. */
  readonly current: string | undefined = $derived.by(() => {
    const now = JSON.stringify(this.#dock.kept.tree);
    return this.#layouts.find(({ dock }) => JSON.stringify(dock.tree) === now)?.name;
  });

  /** The window's layout under this name, in place of the one that had it. */
  save(name: string): void {
    const others = this.#layouts.filter((one) => one.name !== name);
    this.#keep([...others, { name, dock: this.#dock.kept }]);
  }

  use(name: string): void {
    const found = this.#layouts.find((one) => one.name === name);
    if (found !== undefined) this.#dock.use(found.dock);
  }

  /** False when another layout has that name. */
  rename(name: string, wanted: string): boolean {
    if (wanted === name) return true;
    if (wanted === "" || this.names.includes(wanted)) return false;
    this.#keep(this.#layouts.map((one) => (one.name === name ? { ...one, name: wanted } : one)));
    return true;
  }

  /** Returns what puts it back. */
  remove(name: string): () => void {
    const removed = this.#layouts.filter((one) => one.name === name);
    this.#keep(this.#layouts.filter((one) => one.name !== name));
    return () => this.#keep([...this.#layouts.filter((one) => one.name !== name), ...removed]);
  }

  #keep(layouts: readonly NamedLayout[]): void {
    this.#layouts = [...layouts].sort((one, other) => one.name.localeCompare(other.name));
    this.#storage.setItem(storageKey, JSON.stringify(this.#layouts));
  }
}

/** As far as it makes sense; a layout itself is looked at when it is used. */
function layoutsFrom(text: string | null): readonly NamedLayout[] {
  const stored = parsed(text);
  if (!Array.isArray(stored)) return [];
  const layouts = stored.flatMap((one: unknown): readonly NamedLayout[] => {
    if (typeof one !== "object" || one === null || !("name" in one) || !("dock" in one)) return [];
    return typeof one.name === "string" && isStoredDock(one.dock) ? [{ name: one.name, dock: one.dock }] : [];
  });
  return layouts.filter(({ name }, index) => layouts.findIndex((one) => one.name === name) === index);
}

const isStoredDock = (dock: unknown): dock is StoredDock =>
  typeof dock === "object" && dock !== null && "known" in dock && Array.isArray(dock.known);

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
