// Calls summed up by how they were reached: a node for each way down, with how often it was gone, how long that took, and how
// long without what was called in it. Recursion is collapsed: what is called again further down counts where it was first.
import { grouped } from "../../shared/base/grouped.js";
import { ownTimes } from "./own-time.js";

export interface CallSpan {
  /** What it is a call of. */
  readonly key: string;
  /** Index of what it was made in; undefined at the top, or where that is not here. */
  readonly parent: number | undefined;
  readonly startNs: number;
  /** NaN while it is open. */
  readonly endNs: number;
  readonly hasFailed: boolean;
}

export interface CallNode {
  /** The longest of its calls that is not within another of them, by its index. */
  readonly longest: number;
  /** The first of its calls that failed, by its index; undefined where none did. */
  readonly firstFailed: number | undefined;
  /** Index of the node above; undefined at the top. */
  readonly parent: number | undefined;
  readonly calls: number;
  readonly failed: number;
  /** Of `calls`: made within another one of this node. */
  readonly recursive: number;
  /** Of calls that are not within another of this node. */
  readonly totalNs: number;
  readonly ownNs: number;
}

class Node {
  readonly below = new Map<string, Node>();
  readonly #above: Node | undefined;
  longest = 0;
  longestNs = -1;
  firstFailed: number | undefined;
  calls = 0;
  failed = 0;
  recursive = 0;
  totalNs = 0;
  ownNs = 0;
  /** Calls of it that what is looked at is within. */
  underWay = 0;

  constructor(
    readonly key: string,
    above: Node | undefined,
  ) {
    this.#above = above;
  }

  /** Where a call of `key` in it belongs. */
  at(key: string): Node {
    const again = this.#around(key);
    if (again !== undefined) return again;
    const known = this.below.get(key) ?? new Node(key, this);
    this.below.set(key, known);
    return known;
  }

  // oxlint-disable-next-line typescript/prefer-return-this-type -- what is above is another one
  #around(key: string): Node | undefined {
    if (this.key === key) return this;
    let node = this.#above;
    while (node !== undefined && node.key !== key) node = node.#above;
    return node;
  }

  add({ startNs, endNs, hasFailed }: CallSpan, index: number, ownNs: number, untilNs: number): void {
    const tookNs = Math.max(0, (Number.isNaN(endNs) ? untilNs : endNs) - startNs);
    this.calls++;
    this.ownNs += ownNs;
    if (hasFailed) {
      this.failed++;
      this.firstFailed = Math.min(index, this.firstFailed ?? index);
    }
    if (this.underWay++ > 0) {
      this.recursive++;
      return;
    }
    this.totalNs += tookNs;
    if (tookNs > this.longestNs) [this.longest, this.longestNs] = [index, tookNs];
  }
}

/** Those that take longest first, each before what is below it. What is open is as long as it is by `untilNs`. */
export function callTree(spans: readonly CallSpan[], untilNs: number): readonly CallNode[] {
  const own = ownTimes(
    spans.map(({ parent, startNs, endNs }) => ({ parent, startNs, endNs })),
    () => untilNs,
  );
  // Nothing is called "\0": the top is above all.
  const top = new Node("\0", undefined);
  const below = grouped(spans.keys(), (index) => spans[index]?.parent ?? atTop);
  const seen = new Uint8Array(spans.length);
  const from = (first: number): void => {
    const waiting: (Entered | Left)[] = [{ index: first, above: top }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if ("left" in next) {
        next.left.underWay--;
        continue;
      }
      const { index, above } = next;
      const span = spans[index];
      if (span === undefined || seen[index] === 1) continue;
      seen[index] = 1;
      const node = above.at(span.key);
      node.add(span, index, own[index] ?? 0, untilNs);
      waiting.push({ left: node });
      for (const child of below.get(index) ?? []) waiting.push({ index: child, above: node });
    }
  };
  for (const index of below.get(atTop) ?? []) from(index);
  // What is said to be within itself.
  for (let index = 0; index < spans.length; index++) from(index);
  return listed(top);
}

const atTop = -1;

interface Entered {
  readonly index: number;
  readonly above: Node;
}

interface Left {
  readonly left: Node;
}

function listed(top: Node): readonly CallNode[] {
  const list: CallNode[] = [];
  const waiting: [Node, number | undefined][] = inOrder(top).map((node) => [node, undefined]);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [{ longest, firstFailed, calls, failed, recursive, totalNs, ownNs }, parent] = next;
    list.push({ longest, firstFailed, parent, calls, failed, recursive, totalNs, ownNs });
    for (const node of inOrder(next[0])) waiting.push([node, list.length - 1]);
  }
  return list;
}

/** The last is taken first. */
const inOrder = ({ below }: Node): Node[] =>
  [...below.values()].sort((a, b) => a.totalNs - b.totalNs || (a.key < b.key ? 1 : -1));
