// Calls functions of every kind as a seed says, many at once, and writes its own account of each call to the file that CALLS_ACCOUNT
// names: { id, from, name } where it is entered, { id, returned } or { id, thrown } where it ends. Whoever calls gives the id.
// node calls.mjs SEED
import { writeFileSync } from "node:fs";

let state = Number(process.argv[2] ?? 1) >>> 0;
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * limit);
}

const account = [];
let ids = 0;
const nextId = () => ++ids;

/** What every function does: perhaps calls others, perhaps throws, perhaps catches. */
const work = {
  inside(id, depth) {
    let sum = id;
    const many = depth > 0 ? below(3) : 0;
    for (let n = 0; n < many; n++) {
      try {
        sum += some(plainKinds)(nextId(), id, depth - 1);
      } catch (error) {
        if (below(3) === 0) throw error;
        sum -= 1;
      }
    }
    if (below(12) === 0) throw new Error(`thrown in ${id}`);
    return sum;
  },
};
const some = (kinds) => kinds[below(kinds.length)];
const entered = (id, from, name) => account.push({ id, from, name });
const left = (id, outcome) => account.push({ id, ...outcome });

function declared(id, from, depth) {
  entered(id, from, "declared");
  try {
    const value = work.inside(id, depth);
    left(id, { returned: value });
    return value;
  } catch (error) {
    left(id, { thrown: error.message });
    throw error;
  }
}
const noted = (id, from, name, run) => {
  entered(id, from, name);
  try {
    const value = run();
    left(id, { returned: value });
    return value;
  } catch (error) {
    left(id, { thrown: error.message });
    throw error;
  }
};
const arrow = (id, from, depth) => noted(id, from, "arrow", () => work.inside(id, depth));
const expressed = function (id, from, depth) {
  return noted(id, from, "expressed", () => work.inside(id, depth));
};
class Kind {
  #private(id, from, depth) {
    return noted(id, from, "Kind.#private", () => work.inside(id, depth));
  }
  method(id, from, depth) {
    return noted(id, from, "Kind.method", () => this.#private(nextId(), id, depth - 1));
  }
  static still(id, from, depth) {
    return noted(id, from, "Kind.still", () => work.inside(id, depth));
  }
  field = (id, from, depth) => noted(id, from, "Kind.field", () => work.inside(id, depth));
}
const kind = new Kind();
function* generator(id, from, depth) {
  entered(id, from, "generator");
  let sum = 0;
  for (let n = 0; n < 3; n++) {
    try {
      sum += yield work.inside(id, depth - 1);
    } catch {
      sum -= 1;
    }
  }
  left(id, { returned: sum });
  return sum;
}
function iterates(id, from, depth) {
  return noted(id, from, "iterates", () => {
    const iterator = generator(nextId(), id, depth);
    let step = iterator.next();
    while (!step.done) {
      try {
        step = iterator.next(declared(nextId(), id, 0));
      } catch {
        step = iterator.next(0);
      }
    }
    return step.value;
  });
}
const plainKinds = [
  declared,
  arrow,
  expressed,
  iterates,
  (...given) => kind.method(...given),
  (...given) => kind.field(...given),
  Kind.still,
];

const pause = () => new Promise((resolve) => (below(2) === 0 ? setImmediate(resolve) : setTimeout(resolve, below(4))));

async function waits(id, from, depth) {
  entered(id, from, "waits");
  try {
    let sum = work.inside(id, 1);
    for (let n = below(3); n > 0; n--) {
      await pause();
      sum += work.inside(id, 1);
      if (depth > 0) sum += await some(waitingKinds)(nextId(), id, depth - 1);
    }
    left(id, { returned: sum });
    return sum;
  } catch (error) {
    left(id, { thrown: error.message });
    throw error;
  }
}
const waitsToo = async (id, from, depth) => {
  entered(id, from, "waitsToo");
  try {
    const all = await Promise.allSettled([waits(nextId(), id, depth - 1), waits(nextId(), id, depth - 1)]);
    const sum = all.filter(({ status }) => status === "fulfilled").length;
    left(id, { returned: sum });
    return sum;
  } finally {
    await pause();
  }
};
async function* yields(id, from) {
  entered(id, from, "yields");
  for (let n = 0; n < 3; n++) {
    await pause();
    yield n;
  }
  left(id, { returned: "undefined" });
}
async function loops(id, from, depth) {
  entered(id, from, "loops");
  try {
    let sum = 0;
    // Whose call its code runs in nobody says.
    const source = yields(nextId(), 0);
    each: for await (const n of source) {
      for (let m = 0; m < 2; m++) {
        if (n === 1) continue each;
        if (below(6) === 0) break each;
        sum += work.inside(id, depth);
      }
    }
    sum += work.inside(id, 1);
    left(id, { returned: sum });
    return sum;
  } catch (error) {
    left(id, { thrown: error.message });
    throw error;
  }
}
const waitingKinds = [waits, waitsToo, loops];

const results = await Promise.allSettled(Array.from({ length: 30 }, () => some(waitingKinds)(nextId(), 0, 2)));
writeFileSync(process.env.CALLS_ACCOUNT, account.map((line) => `${JSON.stringify(line)}\n`).join(""));
console.log(results.filter(({ status }) => status === "rejected").length);
