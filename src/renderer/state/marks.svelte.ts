// Starts, ends, gaps, uncaught errors, notes and alerts of the recording, in time order: the ruler shows them, `[` and `]` visit them.
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import { labelWords } from "../../shared/protocol/notes-markdown.js";
import { type Firing, groupText } from "./alerts.svelte.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { Note } from "./notes.svelte.js";
import { Query } from "./query.svelte.js";

type MarkRow = CallResult<"timeline.marks">[number];

export interface Mark extends Omit<MarkRow, "kind"> {
  /** A note is one that somebody wrote; an alert where a rule fired while it was recorded. */
  readonly kind: MarkRow["kind"] | "note" | "alert";
  readonly offsetNs: number;
  /** Of a gap: where it begins. */
  readonly sinceNs: number;
}

/** A live recording changes four times a second; its marks are few and asked for less often. */
const refreshMs = 1000;
/** Closer than this counts as being on the mark. */
const onMarkNs = 1000;

export class Marks {
  readonly #recording: OpenRecording;
  readonly #query = new Query<readonly Mark[]>();
  readonly #notes: { readonly all: readonly Note[] };
  readonly #alerts: { readonly firings: readonly Firing[] };
  readonly #merged: readonly Mark[] = $derived.by(() => {
    const recorded = this.#query.value ?? [];
    const notes = this.#notes.all.map((note) => markOf(note));
    const alerts = this.#alerts.firings.map((firing) => alertMarkOf(firing));
    return notes.length + alerts.length === 0 ? recorded : inTime([...recorded, ...notes, ...alerts]);
  });
  readonly #release: () => void;
  #askedMs = 0;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(
    recording: OpenRecording,
    notes: { readonly all: readonly Note[] } = { all: [] },
    alerts: { readonly firings: readonly Firing[] } = { firings: [] },
  ) {
    this.#recording = recording;
    this.#notes = notes;
    this.#alerts = alerts;
    this.#release = recording.onGrown(() => {
      this.#later ??= setTimeout(() => this.#ask(), Math.max(0, this.#askedMs + refreshMs - performance.now()));
    });
    this.#ask();
  }

  get all(): readonly Mark[] {
    return this.#merged;
  }

  get failure(): HindcastError | undefined {
    return this.#query.loaded.status === "failed" ? this.#query.loaded.error : undefined;
  }

  before(offsetNs: number): Mark | undefined {
    return this.all.findLast((mark) => mark.offsetNs < offsetNs - onMarkNs);
  }

  after(offsetNs: number): Mark | undefined {
    return this.all.find((mark) => mark.offsetNs > offsetNs + onMarkNs);
  }

  dispose(): void {
    clearTimeout(this.#later);
    this.#release();
    this.#query.cancel();
  }

  #ask(): void {
    this.#later = undefined;
    this.#askedMs = performance.now();
    this.#query.load(async (signal, tell) => {
      const answer = await this.#recording.call("timeline.marks", {}, signal, tell);
      if (!answer.ok) return answer;
      const offsetOf = (instant: bigint) => this.#recording.offsetFromInstant(instant);
      const marks = answer.value.map((row) => ({
        ...row,
        offsetNs: offsetOf(row.instant),
        sinceNs: offsetOf(row.since),
      }));
      return { ok: true, value: inTime(marks) };
    });
  }
}

const inTime = (marks: Mark[]): readonly Mark[] => marks.sort((one, other) => one.offsetNs - other.offsetNs);

const markOf = ({ text, label, author, from, offsetNs }: Note): Mark => ({
  kind: "note",
  process: 0,
  instant: from,
  since: from,
  lost: 0,
  offsetNs,
  sinceNs: offsetNs,
  label: `${text === "" ? "Bookmark" : `${labelWords[label]}: ${text}`}${author === "" ? "" : ` (${author})`}`,
});

const alertMarkOf = ({ at, atNs, alert: { rule, group, message } }: Firing): Mark => ({
  kind: "alert",
  process: 0,
  instant: at,
  since: at,
  lost: 0,
  offsetNs: atNs,
  sinceNs: atNs,
  label: [rule, groupText(group), message].filter((part) => part !== "").join(": "),
});
