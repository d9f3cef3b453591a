// Files dropped on the window. The desktop app knows where they lie. A browser tells a page only what they are called: one that
// was opened before is found by its name and size, of any other the path is asked for.
import type { EngineLink } from "../state/engine-link.svelte.js";
import type { Overlays } from "./overlays.svelte.js";
import type { Shell } from "./shell.js";

export interface DropTargets {
  readonly link: Pick<EngineLink, "call">;
  readonly session: { openText(text: string): Promise<void> };
  readonly overlays: Overlays;
  readonly shell: Pick<Shell, "pathOf"> | undefined;
}

type Dropped = Pick<File, "name" | "size">;

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
    const files = [...(event.dataTransfer?.files ?? [])].map((file) => ({
      file,
      path: this.#targets.shell?.pathOf(file),
    }));
    await this.openAll(files);
  }

  /** One after the other: the last is in front. Of those that lie who knows where, the first is asked about. */
  async openAll(files: readonly { readonly file: Dropped; readonly path?: string | undefined }[]): Promise<void> {
    const { session, overlays } = this.#targets;
    let unplaced: string | undefined;
    for (const { file, path } of files) {
      const known = path ?? (await this.#knownPath(file));
      if (known === undefined) unplaced ??= file.name;
      else await session.openText(known);
    }
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

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") === true;
