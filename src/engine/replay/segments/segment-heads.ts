// The heads of one process's segments, in order. Where segments were evicted, a base stands in their place: a segment
// without writes, under the number of the last of them, whose keyframe knows all that objects held at its end. What later
// keyframes say of segments before it is found there.

/** What is known of a segment without reading its bytes. */
export interface SegmentHead {
  /** From 1. */
  readonly number: number;
  /** 0: its keyframe knows all objects. */
  readonly parent: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly firstInstant: bigint;
  /** The latest of its writes. */
  readonly latestInstant: bigint;
  /** The earliest time after which one of those that were found by comparing happened. */
  readonly foundAfter: bigint | undefined;
  readonly writes: number;
  readonly place: SegmentPlace;
}

/** Where its bytes are. */
export interface SegmentPlace {
  readonly firstPiece: number;
  readonly blockBytes: number;
  readonly indexBytes: number;
  readonly partsBytes: number;
}

export const isBase = ({ writes }: Pick<SegmentHead, "writes">): boolean => writes === 0;

export class SegmentHeads {
  readonly #heads: SegmentHead[] = [];
  /** Of each: the latest instant of all writes up to its end. */
  readonly #latest: bigint[] = [];
  readonly #positions = new Map<number, number>();
  /** Numbers of bases, ascending. */
  readonly #bases: number[] = [];

  push(head: SegmentHead): void {
    const before = this.#latest.at(-1);
    this.#positions.set(head.number, this.#heads.length);
    this.#heads.push(head);
    this.#latest.push(before === undefined || head.latestInstant > before ? head.latestInstant : before);
    if (isBase(head)) this.#bases.push(head.number);
  }

  get length(): number {
    return this.#heads.length;
  }

  get last(): SegmentHead | undefined {
    return this.#heads.at(-1);
  }

  get all(): readonly SegmentHead[] {
    return this.#heads;
  }

  /** By position, from 0. */
  at(position: number): SegmentHead | undefined {
    return position < 0 ? undefined : this.#heads[position];
  }

  latestAt(position: number): bigint {
    return this.#latest[position] ?? 0n;
  }

  get(number: number): SegmentHead | undefined {
    const position = this.#positions.get(number);
    return position === undefined ? undefined : this.#heads[position];
  }

  /** Of the writes that no segment has. */
  get openNumber(): number {
    return (this.last?.number ?? 0) + 1;
  }

  /** The number of the first; of the open writes where there is none. */
  get firstNumber(): number {
    return this.#heads[0]?.number ?? 1;
  }

  /** The number after it; of the open writes after the last. */
  next(number: number): number {
    const position = this.#positions.get(number);
    return (position === undefined ? undefined : this.#heads[position + 1]?.number) ?? this.openNumber;
  }

  /** 0 before the first. */
  previous(number: number): number {
    const position = this.#positions.get(number) ?? this.#heads.length;
    return this.#heads[position - 1]?.number ?? 0;
  }

  /** The last base up to there; 0 for none. */
  baseOf(number: number): number {
    return this.#bases.findLast((base) => base <= number) ?? 0;
  }

  /** The keyframe that a segment's own builds on; 0 for none. */
  parentOf(number: number): number {
    const parent = this.get(number)?.parent ?? 0;
    return parent === 0 ? 0 : Math.max(parent, this.baseOf(number));
  }
}
