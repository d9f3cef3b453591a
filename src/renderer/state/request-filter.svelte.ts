// Which requests and routes Requests shows, of how much of the recording, and how sorted.
import type { RequestOrder, RequestOutcome } from "../../shared/protocol/request-calls.js";

/** Of how much of the recording: all, the selected stretch, or what Lanes shows. */
export const extents = ["all", "selection", "lanes"] as const;
export type Extent = (typeof extents)[number];

export const routeSorts = [
  "service",
  "route",
  "requests",
  "perSecond",
  "failed",
  "p50Ns",
  "p95Ns",
  "p99Ns",
  "maxNs",
  "totalNs",
] as const;
export type RouteSort = (typeof routeSorts)[number];

export interface Sorting {
  readonly by: RouteSort;
  readonly isDescending: boolean;
}

/** 0 = any. */
export const leastDurationsNs: readonly number[] = [0, 1e6, 1e7, 1e8, 1e9, 1e10];

export interface ListFilter {
  readonly order: RequestOrder;
  readonly outcome: RequestOutcome | "any";
  /** 0 = any. */
  readonly leastNs: number;
}

export interface RequestChoices extends ListFilter {
  readonly extent: Extent;
  /** That a route must have. */
  readonly words: string;
  readonly sorting: Sorting;
}

/** What is shown until somebody chooses. */
export const firstChoices: RequestChoices = {
  extent: "all",
  words: "",
  sorting: { by: "totalNs", isDescending: true },
  order: "slowest",
  outcome: "any",
  leastNs: 0,
};

export class RequestFiltering {
  #chosen = $state.raw<RequestChoices>(firstChoices);

  get chosen(): RequestChoices {
    return this.#chosen;
  }

  choose(change: Partial<RequestChoices>): void {
    this.#chosen = { ...this.#chosen, ...change };
  }
}
