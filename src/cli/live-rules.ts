// `--rules` of `run` and `record`: files of rules, or folders of them, that are evaluated while the program runs. They are looked at again
// and again: saving one changes what is evaluated from then on.
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Disposables } from "../shared/base/disposables.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import { isRuleFile } from "../shared/base/rule-file-names.js";
import { mostRuleFiles } from "../shared/protocol/alert-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { Call } from "../shared/protocol/rpc.js";
import { type RuleFile, problemText, problemsIn, readRuleFile } from "./rule-files.js";
import { complain } from "./terminal.js";
import type { World } from "./world.js";

const lookEveryMs = 500;

type Read = Result<readonly RuleFile[], HindcastError>;

/** Those there are now. An error in one of them is an error here: nothing has begun yet. */
export function readLiveRules(world: Pick<World, "cwd">, paths: readonly string[]): Read {
  const files = filesOf(world, paths);
  if (!files.ok) return files;
  const wrong = files.value.flatMap((file) =>
    problemsIn(file, "live").rows.filter(({ severity }) => severity === "error"),
  );
  const [first] = wrong;
  if (first === undefined) return files;
  const more = wrong.length === 1 ? "" : `, and ${wrong.length - 1} more`;
  return failed(hindcastError("bad-rules", { reason: `${problemText(first)}${more}` }));
}

/** Sets them, and sets them anew whenever they are others. */
export async function followLiveRules(
  world: World,
  { paths, files }: { readonly paths: readonly string[]; readonly files: readonly RuleFile[] },
  { call, recordingId }: { readonly call: Call; readonly recordingId: string },
  owned: Disposables,
): Promise<Result<undefined, HindcastError>> {
  if (paths.length === 0) return ok(undefined);
  const set = await call("rules.setLive", { recordingId, files: [...files] });
  if (!set.ok) return set;
  let last = Promise.resolve();
  const apply = async (): Promise<void> => {
    const now = readLiveRules(world, paths);
    const told = now.ok ? await call("rules.setLive", { recordingId, files: [...now.value] }) : now;
    // What was in force stays so.
    if (!told.ok && told.error.code !== "recording-not-live") await complain(world.terminal, told.error);
  };
  let version = versionOf(world, paths);
  const timer = setInterval(() => {
    const now = versionOf(world, paths);
    if (now !== version) last = last.then(apply);
    version = now;
  }, lookEveryMs).unref();
  owned.defer(() => clearInterval(timer));
  return ok(undefined);
}

function filesOf(world: Pick<World, "cwd">, paths: readonly string[]): Read {
  const found: RuleFile[] = [];
  for (const path of paths.flatMap((one) => listed(world, one))) {
    const read = readRuleFile(world, path);
    if (!read.ok) return read;
    found.push(read.value);
  }
  if (found.length <= mostRuleFiles) return ok(found);
  return failed(
    hindcastError("bad-rules", {
      reason: `these are ${found.length} files, and at most ${mostRuleFiles} are possible`,
    }),
  );
}

/** A file itself, whatever it is called; of a folder the files of rules in it, in the order of their names. */
function listed({ cwd }: Pick<World, "cwd">, path: string): readonly string[] {
  try {
    return readdirSync(resolve(cwd, path))
      .filter(isRuleFile)
      .sort()
      .map((name) => join(path, name));
  } catch {
    return [path]; // reading it says what is wrong
  }
}

/** Another one each time one of them is saved, comes or goes. */
function versionOf(world: Pick<World, "cwd">, paths: readonly string[]): string {
  const stats = paths
    .flatMap((one) => listed(world, one))
    .map((path) => {
      const found = statSync(resolve(world.cwd, path), { throwIfNoEntry: false });
      return found === undefined ? `${path} gone` : `${path} ${found.ino} ${found.mtimeMs} ${found.size}`;
    });
  return stats.join("\n");
}
