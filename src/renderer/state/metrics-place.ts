// Which series Metrics shows, and how: a short text of its own ("5,rate(5) log,5/7").
export interface MetricsPlace {
  /** Undefined: what is shown until somebody chooses. */
  readonly rows: string | undefined;
  readonly comparesBefore: boolean;
  /** Stretches outside of the usual band are not marked. */
  readonly hidesUnusual?: boolean;
}

const mostText = 4000;

export function metricsFrom(kept: URLSearchParams): MetricsPlace | undefined {
  const rows = rowsFrom(kept.get("metrics"));
  const comparesBefore = kept.has("metrics-before");
  const hidden = kept.has("metrics-unmarked") ? { hidesUnusual: true } : {};
  return rows === undefined && !comparesBefore && hidden.hidesUnusual === undefined
    ? undefined
    : { rows, comparesBefore, ...hidden };
}

const rowsFrom = (text: string | null): string | undefined =>
  text !== null && text.length <= mostText && /^[\w(),/ ]*$/.test(text) ? text : undefined;

export function keepMetrics(kept: URLSearchParams, place: MetricsPlace | undefined): void {
  if (place?.rows !== undefined) kept.set("metrics", place.rows);
  if (place?.comparesBefore === true) kept.set("metrics-before", "1");
  if (place?.hidesUnusual === true) kept.set("metrics-unmarked", "1");
}
