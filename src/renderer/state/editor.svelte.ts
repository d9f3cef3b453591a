// Which editor opens places of the program's code, kept for the next visit; and the opening, which the engine does: it knows whether
// the recording names the place and whether the file is there.
import { type EditorChoice, editorChoices } from "../../shared/protocol/launch-calls.js";
import type { CodePlace } from "./code-place.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { Toasts } from "./toasts.svelte.js";

const storageKey = "hindcast.editor";

export const editorTitles: Readonly<Record<EditorChoice, string>> = {
  vscode: "VS Code",
  jetbrains: "a JetBrains editor",
  environment: "the editor of $VISUAL or $EDITOR",
};

export class Editor {
  readonly #storage: Storage;
  readonly #toasts: Pick<Toasts, "fail" | "confirm">;
  #choice = $state<EditorChoice>("vscode");

  constructor(storage: Storage, toasts: Pick<Toasts, "fail" | "confirm">) {
    this.#storage = storage;
    this.#toasts = toasts;
    const kept = storage.getItem(storageKey);
    this.#choice = editorChoices.find((one) => one === kept) ?? "vscode";
  }

  get choice(): EditorChoice {
    return this.#choice;
  }

  choose(choice: EditorChoice): void {
    this.#choice = choice;
    this.#storage.setItem(storageKey, choice);
    this.#toasts.confirm(`Code opens in ${editorTitles[choice]}.`);
  }

  async open(recording: Pick<OpenRecording, "call">, { file, line, column }: CodePlace): Promise<void> {
    const opened = await recording.call("editor.open", { file, line, column, editor: this.#choice });
    if (!opened.ok) this.#toasts.fail(opened.error);
  }
}
