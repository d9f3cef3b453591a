// Calls about notes: what people say of an instant or a stretch of a recording. They belong to it and leave with it.
import * as v from "valibot";
import { count, ns, recording, text } from "./schemas.js";

/** What a note is about, in a word: the colour it has comes with a word and an icon. */
export const noteLabels = ["note", "question", "suspect", "cause", "fine"] as const;
export type NoteLabel = (typeof noteLabels)[number];

/** UTF-16 units. */
export const mostNoteText = 4000;
export const mostAuthor = 100;
/** Of one recording: people write them. */
export const mostNotes = 10_000;

const id = v.pipe(text, v.minLength(1), v.maxLength(100));
const content = {
  from: ns,
  /** Of a stretch; both ends belong to it. Absent: an instant. */
  to: v.optional(ns),
  /** "" is a bookmark. */
  text: v.pipe(text, v.maxLength(mostNoteText)),
  label: v.picklist(noteLabels),
};

export const note = v.object({
  id,
  ...content,
  author: v.pipe(text, v.maxLength(mostAuthor)),
  created: ns,
  changed: ns,
});
export type Note = v.InferOutput<typeof note>;

/** What happens to the notes of a recording. */
export type NoteChange =
  { readonly kind: "put"; readonly note: Note } | { readonly kind: "remove"; readonly id: string };

/**
 * Where notes are that could not be put into the recording: in a file of their own, from which they go into it as soon as it
 * can be written. `reason` ends the sentence "… cannot be written: ".
 */
const aside = v.optional(v.object({ path: text, reason: text }));

export const noteCalls = {
  /** In the order of time. `author`: who writes, unless somebody says otherwise. */
  "notes.list": { args: v.object(recording), result: v.object({ notes: v.array(note), author: text, aside }) },
  /** A new one, or one that is there in other words; one that was removed comes back with its `id` and `created`. */
  "notes.put": {
    args: v.object({
      ...recording,
      note: v.object({
        ...content,
        id: v.optional(id),
        author: v.optional(v.pipe(text, v.maxLength(mostAuthor))),
        created: v.optional(ns),
      }),
      /** Answered when it is in the recording, or it is known why it is not yet. */
      settled: v.optional(v.boolean()),
    }),
    result: v.object({ note, aside }),
  },
  "notes.remove": { args: v.object({ ...recording, id }), result: v.object({ left: count, aside }) },
} as const;
export type PutNote = v.InferOutput<(typeof noteCalls)["notes.put"]["args"]>["note"];
