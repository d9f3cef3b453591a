// Everything a program does with ioredis, as lines of what it got.
import { Redis } from "ioredis";
import { serveAtOnce } from "./serve.mjs";

const port = Number(process.env.DATABASE_PORT);
const print = (...values) => console.log(JSON.stringify(values));
const failure = (error) => [error.constructor.name, error.message, error.command?.name];

const redis = new Redis(port, "127.0.0.1");
print(await redis.flushall());
print(await redis.set("user:1", "a secret value"), await redis.get("user:1"));
print(await redis.hset("h", "field", "value", "other", 2), await redis.hgetall("h"));
print(await redis.lpush("user:1", "x").catch(failure));
print(await redis.call("nosuch", "a").catch(failure));
await new Promise((resolve) => {
  redis.get("user:1", (error, value) => resolve(print("callback", error, value)));
});
print(
  await redis
    .pipeline()
    .set("a", 1)
    .incr("a")
    .lpush("a", 1)
    .exec()
    .then((all) => all.map(([error, value]) => [error?.message, value])),
);
print(await redis.multi().incr("a").incr("a").exec());
print(await redis.eval("return {KEYS[1], ARGV[1]}", 1, "key", "an argument"));
redis.defineCommand("echoed", { numberOfKeys: 1, lua: "return ARGV[1]" });
print(await redis.echoed("key", "said"));
const unhandled = new Promise((resolve) => process.once("unhandledRejection", (error) => resolve(failure(error))));
void redis.lpush("user:1", "nobody waits");
print("unhandled", await unhandled);

const order = [];
const noted = redis.get("a").then(() => order.push("reply"));
await Promise.resolve().then(() => order.push("tick"));
await noted;
print(order);
const subscriber = redis.duplicate();
await subscriber.subscribe("news");
const heard = new Promise((resolve) => subscriber.once("message", (...given) => resolve(given)));
await redis.publish("news", "hello");
print(await heard);
await subscriber.quit();
const lazy = new Redis({ port, host: "127.0.0.1", lazyConnect: true, db: 2 });
print(lazy.status, await lazy.get("none"), lazy.status);
await lazy.quit();
print(await lazy.get("none").catch(failure));

await Promise.all(Array.from({ length: 200 }, (_, i) => redis.set(`number:${i}`, i)));
await serveAtOnce({
  withPromise: (number) => redis.get(`number:${number}`),
  withCallback: (number, answer) => redis.get(`number:${number}`, answer),
});
await redis.quit();
