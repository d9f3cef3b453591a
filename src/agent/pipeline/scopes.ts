// State is captured by whole scopes or not at all: a write that is missing would make all that is shown later a lie. Of a scope
// that a stage leaves out the recording says that it was there, and that nothing of it was captured.
import type { RecordSink } from "../record-sink.js";
import type { RecordPipeline } from "./pipeline.js";

/** Names that are kept in mind; beyond them a scope is counted each time it is tracked. */
const mostNames = 4096;

export class LeftOutScopes {
  readonly #names = new Set<string>();

  constructor(
    readonly pipeline: RecordPipeline,
    readonly sink: Pick<RecordSink, "write">,
  ) {}

  /** A scope that is captured already stays so. */
  leavesOut(name: string): boolean {
    if (this.#names.has(name)) return true;
    if (!this.pipeline.leavesOutScope(name)) return false;
    if (this.#names.size < mostNames) this.#names.add(name);
    const value = { kind: "unavailable", because: "not-recorded", what: "left out by the pipeline" } as const;
    this.sink.write({ kind: "scope", scope: name, value }, 0, Number.NaN);
    return true;
  }

  /** The stages are others now. */
  forget(): void {
    this.#names.clear();
  }
}
