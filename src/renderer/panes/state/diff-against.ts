// What the diff of a scope compares: by itself the ends of the selected stretch or the last write, else the playhead and another
// instant: where the selection starts or ends, a note, or a time that is typed.
import { unreachable } from "../../../shared/base/unreachable.js";
import type { Against } from "../../state/state-place.js";
import type { NsRange } from "../../state/time-scale.js";

/** As much of a note as a choice needs. */
export interface NotedInstant {
  readonly id: string;
  readonly offsetNs: number;
  readonly text: string;
}

export interface Instants {
  readonly range: NsRange | undefined;
  readonly notes: readonly NotedInstant[];
  /** Of a typed time; undefined where it is none. */
  offsetOf(text: string): number | undefined;
}

/** Where the other end is; undefined while there is none. */
export function againstNs(against: Exclude<Against, { kind: "itself" }>, instants: Instants): number | undefined {
  switch (against.kind) {
    case "start":
      return instants.range?.fromNs;
    case "end":
      return instants.range?.toNs;
    case "note":
      return instants.notes.find(({ id }) => id === against.id)?.offsetNs;
    case "time":
      return instants.offsetOf(against.text);
    default:
      return unreachable(against);
  }
}

const mostText = 40;

/** The choices of a list, each with the text that its `Against` is read from. */
export function againstChoices(
  { range, notes }: Pick<Instants, "range" | "notes">,
  clockOf: (offsetNs: number) => string,
): readonly { readonly value: string; readonly text: string; readonly isOff?: boolean }[] {
  const isOff = range === undefined;
  return [
    { value: "itself", text: isOff ? "Before and after the last write" : "Ends of the selection" },
    { value: "start", text: "Playhead and selection's start", isOff },
    { value: "end", text: "Playhead and selection's end", isOff },
    ...notes.map(({ id, offsetNs, text }) => ({
      value: `note ${id}`,
      text: `Playhead and ${noteText(text)}, ${clockOf(offsetNs)}`,
    })),
    { value: "time", text: "Playhead and a time…" },
  ];
}

function noteText(text: string): string {
  const line = text.split("\n")[0] ?? "";
  if (line === "") return "bookmark";
  return line.length > mostText ? `“${line.slice(0, mostText)}…”` : `“${line}”`;
}

export const choiceOf = (against: Against): string => (against.kind === "note" ? `note ${against.id}` : against.kind);
