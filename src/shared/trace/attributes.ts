// Attributes of events, spans and logs, and the enumerations that OpenTelemetry's data model fixes.

/** OpenTelemetry attribute values; anything else a program passes is turned into one of these at capture. */
export type AttributeValue = string | number | boolean | null | readonly AttributeValue[] | Attributes;
export interface Attributes {
  readonly [key: string]: AttributeValue;
}

export const spanKinds = ["internal", "server", "client", "producer", "consumer"] as const;
export type SpanKind = (typeof spanKinds)[number];

export const spanStatuses = ["unset", "ok", "error"] as const;
export type SpanStatus = (typeof spanStatuses)[number];

/** OpenTelemetry severity numbers of the names we show: trace 1, debug 5, info 9, warn 13, error 17, fatal 21. */
export const severities = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 } as const;
export type Severity = keyof typeof severities;

/** The name of a severity number between two names is that of the lower one: 10 is "info". */
export function severityFromNumber(n: number): Severity {
  if (n >= 21) return "fatal";
  if (n >= 17) return "error";
  if (n >= 13) return "warn";
  if (n >= 9) return "info";
  if (n >= 5) return "debug";
  return "trace";
}

/** Capture levels, each adding to the one before. */
export const captureLevels = ["metrics", "requests", "calls", "lines"] as const;
export type CaptureLevel = (typeof captureLevels)[number];
