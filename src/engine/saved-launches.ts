// What a user saved to start programs again, in a small JSON file of their own. Values of an environment that look like secrets are
// not written down: who starts it again types them again. What the file says is checked; one that cannot be read counts as none.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import type { Pseudonyms } from "../redact/pseudonym-text.js";
import { SecretKeys } from "../redact/secret-keys.js";
import { Texts } from "../redact/texts.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type SavedLaunch, savedLaunch } from "../shared/protocol/launch-calls.js";

const mostSaved = 200;

const noNames = { keys: [], prefixes: [], allow: [] } as const;
/** Nobody sees what would stand in its place. */
const pseudonyms: Pseudonyms = { of: () => "", uncounted: (work) => work() };
const texts = new Texts(pseudonyms, new SecretKeys(noNames), noNames);

type Variable = SavedLaunch["environment"][number];

/** Judged as a line of an environment, by name and by value. */
function withoutSecret({ name, value }: Variable): Variable {
  if (value === undefined || value === "" || texts.isHarmless(`${name}=${value}`)) return { name, value };
  return { name };
}

export class SavedLaunches {
  /** Changes happen one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly path: string) {}

  async list(): Promise<readonly SavedLaunch[]> {
    try {
      const read = v.safeParse(v.array(savedLaunch), JSON.parse(await readFile(this.path, "utf8")));
      return read.success ? read.output : [];
    } catch {
      return [];
    }
  }

  async save(args: CallArgs<"launch.save">): Promise<Result<SavedLaunch, HindcastError>> {
    const id = args.id ?? randomBytes(8).toString("hex");
    const saved = { ...args, id, environment: args.environment.map(withoutSecret) };
    return this.#change((all) => {
      if (args.id === undefined) return ok({ all: [...all, saved].slice(-mostSaved), answer: saved });
      if (!all.some((one) => one.id === id)) return failed(hindcastError("no-such-launch"));
      return ok({ all: all.map((one) => (one.id === id ? saved : one)), answer: saved });
    });
  }

  delete(id: string): Promise<Result<Record<string, never>, HindcastError>> {
    return this.#change((all) => {
      const rest = all.filter((one) => one.id !== id);
      return rest.length === all.length ? failed(hindcastError("no-such-launch")) : ok({ all: rest, answer: {} });
    });
  }

  async #change<Answer>(
    change: (
      all: readonly SavedLaunch[],
    ) => Result<{ readonly all: readonly SavedLaunch[]; readonly answer: Answer }, HindcastError>,
  ): Promise<Result<Answer, HindcastError>> {
    const changed = this.#last.then(async () => {
      const outcome = change(await this.list());
      if (!outcome.ok) return outcome;
      try {
        await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
        const draft = `${this.path}.${process.pid}`;
        await writeFile(draft, JSON.stringify(outcome.value.all, undefined, 2), { mode: 0o600 });
        await rename(draft, this.path);
        return ok(outcome.value.answer);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return failed(hindcastError("cannot-write", { path: this.path, reason }));
      }
    });
    this.#last = changed;
    return changed;
  }
}
