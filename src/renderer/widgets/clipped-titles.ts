// What is cut off is said in full under the pointer. The title is made when the pointer comes: made with the text, each answer of the
// engine would write it to every row.
export function clippedTitles(list: HTMLElement): () => void {
  const name = ({ target }: PointerEvent): void => {
    const box = target instanceof Element ? target.closest<HTMLElement>("[data-clips]") : null;
    if (box !== null) box.title = box.scrollWidth > box.clientWidth ? box.innerText : "";
  };
  list.addEventListener("pointerover", name);
  return () => list.removeEventListener("pointerover", name);
}
