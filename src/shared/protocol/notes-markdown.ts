// Notes as Markdown, to be pasted where people write about what happened: in the order of time, each with a link to its place.
import { isoFromInstant, offsetFromStart } from "../trace/iso-time.js";
import { linkToInstant } from "./links.js";
import type { Note } from "./note-calls.js";

export interface NotesOf {
  readonly name: string;
  readonly path: string;
  readonly start: bigint;
  readonly notes: readonly Note[];
}

export function notesAsMarkdown({ name, path, start, notes }: NotesOf): string {
  const lines = notes.map((note) => {
    const { from, to, text, label, author } = note;
    const times = [from, ...(to === undefined ? [] : [to])];
    const link = `[${times.map((time) => offsetFromStart(time, start)).join(" – ")}](${linkToInstant(path, from)})`;
    const what = text.trim() === "" ? "Bookmark" : text.trim().replaceAll("\n", "\n  ");
    const kind = label === "note" ? "" : `**${labelWords[label]}:** `;
    const by = author === "" ? "" : `${author}, `;
    return `- ${link} ${kind}${what} _(${by}${isoFromInstant(from)})_`;
  });
  return [`# Notes on ${name}`, "", ...(lines.length === 0 ? ["There are none."] : lines), ""].join("\n");
}

export const labelWords = {
  note: "Note",
  question: "Question",
  suspect: "Suspect",
  cause: "Cause",
  fine: "Fine",
} as const satisfies Record<Note["label"], string>;
