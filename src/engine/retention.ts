// Keeps a recording within its limits while it is made: looks now and then whether there is too much, and has it removed a
// little after each commit. Called between commits, by whoever commits.
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { Growth } from "./growth.js";
import { cutByAge, diskReserve, effectiveBytes, leastKeptNs, sizeTarget, stretchesBefore } from "./keeping.js";
import { type DiskSpace, diskOf } from "./store/checkpoint.js";
import type { EvictedCounts } from "./store/evicted.js";
import type { Step } from "./store/evictor.js";
import type { FlightStore, Limits, Pin } from "./store/flight-store.js";

/** Of eviction, after each commit; what cannot be divided further may take longer. */
const sliceMs = 12;
/** The same while the file is nearly as large as it may be: what comes waits. */
const pressedSliceMs = 500;
const pressedPart = 0.75;
const lookEveryMs = 1000;
const lookEveryPart = 1 / 64;
const closeEveryPart = 1 / 32;
const logPart = 1 / 16;
const commitPart = 1 / 32;
/** Of the room that is left beyond what may be in use: so much comes before an eviction is followed by another. */
const settlePart = 1 / 16;

/** What has come so far, as of a commit. */
export interface Come {
  /** Instant of the newest record. */
  readonly newest: bigint;
  readonly start: bigint;
  /** Of batches, from the start of this engine on. */
  readonly bytes: number;
}

export interface Kept {
  readonly limits: Limits;
  readonly pins: readonly Pin[];
  readonly evicted: EvictedCounts;
  /** What is kept whole begins here; undefined while nothing was evicted. */
  readonly since: bigint | undefined;
  readonly warning: HindcastError | undefined;
}

/** What bounds it, when not what there is. */
export interface Bounds {
  readonly diskReserveBytes?: number | undefined;
  readonly mostBaseBytes?: number | undefined;
}

export class Retention {
  readonly #flight: FlightStore;
  readonly #bounds: Bounds;
  readonly #growth = new Growth();
  #limits: Limits;
  #pins: readonly Pin[];
  #evicted: EvictedCounts;
  #since: bigint | undefined;
  /** Everything before that is not pinned is gone, or on its way. */
  #until: bigint | undefined;
  #running: AsyncGenerator<Step> | undefined;
  #warning: HindcastError | undefined;
  #wasCutShort = false;
  #isPressed = false;
  #lookedMs = 0;
  #lookedAt = 0n;
  #lookedBytes = 0;
  #closedAt: bigint | undefined;
  #closedBytes = 0;
  /** What had come when the last eviction ended of which it is not known yet how much room it made. */
  #madeRoomAt: number | undefined;

  private constructor(flight: FlightStore, bounds: Bounds, about: Pick<Kept, "limits" | "pins" | "evicted" | "since">) {
    this.#flight = flight;
    this.#bounds = bounds;
    this.#limits = about.limits;
    this.#pins = about.pins;
    this.#evicted = about.evicted;
    this.#since = about.since;
    this.#until = about.since;
    if (about.since !== undefined) this.#running = flight.evictor.finishWhatWasBegun();
  }

  /** As the file says; `limits` where they are new. */
  static async open(flight: FlightStore, bounds: Bounds, limits?: Limits): Promise<Retention> {
    if (limits !== undefined) await flight.setLimits(limits);
    const { start, any, ...evicted } = await flight.evictor.counts();
    const [known, pins] = [await flight.limits(), await flight.pins()];
    return new Retention(flight, bounds, { limits: known, pins, evicted, since: any ? start : undefined });
  }

  get kept(): Kept {
    return {
      limits: this.#limits,
      pins: this.#pins,
      evicted: this.#evicted,
      since: this.#since,
      warning: this.#warning,
    };
  }

  /** Something is being removed. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** What comes meanwhile would make the file larger than it may be. */
  get isFull(): boolean {
    return this.isBusy && this.#isPressed;
  }

  /** At most so much is committed at once: a file that may be small is made smaller a little at a time, too. */
  get mostCommitBytes(): number {
    return (this.#limits.maxBytes ?? Infinity) * commitPart;
  }

  get #isLimited(): boolean {
    return this.#limits.maxAgeNs !== undefined || this.#limits.maxBytes !== undefined;
  }

  /** At most so much lies in the log. */
  get mostLogBytes(): number | undefined {
    const { maxBytes } = this.#limits;
    return maxBytes === undefined ? undefined : maxBytes * logPart;
  }

  async pin(label: string, since: bigint, until: bigint): Promise<Pin> {
    const pin = await this.#flight.pin(label, since, until);
    this.#pins = await this.#flight.pins();
    // What is on its way out does not know of it.
    if (this.isBusy) this.#running = this.#flight.evictor.finishWhatWasBegun();
    return pin;
  }

  async unpin(id: number): Promise<boolean> {
    if (!this.#pins.some((pin) => pin.id === id)) return false;
    await this.#flight.unpin(id);
    this.#pins = await this.#flight.pins();
    // Until now it was kept, and is older than what is.
    this.#lookedMs = 0;
    return true;
  }

  /** Whether there is something to tell. What fails leaves the rest for later. */
  async afterCommit(come: Come, nowMs: number): Promise<boolean> {
    this.#growth.note(come.newest, come.bytes);
    this.#closeWhenDue(come);
    try {
      if (this.#running === undefined) return await this.#look(come, nowMs);
      await this.#goOn(nowMs);
      if (!this.isBusy) {
        if (this.#madeRoomAt !== undefined) this.#madeRoomAt = come.bytes;
        // There may be more by now.
        await this.#look(come, nowMs);
      }
      return true;
    } catch (error) {
      this.#running = undefined;
      this.#wasCutShort = true;
      throw error;
    }
  }

  /** Only whole segments go: there has to be an end of one near where something will be cut. */
  #closeWhenDue({ newest, bytes }: Come): void {
    if (!this.#isLimited) return;
    const { maxAgeNs, maxBytes } = this.#limits;
    this.#closedAt ??= newest;
    const isOld = maxAgeNs !== undefined && Number(newest - this.#closedAt) >= Number(maxAgeNs) * closeEveryPart;
    const isMuch = maxBytes !== undefined && bytes - this.#closedBytes >= maxBytes * closeEveryPart;
    if (!isOld && !isMuch) return;
    this.#flight.segments.closeOpen();
    this.#closedAt = newest;
    this.#closedBytes = bytes;
  }

  async #goOn(beganMs: number): Promise<void> {
    do {
      const next = await this.#running?.next();
      if (next?.value === "changed") break;
      if (next?.done !== true) continue;
      this.#running = undefined;
      await this.#flight.checkpoint();
      this.#lookedMs = 0;
      break;
    } while (performance.now() - beganMs < (this.#isPressed ? pressedSliceMs : sliceMs));
    await this.#count();
  }

  async #count(): Promise<void> {
    const { start, any, ...evicted } = await this.#flight.evictor.counts();
    this.#evicted = evicted;
    this.#since = any ? start : undefined;
  }

  async #look(come: Come, nowMs: number): Promise<boolean> {
    const { maxAgeNs, maxBytes } = this.#limits;
    const isMuch = maxBytes !== undefined && come.bytes - this.#lookedBytes >= maxBytes * lookEveryPart;
    const isLong = maxAgeNs !== undefined && Number(come.newest - this.#lookedAt) >= Number(maxAgeNs) * lookEveryPart;
    if (!isMuch && !isLong && this.#lookedMs > 0 && nowMs - this.#lookedMs < lookEveryMs) return false;
    this.#lookedMs = nowMs;
    this.#lookedAt = come.newest;
    this.#lookedBytes = come.bytes;
    const disk = await diskOf(this.#flight.path);
    const before = this.#warning;
    this.#warning = this.#diskWarning(disk) ?? this.#stateWarning();
    if (this.#isLimited) await this.#begin(come, disk);
    return this.#running !== undefined || this.#warning?.code !== before?.code;
  }

  async #begin(come: Come, disk: DiskSpace | undefined): Promise<void> {
    if (this.#wasCutShort) {
      this.#wasCutShort = false;
      this.#running = this.#flight.evictor.finishWhatWasBegun();
      return;
    }
    const kept = this.#until ?? come.start;
    const byAge = cutByAge(this.#limits, kept, come.newest);
    const bySize = await this.#cutBySize(come, kept, disk);
    const until = byAge === undefined || (bySize !== undefined && bySize > byAge) ? bySize : byAge;
    if (until === undefined) return;
    this.#until = until;
    this.#growth.forgetBefore(until);
    this.#running = this.#flight.evictor.evict(stretchesBefore(until, this.#pins), this.#bounds.mostBaseBytes);
  }

  async #cutBySize({ newest, bytes }: Come, kept: bigint, disk: DiskSpace | undefined): Promise<bigint | undefined> {
    let size = await this.#flight.size();
    const maxBytes = effectiveBytes(this.#limits, size.wholeBytes, disk, this.#bounds.diskReserveBytes);
    if (maxBytes === undefined) return undefined;
    const { mostBytes, untilBytes } = sizeTarget(maxBytes);
    this.#isPressed = size.wholeBytes > pressedPart * maxBytes;
    if (size.usedBytes <= mostBytes) return undefined;
    // Rows that were removed take their room until DuckDB writes what is left of their group anew, as it does when rows come to
    // it. Until then what is in use would have more and more evicted, down to the least that is kept.
    if (this.#madeRoomAt !== undefined) {
      if (bytes - this.#madeRoomAt < (maxBytes - mostBytes) * settlePart) return undefined;
      await this.#flight.checkpoint();
      this.#madeRoomAt = undefined;
      size = await this.#flight.size();
      if (size.usedBytes <= mostBytes) return undefined;
    }
    const latest = newest - leastKeptNs;
    const cut = this.#growth.cutAt(1 - untilBytes / size.usedBytes, kept, newest);
    const until = cut < latest ? cut : latest;
    if (until > kept) {
      this.#madeRoomAt = bytes;
      return until;
    }
    this.#warning ??= this.#sizeWarning(maxBytes, disk);
    return undefined;
  }

  /** Of one that is larger than it may be and cannot evict more: by its limit, or because its disk has no room for that. */
  #sizeWarning(mayBeBytes: number, disk: DiskSpace | undefined): HindcastError {
    const { path } = this.#flight;
    if (disk !== undefined && mayBeBytes < (this.#limits.maxBytes ?? Infinity)) return nearlyFull(path, disk);
    return hindcastError("recording-over-limit", { path, limit: bytesText(mayBeBytes) });
  }

  /** Nothing that needs it is evicted. */
  #stateWarning(): HindcastError | undefined {
    const [process] = this.#flight.evictor.tooLarge;
    if (process === undefined) return undefined;
    return hindcastError("state-too-large", { path: this.#flight.path, process: String(process) });
  }

  /** Of one that may evict, its limit shrinks with the disk. */
  #diskWarning(disk: DiskSpace | undefined): HindcastError | undefined {
    if (disk === undefined || this.#isLimited) return undefined;
    const reserve = diskReserve(disk, this.#bounds.diskReserveBytes);
    // Not said and unsaid again and again.
    const isLow = disk.freeBytes < (this.#warning === undefined ? 2 : 2.5) * reserve;
    return isLow ? nearlyFull(this.#flight.path, disk) : undefined;
  }
}

const nearlyFull = (path: string, { freeBytes }: DiskSpace): HindcastError =>
  hindcastError("disk-nearly-full", { path, free: bytesText(freeBytes) });

const bytesText = (bytes: number): string => `${Math.max(0, Math.round(bytes / 1e6)).toLocaleString("en-US")} MB`;
