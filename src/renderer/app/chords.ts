// Keys as text: "Space", "Shift+ArrowLeft", "Ctrl+k", "?". Ctrl and the Mac's Command are the same here.
// Shift is only named where the key has no character of its own for it: "?" is "?", not "Shift+/".

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function chordOf(press: KeyPress): string {
  const key = press.key === " " ? "Space" : press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const isLetterOrNamed = key.length > 1 || /[a-z]/.test(key);
  const parts = [
    press.ctrlKey || press.metaKey ? "Ctrl" : "",
    press.altKey ? "Alt" : "",
    press.shiftKey && isLetterOrNamed ? "Shift" : "",
    key,
  ];
  return parts.filter((part) => part !== "").join("+");
}

const signs: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  "-": "−",
};

/** As printed on keys: `Ctrl K`, `Shift ←`. */
export function chordText(chord: string): string {
  // "Ctrl++" is Ctrl and the plus key.
  const parts = chord.split(/\+(?=.)/);
  return parts
    .map((part, index) => signs[part] ?? (index > 0 && part.length === 1 ? part.toUpperCase() : part))
    .join(" ");
}

export type FocusKind = "text" | "button" | "choice" | "overlay" | "other";

const keptByChoices = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Space"]);

/**
 * Whether a key belongs to the focused control rather than to the window: every plain key in a text field or a dialog,
 * Space and Enter on a button, arrows on a group of choices. Keys with Ctrl stay the window's, but not in a dialog.
 */
export function isForControl(chord: string, focus: FocusKind): boolean {
  switch (focus) {
    case "overlay":
      return true;
    case "text":
      return !/^Ctrl\+[k,\d]$|^F6$|^Shift\+F6$/.test(chord);
    case "button":
      return chord === "Space" || chord === "Enter";
    case "choice":
      return keptByChoices.has(chord);
    case "other":
      return false;
  }
}
