// What the keyboard does about notes, whatever pane is on screen.
import type { Dock } from "../state/dock.svelte.js";
import type { Workspace } from "../state/session.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import { showPane } from "./pane-focus.js";

/** At the playhead, and undone as quickly. */
export async function bookmarkHere({ notes, playhead }: Workspace, toasts: Toasts): Promise<void> {
  const put = await notes.add({ fromNs: playhead.offsetNs, text: "", label: "note" });
  if (!put.ok) {
    toasts.fail(put.error);
    return;
  }
  const undo = async (): Promise<void> => {
    const removed = await notes.remove(put.value);
    if (!removed.ok) toasts.fail(removed.error);
  };
  toasts.confirm("Bookmarked.", { text: "Undo", run: () => void undo() });
}

/** Where one writes: about the selected stretch, or where the playhead is. */
export async function writeNote(page: Document, dock: Dock): Promise<void> {
  await showPane(page, dock, "notes");
  page.querySelector<HTMLElement>("[data-pane=notes] [data-note-words]")?.focus();
}
