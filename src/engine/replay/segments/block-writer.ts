// The writes of one segment as bytes, column by column: columns of one kind deflate well, and what a look at one object
// does not need is not decoded.
// Section by section: head, seqs, instants, times of found ones, operations, objects, keys, places, spans, payload sizes,
// key texts, payloads.
import { ByteWriter } from "../../../shared/protocol/bytes.js";
import { writeValue } from "../../../shared/protocol/captured-value-codec.js";
import type { WriteOperation } from "../../../shared/trace/write.js";
import { blockKinds, foundBit, furthest } from "./block-format.js";
import { writePayload } from "./operation-payload.js";
import type { SegmentWrite } from "./segment-write.js";
import { writeCount, writeDifference, writeSigned } from "./varints.js";

export class BlockWriter {
  count = 0;
  readonly #keys = new Map<string, number>();
  readonly #seqs = new ByteWriter();
  readonly #instants = new ByteWriter();
  readonly #afters = new ByteWriter();
  readonly #codes = new ByteWriter();
  readonly #objects = new ByteWriter();
  readonly #keyIds = new ByteWriter();
  readonly #locations = new ByteWriter();
  readonly #spans = new ByteWriter();
  readonly #sizes = new ByteWriter();
  readonly #payloads = new ByteWriter();
  #lastSeq = 0;
  #first = 0n;
  #lastOffset = 0;
  #lastSpan = 0;

  /** Bytes of what was written, as opposed to when and where. */
  get payloadBytes(): number {
    return this.#payloads.at;
  }

  /** Whether it comes too much later, or earlier, to stand beside those that are there. */
  isTooFar(instant: bigint): boolean {
    return this.count > 0 && Math.abs(Number(instant - this.#first)) > furthest / 2;
  }

  /** Writes come in Seq order, and none that is too far. */
  add({ seq, instant, after, operation, location, span }: SegmentWrite): void {
    if (this.count === 0) this.#first = instant;
    this.count++;
    writeCount(this.#seqs, seq - this.#lastSeq);
    const offset = Number(instant - this.#first);
    writeSigned(this.#instants, offset - this.#lastOffset);
    this.#codes.u8(blockKinds.indexOf(operation.kind) | (after === undefined ? 0 : foundBit));
    if (after !== undefined) writeDifference(this.#afters, instant - after);
    writeCount(this.#objects, operation.kind === "scope" ? Number(operation.scope) : operation.target);
    writeCount(this.#locations, location);
    writeSigned(this.#spans, span - this.#lastSpan);
    this.#lastSeq = seq;
    this.#lastOffset = offset;
    this.#lastSpan = span;
    const before = this.#payloads.at;
    this.#payload(operation);
    writeCount(this.#sizes, this.#payloads.at - before);
  }

  #payload(operation: WriteOperation): void {
    if (operation.kind === "scope") return writeValue(this.#payloads, operation.value);
    if (operation.kind === "set" || operation.kind === "delete") writeCount(this.#keyIds, this.#keyId(operation.key));
    writePayload(this.#payloads, operation);
  }

  #keyId(key: string): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    this.#keys.set(key, this.#keys.size);
    return this.#keys.size - 1;
  }

  bytes(): Uint8Array {
    const texts = new ByteWriter();
    for (const key of this.#keys.keys()) texts.text(key);
    const sections = [
      this.#seqs,
      this.#instants,
      this.#afters,
      this.#codes,
      this.#objects,
      this.#keyIds,
      this.#locations,
      this.#spans,
      this.#sizes,
      texts,
    ];
    const out = new ByteWriter(this.#payloads.at + sections.reduce((total, { at }) => total + at, 0) + 128);
    writeCount(out, this.count);
    writeCount(out, this.#keys.size);
    writeDifference(out, this.#first);
    for (const section of sections) writeCount(out, section.at);
    for (const section of [...sections, this.#payloads]) out.raw(section.bytes.subarray(0, section.at));
    return out.bytes.subarray(0, out.at);
  }
}
