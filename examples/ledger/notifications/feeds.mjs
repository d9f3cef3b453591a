// The newest notifications of each account, and who waits for the next one.
import { EventEmitter } from "node:events";
import { isOn } from "../common/incidents.mjs";
import { keepState } from "../common/state.mjs";

const mostInFeed = 5;
const mostFeeds = 60;

export class Feeds {
  #arrivals = new EventEmitter();
  #kept = keepState("feeds", { changes: 0, taken: 0, feeds: new Map(), watching: new Map() });

  of(account) {
    return this.#kept.state.feeds.get(account) ?? [];
  }

  add(account, notification) {
    this.#kept.change((state) => {
      const feed = state.feeds.get(account) ?? [];
      feed.unshift(notification);
      if (feed.length > mostInFeed) feed.pop();
      state.feeds.delete(account);
      state.feeds.set(account, feed);
      if (state.feeds.size > mostFeeds) state.feeds.delete(state.feeds.keys().next().value);
      state.taken++;
    });
    this.#arrivals.emit(account, notification);
  }

  /** The next notification of the account, or undefined when there is none within `ms`. */
  next(account, ms) {
    return new Promise((resolve) => {
      const stop = () => {
        clearTimeout(timer);
        this.#arrivals.off(account, onArrival);
        this.#kept.change(({ watching }) => {
          const others = watching.get(account) - 1;
          if (others === 0) watching.delete(account);
          else watching.set(account, others);
        });
      };
      const onArrival = (notification) => {
        stop();
        resolve(notification);
      };
      const timer = setTimeout(() => {
        // Who only answers here goes on listening for good.
        if (!isOn("listener-leak")) stop();
        resolve(undefined);
      }, ms);
      this.#arrivals.on(account, onArrival);
      this.#kept.change(({ watching }) => watching.set(account, (watching.get(account) ?? 0) + 1));
    });
  }
}
