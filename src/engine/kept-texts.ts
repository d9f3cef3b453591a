// What the window keeps from one start to the next, in a small JSON file of the user's. One that cannot be read counts as none; it is
// read anew for every change, since another engine may have written it meanwhile.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { mostKeptTexts } from "../shared/protocol/window-calls.js";

export class KeptTexts {
  /** Changes happen one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly path: string) {}

  /** With every change that was asked for before. */
  async all(): Promise<Record<string, string>> {
    await this.#last;
    return this.#read();
  }

  keep(key: string, text: string | undefined): Promise<Result<Record<string, never>, HindcastError>> {
    const changed = this.#last.then(async () => {
      const all = new Map(Object.entries(await this.#read()));
      // What was changed last stands last: where there are too many, the others go.
      all.delete(key);
      if (text !== undefined) all.set(key, text);
      return this.#write(Object.fromEntries([...all].slice(-mostKeptTexts)));
    });
    this.#last = changed;
    return changed;
  }

  async #read(): Promise<Record<string, string>> {
    try {
      const read = v.safeParse(v.record(v.string(), v.string()), JSON.parse(await readFile(this.path, "utf8")));
      return read.success ? read.output : {};
    } catch {
      return {};
    }
  }

  async #write(all: Record<string, string>): Promise<Result<Record<string, never>, HindcastError>> {
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      const draft = `${this.path}.${process.pid}`;
      await writeFile(draft, JSON.stringify(all, undefined, 2), { mode: 0o600 });
      await rename(draft, this.path);
      return ok({});
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return failed(hindcastError("cannot-write", { path: this.path, reason }));
    }
  }
}
