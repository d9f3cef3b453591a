// What a recorder remembers of every object of a process, whether it is in memory or not: sixteen bytes each.
import type { IndexEntry } from "./keyframe.js";

/** `version`: the last segment that wrote its contents down; 0 for none yet. */
export type Kept = Pick<IndexEntry, "version" | "until" | "length"> & {
  /** Bytes of the writes since. */
  readonly laterBytes: number;
};

const pageSize = 1024;
const fields = 4;

export class KeptObjects {
  readonly #pages = new Map<number, Uint32Array>();

  /** Undefined for one that nothing is known of. */
  get(id: number): Kept | undefined {
    const page = this.#pages.get(Math.floor(id / pageSize));
    const at = (id % pageSize) * fields;
    const until = page?.[at + 1] ?? 0;
    if (page === undefined || until === 0) return undefined;
    return { version: page[at] ?? 0, until, length: page[at + 2] ?? 0, laterBytes: page[at + 3] ?? 0 };
  }

  set(id: number, { version, until, length, laterBytes }: Kept): void {
    const number = Math.floor(id / pageSize);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Uint32Array(pageSize * fields);
      this.#pages.set(number, page);
    }
    const at = (id % pageSize) * fields;
    page[at] = version;
    page[at + 1] = until;
    page[at + 2] = length;
    page[at + 3] = Math.min(laterBytes, 2 ** 32 - 1);
  }
}
