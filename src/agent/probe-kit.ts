// What every probe gets to work with.
import type { ChildStarts } from "./child-starts.js";
import type { SpanContext } from "./context.js";
import type { Guest } from "./guest.js";
import type { Messages } from "./messages.js";
import type { OnModule } from "./modules.js";
import type { OpenTelemetry } from "./open-telemetry.js";
import type { OpenSpan } from "./record-sink.js";
import type { Recorder } from "./recorder.js";
import type { Rounds } from "./rounds.js";
import type { Redaction } from "../redact/redactor.js";

export interface ProbeKit {
  readonly guest: Guest;
  readonly context: SpanContext;
  readonly sink: Recorder;
  readonly messages: Messages;
  /** Tells of each process that is started. */
  readonly childStarts: ChildStarts;
  /** Tells of each copy of an npm package when it has been loaded. */
  readonly onModule: OnModule;
  /** Whether requests to this host carry the trace header. */
  readonly tracesTo: (host: string) => boolean;
  /** The recorder asks it by itself; here it is for what is made into text before that, which would hide what is what. */
  readonly redaction: Redaction;
  /** What is to be done once a second, and at the end. */
  readonly rounds: Rounds;
  readonly openTelemetry: OpenTelemetry;
  /** Of calls that HTTP/2 carries, while they last: by the trace header that they are sent with. */
  readonly callHeaders: Map<string, OpenSpan>;
}

/** The recording's clock when the monotonic one, which probes read, was at `monotonicMs`. */
export const clockAt = ({ sink, guest }: Pick<ProbeKit, "sink" | "guest">, monotonicMs: number): number =>
  sink.clockMs() - (guest.originals.now() - monotonicMs);
