// Which objects a keyframe has to know: those that changed since its parent. The parent of segment 12 is 8, of 7 it is 6, of
// 6 it is 4, of 8 none, as in a Fenwick tree: the way back to any object is a few steps long, and what changes is written
// down a few times. Objects that changed are kept as runs of segments that no later keyframe has taken over yet.

/** Ids ascending. */
export interface Ids {
  readonly objects: Uint32Array;
  readonly scopes: Uint32Array;
}

interface Run extends Ids {
  /** The last segment of the run. */
  readonly number: number;
}

export const parentOf = (number: number): number => number & (number - 1);

export class Runs {
  #runs: Run[] = [];

  /** Gives what changed since the parent of segment `number`, `changed` included. */
  add(number: number, changed: Ids): Ids {
    let covered = changed;
    const parent = parentOf(number);
    for (let run = this.#runs.at(-1); run !== undefined && run.number > parent; run = this.#runs.at(-1)) {
      this.#runs.pop();
      covered = together(run, covered);
    }
    this.#runs.push({ number, ...covered });
    return covered;
  }

  all(): Ids {
    return this.#runs.reduceRight<Ids>(together, { objects: new Uint32Array(0), scopes: new Uint32Array(0) });
  }
}

export const idsFrom = (objects: Iterable<number>, scopes: Iterable<number>): Ids => ({
  objects: Uint32Array.from(objects).sort(),
  scopes: Uint32Array.from(scopes).sort(),
});

const together = (a: Ids, b: Ids): Ids => ({
  objects: merged(a.objects, b.objects),
  scopes: merged(a.scopes, b.scopes),
});

function merged(a: Uint32Array, b: Uint32Array): Uint32Array {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const both = new Uint32Array(a.length + b.length);
  let [atA, atB, count] = [0, 0, 0];
  while (atA < a.length || atB < b.length) {
    const [left, right] = [a[atA] ?? Infinity, b[atB] ?? Infinity];
    both[count++] = Math.min(left, right);
    if (left <= right) atA++;
    if (right <= left) atB++;
  }
  return both.slice(0, count);
}
