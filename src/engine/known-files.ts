// What was found out about listed recordings, in a small JSON file of the user's, by path, size and time of the file: what was looked
// into once, samples too, is listed without being opened. It is of convenience only, and counts as empty when it cannot be read.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";

/** More than are ever listed at once. */
const mostKnown = 200;

const facts = v.object({ services: v.array(v.string()), durationNs: v.number(), density: v.array(v.number()) });
const known = v.object({ path: v.string(), sizeBytes: v.number(), modifiedMs: v.number(), facts });
export type FileFacts = v.InferOutput<typeof facts>;
type Known = v.InferOutput<typeof known>;

export class KnownFiles {
  readonly #path: string;
  #known: Promise<Map<string, Known>> | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  async factsOf({ path, sizeBytes, modifiedMs }: Omit<Known, "facts">): Promise<FileFacts | undefined> {
    const found = (await this.#all()).get(path);
    return found?.sizeBytes === sizeBytes && found.modifiedMs === modifiedMs ? found.facts : undefined;
  }

  /** The last are kept. */
  async learned(files: readonly Known[]): Promise<void> {
    if (files.length === 0) return;
    const all = await this.#all();
    for (const file of files) {
      all.delete(file.path);
      all.set(file.path, file);
    }
    for (const path of [...all.keys()].slice(0, -mostKnown)) all.delete(path);
    this.#writing = this.#writing.then(() => this.#write([...all.values()]));
    await this.#writing;
  }

  #all(): Promise<Map<string, Known>> {
    this.#known ??= this.#read();
    return this.#known;
  }

  async #read(): Promise<Map<string, Known>> {
    try {
      const read = v.safeParse(v.array(known), JSON.parse(await readFile(this.#path, "utf8")));
      return new Map(read.success ? read.output.map((one) => [one.path, one]) : []);
    } catch {
      return new Map();
    }
  }

  async #write(all: readonly Known[]): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      const draft = `${this.#path}.${process.pid}`;
      await writeFile(draft, JSON.stringify(all), { mode: 0o600 });
      await rename(draft, this.#path);
    } catch {
      // A read-only home: files are looked into once more.
    }
  }
}
