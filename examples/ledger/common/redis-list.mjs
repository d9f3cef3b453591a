// A queue in Redis, for REDIS_URL: a list that one service pushes to and another pops from. Nothing but what is in a message
// crosses it: the request's id, for the lines of both sides, and the context of who pushed it, so that what is done for it is in
// the same trace.
import { context, spanFrom } from "hindcast";
import { Redis } from "ioredis";

const list = "ledger:messages";
const pauseMs = 500;
const attributes = { "messaging.system": "redis", "messaging.destination.name": list };

export function openQueue(url) {
  const redis = new Redis(url);
  return {
    /** @param {{ message: object, requestId: string }} entry */
    push: (entry) => redis.rpush(list, JSON.stringify({ ...entry, context: context() })),
    close: () => redis.quit(),
  };
}

/** Calls `take` for each message until it is closed. @param {(entry: any) => void} take */
export function takeFromQueue(url, take) {
  const redis = new Redis(url);
  let isOpen = true;
  const popping = (async () => {
    while (isOpen) {
      const popped = await redis.blpop(list, pauseMs / 1000);
      if (popped === null) continue;
      const { context: pushedIn, ...entry } = JSON.parse(popped[1]);
      spanFrom(pushedIn, `process ${list}`, attributes, () => take(entry));
    }
  })();
  return {
    async close() {
      isOpen = false;
      await popping;
      await redis.quit();
    },
  };
}
