// Series that are made of records: a sample at each of them.
import type { Derivation } from "../plan.js";
import { type RecordTest, recordTest } from "./filter.js";
import type { RuleRecord } from "./record.js";

export type Derive = (record: RuleRecord) => number;

const minuteNs = 60e9;

/** For one group; remembers what it has seen. */
export function deriving(derivation: Derivation): Derive {
  switch (derivation.how) {
    case "duration":
      return durationOf;
    case "longest": {
      let longest = 0;
      return (record) => (longest = Math.max(longest, durationOf(record)));
    }
    case "count": {
      const counts = recordTest(derivation.where);
      let count = 0;
      return (record) => (count += counts(record) ? 1 : 0);
    }
    case "share":
      return sharing(recordTest(derivation.where));
    case "rate": {
      const lately = new LastMinute();
      return (record) => lately.add(record.timeNs, false).count / (minuteNs / 1e9);
    }
    case "total": {
      let total = 0;
      return (record) => (total += record.kind === "metric" ? record.value : 0);
    }
  }
}

const durationOf = (record: RuleRecord): number => (record.kind === "span" ? record.durationNs / 1e9 : NaN);

function sharing(counts: RecordTest): Derive {
  const lately = new LastMinute();
  return (record) => {
    const { marked, count } = lately.add(record.timeNs, counts(record));
    return marked / count;
  };
}

class LastMinute {
  #timesNs: number[] = [];
  #marks: boolean[] = [];
  #first = 0;
  marked = 0;

  get count(): number {
    return this.#timesNs.length - this.#first;
  }

  add(timeNs: number, isMarked: boolean): this {
    this.#timesNs.push(timeNs);
    this.#marks.push(isMarked);
    if (isMarked) this.marked += 1;
    for (; (this.#timesNs[this.#first] ?? Infinity) <= timeNs - minuteNs; this.#first++) {
      if (this.#marks[this.#first] === true) this.marked -= 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#timesNs.length) {
      this.#timesNs = this.#timesNs.slice(this.#first);
      this.#marks = this.#marks.slice(this.#first);
      this.#first = 0;
    }
    return this;
  }
}

/** Spans that series of `http.` are made of. */
export const isServerRequest = (record: RuleRecord): boolean =>
  record.kind === "span" && record.spanKind === "server" && record.attribute("http.request.method") !== undefined;
