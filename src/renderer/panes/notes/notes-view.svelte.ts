// What the Notes pane shows of the notes there are, which one the keyboard stands on, which one is being changed, and what is
// being written. Notes themselves are the window's: other panes and the ruler show them, too.
import type { HindcastError } from "../../../shared/protocol/errors.js";
import { type NoteLabel, mostNoteText } from "../../../shared/protocol/note-calls.js";
import { labelWords, notesAsMarkdown } from "../../../shared/protocol/notes-markdown.js";
import type { Note, Notes } from "../../state/notes.svelte.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import type { Toasts } from "../../state/toasts.svelte.js";

interface Editing {
  readonly id: string;
  text: string;
  label: NoteLabel;
}

export interface NotesTargets {
  readonly recording: OpenRecording;
  readonly playhead: Playhead;
  readonly selection: Selection;
  readonly notes: Notes;
  readonly toasts: Toasts;
}

export class NotesView {
  readonly #targets: NotesTargets;
  #filter = $state("");
  #wantedLabel = $state<NoteLabel | "all">("all");
  #activeId = $state<string>();
  editing = $state<Editing>();
  /** What is being written. */
  readonly draft = $state<{ text: string; label: NoteLabel; isOnInstant: boolean }>({
    text: "",
    label: "note",
    isOnInstant: false,
  });
  #isWriting = $state(false);
  #failure = $state.raw<HindcastError>();

  readonly shown: readonly Note[] = $derived.by(() => {
    const words = this.#filter.trim().toLowerCase();
    return this.#targets.notes.all.filter(
      ({ text, author, label }) =>
        (this.#wantedLabel === "all" || label === this.#wantedLabel) &&
        (words === "" || `${text}\n${author}\n${labelWords[label]}`.toLowerCase().includes(words)),
    );
  });
  /** The last one at or before the playhead; -1 when all are later. */
  readonly currentIndex: number = $derived.by(() =>
    this.shown.findLastIndex(({ offsetNs }) => offsetNs <= this.#targets.playhead.offsetNs),
  );
  readonly activeIndex: number = $derived.by(() => this.shown.findIndex(({ id }) => id === this.#activeId));
  /** The stretch that a new note is about; undefined: the instant of the playhead. */
  readonly stretch = $derived.by(() => (this.draft.isOnInstant ? undefined : this.#targets.selection.range));

  constructor(targets: NotesTargets) {
    this.#targets = targets;
  }

  get filter(): string {
    return this.#filter;
  }
  get wantedLabel(): NoteLabel | "all" {
    return this.#wantedLabel;
  }
  get isFiltered(): boolean {
    return this.#filter.trim() !== "" || this.#wantedLabel !== "all";
  }
  get isWriting(): boolean {
    return this.#isWriting;
  }
  /** Why what was written last is not kept. */
  get failure(): HindcastError | undefined {
    return this.#failure;
  }

  filterBy(text: string, label: NoteLabel | "all" = this.#wantedLabel): void {
    this.#filter = text;
    this.#wantedLabel = label;
  }

  stand(index: number): void {
    this.#activeId = this.shown[index]?.id;
  }

  /** The playhead goes there; the stretch that it is about is selected. */
  jump(index: number): void {
    const note = this.shown[index];
    if (note === undefined) return;
    this.#activeId = note.id;
    this.#targets.playhead.moveTo(note.offsetNs);
    if (note.toNs !== undefined) this.#targets.selection.selectRange(note.offsetNs, note.toNs);
  }

  /** What is written stays where it is when it cannot be kept. */
  async add(): Promise<void> {
    const { playhead, notes } = this.#targets;
    if (this.#isWriting) return;
    this.#isWriting = true;
    const { text, label } = this.draft;
    const [fromNs, toNs] = [this.stretch?.fromNs ?? playhead.offsetNs, this.stretch?.toNs];
    const put = await notes.add({ fromNs, toNs, text: within(text), label });
    this.#isWriting = false;
    this.#failure = put.ok ? undefined : put.error;
    if (!put.ok) return;
    this.draft.text = "";
    this.draft.label = "note";
    this.#activeId = put.value.id;
  }

  edit(index: number): void {
    const note = this.shown[index];
    if (note === undefined) return;
    this.#activeId = note.id;
    this.editing = { id: note.id, text: note.text, label: note.label };
  }

  async keepEdit(): Promise<void> {
    const { editing } = this;
    const note = this.#targets.notes.all.find(({ id }) => id === editing?.id);
    if (editing === undefined || note === undefined) return;
    const [text, label] = [within(editing.text), editing.label];
    if (text === note.text && label === note.label) {
      this.editing = undefined;
      return;
    }
    const put = await this.#targets.notes.change(note, { text, label });
    if (put.ok) this.editing = undefined;
    else this.#targets.toasts.fail(put.error);
  }

  dropEdit(): void {
    this.editing = undefined;
  }

  async remove(index: number): Promise<void> {
    const note = this.shown[index];
    if (note === undefined) return;
    const { notes, toasts } = this.#targets;
    this.#activeId = (this.shown[index + 1] ?? this.shown[index - 1])?.id;
    const removed = await notes.remove(note);
    if (!removed.ok) {
      toasts.fail(removed.error);
      return;
    }
    const words = note.text === "" ? "Bookmark removed." : "Note removed.";
    toasts.confirm(words, { text: "Undo", run: () => void this.#bringBack(note) });
  }

  /** Those that are shown. */
  get markdown(): string {
    const { name, path, start } = this.#targets.recording.summary;
    return notesAsMarkdown({ name, path, start, notes: this.shown });
  }

  async #bringBack(note: Note): Promise<void> {
    const { notes, toasts } = this.#targets;
    const put = await notes.bringBack(note);
    if (put.ok) this.#activeId = note.id;
    else toasts.fail(put.error);
  }
}

const within = (text: string): string => text.trim().slice(0, mostNoteText);
