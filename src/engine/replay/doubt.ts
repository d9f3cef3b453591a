// What is not certain because writes were lost. From the last moment at which nothing was missing, any object may hold
// something else than is recorded, until its contents were recorded anew after the loss; so may a scope stand for
// another value until it was recorded anew. The agent records all of it anew as soon as there is room (agent/state/renewal).
import { type Instant, type Seq, instant } from "../../shared/trace/time.js";
import type { ObjectId } from "../../shared/trace/value.js";
import type { Loss, RecordedWrite } from "../../shared/trace/write.js";
import type { GraphView } from "./node.js";
import type { UpTo } from "./state-at.js";

/** Of a state whose last write is `at`. */
export interface Doubt {
  isObject(graph: GraphView, id: ObjectId, at: Seq): boolean;
  isScope(name: string, at: Seq): boolean;
}

/** Changes that a look found are older than the look. Where nothing was renewed, nobody said how much. */
const lookBackNs = 1_000_000_000n;

/** One loss and what was recorded anew before the next. */
class Stretch implements Doubt {
  readonly objects = new Map<ObjectId, Seq>();
  readonly scopes = new Map<string, Seq>();
  since: Instant;
  /** From here on all scopes that there are were recorded anew. */
  renewed: Instant | undefined;

  constructor(readonly loss: Loss) {
    this.since = instant(loss.since - lookBackNs);
  }

  isObject(graph: GraphView, id: ObjectId, at: Seq): boolean {
    // What cannot be looked into says the same for ever.
    if (graph.node(id)?.kind === "opaque") return false;
    return (this.objects.get(id) ?? Infinity) > at;
  }

  isScope(name: string, at: Seq): boolean {
    return (this.scopes.get(name) ?? Infinity) > at;
  }
}

export class Doubts {
  readonly #stretches: readonly Stretch[];
  /** The stretch that the last write fell into. */
  #current = -1;

  /** `losses`: those of one process, in Seq order. */
  constructor(losses: readonly Loss[]) {
    this.#stretches = losses.map((loss) => new Stretch(loss));
  }

  /** All writes after the first loss, in Seq order. */
  add({ seq, instant: at, certainty, operation }: Omit<RecordedWrite, "process" | "location" | "span">): void {
    while ((this.#stretches[this.#current + 1]?.loss.seq ?? Infinity) <= seq) this.#current++;
    const stretch = this.#stretches[this.#current];
    if (stretch === undefined) return;
    if (operation.kind === "contents" && !stretch.objects.has(operation.target))
      stretch.objects.set(operation.target, seq);
    if (operation.kind !== "scope") return;
    if (!stretch.scopes.has(operation.scope)) stretch.scopes.set(operation.scope, seq);
    if (certainty.kind === "between") this.#renewed(certainty.after, at);
  }

  /** Every loss since the last time is accounted for: nothing was missing at `after`. */
  #renewed(after: Instant, at: Instant): void {
    for (let index = this.#current; index >= 0; index--) {
      const stretch = this.#stretches[index];
      if (stretch === undefined || stretch.renewed !== undefined) return;
      stretch.renewed = at;
      stretch.since = after < stretch.loss.since ? after : stretch.loss.since;
    }
  }

  /** The latest loss at or before a position counts: what was recorded anew since then was so since all before it. */
  at(upTo: UpTo): Doubt | undefined {
    return this.#stretches.findLast(({ loss, since }) =>
      "seq" in upTo ? loss.seq <= upTo.seq : since <= upTo.instant,
    );
  }

  /** When writes may be missing from a history. */
  ranges(): readonly { readonly since: Instant; readonly until: Instant | undefined }[] {
    return this.#stretches.map(({ since, renewed }) => ({ since, until: renewed }));
  }
}
