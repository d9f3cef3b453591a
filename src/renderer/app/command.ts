// One thing the window can be told to do.
import type { FoundKind } from "../../shared/protocol/engine-rows.js";

export type CommandGroup = "Time" | "View" | "Recording" | "Window";

export interface Command {
  readonly id: string;
  /** What the palette says at its right: one of the groups, a place, or the kind of a record that was found. */
  readonly group: CommandGroup | FoundKind | "record" | "Place";
  readonly title: string;
  /** The first is the one shown; see chords.ts. */
  readonly keys: readonly string[];
  /** Absent = it works everywhere; else only while a recording is open. */
  readonly run: () => void;
}
