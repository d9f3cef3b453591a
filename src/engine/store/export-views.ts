// What leaves a recording as Parquet and JSON lines: the views of docs/sql.md, in this order.

/** With the columns that are times. */
export const exportedViews = {
  processes: ["start", "last_seen", "ended"],
  events: ["time"],
  spans: ["start", "end"],
  logs: ["time"],
  metrics: ["time"],
  writes: ["time", "after"],
  keyframes: ["time", "after"],
  messages: ["sent", "received"],
  marks: ["time"],
  notes: ["time", "until", "created", "changed"],
  alerts: ["time", "latest", "recovered", "acknowledged", "resolved"],
  alert_firings: ["time", "recovered"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ExportedView = keyof typeof exportedViews;
export const exportedViewNames: readonly ExportedView[] = [
  "processes",
  "events",
  "spans",
  "logs",
  "metrics",
  "writes",
  "keyframes",
  "messages",
  "marks",
  "notes",
  "alerts",
  "alert_firings",
];
