// The order between the processes of one recording, kept up to date while it is recorded: cuts are answered from memory.
// Where clocks contradict no message a cut is simply the instant, and the messages are not even read.
import type { MessagePoint, MessageReader } from "../shared/trace/message.js";
import type { Instant } from "../shared/trace/time.js";
import { Cut, MessageOrder } from "./replay/cut.js";

export class MessageLog {
  readonly #messages: MessageReader | undefined;
  readonly #generation: () => number;
  readonly #order = new MessageOrder();
  #generationRead: number | undefined;
  /** Up to which number messages were looked at, and up to which they are in the order. */
  #known = 0;
  #ordered = 0;
  #isContradicted = false;
  #isAnyAwaited = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** `generation` goes up whenever there may be more. */
  constructor(messages: MessageReader | undefined, generation: () => number) {
    this.#messages = messages;
    this.#generation = generation;
  }

  async atInstant(at: Instant): Promise<Cut> {
    return (await this.#isTrivial()) ? new Cut(at) : this.#order.atInstant(at);
  }

  async atRecord(point: MessagePoint): Promise<Cut> {
    await this.#isTrivial();
    return this.#order.atRecord(point);
  }

  /** One after the other, or messages would be read twice. */
  #isTrivial(): Promise<boolean> {
    const answer = this.#turn.then(async () => {
      await this.#readOn();
      return !this.#isContradicted && !this.#isAnyAwaited;
    });
    this.#turn = answer.catch(() => undefined); // who asked hears of it
    return answer;
  }

  async #readOn(): Promise<void> {
    const generation = this.#generation();
    if (this.#messages === undefined || generation === this.#generationRead) return;
    const { isAny, last } = await this.#messages.contradictions(this.#known);
    const awaited = await this.#messages.awaited();
    this.#known = last;
    this.#isContradicted ||= isAny;
    this.#isAnyAwaited = awaited.length > 0;
    this.#order.await(awaited);
    if ((this.#isContradicted || this.#isAnyAwaited) && this.#ordered < last) {
      const more = await this.#messages.read(this.#ordered);
      for (const edge of more.edges) this.#order.add(edge);
      this.#ordered = more.last;
    }
    this.#generationRead = generation;
  }
}
