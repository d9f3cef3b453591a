// How far each process's time has come, and up to where its records are in zoom levels: its cover. Records of one process
// come nearly in the order of time, while clocks of processes differ.
import type { RecordRows, WaitingRows } from "./waiting-rows.js";
import { type Stretch, coverStepNs, floorTo } from "./zoom-levels.js";

/** Behind a process's newest record: what comes by this much late costs nothing. */
const lagNs = 1_000_000_000;
/** A process that is silent goes on, too: questions would else read what others recorded meanwhile record by record. */
const silentMs = 5000;
/** As near as a double tells instants of this century. */
const nearNs = 512;

interface Cover {
  /** As of the last commit. */
  until: bigint;
  /** The same, exactly: a multiple of a second fits a double. */
  untilNumber: number;
  /** The newest record, nearly, and when it came. */
  latest: number;
  heardMs: number;
}

/** By process, the stretch of time in which records came behind its cover. */
export type Late = ReadonlyMap<number, Stretch>;

/** Late records by what is made of them: samples; all others; spans among those. */
export interface LateRows {
  readonly samples: Late;
  readonly records: Late;
  readonly spans: Late;
}

class LateStretches {
  readonly stretches = new Map<number, Stretch>();

  note(process: number, instant: number): void {
    const [since, until] = [BigInt(instant - nearNs), BigInt(instant + nearNs)];
    const known = this.stretches.get(process) ?? { since, until };
    this.stretches.set(process, {
      since: since < known.since ? since : known.since,
      until: until > known.until ? until : known.until,
    });
  }
}

export class Covers {
  readonly #covers = new Map<number, Cover>();

  has(process: number): boolean {
    return this.#covers.has(process);
  }

  set(process: number, until: bigint, nowMs: number): void {
    const untilNumber = Number(until);
    const known = this.#covers.get(process);
    if (known === undefined) this.#covers.set(process, { until, untilNumber, latest: untilNumber, heardMs: nowMs });
    else Object.assign(known, { until, untilNumber });
  }

  delete(process: number): void {
    this.#covers.delete(process);
  }

  /** Of every process, as of the last commit. */
  *untils(): Iterable<readonly [process: number, until: bigint]> {
    for (const [process, { until }] of this.#covers) yield [process, until];
  }

  /** Takes note of how far processes came. */
  look({ buffers }: WaitingRows, nowMs: number): LateRows {
    const [samples, records, spans] = [new LateStretches(), new LateStretches(), new LateStretches()];
    this.#lookAt(buffers.metric, nowMs, samples);
    for (const name of ["event", "log", "write", "keyframe"] as const) this.#lookAt(buffers[name], nowMs, records);
    this.#lookAt(buffers.span, nowMs, records, spans);
    return { samples: samples.stretches, records: records.stretches, spans: spans.stretches };
  }

  #lookAt(
    { process, instant, length }: Pick<RecordRows, "process" | "instant" | "length">,
    nowMs: number,
    ...late: readonly LateStretches[]
  ): void {
    let [of, latest, until] = [-1, -Infinity, -Infinity];
    for (let row = 0; row < length; row++) {
      const next = process.at(row);
      // They come by the batch: many of one process after each other.
      if (next !== of) {
        this.#heard(of, latest, nowMs);
        [of, latest, until] = [next, -Infinity, this.#covers.get(next)?.untilNumber ?? -Infinity];
      }
      const at = instant.nearly(row);
      if (at > latest) latest = at;
      // Also what is just as near as a double tells.
      if (at <= until) for (const stretches of late) stretches.note(of, at);
    }
    this.#heard(of, latest, nowMs);
  }

  #heard(process: number, latest: number, nowMs: number): void {
    const cover = this.#covers.get(process);
    if (cover === undefined || latest < cover.latest) return;
    cover.latest = latest;
    cover.heardMs = nowMs;
  }

  /** Of those whose time has come further, up to where their records may be put into levels now. */
  next(nowMs: number): ReadonlyMap<number, bigint> {
    const next = new Map<number, bigint>();
    for (const [process, { until, latest, heardMs }] of this.#covers) {
      const silent = Math.floor(Math.max(0, nowMs - heardMs - silentMs)) * 1e6;
      const reached = floorTo(coverStepNs, BigInt(latest + silent - lagNs));
      if (reached > until) next.set(process, reached);
    }
    return next;
  }
}
