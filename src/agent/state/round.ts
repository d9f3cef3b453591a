// The look goes round the graph breadth first in rounds. What a round did not reach is forgotten at its end (objects.ts), and when
// writes were lost, a round records everything anew and then every scope (renewal.ts). All of it a little at a time.
import type { WriteOperation } from "../../shared/trace/write.js";
import { contentsOf } from "./contents.js";
import type { FirstLook } from "./first-look.js";
import type { Followed } from "./followed.js";
import { ObjectQueue } from "./long-queue.js";
import type { FollowedObjectSet } from "./objects.js";
import type { Renewal } from "./renewal.js";
import { type Shadow, hasProperties, isLong, sizeOf, slotsOf, slotsPerPiece } from "./shadow.js";

export interface RoundOf {
  readonly objects: FollowedObjectSet;
  readonly firstLook: FirstLook;
  readonly renewal: Renewal;
  changesOf(entry: Followed, object: object): WriteOperation[] | undefined;
  record(operation: WriteOperation, afterMs: number): void;
  clockMs(): number;
  roots(): object[];
  scopes(): string[];
  renewScope(name: string, sinceMs: number): void;
}

/** What a round does after the other. */
type Stage = "over" | "visiting" | "sweeping" | "scopes";

const sweptAtOnce = 1000;

export class Round {
  readonly #for: RoundOf;
  readonly #toVisit = new ObjectQueue();
  /** Too large for one go, and not through yet. */
  #inside: { readonly object: object; readonly entry: Followed } | undefined;
  #insideSinceMs = 0;
  #stage: Stage = "over";
  #scopes: string[] = [];
  #scopesDone = 0;

  constructor(what: RoundOf) {
    this.#for = what;
  }

  get isUnderWay(): boolean {
    return this.#stage !== "over";
  }

  add(object: object, entry: Followed): void {
    this.#toVisit.push(object, entry);
  }

  /** Goes on with the round, or begins one, as far as `slots` and the time last; no further than to its end. */
  look(slots: number, isInTime: () => boolean): void {
    if (this.#stage === "over") this.#begin();
    let left = slots;
    do left -= this.#step();
    while (left > 0 && this.isUnderWay && isInTime());
  }

  finish(): void {
    this.look(Number.POSITIVE_INFINITY, () => true);
  }

  #begin(): void {
    const { objects, renewal } = this.#for;
    objects.round++;
    renewal.beginRound();
    this.#toVisit.clear();
    const roots = this.#for.roots();
    for (let at = 0; at < roots.length; at++) objects.reach(roots[at]);
    this.#stage = "visiting";
  }

  /** Returns how many slots it had to look at. */
  #step(): number {
    switch (this.#stage) {
      case "over":
        return 0;
      case "visiting":
        return this.#visit();
      case "sweeping":
        if (!this.#for.objects.sweep(sweptAtOnce)) this.#endOrRenew();
        return sweptAtOnce / 10;
      case "scopes":
        return this.#renewScope();
    }
  }

  #visit(): number {
    const inside = this.#inside;
    this.#inside = undefined;
    const object = inside?.object ?? this.#toVisit.take();
    const entry = inside?.entry ?? this.#toVisit.entry;
    if (object === undefined) {
      this.#for.objects.beginSweep();
      this.#stage = "sweeping";
      return 1;
    }
    return entry?.shadow === undefined ? 1 : this.#lookAt(entry, entry.shadow, object);
  }

  /** Returns how many slots it had to compare. */
  #lookAt(entry: Followed, shadow: Shadow, object: object): number {
    const { renewal, firstLook, objects } = this.#for;
    const afterMs = entry.lookedMs;
    if (shadow.kind === "unread") return 1; // it is waiting, and what it holds is not known yet
    if (shadow.kind === "opaque" && shadow.tooLarge)
      return slotsOf(object) < shadow.slots ? firstLook.begin(entry, object, afterMs) : 1;
    if (entry.walk !== undefined || isLong(shadow, object)) return this.#lookInside(entry, shadow, object);
    const nowMs = this.#for.clockMs();
    const operations = this.#for.changesOf(entry, object);
    entry.lookedMs = nowMs;
    if (operations === undefined) return firstLook.begin(entry, object, afterMs);
    if (renewal.sinceMs !== undefined && entry.shadow !== undefined) {
      const { id, className, privates, shadow: current } = entry;
      const contents = contentsOf({ id, className, privates, shadow: current }, objects.encoder);
      this.#for.record({ kind: "contents", target: id, contents }, renewal.sinceMs);
    } else
      for (let at = 0; at < operations.length; at++) {
        const operation = operations[at];
        if (operation !== undefined) this.#for.record(operation, afterMs);
      }
    return this.#reachChildren(entry);
  }

  #lookInside(entry: Followed, shadow: Shadow, object: object): number {
    const { renewal, firstLook, objects } = this.#for;
    const isCurrent = entry.walkRound === objects.round;
    const isRenewal = renewal.sinceMs !== undefined && !isCurrent;
    if (entry.walk === undefined || isRenewal) {
      this.#insideSinceMs = this.#for.clockMs();
      const isOther = "hasMore" in shadow && hasProperties(object) !== shadow.hasMore;
      if (isOther || isRenewal) firstLook.begin(entry, object, renewal.sinceMs ?? entry.lookedMs);
      else firstLook.compare(entry, object);
      if (entry.walk !== undefined) this.#inside = { object, entry };
      return this.#inside === undefined ? this.#reachChildren(entry) : 1;
    }
    // What was gone through in an earlier round was not reached in this one.
    if (firstLook.step(entry) || !isCurrent) this.#inside = { object, entry };
    else entry.lookedMs = Math.max(entry.lookedMs, this.#insideSinceMs);
    return slotsPerPiece;
  }

  #reachChildren({ shadow, privates }: Followed): number {
    const { objects } = this.#for;
    privates?.forEach((slot) => objects.reach(slot));
    switch (shadow?.kind) {
      case "object":
      case "error":
        shadow.entries.forEach((slot) => objects.reach(slot));
        break;
      case "array":
        for (let at = 0; at < shadow.elements.length; at++) objects.reach(shadow.elements[at]);
        shadow.entries.forEach((slot) => objects.reach(slot));
        break;
      case "map":
        shadow.pairs.forEach((value, key) => {
          objects.reach(key);
          objects.reach(value);
        });
        break;
      case "set":
        shadow.members.forEach((member) => objects.reach(member));
        break;
      default:
        return 1;
    }
    return 1 + sizeOf(shadow);
  }

  #endOrRenew(): void {
    this.#stage = this.#for.renewal.sinceMs === undefined ? "over" : "scopes";
    this.#scopes = this.#stage === "scopes" ? this.#for.scopes() : [];
    this.#scopesDone = 0;
  }

  #renewScope(): number {
    const { renewal } = this.#for;
    const name = this.#scopes[this.#scopesDone++];
    if (name !== undefined && renewal.sinceMs !== undefined) {
      this.#for.renewScope(name, renewal.sinceMs);
      return 1;
    }
    renewal.endRound();
    this.#stage = "over";
    return 1;
  }
}
