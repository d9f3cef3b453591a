// When it is told that a recording has changed: at once, then at most four times a second; the last change is always told.

/** Between two notices about one recording. */
const noticeEveryMs = 250;

interface Pending {
  lastMs: number;
  timer: NodeJS.Timeout | undefined;
}

export class ChangeNotices {
  readonly #pending = new Map<string, Pending>();
  readonly #tell: (recordingId: string) => void;

  constructor(tell: (recordingId: string) => void) {
    this.#tell = tell;
  }

  changed(id: string): void {
    const pending = this.#pending.get(id) ?? { lastMs: 0, timer: undefined };
    this.#pending.set(id, pending);
    if (pending.timer !== undefined) return;
    const wait = Math.max(0, pending.lastMs + noticeEveryMs - Date.now());
    pending.timer = setTimeout(() => {
      pending.timer = undefined;
      pending.lastMs = Date.now();
      this.#tell(id);
    }, wait);
  }

  /** Of changes until now nothing more is told. */
  quiet(id: string): void {
    clearTimeout(this.#pending.get(id)?.timer);
    this.#pending.delete(id);
  }
}
