// A map from small whole numbers, such as object ids, whose copies share what neither of them changed: forking one of a
// hundred thousand entries copies a list of a few hundred pages.

/** A page is copied before its first change after a fork. Small enough that scattered changes copy little. */
const pageBits = 6;
const pageSize = 1 << pageBits;
/** Ids beyond this come from no program that could be recorded; they get a Map of their own instead of a long list. */
const maxPaged = 1 << 26;

interface Page<Value> {
  readonly owner: object;
  readonly values: (Value | undefined)[];
}

export class PagedMap<Value> {
  readonly #pages: (Page<Value> | undefined)[];
  readonly #others: Map<number, Value>;
  /** Pages made under another one are shared with a fork. */
  #owner = {};

  constructor(pages: readonly (Page<Value> | undefined)[] = [], others: ReadonlyMap<number, Value> = new Map()) {
    this.#pages = pages.slice();
    this.#others = new Map(others);
  }

  fork(): PagedMap<Value> {
    this.#owner = {};
    return new PagedMap(this.#pages, this.#others);
  }

  get(id: number): Value | undefined {
    return id < maxPaged ? this.#pages[id >> pageBits]?.values[id & (pageSize - 1)] : this.#others.get(id);
  }

  set(id: number, value: Value): void {
    if (id >= maxPaged) this.#others.set(id, value);
    else this.#changeable(id >> pageBits)[id & (pageSize - 1)] = value;
  }

  delete(id: number): void {
    if (id >= maxPaged) this.#others.delete(id);
    else if (this.get(id) !== undefined) this.#changeable(id >> pageBits)[id & (pageSize - 1)] = undefined;
  }

  #changeable(index: number): (Value | undefined)[] {
    const known = this.#pages[index];
    if (known?.owner === this.#owner) return known.values;
    const values = known === undefined ? new Array<Value | undefined>(pageSize) : known.values.slice();
    while (this.#pages.length < index) this.#pages.push(undefined);
    this.#pages[index] = { owner: this.#owner, values };
    return values;
  }
}
