// A program that does nothing but change its state in every way the language has, from a seed, and keeps its own
// account of it: one JSON line per change in the file named by CHURN_ORACLE (see examples/ledger/README.md).
// node churn.mjs SEED CHANGES
import { appendFileSync } from "node:fs";
import { track } from "hindcast";
import { clockNs } from "../../examples/ledger/oracle.mjs";
import { taggedJson } from "../../examples/ledger/tagged-json.mjs";

const [seed, changes] = process.argv.slice(2).map(Number);
let state = seed >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
};
const below = (limit) => Math.floor(random() * limit);
const word = () =>
  ["ant", "bee", "cat", "dog", "eel", "10", "2", "a b", "ünï", "", "__proto", "constructor"][below(12)];

class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
  move(by) {
    this.x += by;
    this.y -= by;
    return this;
  }
  set both(value) {
    this.x = this.y = value;
  }
  get both() {
    return this.x;
  }
}

const world = track("world", {
  changes: 0,
  list: [3, 1, 2],
  table: new Map(),
  bag: new Set(),
  tree: { left: { value: 1 }, right: { value: 2 } },
  points: [new Point(0, 0)],
  bareDictionary: Object.create(null),
  when: new Date(0),
  sparse: [],
  nothing: undefined,
  big: 1n,
});
world.self = world;
world.alias = world.tree.left;

const some = () => {
  switch (below(12)) {
    case 0:
      return below(1000);
    case 1:
      return word();
    case 2:
      return -0;
    case 3:
      return Number.NaN;
    case 4:
      return null;
    case 5:
      return undefined;
    case 6:
      return BigInt(below(1e6)) ** 3n;
    case 7:
      return { [word()]: below(9), nested: { list: [below(9)] } };
    case 8:
      return [word(), , below(5)]; // a hole
    case 9:
      return world.alias;
    case 10:
      return new Point(below(10), below(10));
    default:
      return random();
  }
};

const actions = [
  () => world.list.push(below(100), some()),
  () => world.list.pop(),
  () => world.list.shift(),
  () => world.list.unshift(some()),
  () => world.list.splice(below(world.list.length + 1), below(3), some(), below(10)),
  () => world.list.sort((a, b) => String(typeof a).localeCompare(typeof b)),
  () => world.list.reverse(),
  () => world.list.fill(below(9), below(4), below(8)),
  () => world.list.copyWithin(0, below(4), below(8)),
  () => {
    world.list.length = Math.min(world.list.length, below(20));
  },
  () => {
    world.list[below(world.list.length + 3)] = some();
  },
  () => {
    world.list = [...world.list].slice(0, 12);
  },
  () => {
    [world.list[0], world.list[1]] = [world.list[1], world.list[0]];
  },
  () => {
    world.sparse[below(15)] = some();
  },
  () => delete world.sparse[below(15)],
  () => {
    world.sparse.tag = word();
  },
  () => world.table.set(word(), some()),
  () => world.table.set(below(5), { at: below(9) }),
  () => world.table.delete(word()),
  () => {
    const key = word();
    const kept = world.table.get(key);
    world.table.delete(key);
    world.table.set(key, kept);
  },
  () => {
    if (below(10) === 0) world.table.clear();
  },
  () => world.bag.add(some()),
  () => world.bag.delete([...world.bag][below(world.bag.size)]),
  () => {
    for (const member of world.bag)
      if (typeof member === "number") {
        world.bag.delete(member);
        break;
      }
  },
  () => {
    world.tree.left = { value: below(99), under: world.tree.left };
    if (below(4) === 0) world.tree.left = { value: 0 };
  },
  () => {
    world.tree = structuredClone({ left: { value: below(5) }, right: world.tree.right });
  },
  () => {
    ({ a: world.tree.a, ...world.tree.rest } = { a: below(9), b: below(9) });
  },
  () => {
    world.alias.value ??= below(9);
    world.alias.value++;
  },
  () => {
    world.alias = world.tree.right;
  },
  () => {
    world.alias.parent = world;
  },
  () => delete world.alias.parent,
  () => world.points[below(world.points.length)].move(below(5)),
  () => {
    world.points[0].both = below(50);
  },
  () => world.points.push(new Point(below(9), below(9))),
  () => {
    world.points = world.points.map((point) => (below(2) ? point : new Point(point.y, point.x))).slice(-6);
  },
  () => {
    world.bareDictionary[word()] = some();
  },
  () => {
    for (const key of Object.keys(world.bareDictionary)) if (below(3) === 0) delete world.bareDictionary[key];
  },
  () => Object.assign(world.tree.right, { [word()]: below(9), value: below(9) }),
  () =>
    Object.defineProperty(world.tree.right, "fixed", {
      value: below(9),
      enumerable: true,
      writable: true,
      configurable: true,
    }),
  () => Reflect.set(world.tree.right, word(), below(9)),
  () => Reflect.deleteProperty(world.tree.right, word()),
  () => world.when.setTime(below(1e12)),
  () => {
    world.when = new Date(below(2) ? below(1e12) : Number.NaN);
  },
  () => {
    world.nothing = some();
  },
  () => {
    world.big += 7n;
    world.big <<= 1n;
    if (world.big > 10n ** 30n) world.big = 1n;
  },
  () => {
    const { tree } = world;
    world["tree"] = undefined;
    world["tree"] = tree;
  },
  () => {
    try {
      Object.freeze(world.points[0]);
      world.points[0].x = 1;
    } catch {
      /* a frozen object stays as it is */
    }
    world.points.shift();
    world.points.push(new Point(1, 2));
  },
];

for (let i = 0; i < changes; i++) {
  const action = actions[below(actions.length)];
  const begun = clockNs();
  action();
  if (world.list.length > 40) world.list.length = 40;
  world.changes++;
  const clock = clockNs();
  const line = { changes: world.changes, begun: String(begun), clock: String(clock), state: taggedJson(world) };
  appendFileSync(process.env.CHURN_ORACLE, `${JSON.stringify(line)}\n`);
  // Mostly idle, as programs are: an instant at random should rarely fall into the middle of a change.
  await new Promise((resolve) => setTimeout(resolve, 90));
}
