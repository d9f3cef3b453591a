// What a keyframe says of a large object of which little changed: where all that it holds is written down, in an earlier
// keyframe, and the writes since then. Written down like this it takes what was written to it, however much it holds.
import { type ByteReader, ByteWriter, MalformedBytes } from "../../../shared/protocol/bytes.js";
import type { ObjectId } from "../../../shared/trace/value.js";
import { blockKinds, foundBit } from "./block-format.js";
import { type ObjectWrite, readPayload, writePayload } from "./operation-payload.js";
import { readCount, readLength, writeCount } from "./varints.js";

/** The writes of one segment to one object. */
export interface LaterStretch {
  readonly segment: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

export interface LaterWrites {
  /** Segments whose keyframes these go on from, newest first: each has the writes before, the last all that it held. */
  readonly versions: readonly number[];
  /** Ascending, all behind the newest of the versions. */
  readonly stretches: readonly LaterStretch[];
}

/** What is read one after the other, at most; the recorder has fewer. */
export const mostVersions = 64;

export function writeLater(out: ByteWriter, { versions, stretches }: LaterWrites): void {
  writeCount(out, versions.length);
  for (const version of versions) writeCount(out, version);
  writeCount(out, stretches.length);
  for (const { segment, count, bytes } of stretches) {
    writeCount(out, segment);
    writeCount(out, count);
    writeCount(out, bytes.length);
    out.raw(bytes);
  }
}

/** Throws `MalformedBytes`. */
export function readLater(from: ByteReader): LaterWrites {
  const versions: number[] = [];
  for (let left = readLength(from); left > 0; left--) versions.push(readCount(from));
  const isDescending = versions.every((version, at) => version > 0 && version < (versions[at - 1] ?? Infinity));
  if (versions.length === 0 || versions.length > mostVersions || !isDescending)
    throw new MalformedBytes("later writes of nothing");
  const stretches: LaterStretch[] = [];
  let last = versions[0] ?? 0;
  for (let left = readLength(from); left > 0; left--) {
    const segment = readCount(from);
    if (segment <= last) throw new MalformedBytes("later writes out of order");
    last = segment;
    const count = readCount(from);
    stretches.push({ segment, count, bytes: from.raw(readLength(from)) });
  }
  return { versions, stretches };
}

export class StretchWriter {
  #count = 0;
  readonly #out = new ByteWriter(64);

  constructor(readonly segment: number) {}

  add(operation: ObjectWrite, isFound: boolean): void {
    this.#count++;
    const out = this.#out;
    out.u8(blockKinds.indexOf(operation.kind) | (isFound ? foundBit : 0));
    if (operation.kind === "set" || operation.kind === "delete") out.text(operation.key);
    writePayload(out, operation);
  }

  stretch(): LaterStretch {
    return { segment: this.segment, count: this.#count, bytes: this.#out.bytes.slice(0, this.#out.at) };
  }
}

/** In the order in which they were made. Throws `MalformedBytes`. */
export function* writesIn(
  from: ByteReader,
  count: number,
  target: ObjectId,
): Iterable<{ readonly operation: ObjectWrite; readonly isFound: boolean }> {
  for (let left = count; left > 0; left--) {
    const code = from.u8();
    const kind = blockKinds[code & ~foundBit];
    if (kind === undefined || kind === "scope") throw new MalformedBytes(`operation ${code}`);
    const key = kind === "set" || kind === "delete" ? from.text() : "";
    yield { operation: readPayload(from, kind, target, key), isFound: (code & foundBit) !== 0 };
  }
  if (from.at !== from.end) throw new MalformedBytes("more than its writes");
}
