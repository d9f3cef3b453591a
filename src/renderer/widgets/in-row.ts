// A row takes clicks itself: what a button in it does, the row does not hear of.
export function aloneInRow(event: MouseEvent, what: () => void): void {
  event.stopPropagation();
  what();
}
