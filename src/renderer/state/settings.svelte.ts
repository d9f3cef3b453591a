// What a person chose for the whole window. Kept as one text, read with care: what is not among the choices is as if it had not been
// chosen.
import { type EditorChoice, type LiveLevel, editorChoices, liveLevels } from "../../shared/protocol/launch-calls.js";
import type { Kept } from "./kept-texts.js";
import { type Zone, showZone, zones } from "./zone.svelte.js";

export const themeChoices = ["system", "dark", "light"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

export interface Choices {
  readonly zone: Zone;
  readonly theme: ThemeChoice;
  /** At which programs are recorded unless something else is chosen where they are started or attached to. */
  readonly level: LiveLevel;
  readonly editor: EditorChoice;
  /** Of a person's own editor, as typed. */
  readonly editorCommand: string;
}

export const firstChoices: Choices = {
  zone: "local",
  theme: "system",
  level: "requests",
  editor: "vscode",
  editorCommand: "",
};

const storageKey = "hindcast.settings";
export const mostEditorCommand = 1000;

export class Settings {
  readonly #kept: Kept;
  #choices = $state.raw<Choices>(firstChoices);
  readonly areFirst: boolean = $derived.by(() => JSON.stringify(this.#choices) === JSON.stringify(firstChoices));

  constructor(kept: Kept) {
    this.#kept = kept;
    this.read();
  }

  get choices(): Choices {
    return this.#choices;
  }

  /** What is kept now; it may have come from another window. */
  read(): void {
    this.#take(choicesFrom(this.#kept.getItem(storageKey)));
  }

  change(choices: Partial<Choices>): void {
    this.#take({ ...this.#choices, ...choices });
    this.#kept.setItem(storageKey, JSON.stringify(this.#choices));
  }

  /** Returns what brings back what there was. */
  reset(): () => void {
    const before = this.#choices;
    this.#take(firstChoices);
    this.#kept.removeItem(storageKey);
    return () => this.change(before);
  }

  #take(choices: Choices): void {
    this.#choices = choices;
    showZone(choices.zone);
  }
}

export function choicesFrom(text: string | null): Choices {
  const kept = recordFrom(text);
  const oneOf = <Choice>(all: readonly Choice[], key: keyof Choices, first: Choice): Choice =>
    all.find((one) => one === kept[key]) ?? first;
  const command = kept["editorCommand"];
  return {
    zone: oneOf(zones, "zone", firstChoices.zone),
    theme: oneOf(themeChoices, "theme", firstChoices.theme),
    level: oneOf(liveLevels, "level", firstChoices.level),
    editor: oneOf(editorChoices, "editor", firstChoices.editor),
    editorCommand: typeof command === "string" && command.length <= mostEditorCommand ? command : "",
  };
}

function recordFrom(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse(text ?? "{}");
    return typeof kept === "object" && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}
