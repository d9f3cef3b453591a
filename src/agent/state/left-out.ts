// Tells the recording how many references had to be left without their objects for want of time, as a metric.
import type { RecordSink } from "../record-sink.js";

const leftOutMetric = "hindcast.state.left_out";

/** The function returned records the count when it has changed since it was called last. */
export function reportLeftOut(tracker: { readonly leftOut: number }, sink: Pick<RecordSink, "metric">): () => void {
  let told = 0;
  return () => {
    if (tracker.leftOut === told) return;
    told = tracker.leftOut;
    sink.metric(leftOutMetric, "{reference}", told, {});
  };
}
