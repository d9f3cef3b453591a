// Tells the recording, as metrics, what of the state is not captured, and how long the program was kept for it in one go.
import type { RecordSink } from "../record-sink.js";

const metrics = {
  leftOut: "hindcast.state.left_out",
  unread: "hindcast.state.unread",
  longest: "hindcast.state.slice.max",
  slices: "hindcast.state.slices",
  time: "hindcast.state.time",
} as const;

interface Reported {
  readonly leftOut: number;
  readonly unread: number;
  longestMs: number;
  readonly slices: number;
  readonly sliceMs: number;
}

/** The function returned records what has changed since it was called last. */
export function reportState(tracker: Reported, sink: Pick<RecordSink, "metric">): () => void {
  const told = { leftOut: 0, unread: 0 };
  return () => {
    if (tracker.leftOut !== told.leftOut) sink.metric(metrics.leftOut, "{object}", tracker.leftOut, {});
    if (tracker.unread !== told.unread) sink.metric(metrics.unread, "{object}", tracker.unread, {});
    // While there is something to read: otherwise looks cost what they always cost.
    if (tracker.unread > 0 || told.unread > 0) {
      sink.metric(metrics.longest, "s", tracker.longestMs / 1000, {});
      sink.metric(metrics.slices, "{slice}", tracker.slices, {});
      sink.metric(metrics.time, "s", tracker.sliceMs / 1000, {});
    }
    told.leftOut = tracker.leftOut;
    told.unread = tracker.unread;
    tracker.longestMs = 0;
  };
}
