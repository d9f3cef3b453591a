// Reads of /proc, of processes that may be gone at any moment: then there is nothing.
import { readFile, readdir, readlink } from "node:fs/promises";
import { type Listener, type ProcessFacts, factsFrom, listenersIn } from "./process-facts.js";

const text = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
const link = (path: string): Promise<string> => readlink(path).catch(() => "");

export async function readFacts(pid: number): Promise<ProcessFacts | undefined> {
  const [status, stat] = [await text(`/proc/${pid}/status`), await text(`/proc/${pid}/stat`)];
  const facts = status === "" || stat === "" ? undefined : factsFrom(pid, status, stat);
  return facts?.isGone === true ? undefined : facts;
}

/** Also where /proc is not. */
export async function isGone(pid: number): Promise<boolean> {
  if (process.platform === "linux") return (await readFacts(pid)) === undefined;
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

export async function readArguments(pid: number): Promise<string[]> {
  const words = (await text(`/proc/${pid}/cmdline`)).replace(/\0+$/, "");
  return words === "" ? [] : words.split("\0");
}

export const readFolder = (pid: number): Promise<string> => link(`/proc/${pid}/cwd`);

/** As it was when the program started. */
export async function readEnvironment(pid: number): Promise<ReadonlyMap<string, string>> {
  const pairs = (await text(`/proc/${pid}/environ`)).split("\0");
  return new Map(pairs.map((pair) => [pair.replace(/=.*$/s, ""), pair.replace(/^[^=]*=?/, "")]));
}

export async function allProcesses(): Promise<number[]> {
  const names = await readdir("/proc").catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Seconds since the epoch at which the system started. */
export async function systemStart(): Promise<number> {
  return Number(/^btime (\d+)$/m.exec(await text("/proc/stat"))?.[1] ?? 0);
}

/** Whether it sees the same files and network as we do. */
export async function isAmongUs(pid: number): Promise<boolean> {
  for (const kind of ["mnt", "net"])
    if ((await link(`/proc/${pid}/ns/${kind}`)) !== (await link(`/proc/self/ns/${kind}`))) return false;
  return true;
}

/** Every socket of this network that listens and can be reached by loopback, by its inode. */
export async function allListeners(): Promise<ReadonlyMap<string, Listener>> {
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => text(`/proc/self/net/${name}`)));
  return new Map(tables.flatMap(listenersIn).map((listener) => [listener.inode, listener]));
}

/** Those of one process, in the order of their descriptors: what it opened first is the first. */
export async function listenersOf(pid: number, all: ReadonlyMap<string, Listener>): Promise<Listener[]> {
  const descriptors = (await readdir(`/proc/${pid}/fd`).catch(() => [])).map(Number).sort((a, b) => a - b);
  const found: Listener[] = [];
  for (const descriptor of descriptors) {
    const [, inode = ""] = /^socket:\[(\d+)\]$/.exec(await link(`/proc/${pid}/fd/${descriptor}`)) ?? [];
    const listener = all.get(inode);
    if (listener !== undefined) found.push(listener);
  }
  return found;
}
