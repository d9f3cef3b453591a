// Writes that no segment has yet, in the shape that those of segments have. More may be added at the end.
import type { Certainty, RecordedWrite, WriteOperation } from "../../../shared/trace/write.js";
import type { ObjectId } from "../../../shared/trace/value.js";
import { firstWhere } from "../../../shared/base/first-where.js";
import type { Writes } from "./block.js";

export class ListedWrites implements Writes {
  readonly #writes: RecordedWrite[] = [];
  readonly #latest: bigint[] = [];
  readonly #byObject = new Map<number, number[]>();
  readonly #toScopes: number[] = [];
  readonly #found: number[] = [];

  get count(): number {
    return this.#writes.length;
  }

  add(write: RecordedWrite): void {
    const at = this.#writes.length;
    const { operation } = write;
    const before = this.#latest[at - 1];
    this.#writes.push(write);
    this.#latest.push(before === undefined || write.instant > before ? write.instant : before);
    if (write.certainty.kind === "between") this.#found.push(at);
    if (operation.kind === "scope") this.#toScopes.push(at);
    else {
      const positions = this.#byObject.get(operation.target);
      if (positions === undefined) this.#byObject.set(operation.target, [at]);
      else positions.push(at);
    }
  }

  get last(): RecordedWrite | undefined {
    return this.#writes.at(-1);
  }

  /** Those with a higher Seq, in their order. */
  after(last: number): readonly RecordedWrite[] {
    return this.#writes.slice(firstWhere(this.#writes.length, (at) => this.seqAt(at) > last));
  }

  at(at: number): RecordedWrite {
    const write = this.#writes[at];
    if (write === undefined) throw new Error(`no write ${at}`);
    return write;
  }

  seqAt(at: number): number {
    return this.at(at).seq;
  }

  instantAt(at: number): bigint {
    return this.at(at).instant;
  }

  latestAt(at: number): bigint {
    return this.#latest[at] ?? 0n;
  }

  operationAt(at: number): WriteOperation {
    return this.at(at).operation;
  }

  kindAt(at: number): WriteOperation["kind"] {
    return this.at(at).operation.kind;
  }

  /** They are values already. */
  setLater(_positions: ArrayLike<number>, from: number): number {
    return from;
  }

  objectAt(at: number): ObjectId | undefined {
    const { operation } = this.at(at);
    return operation.kind === "scope" ? undefined : operation.target;
  }

  certaintyAt(at: number): Certainty {
    return this.at(at).certainty;
  }

  positionsOf(object: number): readonly number[] {
    return this.#byObject.get(object) ?? [];
  }

  scopePositions(): readonly number[] {
    return this.#toScopes;
  }

  /** They are known themselves. */
  placeAt(): { readonly location: number; readonly span: number } {
    return { location: 0, span: 0 };
  }

  foundPositions(): Iterable<number> {
    return this.#found;
  }
}
