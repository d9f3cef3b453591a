// What kind of control has the focus, as far as the window's keys care.
import type { FocusKind } from "./chords.js";

const textInputs = "input:not([type=radio], [type=checkbox], [type=button]), textarea, select, [contenteditable=true]";

export function focusKindOf(target: EventTarget | null): FocusKind {
  if (!(target instanceof Element)) return "other";
  if (target.closest("[role=dialog], [role=menu]") !== null) return "overlay";
  if (target.matches(textInputs)) return "text";
  if (target.matches("input[type=radio], [role=radio]")) return "choice";
  if (target.matches("button, a, summary, input[type=checkbox], [role=button]")) return "button";
  return "other";
}
