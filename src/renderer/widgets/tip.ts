// A tooltip for any element: `{@attach tip("Step back", "←")}`. Shown after a short rest of the pointer and at once
// on keyboard focus; drawn in the top layer, so that no pane clips it. The words are also the accessible description.
import type { Attachment } from "svelte/attachments";

const restMs = 350;
const gapPx = 6;

export function tip(text: string, keys?: string): Attachment<HTMLElement> {
  return (element) => {
    let shown: HTMLElement | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const hide = () => {
      clearTimeout(timer);
      shown?.remove();
      shown = undefined;
    };
    const show = () => {
      if (shown !== undefined || text === "" || !element.isConnected) return;
      shown = bubble(text, keys);
      document.body.append(shown);
      shown.showPopover();
      place(shown, element.getBoundingClientRect());
    };
    const rest = () => {
      clearTimeout(timer);
      timer = setTimeout(show, restMs);
    };
    const focus = () => {
      // A popover that opens or closes moves the focus meanwhile, and no other may be shown until it is done.
      clearTimeout(timer);
      if (element.matches(":focus-visible")) timer = setTimeout(show);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    const listeners: readonly (readonly [keyof HTMLElementEventMap, EventListener])[] = [
      ["pointerenter", rest],
      ["pointerleave", hide],
      ["pointerdown", hide],
      ["focusin", focus],
      ["focusout", hide],
    ];
    for (const [name, listener] of listeners) element.addEventListener(name, listener);
    element.addEventListener("keydown", escape);
    // Not what is its name already.
    const isSaid = text === "" || [element.ariaLabel, element.textContent.trim()].includes(text);
    if (!isSaid) element.ariaDescription = text;
    return () => {
      hide();
      element.ariaDescription = null;
      for (const [name, listener] of listeners) element.removeEventListener(name, listener);
      element.removeEventListener("keydown", escape);
    };
  };
}

function bubble(text: string, keys: string | undefined): HTMLElement {
  const element = document.createElement("div");
  element.className = "hindcast-tip";
  element.popover = "manual";
  element.setAttribute("role", "tooltip");
  element.append(text);
  if (keys !== undefined) {
    const key = document.createElement("kbd");
    key.textContent = keys;
    element.append(key);
  }
  return element;
}

/** Below the element, or above where there is no room; never outside the window. */
function place(shown: HTMLElement, anchor: DOMRect): void {
  const { width, height } = shown.getBoundingClientRect();
  const left = Math.min(Math.max(gapPx, anchor.left + anchor.width / 2 - width / 2), innerWidth - width - gapPx);
  const below = anchor.bottom + gapPx;
  const top = below + height > innerHeight ? anchor.top - gapPx - height : below;
  shown.style.left = `${left}px`;
  shown.style.top = `${top}px`;
}
