// The Node.js programs of this user that run now. On Linux by /proc, elsewhere by `ps`, which nobody has tried so far.
import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import type { RunningProgram } from "../../shared/protocol/attach-calls.js";
import type { NodeBinaries } from "./node-binaries.js";
import { type Listener, nameOf, scriptIn } from "./process-facts.js";
import {
  allListeners,
  allProcesses,
  listenersOf,
  readArguments,
  readFacts,
  readFolder,
  systemStart,
} from "./read-process.js";
import { wayInto } from "./way-in.js";

const ticksPerSecond = 100;

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
  const [pids, bootSeconds, listeners] = [await allProcesses(), await systemStart(), await allListeners()];
  const found: RunningProgram[] = [];
  for (const pid of pids) {
    const facts = await readFacts(pid);
    if (facts?.uid !== process.getuid?.() || facts === undefined || !(await binaries.isNode(pid))) continue;
    const argv = await readArguments(pid);
    const script = scriptIn(argv, await readFolder(pid));
    const nodeVersion = await binaries.version(pid);
    found.push({
      pid,
      ...(nodeVersion === undefined ? {} : { nodeVersion }),
      name: nameOf(argv, script),
      script,
      argv,
      started: BigInt(Math.round((bootSeconds + facts.startTicks / ticksPerSecond) * 1000)) * 1_000_000n,
      memoryBytes: facts.memoryBytes,
      ...(await prospectsOf(pid, binaries, listeners)),
    });
  }
  return found;
}

/** What would come of attaching to it, as far as looking at it tells. */
async function prospectsOf(
  pid: number,
  binaries: NodeBinaries,
  listeners: ReadonlyMap<string, Listener>,
): Promise<Pick<RunningProgram, "isRecorded" | "ports" | "inspector" | "obstacle">> {
  const own = await listenersOf(pid, listeners);
  const ports = [...new Set(own.map(({ port }) => port))];
  const way = await wayInto(pid, { binaries, listeners, own, maySignal: false });
  if (!way.ok) return { isRecorded: way.error.code === "already-recorded", ports, obstacle: way.error };
  if (way.value.kind === "by-signal") return { isRecorded: false, ports };
  const { host, port } = way.value;
  return { isRecorded: false, ports: ports.filter((one) => one !== port), inspector: { host, port } };
}

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
    const about = { pid: Number(pid), name: nameOf(argv, script), script, argv, ports: [], isRecorded: false };
    return [{ ...about, started: BigInt(Date.parse(started)) * 1_000_000n, memoryBytes: Number(memory) * 1024 }];
  });
}
