// Opens places of the program's code in the editor that the settings name. The engine does it: it knows whether the recording names the
// place and whether the file is there.
import type { EditorChoice } from "../../shared/protocol/launch-calls.js";
import type { CodePlace } from "./code-place.js";
import { splitCommandLine } from "./command-line.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { Settings } from "./settings.svelte.js";
import type { Toasts } from "./toasts.svelte.js";

export const editorTitles: Readonly<Record<EditorChoice, string>> = {
  vscode: "VS Code",
  jetbrains: "a JetBrains editor",
  environment: "the editor of $VISUAL or $EDITOR",
  custom: "an editor of your own",
};

export class Editor {
  readonly #settings: Settings;
  readonly #toasts: Pick<Toasts, "fail" | "confirm">;

  constructor(settings: Settings, toasts: Pick<Toasts, "fail" | "confirm">) {
    this.#settings = settings;
    this.#toasts = toasts;
  }

  get choice(): EditorChoice {
    return this.#settings.choices.editor;
  }

  choose(choice: EditorChoice): void {
    this.#settings.change({ editor: choice });
    this.#toasts.confirm(`Code opens in ${editorTitles[choice]}.`);
  }

  async open(recording: Pick<OpenRecording, "call">, { file, line, column }: CodePlace): Promise<void> {
    const { editor, editorCommand } = this.#settings.choices;
    const own = editor === "custom" ? { words: [...splitCommandLine(editorCommand)] } : {};
    const opened = await recording.call("editor.open", { file, line, column, editor, ...own });
    if (!opened.ok) this.#toasts.fail(opened.error);
  }
}
