// Tells the recording how often each kind of secret was taken out, as a metric: the last value of each series is the count.
import { redactionKindAttribute, redactionsMetric } from "../../shared/trace/redactions.js";
import type { RecordSink } from "../record-sink.js";
import type { Redaction } from "../../redact/redactor.js";

/** The function returned records the counts that have changed since it was called last. */
export function reportRedactions({ counts }: Redaction, sink: Pick<RecordSink, "metric">): () => void {
  const told = new Map<string, number>();
  return () => {
    for (const [kind, count] of counts) {
      if (told.get(kind) === count) continue;
      told.set(kind, count);
      sink.metric(redactionsMetric, "{redaction}", count, { [redactionKindAttribute]: kind });
    }
  };
}
