// Writes to typed arrays, DataViews and Buffers, told by write sites. A record says all of the bytes (a secret cut into
// single bytes could not be found in it), so how much is told of long ones is limited; the next look finds the rest.
import { bytesOf, elementSizeOf } from "./intrinsics.js";
import { contentsOf } from "./contents.js";
import type { Followed, FollowedObjects, LocationOf } from "./followed.js";
import type { Shadow } from "./shadow.js";

export type BytesShadow = Extract<Shadow, { kind: "bytes" }>;

/** What all bytes of an object cost: as slots, which they are compared and recorded much faster than. */
const bytesPerSlot = 8;
/** Up to here every write is told. */
const fewBytes = 256;

export class ByteWrites {
  readonly #log: FollowedObjects;
  readonly #locationOf: LocationOf;

  constructor(log: FollowedObjects, locationOf: LocationOf) {
    this.#log = log;
    this.#locationOf = locationOf;
  }

  /** A method that may change any of the bytes is about to run. */
  before(entry: Followed, shadow: BytesShadow, object: object): void {
    entry.isKnown = this.#mayTell(shadow);
    if (entry.isKnown) this.#log.lookNow(entry, object);
  }

  /** Element `index` of a typed array was assigned or updated. */
  element(entry: Followed, shadow: BytesShadow, object: object, index: number, site: number): void {
    const now = bytesOf(object);
    const size = elementSizeOf(object);
    if (now === undefined || size === undefined || now.length !== shadow.length) return;
    const from = index * size;
    const to = Math.min(from + size, shadow.bytes.length);
    let isChanged = false;
    for (let at = from; at < to; at++) if (now[at] !== shadow.bytes[at]) isChanged = true;
    if (!isChanged || !this.#mayTell(shadow)) return;
    const bytes = shadow.bytes.slice();
    for (let at = from; at < to; at++) bytes[at] = now[at] ?? 0;
    shadow.bytes = bytes;
    const { id, className, privates } = entry;
    const contents = contentsOf({ id, className, privates, shadow }, this.#log.encoder);
    this.#log.recordExact({ kind: "contents", target: id, contents }, this.#locationOf(site));
  }

  #mayTell({ bytes }: BytesShadow): boolean {
    return bytes.length <= fewBytes || this.#log.affords(bytes.length / bytesPerSlot);
  }
}
