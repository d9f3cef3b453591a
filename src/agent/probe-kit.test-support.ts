// A kit for probes under test, without a worker: what they record is read from the ring.
import { isLoopback } from "../shared/base/loopback.js";
import { readRecords } from "../shared/protocol/agent-record-codec.js";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import { ChildStarts } from "./child-starts.js";
import { SpanContext } from "./context.js";
import { Guest, saveOriginals } from "./guest.js";
import { HybridClock } from "./hybrid-clock.js";
import { Intake } from "./intake.js";
import { Messages } from "./messages.js";
import { ModuleWatch } from "./modules.js";
import { OpenTelemetry } from "./open-telemetry.js";
import type { ProbeKit } from "./probe-kit.js";
import type { OpenSpan } from "./record-sink.js";
import { Recorder } from "./recorder.js";
import { noRedaction } from "../redact/redactor.js";
import { RingMemory, RingWriter } from "./ring.js";
import { Rounds } from "./rounds.js";

/** `records` takes out what was recorded since it was called last. */
export function kitForTests(redaction = noRedaction): { kit: ProbeKit; guest: Guest; records: () => AgentRecord[] } {
  const guest = new Guest(saveOriginals());
  const { now, timeOriginMs } = guest.originals;
  const memory = RingMemory.allocate(1 << 16);
  const context = new SpanContext();
  const sink = new Recorder(new RingWriter(memory), context, now, (error) => guest.noteFault(error));
  const messages = new Messages(sink, new HybridClock(() => timeOriginMs + now()), "00c0ffee");
  const { onModule } = new ModuleWatch(guest);
  const [rounds, openTelemetry, childStarts] = [new Rounds(), new OpenTelemetry(), new ChildStarts()];
  const own = { guest, context, sink, messages, childStarts, onModule };
  const callHeaders = new Map<string, OpenSpan>();
  const kit = { ...own, tracesTo: isLoopback, redaction, rounds, openTelemetry, callHeaders };
  const records = (): AgentRecord[] => readRecords(new Intake(memory).take(memory.size)?.records ?? new Uint8Array());
  return { kit, guest, records };
}
