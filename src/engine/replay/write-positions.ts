// Where writes of one process are, by the million: sixteen bytes each, where an object each takes six times as many.
import { firstWhere } from "../../shared/base/first-where.js";
import { type ProcessId, instant, seq } from "../../shared/trace/time.js";
import type { WritePosition } from "./scope-writes.js";

const perPage = 1 << 14;

interface Page {
  readonly seqs: Float64Array;
  readonly instants: BigInt64Array;
}

export class WritePositions {
  readonly #pages: Page[] = [];
  length = 0;

  constructor(readonly process: ProcessId) {}

  get bytes(): number {
    return this.#pages.length * perPage * 16;
  }

  /** In Seq order. */
  push(position: Pick<WritePosition, "seq" | "instant">): void {
    const at = this.length % perPage;
    let page = at === 0 ? undefined : this.#pages.at(-1);
    if (page === undefined) {
      page = { seqs: new Float64Array(perPage), instants: new BigInt64Array(perPage) };
      this.#pages.push(page);
    }
    page.seqs[at] = position.seq;
    page.instants[at] = position.instant;
    this.length++;
  }

  at(index: number): WritePosition | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const page = this.#pages[Math.floor(index / perPage)];
    const at = index % perPage;
    return { process: this.process, seq: seq(page?.seqs[at] ?? 0), instant: instant(page?.instants[at] ?? 0n) };
  }

  slice(from: number, end = this.length): WritePosition[] {
    const positions: WritePosition[] = [];
    for (let index = Math.max(0, from); index < Math.min(end, this.length); index++) {
      const position = this.at(index);
      if (position !== undefined) positions.push(position);
    }
    return positions;
  }

  /** How many have a Seq up to this one. */
  countUpTo(last: number): number {
    const seqAt = (at: number): number => this.#pages[Math.floor(at / perPage)]?.seqs[at % perPage] ?? 0;
    return firstWhere(this.length, (at) => seqAt(at) > last);
  }
}
