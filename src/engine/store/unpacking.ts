// The bytes of segments, inflated when they are looked into.
import { inflateSync } from "node:zlib";
import { MalformedBytes } from "../../shared/protocol/bytes.js";
import type { BlobName } from "../replay/segments/keyframe-chain.js";
import type { FetchedBlob } from "../replay/segments/loaded-segments.js";

/** Inflated. A segment has megabytes, one with a huge object some tens. */
export const mostSegmentBytes = 256 * 1024 * 1024;

/**
 * Inflates bytes of one process's segments, of which all of a kind come to about as many times as much. Room for more would
 * be thrown away with them; those for which there is less come in several pieces, which takes longer.
 */
export class Unpacking {
  readonly #times = new Map<BlobName["kind"], number>();

  /** `pieces`: one behind the other. */
  blob(name: BlobName, pieces: readonly Uint8Array[]): FetchedBlob {
    const packedBytes = pieces.reduce((total, { length }) => total + length, 0);
    return { name, packedBytes, unpack: () => this.#inflated(name, together(pieces, packedBytes)) };
  }

  #inflated({ kind }: BlobName, bytes: Uint8Array): Uint8Array {
    const times = this.#times.get(kind) ?? 0;
    const chunkSize = Math.max(4096, Math.min((times || timesAtFirst) * bytes.length, 1024 * 1024));
    const inflated = inflate(bytes, Math.ceil(chunkSize));
    // Forgotten little by little.
    this.#times.set(kind, Math.max((1.05 * inflated.length) / bytes.length, 0.99 * times));
    return inflated;
  }
}

const timesAtFirst = 3;

/** Where pieces are put together: what is inflated at once needs no room of its own, which the collector has to find again. */
const usual = new Uint8Array(256 * 1024);

function together(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const bytes = length <= usual.length ? usual.subarray(0, length) : new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function inflate(bytes: Uint8Array, chunkSize: number): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: mostSegmentBytes, chunkSize });
  } catch {
    throw new MalformedBytes("bytes of a segment are not as they were written");
  }
}
