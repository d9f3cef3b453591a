// The order between the processes of one recording, kept up to date while it is recorded. Only messages that clocks
// contradict can make a cut differ from the instant asked for, so only what was received around those is read: a message
// that is received too early by its clock takes others with it, each of them earlier by at most as much again.
import type { Contradiction, MessagePoint } from "../shared/trace/message.js";
import { type Instant, instant } from "../shared/trace/time.js";
import type { RecordingAccess } from "./recording-access.js";
import { type Cut, MessageOrder } from "./replay/cut.js";
import { mergedStretches, stretchAt } from "./replay/stretches.js";

/** What is read goes on so far beyond what is needed, or as far again: the playhead moves. */
const usualMarginNs = 1_000_000_000n;
const nothingKnown = new MessageOrder();

interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

interface Window extends Stretch {
  readonly generation: number;
  readonly order: MessageOrder;
}

export class MessageLog {
  readonly #access: Pick<RecordingAccess, "messages" | "generation" | "facts">;
  readonly #marginNs: bigint;
  #stretches: readonly Contradiction[] = [];
  #awaited: readonly MessagePoint[] = [];
  /** The number of the last message that was looked at. */
  #known = 0;
  #generation: number | undefined;
  #window: Window | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(access: Pick<RecordingAccess, "messages" | "generation" | "facts">, marginNs = usualMarginNs) {
    this.#access = access;
    this.#marginNs = marginNs;
  }

  async atInstant(at: Instant): Promise<Cut> {
    return (await this.#orderAt(at)).atInstant(at);
  }

  async atRecord(point: MessagePoint): Promise<Cut> {
    return (await this.#orderAt(point.instant)).atRecord(point);
  }

  /** One after the other, or messages would be read twice. */
  #orderAt(at: Instant): Promise<MessageOrder> {
    const order = this.#turn.then(async () => {
      await this.#readOn();
      return this.#read(at);
    });
    this.#turn = order.catch(() => undefined); // who asked hears of it
    return order;
  }

  async #readOn(): Promise<void> {
    const { messages } = this.#access;
    const generation = this.#access.generation();
    if (messages === undefined || generation === this.#generation) return;
    const { stretches, last } = await messages.contradictions(this.#known);
    this.#awaited = await messages.awaited();
    this.#stretches = mergedStretches(this.#stretches, stretches);
    this.#known = last;
    this.#generation = generation;
  }

  async #read(at: Instant): Promise<MessageOrder> {
    const needed = this.#neededAt(at);
    const { messages } = this.#access;
    const generation = this.#generation ?? 0;
    if (messages === undefined || needed === undefined) return nothingKnown;
    const known = this.#window;
    if (known?.generation === generation && known.from <= needed.from && needed.to <= known.to) return known.order;
    const lengthNs = needed.to - needed.from;
    const marginNs = this.#marginNs === 0n || lengthNs < this.#marginNs ? this.#marginNs : lengthNs;
    const [from, to] = [instant(needed.from - marginNs), instant(needed.to + marginNs)];
    const order = new MessageOrder();
    for (const edge of await messages.read(from, to)) order.add(edge);
    order.await(this.#awaited);
    this.#window = { from, to, generation, order };
    return order;
  }

  /** Undefined where nothing can make the cut differ from the instant. */
  #neededAt(at: Instant): Stretch | undefined {
    const hops = BigInt(this.#access.facts().processes.length);
    const stretch = stretchAt(this.#stretches, at);
    const mostNs = hops * (stretch?.mostNs ?? 0n);
    let needed: Stretch | undefined = stretch && { from: at - mostNs, to: at + mostNs };
    for (const { instant: received } of this.#awaited) {
      if (received > at) continue;
      const furthestNs = hops * this.#stretches.reduce((most, one) => (one.mostNs > most ? one.mostNs : most), 0n);
      const [from, to] = [received - furthestNs, at + furthestNs];
      needed =
        needed === undefined
          ? { from, to }
          : { from: from < needed.from ? from : needed.from, to: to > needed.to ? to : needed.to };
    }
    return needed;
  }
}
