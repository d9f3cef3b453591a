// A pool of connections to the storage: at most `limit`, handed out in the order they were asked for. Who waits longer than
// `waitMs` is told that the service is busy.
import { HttpError } from "../common/http-error.mjs";
import { keepState } from "../common/state.mjs";

export class Pool {
  #connect;
  #limit;
  #waitMs;
  /** Whoever has them: one that nobody gives back is still the pool's. */
  #all = new Set();
  #idle = [];
  #waiting = [];
  #kept;

  constructor(connect, { limit, waitMs }) {
    this.#connect = connect;
    this.#limit = limit;
    this.#waitMs = waitMs;
    this.#kept = keepState("pool", { changes: 0, limit, open: 0, busy: 0, waiting: 0, refused: 0 });
  }

  async acquire() {
    const { state, change } = this.#kept;
    const connection = this.#idle.pop();
    if (connection !== undefined) {
      change((pool) => pool.busy++);
      return connection;
    }
    if (state.open < this.#limit) {
      change((pool) => (pool.open++, pool.busy++));
      const made = await this.#connect();
      this.#all.add(made);
      return made;
    }
    change((pool) => pool.waiting++);
    return new Promise((resolve, reject) => {
      const waiter = { resolve, timer: setTimeout(() => this.#refuse(waiter, reject), this.#waitMs) };
      this.#waiting.push(waiter);
    });
  }

  release(connection) {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) {
      this.#kept.change((pool) => pool.busy--);
      this.#idle.push(connection);
      return;
    }
    clearTimeout(waiter.timer);
    this.#kept.change((pool) => pool.waiting--);
    waiter.resolve(connection);
  }

  async close() {
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  #refuse(waiter, reject) {
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
    this.#kept.change((pool) => (pool.waiting--, pool.refused++));
    reject(new HttpError(503, `no connection within ${this.#waitMs} ms`));
  }
}
