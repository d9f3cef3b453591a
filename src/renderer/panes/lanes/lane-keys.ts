// Keys on the lanes. While a span is selected arrows belong to the lanes; Escape gives them back to time.
import type { Selection } from "../../state/selection.svelte.js";
import type { LanesView } from "./lanes-view.svelte.js";
import type { SpanStep } from "./span-order.js";

const steps: Readonly<Record<string, SpanStep>> = {
  ArrowLeft: "previous",
  ArrowRight: "next",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

export function laneKeys(event: KeyboardEvent, view: LanesView, selection: Selection): void {
  if (takeKey(event, view, selection)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function takeKey(event: KeyboardEvent, view: LanesView, selection: Selection): boolean {
  if (event.altKey || event.shiftKey || event.ctrlKey || event.metaKey) return false;
  if (view.selectedIndex === undefined)
    return event.key === "Enter" || event.key === "ArrowDown" ? view.stepSelection("first") : false;
  if (event.key === "Enter") {
    view.putPlayheadAtSelection();
    return true;
  }
  if (event.key === "Escape") {
    selection.clearSpan();
    return true;
  }
  const step = steps[event.key];
  if (step === undefined) return false;
  view.stepSelection(step);
  return true;
}
