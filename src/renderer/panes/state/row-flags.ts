// The bits of `StateRows.flags` by name, and how each reservation about a value is said.

export interface RowFlags {
  readonly isExpandable: boolean;
  readonly isExpanded: boolean;
  readonly isChanged: boolean;
  readonly isUnavailable: boolean;
  readonly isCut: boolean;
  readonly isBetween: boolean;
  readonly isReference: boolean;
  readonly isMore: boolean;
}

export function flagsOf(bits: number): RowFlags {
  return {
    isExpandable: (bits & 1) !== 0,
    isExpanded: (bits & 2) !== 0,
    isChanged: (bits & 4) !== 0,
    isUnavailable: (bits & 8) !== 0,
    isCut: (bits & 16) !== 0,
    isBetween: (bits & 32) !== 0,
    isReference: (bits & 64) !== 0,
    isMore: (bits & 128) !== 0,
  };
}

export type Reservation = "between" | "unavailable" | "getter" | "cut" | "reference";

/** How a value is known when it is not simply known: at most one is shown, the one that limits most. */
export function reservationOf(flags: RowFlags, value: string): Reservation | undefined {
  if (flags.isUnavailable) return /getter/i.test(value) ? "getter" : "unavailable";
  if (flags.isCut) return "cut";
  if (flags.isReference) return "reference";
  return flags.isBetween ? "between" : undefined;
}

export const reservationWords: Readonly<Record<Reservation, { word: string; meaning: string }>> = {
  between: { word: "sampled", meaning: "Found by comparing: it changed some time between two looks at it." },
  unavailable: { word: "not captured", meaning: "This value never reached the recording." },
  getter: { word: "not run", meaning: "A getter: reading it would run the program's code, so it was not read." },
  cut: { word: "cut", meaning: "Longer than the capture budget: only the beginning was kept." },
  reference: { word: "same object", meaning: "The same object is shown above: a cycle or an alias." },
};

export type ValueColour = "string" | "number" | "keyword" | "type";

/** Types are constructor names of objects or, in lower case, the type of a primitive. */
export function colourOf(type: string): ValueColour {
  if (type === "string") return "string";
  if (type === "number" || type === "bigint") return "number";
  if (type === "boolean" || type === "null" || type === "undefined" || type === "symbol") return "keyword";
  return "type";
}
