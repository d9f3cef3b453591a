import { describe, expect, it } from "vitest";
import type { Note as StoredNote } from "../../../shared/protocol/note-calls.js";
import { failed, ok } from "../../../shared/base/result.js";
import { hindcastError } from "../../../shared/protocol/errors.js";
import { openTestRecording, second, settled, start, summaryOf, testEngine } from "../../state/engine.test-support.js";
import { Marks } from "../../state/marks.svelte.js";
import { Notes } from "../../state/notes.svelte.js";
import { Playhead } from "../../state/playhead.svelte.js";
import { Selection } from "../../state/selection.svelte.js";
import { Toasts } from "../../state/toasts.svelte.js";
import { NotesView } from "./notes-view.svelte.js";

const noteAt = (seconds: number, text: string, more: Partial<StoredNote> = {}): StoredNote => ({
  id: `n${seconds}`,
  from: start + BigInt(seconds * second),
  text,
  label: "note",
  author: "ann",
  created: 1n,
  changed: 1n,
  ...more,
});

async function opened(stored: StoredNote[]) {
  const answers = { isFull: false };
  const engine = testEngine({
    "notes.list": () =>
      Promise.resolve(ok({ notes: [...stored].sort((a, b) => Number(a.from - b.from)), author: "ann" })),
    "notes.put": ({ note }) => {
      if (answers.isFull) return Promise.resolve(failed(hindcastError("disk-full", { path: "/a" })));
      const put = {
        created: 5n,
        ...note,
        author: note.author ?? "ann",
        id: note.id ?? `new ${stored.length}`,
        changed: 6n,
      };
      const at = stored.findIndex(({ id }) => id === put.id);
      stored.splice(at < 0 ? stored.length : at, at < 0 ? 0 : 1, put);
      return Promise.resolve(ok({ note: put }));
    },
    "notes.remove": ({ id }) => {
      stored.splice(
        stored.findIndex((one) => one.id === id),
        1,
      );
      return Promise.resolve(ok({ left: stored.length }));
    },
    "timeline.marks": () =>
      Promise.resolve(
        ok([{ kind: "start" as const, process: 1, instant: start, label: "app", lost: 0, since: start }]),
      ),
  });
  const recording = openTestRecording(engine, summaryOf(20));
  const [playhead, selection, toasts] = [new Playhead(recording), new Selection(), new Toasts()];
  const notes = new Notes(recording);
  const marks = new Marks(recording, notes);
  const view = new NotesView({ recording, playhead, selection, notes, toasts });
  await settled();
  return { engine, stored, answers, playhead, selection, toasts, notes, marks, view };
}

describe("NotesView", () => {
  it("finds words, names and labels, and knows which note the playhead is at", async () => {
    const { view, playhead } = await opened([
      noteAt(2, "slow"),
      noteAt(5, "Timeout\nof captures", { label: "cause" }),
      noteAt(9, "", { author: "bob" }),
    ]);
    playhead.moveTo(6 * second);
    expect([view.shown.length, view.currentIndex]).toEqual([3, 1]);
    for (const [words, found] of [
      ["captures", "n5"],
      ["BOB", "n9"],
      ["cause", "n5"],
    ] as const) {
      view.filterBy(words);
      expect(view.shown.map(({ id }) => id)).toEqual([found]);
    }
    view.filterBy("", "note");
    expect(view.shown.map(({ id }) => id)).toEqual(["n2", "n9"]);
    expect(view.markdown).toContain("slow");
    expect(view.markdown).not.toContain("captures");
  });

  it("writes about the selected stretch, else about the instant, and keeps the words that are not kept", async () => {
    const { view, stored, selection, playhead, answers } = await opened([]);
    playhead.moveTo(3 * second);
    selection.selectRange(4 * second, 6 * second);
    view.draft.text = "  a stretch ";
    view.draft.label = "cause";
    await view.add();
    expect(stored).toMatchObject([
      { from: start + 4_000_000_000n, to: start + 6_000_000_000n, text: "a stretch", label: "cause" },
    ]);
    expect([view.draft.text, view.draft.label]).toEqual(["", "note"]);
    view.draft.isOnInstant = true;
    view.draft.text = "an instant";
    answers.isFull = true;
    await view.add();
    expect([view.failure?.code, view.draft.text, stored.length]).toEqual(["disk-full", "an instant", 1]);
    answers.isFull = false;
    await view.add();
    expect(stored[1]).toMatchObject({ from: start + 3_000_000_000n, to: undefined, text: "an instant" });
  });

  it("changes words and label alone, and brings back what was removed as it was", async () => {
    const { view, stored, toasts } = await opened([
      noteAt(2, "first", { author: "bob", created: 3n }),
      noteAt(4, "second"),
    ]);
    view.edit(0);
    if (view.editing !== undefined) view.editing.text = "other";
    await view.keepEdit();
    await settled();
    expect(stored[0]).toMatchObject({ id: "n2", text: "other", author: "bob", created: 3n });
    expect(view.editing).toBeUndefined();
    await view.remove(0);
    await settled();
    expect([view.shown.map(({ id }) => id), view.activeIndex]).toEqual([["n4"], 0]);
    toasts.shown.at(-1)?.action?.run();
    await settled();
    expect(stored).toContainEqual(expect.objectContaining({ id: "n2", text: "other", author: "bob", created: 3n }));
  });

  it("stands among the marks, which [ and ] visit", async () => {
    const { marks, engine, stored, notes } = await opened([noteAt(5, "here", { label: "cause" })]);
    expect(marks.after(second)).toMatchObject({ kind: "note", label: "Cause: here (ann)", offsetNs: 5 * second });
    stored.push(noteAt(7, ""));
    engine.notify({ kind: "notes-changed", recordingId: "r1" });
    await settled();
    notes.follow();
    await settled();
    expect(marks.after(6 * second)).toMatchObject({ label: "Bookmark (ann)" });
  });
});
