// What a pane does only while it is seen: behind a tab, or behind a group that fills the window, it asks the engine for nothing,
// wherever the playhead goes and however the recording grows. It catches up when it comes to the front.
import { getShown } from "./context.js";

/** An effect of a pane's component that stops while the pane is not seen, and runs once more when it is. */
export function whileShown(work: (() => void) | (() => (() => void) | undefined)): void {
  const pane = getShown();
  $effect(() => (pane.isShown ? work() : undefined));
}
