// What a hand does on a plot, in pixels of the plot: drag and horizontal wheel move it, Ctrl + wheel (a pinch on a
// trackpad arrives as that) zooms about the pointer, a click that did not drag picks. Plain wheel scrolls as anywhere.
import type { Attachment } from "svelte/attachments";

export interface PlotGestures {
  readonly onpan: (byPx: number) => void;
  /** Above 1 shows more time, below 1 less. */
  readonly onzoom: (factor: number, xPx: number) => void;
  readonly onpick: (xPx: number, yPx: number, event: MouseEvent) => void;
  /** The pointer rests at a place, or left. */
  readonly onhover?: (place: { readonly xPx: number; readonly yPx: number } | undefined) => void;
}

const dragFromPx = 4;
const zoomPerPixel = 1.0025;

export function plotGestures(gestures: PlotGestures): Attachment<HTMLElement> {
  return (plot) => {
    let pressedPx: number | undefined;
    let lastPx = 0;
    let isDragging = false;

    const placeOf = (event: MouseEvent) => {
      const box = plot.getBoundingClientRect();
      return { xPx: event.clientX - box.left, yPx: event.clientY - box.top };
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      pressedPx = lastPx = event.clientX;
      isDragging = false;
    };
    const move = (event: PointerEvent) => {
      if (pressedPx === undefined) {
        gestures.onhover?.(placeOf(event));
        return;
      }
      if (!isDragging && Math.abs(event.clientX - pressedPx) < dragFromPx) return;
      if (!isDragging) plot.setPointerCapture(event.pointerId);
      isDragging = true;
      gestures.onhover?.(undefined);
      gestures.onpan(lastPx - event.clientX);
      lastPx = event.clientX;
    };
    const up = () => {
      pressedPx = undefined;
    };
    const click = (event: MouseEvent) => {
      const { xPx, yPx } = placeOf(event);
      if (!isDragging) gestures.onpick(xPx, yPx, event);
      isDragging = false;
    };
    const wheel = (event: WheelEvent) => {
      const sidewaysPx = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (event.ctrlKey || event.metaKey) gestures.onzoom(zoomPerPixel ** event.deltaY, placeOf(event).xPx);
      else if (Math.abs(sidewaysPx) > Math.abs(event.shiftKey ? 0 : event.deltaY)) gestures.onpan(sidewaysPx);
      else return;
      event.preventDefault();
    };
    const leave = () => gestures.onhover?.(undefined);

    plot.addEventListener("pointerdown", down);
    plot.addEventListener("pointermove", move);
    plot.addEventListener("pointerup", up);
    plot.addEventListener("pointercancel", up);
    plot.addEventListener("pointerleave", leave);
    plot.addEventListener("click", click);
    plot.addEventListener("wheel", wheel, { passive: false });
    return () => {
      plot.removeEventListener("pointerdown", down);
      plot.removeEventListener("pointermove", move);
      plot.removeEventListener("pointerup", up);
      plot.removeEventListener("pointercancel", up);
      plot.removeEventListener("pointerleave", leave);
      plot.removeEventListener("click", click);
      plot.removeEventListener("wheel", wheel);
    };
  };
}
