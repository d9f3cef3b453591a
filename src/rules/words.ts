// The words of the language besides its grammar: clauses and actions, with what they take. Checks, hover texts and docs/rules.md
// are of these tables.
import type { WindowFunction } from "./plan.js";

export interface Action {
  readonly name: string;
  /** As it is written. */
  readonly form: string;
  readonly does: string;
  readonly least: number;
  readonly most: number;
}

export const actions: readonly Action[] = [
  { name: "alert", form: `alert("message")`, does: "raises an alert", least: 1, most: 1 },
  { name: "log", form: `log("message")`, does: "writes a line to Hindcast's log", least: 1, most: 1 },
  { name: "console", form: `console("message")`, does: "prints a line", least: 1, most: 1 },
  { name: "record", form: `record("name", { key: value })`, does: "records an event", least: 1, most: 2 },
  { name: "mark", form: `mark("label")`, does: "marks the instant on the ruler", least: 0, most: 1 },
  { name: "stack", form: "stack()", does: "records the program's stack", least: 0, most: 0 },
  { name: "snapshot", form: "snapshot()", does: "records tracked state as a whole", least: 0, most: 0 },
  { name: "cpuProfile", form: "cpuProfile(5s)", does: "records a CPU profile", least: 0, most: 1 },
  { name: "heapSnapshot", form: "heapSnapshot()", does: "records a heap snapshot", least: 0, most: 0 },
  { name: "capture", form: `capture("calls", 30s)`, does: "raises the capture level for a time", least: 2, most: 2 },
  { name: "notify", form: `notify("message")`, does: "shows a notification of the desktop", least: 1, most: 1 },
  { name: "webhook", form: `webhook("name", "message")`, does: "calls a webhook", least: 1, most: 2 },
  { name: "signal", form: `signal("name", value)`, does: "tells the program", least: 1, most: 2 },
  { name: "packet", form: "packet()", does: "writes a context packet", least: 0, most: 0 },
];

/** Actions that are done while a recording is made. A back-test says of any what it would do. */
export const liveActions: ReadonlySet<string> = new Set(["alert", "log", "mark", "webhook"]);

/** What Descry's documents call some of them. */
export const actionAliases: Readonly<Record<string, string>> = {
  dashboard_event: "record",
  capture_heap_profile: "heapSnapshot",
};

/** What the functions of windows give, for who points at one. */
export const functionMeanings: Readonly<Record<WindowFunction, string>> = {
  avg: "the average of the values in the window",
  max: "the greatest value in the window",
  min: "the least value in the window",
  sum: "the sum of the values in the window",
  count: "how many there are in the window",
  rate: "spans, logs and events: how many a second; metrics: growth a second",
  trend: "the last less the first, by the minutes between them",
  delta: "the last less the first",
  stddev: "the standard deviation of the values in the window",
  p50: "the median, within 1 %",
  p90: "what 90 % of the values do not exceed, within 1 %",
  p95: "what 95 % of the values do not exceed, within 1 %",
  p99: "what 99 % of the values do not exceed, within 1 %",
  absent: "true where there is none in the window",
};

export const clauseMeanings: Readonly<Record<string, string>> = {
  severity: "low, medium, high or critical; medium when left out",
  for: "how long the condition has to hold",
  cooldown: "for how long it does not fire again after it ended",
  every: "how often it is evaluated, from 10ms",
  by: "each of these is a group that fires for itself; all: everything is one",
  label: "what goes with its alerts",
};

export const clauseForms: Readonly<Record<string, string>> = {
  severity: "severity critical",
  for: "for 30s",
  cooldown: "cooldown 5m",
  every: "every 10s",
  by: "by service",
  label: `label team = "core"`,
};
