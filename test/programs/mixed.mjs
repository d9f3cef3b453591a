// A program and a dependency of it that write to the same objects, in an order from a seed. Every write is logged with who
// made it, where, when and with which value; what the state is after a step is logged when the agent has looked.
// MIXED_ORACLE=FILE node mixed.mjs SEED STEPS DEPENDENCY
import { appendFileSync } from "node:fs";
import { span, track } from "hindcast";
import { clockNs } from "../../examples/ledger/oracle.mjs";
import { taggedJson } from "../../examples/ledger/tagged-json.mjs";

const [seed, steps] = process.argv.slice(2, 4).map(Number);
const { meddling } = await import(process.argv[4]);
let state = seed >>> 0;
const below = (limit) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * limit);
};

const world = track("world", {
  list: [1, 2, 3],
  table: new Map([["key1", 1]]),
  bag: new Set([1]),
  plain: { key1: 1 },
  bytes: new Uint8Array(8),
});

let line = 0;
/** Says which line it is called from. */
const here = () => (line = Number(/mixed\.mjs:(\d+)/.exec(new Error("here").stack.split("\n")[2])[1]));
const addBound = world.list.push.bind(world.list);

const own = [
  (value) => (here(), world.list.push(value)),
  (value) => (here(), world.list.push(value, ...[value, value])),
  (value) => (here(), world.list.unshift(value)),
  (value) => (here(), world.list.splice(below(3), below(2), value)),
  (value) => (here(), (world.list[below(4)] = value)),
  (value) => (here(), (world.list[world.list.length] = value)),
  () => (here(), world.list.pop()),
  () => (here(), world.list.shift()),
  () => (here(), world.list.sort((a, b) => a - b)),
  () => (here(), world.list.reverse()),
  (value) => (here(), world.list.fill(value, 1, 3)),
  () => (here(), world.list.copyWithin(0, 2)),
  () => (here(), delete world.list[below(6)]),
  () => (here(), (world.list.length = Math.min(world.list.length, 7))),
  (value) => (here(), (world.list[1] ??= value)),
  (value) => (here(), world.table.set(`key${value % 5}`, value)),
  (value) => (here(), world.table.set(...[`key${value % 5}`, value])),
  () => (here(), world.table.delete(`key${below(5)}`)),
  () => (here(), world.table.clear()),
  (value) => (here(), world.bag.add(value)),
  () => (here(), world.bag.delete([...world.bag][0])),
  () => (here(), world.bag.clear()),
  (value) => (here(), (world.plain[`key${below(4)}`] = value)),
  (value) => (here(), (world.plain.key2 ??= value)),
  () => (here(), delete world.plain.key1),
  (value) => (here(), Object.assign(world.plain, { own: value })),
  (value) => (here(), Reflect.set(world.plain, "reflected", value)),
  (value) => (here(), (world.plain.nested = { value })),
  () => (here(), (world.bytes[below(8)] = below(256))),
  () => (here(), world.bytes.set([below(256), below(256)], below(6))),
  () => (here(), world.bytes.fill(below(256), 2, 5)),
];

const accountOf = ({ bytes, ...others }) => {
  const hex = Buffer.from(bytes).toString("hex");
  return { ...taggedJson(others), bytes: { $type: "bytes", className: "Uint8Array", hex, length: bytes.length } };
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let value = 1000;
for (let step = 0; step < steps; step++) {
  const begun = clockNs();
  const writes = [];
  span("step", () => {
    for (let left = 1 + below(4); left > 0; left--) {
      value++;
      const from = String(clockNs());
      // A method the program took along is called by nobody's write site.
      const by = ["own", "own", "dependency", "dependency", "bound"][below(5)];
      if (by === "own") own[below(own.length)](value);
      else if (by === "dependency") meddling[below(meddling.length)](world, value);
      else addBound(value);
      writes.push({ by, line: by === "own" ? line : undefined, value, from, to: String(clockNs()) });
    }
  });
  const clock = clockNs();
  const entry = { changes: step, begun: String(begun), clock: String(clock), state: accountOf(world), writes };
  appendFileSync(process.env.MIXED_ORACLE, `${JSON.stringify(entry)}\n`);
  // The agent looks at the end of a span, if that would not be too soon after its last look.
  await pause(below(4) === 0 ? 250 : 40);
}
