// Files of rules, in a folder of the user's: plain text that any editor may change, too. Whoever saves says which version was read, so
// that nobody's changes are lost to somebody else's. The folder is watched from the first look on.
import { createHash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { link, mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Result, failed, ok } from "../shared/base/result.js";
import { isRuleFile } from "../shared/base/rule-file-names.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type RuleFile, mostRuleBytes } from "../shared/protocol/rule-calls.js";

type Nothing = Result<Record<string, never>, HindcastError>;

const mostFiles = 500;
/** Of all of them that are told of. */
const mostBytes = 16 * 1024 * 1024;
/** An editor that saves makes several changes of a folder. */
const settlingMs = 60;

export class RuleFiles {
  readonly #changed: () => void;
  /** Changes happen one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #watcher: FSWatcher | undefined;
  #settling: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(
    readonly folder: string,
    changed: () => void,
  ) {
    this.#changed = changed;
  }

  async list(): Promise<CallResult<"ruleFiles.list">> {
    await this.#last;
    await this.#watch();
    const names = (await readdir(this.folder).catch(() => [])).filter(isRuleFile).sort();
    const files: RuleFile[] = [];
    let bytes = 0;
    let left = Math.max(0, names.length - mostFiles);
    for (const name of names.slice(0, mostFiles)) {
      const file = await this.#read(name);
      if (file === undefined || bytes + file.source.length > mostBytes) left += 1;
      else {
        files.push(file);
        bytes += file.source.length;
      }
    }
    return { folder: this.folder, files, left };
  }

  save({
    name,
    source,
    over,
    anyway = false,
  }: CallArgs<"ruleFiles.save">): Promise<Result<CallResult<"ruleFiles.save">, HindcastError>> {
    return this.#after(async () => {
      const now = await this.#read(name);
      if (over === undefined && now !== undefined && !anyway)
        return failed(hindcastError("rule-file-exists", { name }));
      if (over !== undefined && now?.version !== over && !anyway)
        return failed(hindcastError("rule-file-changed", { name }));
      await this.#write(name, source);
      return ok({ version: versionOf(source) });
    });
  }

  rename({ name, to }: CallArgs<"ruleFiles.rename">): Promise<Nothing> {
    return this.#after(async () => {
      if ((await this.#read(name)) === undefined) return failed(hindcastError("no-rule-file", { name }));
      // A link is made only where there is nothing, which a renaming would replace without a word.
      await link(join(this.folder, name), join(this.folder, to));
      await rm(join(this.folder, name));
      return ok({});
    }, to);
  }

  delete({ name, over }: CallArgs<"ruleFiles.delete">): Promise<Nothing> {
    return this.#after(async () => {
      const now = await this.#read(name);
      if (now === undefined) return failed(hindcastError("no-rule-file", { name }));
      if (now.version !== over) return failed(hindcastError("rule-file-changed", { name }));
      await rm(join(this.folder, name));
      return ok({});
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#settling);
    this.#watcher?.close();
  }

  #after<Value>(
    work: () => Promise<Result<Value, HindcastError>>,
    wanted?: string,
  ): Promise<Result<Value, HindcastError>> {
    const done = this.#last.then(async () => {
      try {
        return await work();
      } catch (error) {
        if (wanted !== undefined && error instanceof Error && "code" in error && error.code === "EEXIST")
          return failed(hindcastError("rule-file-exists", { name: wanted }));
        const reason = error instanceof Error ? error.message : String(error);
        return failed(hindcastError("cannot-write", { path: this.folder, reason }));
      }
    });
    this.#last = done;
    return done;
  }

  /** Undefined: there is none, or it is no file that could be one. */
  async #read(name: string): Promise<RuleFile | undefined> {
    try {
      const path = join(this.folder, name);
      const found = await stat(path);
      if (!found.isFile() || found.size > mostRuleBytes) return undefined;
      const source = await readFile(path, "utf8");
      return { name, version: versionOf(source), source };
    } catch {
      return undefined;
    }
  }

  async #write(name: string, source: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const draft = join(this.folder, `.${name}.${process.pid}`);
    await writeFile(draft, source, { mode: 0o600 });
    await rename(draft, join(this.folder, name));
    await this.#watch();
  }

  async #watch(): Promise<void> {
    if (this.#watcher !== undefined || this.#isDisposed) return;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      this.#watcher ??= watch(this.folder, { persistent: false }, () => {
        this.#settling ??= setTimeout(() => {
          this.#settling = undefined;
          this.#changed();
        }, settlingMs);
      });
      this.#watcher.on("error", () => {
        this.#watcher?.close();
        this.#watcher = undefined;
      });
    } catch {
      // A folder that cannot be watched is read anew whenever somebody asks.
    }
  }
}

const versionOf = (source: string): string => createHash("sha256").update(source).digest("hex").slice(0, 16);
