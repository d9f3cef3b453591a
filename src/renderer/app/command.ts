// One thing the window can be told to do.

export type CommandGroup = "Time" | "View" | "Recording" | "Window";

export interface Command {
  readonly id: string;
  readonly group: CommandGroup;
  readonly title: string;
  /** The first is the one shown; see chords.ts. */
  readonly keys: readonly string[];
  /** Absent = it works everywhere; else only while a recording is open. */
  readonly run: () => void;
}
