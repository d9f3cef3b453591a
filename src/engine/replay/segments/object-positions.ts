// Which writes of a block are to which object, once many objects are asked for: found in two passes over the column of ids,
// how many each has, then which. Where ids are small, as most programs' are, they are places in a list; else objects are
// numbered as they come, by a table of their ids: a Map takes several times as long to ask, and its values would be objects
// of their own.

export interface ObjectPositions {
  /** Ascending. */
  of(id: number): Uint32Array;
}

type Ids = Uint16Array | Uint32Array;

/** Of ids in a list, for each write. */
const mostPerWrite = 4;

/** `others`: positions, ascending, of writes that are to no object. */
export function positionsByObject(objects: Ids, others: Uint32Array): ObjectPositions {
  let most = 0;
  for (let at = 0; at < objects.length; at++) most = Math.max(most, objects[at] ?? 0);
  return most <= mostPerWrite * objects.length
    ? new ListedPositions(objects, others, most)
    : new ScatteredPositions(objects, others);
}

const nowhere = new Uint32Array(0);
/** Most blocks write to a few hundred objects: the table begins small, and grows while it is half full. */
const fewestBits = 8;
/** Of each write: the number of its object. Only while positions are found. */
let numberAt = new Uint32Array(1 << 13);
/** Of an id in the table, so that ids that follow each other do not lie side by side. */
const scatter = 0x9e3779b1;

export class ListedPositions implements ObjectPositions {
  /** By id: where its positions end. Those of id 0 begin at 0. */
  readonly #ends: Uint32Array;
  readonly #positions: Uint32Array;

  constructor(objects: Ids, others: Uint32Array, most: number) {
    // By id + 1 how many there are, then where they begin, and when each is in its place, where they end.
    const ends = new Uint32Array(most + 2);
    for (let at = 0; at < objects.length; at++) {
      const next = (objects[at] ?? 0) + 1;
      ends[next] = (ends[next] ?? 0) + 1;
    }
    for (const at of others) {
      const next = (objects[at] ?? 0) + 1;
      ends[next] = (ends[next] ?? 0) - 1;
    }
    for (let id = 1; id < ends.length; id++) ends[id] = (ends[id] ?? 0) + (ends[id - 1] ?? 0);
    const positions = new Uint32Array(objects.length - others.length);
    let nextOther = 0;
    for (let at = 0; at < objects.length; at++) {
      if (others[nextOther] === at) {
        nextOther++;
        continue;
      }
      const id = objects[at] ?? 0;
      const to = ends[id] ?? 0;
      positions[to] = at;
      ends[id] = to + 1;
    }
    this.#ends = ends;
    this.#positions = positions;
  }

  of(id: number): Uint32Array {
    const end = id + 1 < this.#ends.length ? this.#ends[id] : undefined;
    if (end === undefined) return nowhere;
    const start = id === 0 ? 0 : (this.#ends[id - 1] ?? 0);
    return end === start ? nowhere : this.#positions.subarray(start, end);
  }
}

export class ScatteredPositions implements ObjectPositions {
  /** At each place an id, and its number from 1; 0 for a place that is free. */
  #ids = new Uint32Array(1 << fewestBits);
  #numbers = new Uint32Array(1 << fewestBits);
  #shift = 32 - fewestBits;
  /** Of each number: where its positions end. Those of number 1 begin at 0. */
  readonly #ends: Uint32Array;
  readonly #positions: Uint32Array;

  constructor(objects: Ids, others: Uint32Array) {
    const count = objects.length;
    if (numberAt.length < count) numberAt = new Uint32Array(count);
    let [last, nextOther] = [0, 0];
    for (let at = 0; at < count; at++) {
      if (others[nextOther] === at) {
        nextOther++;
        numberAt[at] = 0;
        continue;
      }
      const id = objects[at] ?? 0;
      const place = this.#placeOf(id);
      let number = this.#numbers[place] ?? 0;
      if (number === 0) {
        number = ++last;
        this.#ids[place] = id;
        this.#numbers[place] = number;
        if (2 * last > this.#ids.length) this.#grow();
      }
      numberAt[at] = number;
    }
    const counts = new Uint32Array(last + 1);
    for (let at = 0; at < count; at++) {
      const number = numberAt[at] ?? 0;
      if (number > 0) counts[number] = (counts[number] ?? 0) + 1;
    }
    for (let number = 1; number <= last; number++) counts[number] = (counts[number] ?? 0) + (counts[number - 1] ?? 0);
    this.#ends = counts;
    this.#positions = new Uint32Array(counts[last] ?? 0);
    const next = new Uint32Array(last + 1);
    for (let number = 1; number <= last; number++) next[number] = counts[number - 1] ?? 0;
    for (let at = 0; at < count; at++) {
      const number = numberAt[at] ?? 0;
      if (number === 0) continue;
      const to = next[number] ?? 0;
      this.#positions[to] = at;
      next[number] = to + 1;
    }
  }

  of(id: number): Uint32Array {
    const number = this.#numbers[this.#placeOf(id)] ?? 0;
    return number === 0 ? nowhere : this.#positions.subarray(this.#ends[number - 1], this.#ends[number]);
  }

  #grow(): void {
    const [ids, numbers] = [this.#ids, this.#numbers];
    this.#shift -= 2;
    this.#ids = new Uint32Array(4 * ids.length);
    this.#numbers = new Uint32Array(4 * ids.length);
    for (let from = 0; from < ids.length; from++) {
      const number = numbers[from] ?? 0;
      if (number === 0) continue;
      const place = this.#placeOf(ids[from] ?? 0);
      this.#ids[place] = ids[from] ?? 0;
      this.#numbers[place] = number;
    }
  }

  /** Where it is, or would be. */
  #placeOf(id: number): number {
    const mask = this.#ids.length - 1;
    let place = Math.imul(id, scatter) >>> this.#shift;
    while (this.#numbers[place] !== 0 && this.#ids[place] !== id) place = (place + 1) & mask;
    return place;
  }
}
