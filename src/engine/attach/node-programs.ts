// The Node.js programs of this user that run now. On Linux by /proc, elsewhere by `ps`, which nobody has tried so far.
import { execFile } from "node:child_process";
import { readFile, readlink, stat } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import type { RunningProgram } from "../../shared/protocol/attach-calls.js";
import { symbolIn } from "./elf-symbols.js";
import { nameOf, scriptIn } from "./process-facts.js";
import { allProcesses, readArguments, readEnvironment, readFacts, readFolder, systemStart } from "./read-process.js";

/** In every binary that can run Node's programs, for addons to link to. */
const startOfNode = "_ZN4node5StartEiPPc";
/** None is smaller. */
const leastBinaryBytes = 10_000_000;
const ticksPerSecond = 100;

/** By file, once: a binary does not change what it is. */
export class NodeBinaries {
  readonly #known = new Map<string, Promise<boolean>>();

  /** Whether the process runs Node: by its binary, or by a library that it has loaded. */
  async isNode(pid: number): Promise<boolean> {
    const path = `/proc/${pid}/exe`;
    const file = await stat(path).catch(() => undefined);
    if (file === undefined) return false;
    const key = `${file.dev}:${file.ino}:${file.mtimeMs}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = file.size < leastBinaryBytes ? Promise.resolve(false) : hasSymbol(path);
      this.#known.set(key, known);
    }
    if (await known) return true;
    if (!/^node(?:js)?$/.test(basename(await readlink(path).catch(() => "")))) return false;
    return /\/libnode\.so/.test(await readFile(`/proc/${pid}/maps`, "utf8").catch(() => ""));
  }
}

const hasSymbol = async (path: string): Promise<boolean> =>
  (await symbolIn(path, "dynamic", startOfNode).catch(() => undefined)) !== undefined;

/** The youngest first. `isOurs`: scripts of Hindcast itself, which nobody attaches to. */
export async function nodePrograms(
  binaries: NodeBinaries,
  isOurs: (script: string) => boolean,
): Promise<RunningProgram[]> {
  const found = process.platform === "linux" ? await byProc(binaries) : await byPs();
  return found
    .filter(({ pid, script }) => pid !== process.pid && !isOurs(script))
    .sort((a, b) => Number(b.started - a.started) || b.pid - a.pid);
}

async function byProc(binaries: NodeBinaries): Promise<RunningProgram[]> {
  const [pids, bootSeconds] = [await allProcesses(), await systemStart()];
  const found: RunningProgram[] = [];
  for (const pid of pids) {
    const facts = await readFacts(pid);
    if (facts?.uid !== process.getuid?.() || facts === undefined || !(await binaries.isNode(pid))) continue;
    const argv = await readArguments(pid);
    const script = scriptIn(argv, await readFolder(pid));
    found.push({
      pid,
      name: nameOf(argv, script),
      script,
      argv,
      started: BigInt(Math.round((bootSeconds + facts.startTicks / ticksPerSecond) * 1000)) * 1_000_000n,
      memoryBytes: facts.memoryBytes,
      isRecorded: isRecorded(await readEnvironment(pid)),
    });
  }
  return found;
}

export const isRecorded = (environment: ReadonlyMap<string, string>): boolean =>
  (environment.get("HINDCAST_SOCKET") ?? "") !== "" && environment.get("HINDCAST") !== "off";

const run = promisify(execFile);

/** Words with spaces in them fall apart here. */
async function byPs(): Promise<RunningProgram[]> {
  if (process.platform === "win32") return [];
  const fields = ["-xo", "pid=,rss=,lstart=,command="];
  const { stdout } = await run("ps", fields, { env: { ...process.env, LC_ALL: "C" } }).catch(() => ({ stdout: "" }));
  return stdout.split("\n").flatMap((line): RunningProgram[] => {
    const [, pid, memory, started = "", command = ""] =
      /^\s*(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line) ?? [];
    const argv = command.split(" ");
    if (pid === undefined || !/^node(?:js)?$/.test(basename(argv[0] ?? ""))) return [];
    const script = scriptIn(argv, "");
    const about = { pid: Number(pid), name: nameOf(argv, script), script, argv, isRecorded: false };
    return [{ ...about, started: BigInt(Date.parse(started)) * 1_000_000n, memoryBytes: Number(memory) * 1024 }];
  });
}
