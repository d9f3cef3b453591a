// What every probe gets to work with.
import type { SpanContext } from "./context.js";
import type { Guest } from "./guest.js";
import type { Recorder } from "./recorder.js";

export interface ProbeKit {
  readonly guest: Guest;
  readonly context: SpanContext;
  readonly sink: Recorder;
}
