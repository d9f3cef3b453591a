// Which files this engine is reading at the moment, noted where the engine after it finds them: a file on which the database
// crashes takes the whole process along. When the host says that the engine before crashed, the file that it was reading
// alone, or was reading at two crashes, is not opened again as long as it stays as it is.
import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type EngineHost, type PrivateFolder, abandonedFolders, createPrivateFolder } from "./private-folder.js";

const fileName = "reading.json";
const timesToCondemn = 2;

const suspect = v.object({ file: v.string(), times: v.number() });
const note = v.object({ reading: v.array(v.string()), suspects: v.array(suspect) });

export class ReadingJournal {
  readonly #reading = new Map<string, number>();
  /** By file, how often it may have been the reason of a crash. */
  readonly #suspects: ReadonlyMap<string, number>;
  readonly #folder: PrivateFolder | undefined;
  readonly #file: number | undefined;
  #longest = 0;

  private constructor(suspects: ReadonlyMap<string, number>, folder: PrivateFolder | undefined) {
    this.#suspects = suspects;
    this.#folder = folder;
    this.#file = folder === undefined ? undefined : openSync(join(folder.path, fileName), "w", 0o600);
    this.#write();
  }

  /** Of an engine that no other follows. */
  static unkept(): ReadingJournal {
    return new ReadingJournal(new Map(), undefined);
  }

  /** `hasCrashed`: the engine before this one, of the same host, ended by a fault of its own. */
  static async open(host: EngineHost, hasCrashed: boolean): Promise<ReadingJournal> {
    const suspects = new Map<string, number>();
    for (const folder of await abandonedFolders(host.session)) {
      const left = noteIn(folder);
      if (left === undefined) continue;
      for (const { file, times } of left.suspects) suspects.set(file, times);
      const times = left.reading.length === 1 ? timesToCondemn : 1;
      if (hasCrashed) for (const file of left.reading) suspects.set(file, (suspects.get(file) ?? 0) + times);
      await rm(folder, { recursive: true, force: true });
    }
    // Reading goes on where nothing can be noted.
    return new ReadingJournal(suspects, await createPrivateFolder(host).catch(() => undefined));
  }

  /** Whether reading it is what stopped engines before. */
  isCondemned(path: string): boolean {
    return (this.#suspects.get(identityOf(path)) ?? 0) >= timesToCondemn;
  }

  async reading<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
    const file = identityOf(path);
    this.#count(file, 1);
    try {
      return await work();
    } finally {
      this.#count(file, -1);
    }
  }

  async dispose(): Promise<void> {
    if (this.#file !== undefined) closeSync(this.#file);
    await this.#folder?.dispose();
  }

  #count(file: string, more: number): void {
    const before = this.#reading.get(file) ?? 0;
    const now = before + more;
    if (now === 0) this.#reading.delete(file);
    else this.#reading.set(file, now);
    if (before === 0 || now === 0) this.#write();
  }

  #write(): void {
    if (this.#file === undefined) return;
    const suspects = [...this.#suspects].map(([file, times]) => ({ file, times }));
    const text = JSON.stringify({ reading: [...this.#reading.keys()], suspects });
    const bytes = Buffer.byteLength(text);
    // Filled up to the longest before, so that a note replaces the other in one step.
    this.#longest = Math.max(this.#longest, bytes);
    writeSync(this.#file, text + " ".repeat(this.#longest - bytes), 0);
  }
}

function noteIn(folder: string): v.InferOutput<typeof note> | undefined {
  try {
    return v.parse(note, JSON.parse(readFileSync(join(folder, fileName), "utf8")));
  } catch {
    // It holds none, or the engine was gone before it was whole.
    return undefined;
  }
}

/** Changes when the file is replaced. */
function identityOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${path} ${size} ${mtimeMs}`;
  } catch {
    // Opening it tells what is the matter.
    return path;
  }
}
