// The calls about listed recordings. Files are touched only where they are of the list, plain recordings, and not in use: here or
// anywhere else.
import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { recentsCalls } from "../shared/protocol/recents-calls.js";
import type { CallHandlers } from "../shared/protocol/rpc.js";
import type { Recordings } from "./recordings.js";
import { errorFromWriting } from "./store/cannot-write.js";
import { besideOf } from "./store/note-log.js";
import { isFree } from "./store/whole-file.js";

const ending = ".hindcast";

export function recentsHandlers(recordings: Recordings): Pick<CallHandlers, keyof typeof recentsCalls> {
  const { recents } = recordings;
  /** Why it may not be touched, if so. */
  const obstacle = async (path: string): Promise<HindcastError | undefined> => {
    const isListed = (await recents.list()).some((recent) => recent.path === path);
    const about = await stat(path).catch(() => undefined);
    if (!isListed || about === undefined) return hindcastError("no-such-file", { path });
    if (!about.isFile() || !path.endsWith(ending)) return hindcastError("not-a-recording", { path });
    return recordings.isOpen(path) || !(await isFree(path)) ? hindcastError("recording-in-use", { path }) : undefined;
  };
  const touching = async <Value>(path: string, work: () => Promise<Value>): Promise<Result<Value, HindcastError>> => {
    const inTheWay = await obstacle(path);
    if (inTheWay !== undefined) return failed(inTheWay);
    try {
      return ok(await work());
    } catch (error) {
      return failed(errorFromWriting(path, error));
    }
  };
  /** With what belongs to it. */
  const filesOf = (path: string): readonly string[] => [path, `${path}.wal`, besideOf(path)];

  return {
    "recents.rename": async ({ path, name }) => {
      const plain = name.trim().replace(/\.hindcast$/, "");
      const target = join(dirname(path), `${plain}${ending}`);
      if (plain === "" || plain.startsWith(".") || /[/\\\0]/.test(plain) || basename(target) !== `${plain}${ending}`)
        return failed(hindcastError("cannot-write", { path: target, reason: "a file cannot be called so" }));
      if (target === path) return ok({ path });
      if ((await stat(target).catch(() => undefined)) !== undefined)
        return failed(hindcastError("file-exists", { path: target }));
      return touching(path, async () => {
        const targets = filesOf(target);
        for (const [at, file] of filesOf(path).entries())
          if ((await stat(file).catch(() => undefined)) !== undefined) await rename(file, targets[at] ?? target);
        await recents.renamed(path, target);
        return { path: target };
      });
    },
    "recents.tag": async ({ path, tags }) => {
      await recents.tagged(path, [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ""))]);
      return ok({});
    },
    "recents.forget": async ({ path }) => {
      await recents.forget(path);
      return ok({});
    },
    "recents.delete": ({ path }) =>
      touching(path, async () => {
        for (const file of filesOf(path)) await rm(file, { force: true });
        await recents.forget(path);
        return {};
      }),
  };
}
