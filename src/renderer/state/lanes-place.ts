// How Lanes shows spans: what a group of rows is, and what a colour says.
import { type TraceOrder, traceOrders } from "../../shared/protocol/trace-calls.js";

/** By the process that a span is of, or by its trace: the newest or the longest first. */
export const groupings = ["service", ...traceOrders] as const;
export type Grouping = "service" | TraceOrder;

export const colourings = ["service", "kind", "status"] as const;
export type Colouring = (typeof colourings)[number];

export interface LanesPlace {
  readonly grouping: Grouping;
  readonly colouring: Colouring;
}

export const firstLanes: LanesPlace = { grouping: "service", colouring: "service" };

/** Undefined where nothing is said of it. */
export function lanesFrom(kept: Pick<URLSearchParams, "get">): LanesPlace | undefined {
  const grouping = groupings.find((one) => one === kept.get("lanes-by"));
  const colouring = colourings.find((one) => one === kept.get("lanes-colour"));
  if (grouping === undefined && colouring === undefined) return undefined;
  return { grouping: grouping ?? firstLanes.grouping, colouring: colouring ?? firstLanes.colouring };
}

export function keepLanes(kept: URLSearchParams, place: LanesPlace | undefined): void {
  if (place === undefined) return;
  kept.set("lanes-by", place.grouping);
  if (place.colouring !== firstLanes.colouring) kept.set("lanes-colour", place.colouring);
}
