// Keys that belong to a part of the window rather than to the whole of it, for the help sheet: the parts themselves answer to them.

export interface PaneKey {
  readonly title: string;
  /** As in chords.ts. */
  readonly keys: readonly string[];
}

export const paneKeys: readonly { readonly where: string; readonly keys: readonly PaneKey[] }[] = [
  {
    where: "In a list or tree",
    keys: [
      { title: "Move among rows", keys: ["ArrowUp", "ArrowDown", "PageUp", "PageDown"] },
      { title: "To the first, the last row", keys: ["Home", "End"] },
      { title: "Close, open what a row holds", keys: ["ArrowLeft", "ArrowRight"] },
      { title: "Put the playhead there", keys: ["Enter"] },
      { title: "Give the arrows back to time", keys: ["Escape"] },
    ],
  },
  {
    where: "In Lanes",
    keys: [
      { title: "Select a span", keys: ["Enter"] },
      { title: "To the next span, parent or child", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] },
    ],
  },
  {
    where: "On a value in State",
    keys: [
      { title: "Watch it, or no longer", keys: ["p"] },
      { title: "Copy the value", keys: ["Ctrl+c"] },
      { title: "Copy it as JSON", keys: ["j"] },
      { title: "Copy its path", keys: ["y"] },
    ],
  },
  {
    where: "In a field",
    keys: [
      { title: "Next, previous find", keys: ["Enter", "Shift+Enter"] },
      { title: "Back to the pane", keys: ["Escape"] },
    ],
  },
  {
    where: "On a note",
    keys: [
      { title: "Change it", keys: ["e", "F2"] },
      { title: "Remove it", keys: ["Delete"] },
    ],
  },
  {
    where: "On an alert",
    keys: [
      { title: "Acknowledge it", keys: ["a"] },
      { title: "Resolve it", keys: ["r"] },
    ],
  },
  {
    where: "On a tab",
    keys: [
      { title: "To the next tab", keys: ["ArrowLeft", "ArrowRight"] },
      { title: "Close the pane", keys: ["Delete"] },
    ],
  },
  {
    where: "In the console",
    keys: [
      { title: "Send the line", keys: ["Enter"] },
      { title: "Earlier, later lines", keys: ["ArrowUp", "ArrowDown"] },
      { title: "Interrupt the program", keys: ["Ctrl+c"] },
    ],
  },
];
