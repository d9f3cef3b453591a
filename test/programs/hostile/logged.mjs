// Values that count how often they are looked at, given to pino: what pino runs of them it runs once, with or without us.
import pino from "pino";

const counts = { getter: 0, toJSON: 0, trap: 0, serializer: 0, thrown: 0 };
const lines = [];
const logger = pino(
  { base: null, timestamp: false, serializers: { seen: (value) => (counts.serializer++, value) } },
  { write: (line) => lines.push(line) },
);
const counting = {
  get x() {
    counts.getter++;
    return 1;
  },
};
const throwing = {
  get x() {
    counts.thrown++;
    throw new Error("not to be looked at");
  },
};
const json = {
  toJSON() {
    counts.toJSON++;
    return { as: "json" };
  },
};
const trap = () => counts.trap++;
const proxy = new Proxy(
  { a: 1 },
  {
    get: (target, key, receiver) => (trap(), Reflect.get(target, key, receiver)),
    has: (target, key) => (trap(), Reflect.has(target, key)),
    ownKeys: (target) => (trap(), Reflect.ownKeys(target)),
    getOwnPropertyDescriptor: (target, key) => (trap(), Reflect.getOwnPropertyDescriptor(target, key)),
    getPrototypeOf: (target) => (trap(), Reflect.getPrototypeOf(target)),
  },
);
const tried = (work) => {
  try {
    work();
  } catch (error) {
    lines.push(`threw ${error.message}`);
  }
};

for (const value of [counting, throwing, json, proxy]) {
  tried(() => logger.info({ value }, "within"));
  tried(() => logger.info(value, "as the whole"));
  tried(() => logger.warn({ seen: value }, "serialized"));
  tried(() => logger.child({ value }).error("of a child"));
}
process.stdout.write(`${JSON.stringify({ counts, lines }, null, 1)}\n`);
