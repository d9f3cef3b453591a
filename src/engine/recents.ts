// Recently used recordings, in a small JSON file of the user's: newest first. What the file says is checked; a file that
// cannot be read counts as none, since nothing but convenience depends on it.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { KnownFiles } from "./known-files.js";

const mostRecents = 20;

const recent = v.object({
  path: v.string(),
  /** What somebody says it is about. */
  tags: v.optional(v.array(v.string())),
});
export type Recent = v.InferOutput<typeof recent>;

export class Recents {
  /** Changes happen one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  readonly known: KnownFiles;

  constructor(readonly path: string) {
    this.known = new KnownFiles(join(dirname(path), "known-files.json"));
  }

  async list(): Promise<readonly Recent[]> {
    try {
      const read = v.safeParse(v.array(recent), JSON.parse(await readFile(this.path, "utf8")));
      return read.success ? read.output : [];
    } catch {
      return [];
    }
  }

  /** Puts a recording first. */
  used(path: string): Promise<void> {
    return this.#change((recents) => {
      const known = recents.find((one) => one.path === path) ?? { path };
      return [known, ...recents.filter((one) => one.path !== path)].slice(0, mostRecents);
    });
  }

  tagged(path: string, tags: string[]): Promise<void> {
    return this.#change((recents) => {
      // A sample is listed without having been used.
      const known = recents.some((one) => one.path === path) ? recents : [...recents, { path }];
      return known.map((one) => (one.path === path ? { ...one, tags } : one));
    });
  }

  renamed(path: string, to: string): Promise<void> {
    return this.#change((recents) =>
      recents.filter((one) => one.path !== to).map((one) => (one.path === path ? { ...one, path: to } : one)),
    );
  }

  forget(path: string): Promise<void> {
    return this.#change((recents) => recents.filter((one) => one.path !== path));
  }

  #change(change: (recents: readonly Recent[]) => readonly Recent[]): Promise<void> {
    const changed = this.#last.then(async () => {
      try {
        await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
        const draft = `${this.path}.${process.pid}`;
        await writeFile(draft, JSON.stringify(change(await this.list())), { mode: 0o600 });
        await rename(draft, this.path);
      } catch {
        // A read-only home: recordings work all the same, they are just not remembered.
      }
    });
    this.#last = changed;
    return changed;
  }
}
