// The notes of the open recording, in the order of time: what there is, who writes, and where they are kept. Panes, the ruler and
// the keyboard share it. What is written is shown as soon as the engine has it.
import { type Result, ok } from "../../shared/base/result.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { Note as StoredNote, NoteLabel, PutNote } from "../../shared/protocol/note-calls.js";
import type { Kept } from "./kept-texts.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import { Query } from "./query.svelte.js";

export interface Note extends StoredNote {
  readonly offsetNs: number;
  /** Of a stretch. */
  readonly toNs: number | undefined;
}

export interface NewNote {
  readonly fromNs: number;
  readonly toNs?: number | undefined;
  readonly text: string;
  readonly label: NoteLabel;
}

interface Listed {
  readonly notes: readonly Note[];
  readonly author: string;
  readonly aside: { readonly path: string; readonly reason: string } | undefined;
}

const authorKey = "hindcast.author";

export class Notes {
  readonly #recording: OpenRecording;
  readonly #storage: Kept | undefined;
  readonly query = new Query<Listed>();
  #chosenAuthor = $state<string>();
  readonly all: readonly Note[] = $derived.by(() => this.query.value?.notes ?? []);
  /** Whose name is under what is written from here. */
  readonly author: string = $derived.by(() => this.#chosenAuthor ?? this.query.value?.author ?? "");

  constructor(recording: OpenRecording, storage?: Kept) {
    this.#recording = recording;
    this.#storage = storage;
    this.#chosenAuthor = storage?.getItem(authorKey) ?? undefined;
    this.#ask();
  }

  /** Why notes are not in the recording, and where they are instead. */
  get aside(): Listed["aside"] {
    return this.query.value?.aside;
  }

  /** Call from an effect: asks again when somebody changed them. */
  follow(): void {
    if (this.#recording.notesChanges > 0) this.#ask();
  }

  /** "" is the name that the system knows the user by. */
  writeAs(author: string): void {
    this.#chosenAuthor = author === "" ? undefined : author;
    if (author === "") this.#storage?.removeItem(authorKey);
    else this.#storage?.setItem(authorKey, author);
  }

  add({ fromNs, toNs, text, label }: NewNote): Promise<Result<Note, HindcastError>> {
    const [from, to] = [fromNs, toNs].map((ns) =>
      ns === undefined ? undefined : this.#recording.instantFromOffset(ns),
    );
    return this.#put({ from: from ?? this.#recording.start, to, text, label, author: this.#chosenAuthor });
  }

  change(note: Note, words: Pick<StoredNote, "text" | "label">): Promise<Result<Note, HindcastError>> {
    const { id, from, to, author, created } = note;
    return this.#put({ id, from, to, author, created, ...words });
  }

  /** One that was removed, as it was. */
  bringBack({ id, from, to, text, label, author, created }: Note): Promise<Result<Note, HindcastError>> {
    return this.#put({ id, from, to, text, label, author, created });
  }

  async remove({ id }: Note): Promise<Result<undefined, HindcastError>> {
    const removed = await this.#recording.call("notes.remove", { id });
    this.#ask();
    return removed.ok ? ok(undefined) : removed;
  }

  retry(): void {
    this.#ask();
  }

  dispose(): void {
    this.query.cancel();
  }

  async #put(note: PutNote): Promise<Result<Note, HindcastError>> {
    const put = await this.#recording.call("notes.put", { note });
    this.#ask();
    return put.ok ? ok(this.#shown(put.value.note)) : put;
  }

  #shown(note: StoredNote): Note {
    const offsetOf = (instant: bigint): number => this.#recording.offsetFromInstant(instant);
    return { ...note, offsetNs: offsetOf(note.from), toNs: note.to === undefined ? undefined : offsetOf(note.to) };
  }

  #ask(): void {
    this.query.load(async (signal, tell) => {
      const answer = await this.#recording.call("notes.list", {}, signal, tell);
      if (!answer.ok) return answer;
      const { notes, author, aside } = answer.value;
      return ok({ notes: notes.map((note) => this.#shown(note)), author, aside });
    });
  }
}
