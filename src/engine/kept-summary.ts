// What a recording keeps, and what was evicted, as people are told.
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import type { LiveFacts } from "./recorder/messages.js";

export function keptSummary(
  kept: LiveFacts["kept"],
): Pick<RecordingSummary, "limits" | "evicted" | "pins" | "warning"> {
  if (kept === undefined) return { pins: [] };
  const { limits, evicted, since, pins, warning } = kept;
  const { maxAgeNs, maxBytes } = limits;
  return {
    limits:
      maxAgeNs === undefined && maxBytes === undefined
        ? undefined
        : { maxAgeMs: maxAgeNs === undefined ? undefined : Number(maxAgeNs / 1_000_000n), maxBytes },
    evicted: since === undefined ? undefined : { until: since, ...evicted },
    pins: pins.map(({ id, label, since: from, until: to }) => ({ pin: id, label, from, to })),
    warning,
  };
}
