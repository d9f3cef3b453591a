// Everything a program does with node-redis, as lines of what it got.
import { createClient } from "@redis/client";
import { serveAtOnce } from "./serve.mjs";

const url = `redis://127.0.0.1:${process.env.DATABASE_PORT}`;
const print = (...values) => console.log(JSON.stringify(values));
const failure = (error) => [error.constructor.name, error.message];

const redis = createClient({ url });
redis.on("error", (error) => print("error", failure(error)));
await redis.connect();
print(await redis.flushAll());
print(await redis.set("user:1", "a secret value"), await redis.get("user:1"));
print(await redis.hSet("h", { field: "value", other: "2" }), await redis.hGetAll("h"));
print(await redis.lPush("user:1", "x").catch(failure));
print(await redis.sendCommand(["NOSUCH", "a"]).catch(failure));
print(await redis.multi().incr("a").incr("a").exec());
print(
  await redis
    .multi()
    .incr("a")
    .lPush("a", "x")
    .exec()
    .catch((error) => [failure(error), error.replies?.length]),
);
print(await redis.multi().incr("b").get("b").execAsPipeline());
print(await redis.eval("return {KEYS[1], ARGV[1]}", { keys: ["key"], arguments: ["an argument"] }));
const unhandled = new Promise((resolve) => process.once("unhandledRejection", (error) => resolve(failure(error))));
void redis.lPush("user:1", "nobody waits");
print("unhandled", await unhandled);
const subscriber = redis.duplicate();
await subscriber.connect();
const heard = new Promise((resolve) => void subscriber.subscribe("news", (...given) => resolve(given)));
await new Promise((resolve) => setTimeout(resolve, 50));
await redis.publish("news", "hello");
print(await heard);
await subscriber.close();
print(await subscriber.get("a").catch(failure));

for (let i = 0; i < 200; i++) await redis.set(`number:${i}`, String(i));
await serveAtOnce({
  withPromise: (number) => redis.get(`number:${number}`),
  withCallback: (number, answer) => void redis.get(`number:${number}`).then((value) => answer(null, value), answer),
});
await redis.close();
