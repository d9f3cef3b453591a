// The history of one path by segments: those that wrote nothing to what the path's scope sees are passed over. Where its
// writes are is found once, and goes on as the recording grows; what they did is worked out for those that are asked for.
import type { Path } from "../shared/trace/path.js";
import type { ProcessId } from "../shared/trace/time.js";
import type { RecordedWrite } from "../shared/trace/write.js";
import { type Asker, nobody, tellPart } from "../shared/base/asker.js";
import type { SegmentReader } from "./recording-access.js";
import type { HistoryEntry } from "./replay/history.js";
import type { WritePosition } from "./replay/scope-writes.js";
import { WritePositions } from "./replay/write-positions.js";
import { entriesInSegment, pathInSegment } from "./replay/segments/path-in-segment.js";
import { nextWriting } from "./segment-walks.js";
import { type SegmentPosition, type SegmentedProcess, positionOf } from "./segmented-process.js";

export class SegmentHistory {
  existed = false;
  /** All that was committed by the last time is taken in. */
  isWhole = false;
  /** All of them in order. */
  readonly positions: WritePositions;
  /** The newest `limit` of them. */
  entries: readonly HistoryEntry[] = [];
  /** How far it was looked. */
  #until: SegmentPosition = { segment: 0, count: 0 };
  #after: ReadonlySet<number> = new Set();
  readonly #epoch: number;

  constructor(
    readonly id: ProcessId,
    readonly process: SegmentedProcess,
    readonly segments: SegmentReader,
    readonly scope: string,
    readonly path: Path,
    readonly limit: number,
  ) {
    this.positions = new WritePositions(id);
    this.#epoch = process.epoch;
  }

  get total(): number {
    return this.positions.length;
  }

  /** Takes in what was committed since, or as much of it as is enough. What was taken in stays so for the next who asks. */
  async extend(asker = nobody, isEnough = (): boolean => false): Promise<void> {
    this.isWhole = false;
    this.process.mustBeOf(this.#epoch);
    const before = this.total;
    const last = this.process.openNumber;
    let segment = this.#until.segment;
    let from = this.#until.count;
    if (segment === 0) segment = await nextWriting(this.process, 0, 1, this.#after, this.scope, asker);
    while (segment <= last) {
      tellPart(asker, this.process.part(segment));
      await this.#takeIn(segment, from, asker);
      if (segment === last) break;
      if (isEnough()) return;
      segment = await nextWriting(this.process, segment, 1, this.#after, this.scope, asker);
      from = 0;
    }
    if (this.total > before || this.entries.length === 0)
      this.entries = await this.print(this.positions.slice(Math.max(0, this.total - this.limit)), asker);
    this.isWhole = true;
  }

  async #takeIn(segment: number, from: number, asker: Asker): Promise<void> {
    const found = await this.process.look(
      () => {
        const state = this.process.state(segment);
        const { positions, existed, after } = pathInSegment(state, this.scope, this.path);
        const placed = positions.filter((at) => at >= from).map((at) => positionOf(state.writes, at));
        return { placed, existed, after, count: state.writes.count };
      },
      this.process.needs(segment),
      asker,
    );
    for (const position of found.placed) this.positions.push(position);
    this.existed ||= found.existed;
    this.#after = found.after;
    this.#until = { segment, count: found.count };
  }

  /** Writes of this history, in order, as entries of it. */
  async print(positions: readonly WritePosition[], asker = nobody): Promise<readonly HistoryEntry[]> {
    const entries: HistoryEntry[] = [];
    let wanted: number[] = [];
    let segment = 0;
    for (const position of positions) {
      const at = await this.process.locate({ seq: position.seq }, asker);
      if (at.segment !== segment && wanted.length > 0) {
        entries.push(...(await this.#printIn(segment, wanted, asker)));
        wanted = [];
      }
      segment = at.segment;
      wanted.push(at.count - 1);
    }
    if (wanted.length > 0) entries.push(...(await this.#printIn(segment, wanted, asker)));
    return entries;
  }

  async #printIn(segment: number, wanted: readonly number[], asker: Asker): Promise<readonly HistoryEntry[]> {
    const written = await this.process.look(
      () => {
        const writes = this.process.writesOf(segment);
        return wanted.map((at) => writes.placeAt(at));
      },
      this.process.needs(segment),
      asker,
    );
    const spans = [...new Set(written.map(({ span }) => span))];
    const lastLocation = written.reduce((so, { location }) => Math.max(so, location), 0);
    const places = await this.segments.places(this.id, spans, lastLocation);
    return this.process.look(
      () => {
        const state = this.process.state(segment);
        const recordedAt = (at: number): RecordedWrite => this.process.recordedAt(segment, at, places);
        return entriesInSegment(state, this.scope, this.path, new Set(wanted), recordedAt);
      },
      this.process.needs(segment),
      asker,
    );
  }
}
