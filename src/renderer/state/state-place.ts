// What State shows of the chosen scope: its tree, what of it is looked for, or what differs, and from which other instant.
export type Against =
  /** The ends of the selected stretch, or before and after the last write. */
  | { readonly kind: "itself" }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "note"; readonly id: string }
  | { readonly kind: "time"; readonly text: string };

export interface StatePlace {
  readonly tab: "tree" | "diff";
  /** A text in keys and values, or a condition; "" while nothing is looked for. */
  readonly find: string;
  readonly against: Against;
}

export const firstStatePlace: StatePlace = { tab: "tree", find: "", against: { kind: "itself" } };

/** What is longer was typed by nobody here. */
const mostText = 2000;

/** Undefined where the address says nothing of it. */
export function statePlaceFrom(kept: URLSearchParams): StatePlace | undefined {
  const place: StatePlace = {
    tab: kept.get("state") === "diff" ? "diff" : "tree",
    find: (kept.get("find") ?? "").slice(0, mostText).trim(),
    against: againstFrom(kept.get("against") ?? ""),
  };
  const isFirst = place.tab === "tree" && place.find === "" && place.against.kind === "itself";
  return isFirst ? undefined : place;
}

export function keepStatePlace(kept: URLSearchParams, place: StatePlace | undefined): void {
  if (place === undefined) return;
  if (place.tab !== "tree") kept.set("state", place.tab);
  if (place.find !== "") kept.set("find", place.find);
  if (place.against.kind !== "itself") kept.set("against", textOfAgainst(place.against));
}

/** Reads `start`, `end`, `note ID` and `time TEXT`; anything else is `itself`. */
export function againstFrom(text: string): Against {
  if (text === "start" || text === "end") return { kind: text };
  if (text === "time" || text.startsWith("time ")) return { kind: "time", text: text.slice("time ".length, mostText) };
  return text.startsWith("note ") ? { kind: "note", id: text.slice("note ".length, mostText) } : { kind: "itself" };
}

function textOfAgainst(against: Against): string {
  if (against.kind === "note") return `note ${against.id}`;
  return against.kind === "time" ? `time ${against.text}` : against.kind;
}
