// The consistent cut: how far each process is shown so that no effect is shown without its cause. The order of records
// in different processes is known from messages alone; what clocks say decides only where nothing contradicts.
//
// At an instant, each process is shown up to that instant of its own clock, less what a message that is not yet sent
// there had caused: effects are hidden, causes are never brought forward. So nothing is shown that its own process's
// clock calls later than the playhead, a cut exists also while a sender's records are still on their way, and it is the
// largest consistent one that is not later. After one record of one process, that process is shown exactly so far: what
// caused the record is shown, whatever the other clocks say, and nothing that its later records caused.
import type { MessageEdge, MessagePoint } from "../../shared/trace/message.js";
import { type Instant, type ProcessId, type Seq, instant, seq } from "../../shared/trace/time.js";
import { Staircase, type Within } from "./staircase.js";

/** How far one process is shown. */
export interface Reach {
  readonly upTo: Within;
  /**
   * Absent where that is simply the instant asked for. Else how far it is from there, nanoseconds: below zero where an
   * effect is hidden, by how much its clock is before that instant; above where a cause is shown, by how much it is after.
   */
  readonly movedNs: bigint | undefined;
}

export class Cut {
  readonly #moved = new Map<ProcessId, Reach>();

  constructor(
    readonly at: Instant,
    readonly otherwise: Within = { instant: at },
  ) {}

  /** The processes that are not simply shown up to the instant. */
  get moved(): ReadonlyMap<ProcessId, Reach> {
    return this.#moved;
  }

  of(process: ProcessId): Reach {
    return this.#moved.get(process) ?? { upTo: this.otherwise, movedNs: undefined };
  }

  has({ process, seq: position, instant: at }: MessagePoint): boolean {
    const { upTo } = this.of(process);
    return "seq" in upTo ? position <= upTo.seq : at <= upTo.instant;
  }

  put(process: ProcessId, reach: Reach): void {
    this.#moved.set(process, reach);
  }

  /** False when it did not reach so far anyway. */
  endBefore(point: MessagePoint): boolean {
    if (!this.has(point)) return false;
    this.put(point.process, { upTo: { seq: seq(point.seq - 1) }, movedNs: point.instant - this.at });
    return true;
  }

  /** False when it reached so far anyway. */
  reachTo(point: MessagePoint): boolean {
    if (this.has(point)) return false;
    this.put(point.process, { upTo: { seq: point.seq }, movedNs: point.instant - this.at });
    return true;
  }
}

/** The messages from one process to another, as far as a cut asks of them. */
export interface Way {
  readonly sender: ProcessId;
  readonly receiver: ProcessId;
  /** The first that its receiver had of what was sent behind there. What was received after `until` need not be told of. */
  firstReceivedBehind(sent: Within, until: Instant): MessagePoint | undefined;
  /** The last that was sent of what its receiver had by there. */
  lastSentOf(received: { readonly seq: Seq; readonly instant: Instant }): MessagePoint | undefined;
}

const nothing: Within = { seq: seq(0) };

/** What is known of messages between the processes of one recording. */
export class MessageOrder {
  readonly #from = new Map<ProcessId, Way[]>();
  readonly #to = new Map<ProcessId, Way[]>();
  readonly #stairs = new Map<string, Staircase>();
  #awaited: readonly MessagePoint[] = [];

  /** In any order, as messages become known; both ends are of different processes. */
  add(edge: MessageEdge): void {
    const [sender, receiver] = [edge.sent.process, edge.received.process];
    const name = `${sender} ${receiver}`;
    let stairs = this.#stairs.get(name);
    if (stairs === undefined) {
      stairs = new Staircase(sender, receiver);
      this.#stairs.set(name, stairs);
      this.include(stairs);
    }
    stairs.add(edge);
  }

  /** One for each pair of processes. */
  include(way: Way): void {
    const [from, to] = [this.#from.get(way.sender), this.#to.get(way.receiver)];
    if (from === undefined) this.#from.set(way.sender, [way]);
    else from.push(way);
    if (to === undefined) this.#to.set(way.receiver, [way]);
    else to.push(way);
  }

  /** Receipts of what another process of the recording has sent, while the record of its sending has not come. */
  await(receipts: readonly MessagePoint[]): void {
    this.#awaited = receipts;
  }

  /** The largest consistent cut with nothing after an instant. */
  atInstant(at: Instant): Cut {
    const cut = new Cut(at);
    this.#hideEffects(cut, this.#awaited);
    return cut;
  }

  /** One process exactly after one of its records, the others as at its instant unless causes or effects forbid. */
  atRecord(point: MessagePoint): Cut {
    const { process, instant: at } = point;
    const here: Reach = { upTo: { seq: point.seq }, movedNs: 0n };
    const [least, cut] = [new Cut(at, nothing), new Cut(at)];
    least.put(process, here);
    cut.put(process, here);
    for (const sending of this.#showCauses(least, process)) cut.reachTo(sending);
    // What the record itself was caused by stays, also where its sending is not known yet.
    this.#hideEffects(
      cut,
      this.#awaited.filter((receipt) => !least.has(receipt)),
    );
    cut.put(process, here);
    return cut;
  }

  /** Until nothing is received that is not sent. */
  #hideEffects(cut: Cut, awaited: readonly MessagePoint[]): void {
    for (const receipt of awaited) cut.endBefore(receipt);
    // A set goes on with what is added to it meanwhile.
    const unsettled = new Set(this.#from.keys());
    for (const sender of unsettled) {
      unsettled.delete(sender);
      for (const way of this.#from.get(sender) ?? []) {
        const receipt = way.firstReceivedBehind(cut.of(sender).upTo, cut.at);
        if (receipt !== undefined && cut.endBefore(receipt)) unsettled.add(way.receiver);
      }
    }
  }

  /** Until everything is sent of what led to where a process is. What those that were moved end with. */
  #showCauses(cut: Cut, first: ProcessId): Iterable<MessagePoint> {
    const lastShown = new Map<ProcessId, MessagePoint>();
    const unsettled = new Set([first]);
    for (const receiver of unsettled) {
      unsettled.delete(receiver);
      const { upTo, movedNs } = cut.of(receiver);
      if (!("seq" in upTo)) continue;
      const reached = { seq: upTo.seq, instant: instant(cut.at + (movedNs ?? 0n)) };
      for (const way of this.#to.get(receiver) ?? []) {
        const sending = way.lastSentOf(reached);
        // Where an edge was wrongly recorded: what is asked for stands.
        if (sending === undefined || sending.process === first || !cut.reachTo(sending)) continue;
        lastShown.set(sending.process, sending);
        unsettled.add(sending.process);
      }
    }
    return lastShown.values();
  }
}
