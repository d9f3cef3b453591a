// Which signals a running Node program listens for itself. The kernel tells only that somebody in the process catches a signal,
// and SIGUSR1 Node catches for its inspector; a listener of the program's own is in a tree that libuv keeps, which can be read
// in the program's memory where the system lets us, and found where the binary was not stripped of its symbols.
import { type FileHandle, open, readFile } from "node:fs/promises";
import { type Result, failed, ok } from "../../shared/base/result.js";
import type { ElfSymbol } from "./elf-symbols.js";

/** `uv_signal_t` of a 64-bit system, the same in every version of Node since 18. */
const node = { bytes: 152, type: 16, signal: 104, left: 112, right: 120 } as const;
const signalType = 16;
const mostSignals = 64;
const mostHandles = 4096;

/** Numbers of the signals that the program listens for; else, in words, why that cannot be told. `root`: of libuv's tree. */
export async function signalsListenedFor(
  pid: number,
  root: ElfSymbol | undefined,
): Promise<Result<ReadonlySet<number>, string>> {
  if (root === undefined) return failed("its Node.js binary has no symbols");
  const base = root.isRelocated ? await baseOf(pid) : 0;
  if (base === undefined) return failed("where its binary was loaded is not known");
  const memory = await open(`/proc/${pid}/mem`, "r").catch(() => undefined);
  if (memory === undefined) return failed("the system does not let its memory be read");
  try {
    return await signalsIn(memory, base + root.address);
  } catch {
    return failed("its memory could not be read");
  } finally {
    await memory.close();
  }
}

async function signalsIn(memory: FileHandle, rootAt: number): Promise<Result<ReadonlySet<number>, string>> {
  const signals = new Set<number>();
  const seen = new Set<number>([0]);
  const waiting = [pointerIn(await read(memory, rootAt, 8), 0)];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const handle = await read(memory, at, node.bytes);
    const signal = handle.readInt32LE(node.signal);
    const isHandle = handle.readInt32LE(node.type) === signalType && signal >= 1 && signal <= mostSignals;
    if (!isHandle || seen.size > mostHandles) return failed("its memory does not look as expected");
    signals.add(signal);
    waiting.push(pointerIn(handle, node.left), pointerIn(handle, node.right));
  }
  return ok(signals);
}

const pointerIn = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

async function read(memory: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await memory.read(buffer, 0, bytes, at);
  if (bytesRead !== bytes) throw new Error("short read");
  return buffer;
}

/** Where the beginning of the binary is in memory. */
async function baseOf(pid: number): Promise<number | undefined> {
  const maps = await readFile(`/proc/${pid}/maps`, "utf8").catch(() => "");
  const found = maps.split("\n").find((line) => / 00000000 [0-9a-f:]+ [1-9]\d* +\//.test(line));
  return found === undefined ? undefined : Number.parseInt(found, 16);
}
