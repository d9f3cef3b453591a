// Notifications on their way out: each is delivered over HTTP, a few at a time, and tried again while nobody takes it.
import { setTimeout as wait } from "node:timers/promises";
import { askByFetch } from "../common/ask.mjs";

const mostAtATime = 8;
const mostAttempts = 7;

export class Outbox {
  #url;
  #kept;
  #log;
  #delivering = 0;
  #waiting = [];

  constructor(url, kept, log) {
    this.#url = url;
    this.#kept = kept;
    this.#log = log;
  }

  /** Returns at once; the delivery goes on in the context of the request that caused it. */
  put(message, requestId) {
    this.#kept.change(({ outbox }) => outbox.set(message.id, { account: message.account, attempts: 0 }));
    void this.#deliver(message, this.#log.child({ requestId }), requestId);
  }

  async #deliver(message, log, requestId) {
    if (this.#delivering >= mostAtATime) await new Promise((resolve) => this.#waiting.push(resolve));
    else this.#delivering++;
    try {
      await this.#tryToDeliver(message, log, requestId);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#delivering--;
      else next();
    }
  }

  async #tryToDeliver(message, log, requestId) {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      this.#kept.change(({ outbox }) => outbox.get(message.id).attempts++);
      try {
        const { status } = await askByFetch(`${this.#url}/messages`, { method: "POST", body: message, requestId });
        if (status >= 500) throw new Error(`answered ${status}`);
        this.#forget(message.id, "delivered");
        return;
      } catch (error) {
        log.warn({ message: message.id, attempt, reason: error.message }, "notification not delivered");
        await wait(50 * 2 ** attempt);
      }
    }
    log.error({ message: message.id }, "notification given up");
    this.#forget(message.id, "givenUp");
  }

  #forget(id, outcome) {
    this.#kept.change((payments) => {
      payments.outbox.delete(id);
      payments.notifications[outcome]++;
    });
  }
}

/** The same, into a queue (common/redis-list.mjs) that notifications takes from: delivered is what the queue has taken. */
export class QueueOutbox {
  #queue;
  #kept;

  constructor(queue, kept) {
    this.#queue = queue;
    this.#kept = kept;
  }

  async put(message, requestId) {
    await this.#queue.push({ message, requestId });
    this.#kept.change(({ notifications }) => notifications.delivered++);
  }
}
