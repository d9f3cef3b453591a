// Incidents of rules from what a back-test says, and which of them an edited text gained, lost or kept.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";

type Outcome = CallResult<"rules.backtest">["outcomes"][number];

export interface Incident {
  readonly rule: string;
  /** What `by` names, as one text. */
  readonly group: string;
  /** When it fired; nanoseconds since the recording's start. */
  readonly fromNs: number;
  /** When it recovered, or the end of what was evaluated. */
  readonly toNs: number;
  readonly said: readonly string[];
}

export const groupText = (group: Readonly<Record<string, string>>): string =>
  Object.entries(group)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

/** In the order in which they fired. */
export function incidentsOf(
  outcomes: readonly Outcome[],
  offsetOf: (instant: bigint) => number,
  endNs: number,
): readonly Incident[] {
  const incidents: { rule: string; group: string; fromNs: number; toNs: number; said: readonly string[] }[] = [];
  const open = new Map<string, (typeof incidents)[number]>();
  for (const { kind, rule, group, instant, said } of outcomes) {
    if (kind === "disabled") continue;
    const words = groupText(group);
    const key = `${rule}\0${words}`;
    if (kind === "fired") {
      const incident = { rule, group: words, fromNs: offsetOf(instant), toNs: endNs, said };
      open.set(key, incident);
      incidents.push(incident);
    } else {
      const fired = open.get(key);
      if (fired !== undefined) fired.toNs = offsetOf(instant);
      open.delete(key);
    }
  }
  return incidents;
}

export type Change = "same" | "gained" | "lost";

export interface ComparedIncident extends Incident {
  readonly change: Change;
}

/** One that meets one of the other text, of the same rule and group, is the same: a moved threshold moves its ends. */
export function compared(saved: readonly Incident[], edited: readonly Incident[]): readonly ComparedIncident[] {
  const meetsSaved = meeting(saved);
  const meetsEdited = meeting(edited);
  return [
    ...edited.map((one) => ({ ...one, change: meetsSaved(one) ? ("same" as const) : ("gained" as const) })),
    ...saved.filter((one) => !meetsEdited(one)).map((one) => ({ ...one, change: "lost" as const })),
  ].sort((a, b) => a.fromNs - b.fromNs);
}

/** Incidents of one rule and group follow each other, so the last one that began by then is the only one to look at. */
function meeting(incidents: readonly Incident[]): (one: Incident) => boolean {
  const byKey = new Map<string, Incident[]>();
  for (const one of incidents) {
    const list = byKey.get(keyOf(one));
    if (list === undefined) byKey.set(keyOf(one), [one]);
    else list.push(one);
  }
  return (one) => {
    const list = byKey.get(keyOf(one)) ?? [];
    let [first, end] = [0, list.length];
    while (first < end) {
      const middle = (first + end) >> 1;
      if ((list[middle]?.fromNs ?? Infinity) <= one.toNs) first = middle + 1;
      else end = middle;
    }
    return (list[first - 1]?.toNs ?? -Infinity) >= one.fromNs;
  };
}

const keyOf = ({ rule, group }: Incident): string => `${rule}\0${group}`;

export interface RuleCounts {
  readonly rule: string;
  readonly saved: number;
  readonly edited: number;
  readonly same: number;
  readonly gained: number;
  readonly lost: number;
}

/** Of each rule, those that changed most first where nobody gave them an order. */
export function countsOf(
  rules: readonly string[],
  saved: readonly Incident[],
  both: readonly ComparedIncident[],
): readonly RuleCounts[] {
  const counts = new Map<string, { saved: number; same: number; gained: number; lost: number }>();
  const of = (rule: string) => {
    const known = counts.get(rule) ?? { saved: 0, same: 0, gained: 0, lost: 0 };
    counts.set(rule, known);
    return known;
  };
  for (const rule of rules) of(rule);
  for (const { rule } of saved) of(rule).saved += 1;
  for (const { rule, change } of both) of(rule)[change] += 1;
  return [...counts].map(([rule, one]) => ({ rule, ...one, edited: one.same + one.gained }));
}
