// How the window is divided. Kept per browser or desktop profile, as fractions, whatever the recording and theme.
const storageKey = "hindcast.layout";

/** Share of the first of two neighbours; the defaults are those of a 1440×900 window. */
export const initialSplits = {
  /** Left column against State. */
  left: 0.615,
  /** Lanes against Metrics and Logs. */
  lanes: 0.46,
  /** Metrics against Logs. */
  metrics: 0.5,
} as const;
export type SplitName = keyof typeof initialSplits;

export class Layout {
  readonly #storage: Storage;
  #splits = $state.raw<Readonly<Record<SplitName, number>>>(initialSplits);

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#splits = splitsFromText(storage.getItem(storageKey));
  }

  fraction(name: SplitName): number {
    return this.#splits[name];
  }

  move(name: SplitName, fraction: number): void {
    this.#splits = { ...this.#splits, [name]: fraction };
    this.#storage.setItem(storageKey, JSON.stringify(this.#splits));
  }

  reset(): void {
    this.#splits = initialSplits;
    this.#storage.removeItem(storageKey);
  }
}

/** What was stored, as far as it makes sense; the initial share for the rest. */
function splitsFromText(text: string | null): Readonly<Record<SplitName, number>> {
  const stored = parsed(text);
  const share = (name: SplitName): number => {
    const value = stored[name];
    return typeof value === "number" && value > 0 && value < 1 ? value : initialSplits[name];
  };
  return { left: share("left"), lanes: share("lanes"), metrics: share("metrics") };
}

function parsed(text: string | null): Readonly<Record<string, unknown>> {
  if (text === null) return {};
  try {
    const stored: unknown = JSON.parse(text);
    return typeof stored === "object" && stored !== null ? { ...stored } : {};
  } catch {
    return {};
  }
}
