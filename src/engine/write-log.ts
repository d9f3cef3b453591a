// A process's writes kept in memory once read, so that scrubbing and histories do not ask the store again and again.
// After each commit of a live recording only what is new is read. A process with very many writes is not kept: its
// questions go to the store.
import { type Asker, nobody } from "../shared/base/asker.js";
import { firstWhere } from "../shared/base/first-where.js";
import { type Instant, type ProcessId, type Seq, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";

/** Less than half a kilobyte each. */
const maxKept = 500_000;
const toTheEnd = { seq: seq(Number.MAX_SAFE_INTEGER) };

interface Kept {
  readonly writes: RecordedWrite[];
  /** Of each: the latest instant up to it. A clock may be set back, and folding ends at the first write that is too late. */
  readonly latest: Instant[];
  generation: number;
  isTooMany: boolean;
}

type UpTo = { readonly seq: Seq } | { readonly instant: Instant };

export class WriteLog implements WriteReader {
  readonly #store: WriteReader;
  readonly #generation: () => number;
  readonly #kept = new Map<ProcessId, Kept>();
  readonly #reading = new Map<ProcessId, Promise<void>>();
  readonly #maxKept: number;

  /** `generation` goes up whenever the store has more. */
  constructor(store: WriteReader, generation: () => number, maxWrites = maxKept) {
    this.#store = store;
    this.#generation = generation;
    this.#maxKept = maxWrites;
  }

  async read(process: ProcessId, after: Seq, upTo: UpTo, asker = nobody): Promise<readonly RecordedWrite[]> {
    const kept = await this.#upToDate(process, asker);
    if (kept.isTooMany) return this.#store.read(process, after, upTo, asker);
    const { writes, latest } = kept;
    const countUpTo = (last: Seq): number => firstWhere(writes.length, (at) => (writes[at]?.seq ?? last) > last);
    const from = countUpTo(after);
    const to =
      "seq" in upTo
        ? countUpTo(upTo.seq)
        : firstWhere(latest.length, (at) => (latest[at] ?? upTo.instant) > upTo.instant);
    return from === 0 && to === writes.length ? writes.slice() : writes.slice(from, Math.max(from, to));
  }

  async #upToDate(process: ProcessId, asker: Asker): Promise<Kept> {
    let kept = this.#kept.get(process);
    if (kept === undefined) {
      kept = { writes: [], latest: [], generation: Number.NaN, isTooMany: false };
      this.#kept.set(process, kept);
    }
    // Each waits again for who was quicker, or two would read the same writes.
    for (let busy = this.#reading.get(process); busy !== undefined; busy = this.#reading.get(process))
      await busy.catch(() => undefined);
    const generation = this.#generation();
    if (kept.isTooMany || kept.generation === generation) return kept;
    const reading = this.#readOn(process, kept, generation, asker).finally(() => this.#reading.delete(process));
    this.#reading.set(process, reading);
    await reading;
    return kept;
  }

  async #readOn(process: ProcessId, kept: Kept, generation: number, asker: Asker): Promise<void> {
    const more = await this.#store.read(process, kept.writes.at(-1)?.seq ?? seq(0), toTheEnd, asker);
    for (const write of more) {
      const before = kept.latest.at(-1);
      kept.writes.push(write);
      kept.latest.push(before === undefined || write.instant > before ? write.instant : before);
    }
    kept.generation = generation;
    if (kept.writes.length <= this.#maxKept) return;
    kept.isTooMany = true;
    kept.writes.length = 0;
    kept.latest.length = 0;
  }
}
