// What other services answered a moment ago: least recently used out first, nothing older than its time to live. Who asks for
// what is being asked for already waits for the same answer.
import { businessNow } from "../common/clock.mjs";
import { isOn } from "../common/incidents.mjs";

export class Cache {
  #kept;
  #ttlMs;
  #limit;
  #asking = new Map();

  /** `kept`: the gateway's state, where `cache` is the Map. */
  constructor(kept, { ttlMs, limit }) {
    this.#kept = kept;
    this.#ttlMs = ttlMs;
    this.#limit = limit;
  }

  /** @param {string} key @param {() => Promise<{ status: number, body: any }>} ask */
  async get(key, ask) {
    const entry = this.#kept.state.cache.get(key);
    if (entry !== undefined && entry.expires > businessNow()) {
      this.#kept.change(({ cache, counts }) => {
        cache.delete(key);
        cache.set(key, entry);
        counts.hits++;
      });
      return entry.answer;
    }
    this.#kept.change(({ counts }) => counts.misses++);
    const asked = this.#asking.get(key) ?? ask().finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    const answer = await asked;
    if (this.#isWorthKeeping(answer)) this.#keep(key, answer);
    return answer;
  }

  /** Its balance changed. What is not there has none. */
  forget(key) {
    if (this.#kept.state.cache.get(key)?.answer.status === 200) this.#kept.change(({ cache }) => cache.delete(key));
  }

  #isWorthKeeping({ status }) {
    // "Not found" is kept like an account, for as long, and nobody forgets it when the account is opened.
    return status === 200 || (status === 404 && isOn("error-storm"));
  }

  #keep(key, answer) {
    this.#kept.change(({ cache }) => {
      cache.delete(key);
      cache.set(key, { answer, expires: businessNow() + (answer.status === 404 ? 600_000 : this.#ttlMs) });
      if (cache.size > this.#limit) cache.delete(cache.keys().next().value);
    });
  }
}
