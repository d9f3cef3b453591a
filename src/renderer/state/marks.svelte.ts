// Starts, ends, gaps, uncaught errors and notes of the recording, in time order: the ruler shows them, `[` and `]` visit them.
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import { labelWords } from "../../shared/protocol/notes-markdown.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { Note } from "./notes.svelte.js";
import { Query } from "./query.svelte.js";

type MarkRow = CallResult<"timeline.marks">[number];

export interface Mark extends Omit<MarkRow, "kind"> {
  /** A note is one that somebody wrote. */
  readonly kind: MarkRow["kind"] | "note";
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
  readonly #merged: readonly Mark[] = $derived.by(() => {
    const recorded = this.#query.value ?? [];
    const notes = this.#notes.all.map((note) => markOf(note));
    return notes.length === 0 ? recorded : inTime([...recorded, ...notes]);
  });
  readonly #release: () => void;
  #askedMs = 0;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(recording: OpenRecording, notes: { readonly all: readonly Note[] } = { all: [] }) {
    this.#recording = recording;
    this.#notes = notes;
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
