// Whether what was recorded of tracked state can be relied upon. When writes were lost, what is in the recording is not
// certain from the last moment at which nothing was missing, until every object's contents and then every scope have been
// recorded anew, which a round of looks does as soon as there is plenty of room. Each says since when it was uncertain.
import type { RecordSink } from "../record-sink.js";

export class Renewal {
  #lost = 0;
  #certainMs = 0;
  #uncertainSinceMs: number | undefined;
  /** What the round that goes on renews is uncertain since then. */
  #renewingSinceMs: number | undefined;

  constructor(readonly sink: Pick<RecordSink, "lostWrites" | "hasPlenty">) {}

  /** Before each look. */
  note(nowMs: number): void {
    const lost = this.sink.lostWrites;
    if (lost !== this.#lost) this.#uncertainSinceMs ??= this.#renewingSinceMs ?? this.#certainMs;
    else this.#certainMs = nowMs;
    this.#lost = lost;
  }

  /** Whether the round that begins now has to record everything anew. */
  beginRound(): void {
    if (this.#uncertainSinceMs === undefined || !this.sink.hasPlenty) return;
    this.#renewingSinceMs = this.#uncertainSinceMs;
    this.#uncertainSinceMs = undefined;
  }

  /** Undefined in a round that looks for changes only. */
  get sinceMs(): number | undefined {
    return this.#renewingSinceMs;
  }

  endRound(): void {
    this.#renewingSinceMs = undefined;
  }
}
