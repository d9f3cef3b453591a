// Files dropped on the window. The desktop app knows where they lie. A browser tells a page only what they are called: one that
// was opened before is found by its name and size; of any other the path is asked for, unless its first bytes say that it is none.
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { EngineLink } from "../state/engine-link.svelte.js";
import type { Overlays } from "./overlays.svelte.js";
import type { Shell } from "./shell.js";
import type { Toasts } from "../state/toasts.svelte.js";

export interface DropTargets {
  readonly link: Pick<EngineLink, "call">;
  readonly session: { openText(text: string): Promise<void> };
  readonly overlays: Overlays;
  readonly toasts: Pick<Toasts, "fail">;
  readonly shell: Pick<Shell, "pathOf"> | undefined;
}

type Dropped = Pick<File, "name" | "size" | "slice">;

interface DroppedItem {
  readonly file: Dropped;
  readonly path?: string | undefined;
  readonly isFolder?: boolean;
}

/** What every file of DuckDB's has behind its checksum. */
const magic = { at: 8, text: "DUCK" } as const;

export class Drops {
  readonly #targets: DropTargets;
  #isOver = $state(false);
  #unplaced = $state<string>();

  constructor(targets: DropTargets) {
    this.#targets = targets;
  }

  /** Something that can be opened is over the window. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The name of what was dropped, whose path has to be asked for. */
  get unplaced(): string | undefined {
    return this.#unplaced;
  }

  forget(): void {
    this.#unplaced = undefined;
  }

  over(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.#isOver = true;
  }

  leave(event: DragEvent): void {
    if (event.relatedTarget === null) this.#isOver = false;
  }

  async drop(event: DragEvent): Promise<void> {
    this.#isOver = false;
    if (!hasFiles(event)) return;
    event.preventDefault();
    // The event knows them for this turn only.
    const items = [...(event.dataTransfer?.items ?? [])].flatMap((item) => {
      const file = item.getAsFile();
      if (file === null) return [];
      const isFolder = item.webkitGetAsEntry()?.isDirectory === true;
      return [{ file, isFolder, path: this.#targets.shell?.pathOf(file) }];
    });
    await this.openAll(items);
  }

  /** One after the other: the last is in front. Of those that lie who knows where, the first is asked about. */
  async openAll(items: readonly DroppedItem[]): Promise<void> {
    const { session, overlays, toasts } = this.#targets;
    let unplaced: string | undefined;
    const refused: HindcastError[] = [];
    for (const { file, path, isFolder } of items) {
      const known = path ?? (isFolder === true ? undefined : await this.#knownPath(file));
      if (known !== undefined) await session.openText(known);
      else if (isFolder === true) refused.push(hindcastError("is-a-folder", { path: file.name }));
      else if (await looksLikeRecording(file)) unplaced ??= file.name;
      else refused.push(hindcastError("not-a-recording", { path: file.name }));
    }
    // Last: what is opened clears what was said before.
    for (const error of refused) toasts.fail(error);
    if (unplaced === undefined) return;
    this.#unplaced = unplaced;
    overlays.show("open-file");
  }

  async #knownPath({ name, size }: Dropped): Promise<string | undefined> {
    const listed = await this.#targets.link.call("recordings.list", {});
    if (!listed.ok) return undefined;
    const same = listed.value.filter(({ path, sizeBytes }) => sizeBytes === size && nameOf(path) === name);
    return same.length === 1 ? same[0]?.path : undefined;
  }
}

/** Of a file that cannot be read here the engine will say what it is. */
async function looksLikeRecording(file: Dropped): Promise<boolean> {
  const until = magic.at + magic.text.length;
  try {
    return new TextDecoder("latin1").decode(await file.slice(magic.at, until).arrayBuffer()) === magic.text;
  } catch {
    return true;
  }
}

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") === true;
