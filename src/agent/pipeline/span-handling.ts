// What the pipeline decided of a span when it began, asked by what happens inside it.
import type { SpanHandling } from "../record-sink.js";
import type { StageAccount } from "./account.js";

/** The stage that leaves out what happens inside a span. */
export const takerOf = (handling: SpanHandling | undefined): StageAccount | undefined =>
  handling?.kind === "left-out" ? handling.takenBy : undefined;
