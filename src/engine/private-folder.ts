// A temporary folder that only this user may enter and that says whose it is: this process, the host that started it, the
// programs it started, and the recording it makes.
// A process that is killed cannot clean up. While its host runs, the next engine of that host takes the folder over and goes
// on; otherwise whoever sweeps next removes the folder and stops those programs. Processes are recognised by id and start
// time together, because ids are used again.
import { execFile } from "node:child_process";
import { lstat, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import * as v from "valibot";
import { doorAddress } from "./door/door-greeting.js";

const prefix = "hindcast-";
const ownersFile = "owners.json";
/** A program that was asked to stop and has not by then is killed. */
const stopWithinMs = 2000;

const owner = v.object({ pid: v.pipe(v.number(), v.integer(), v.minValue(2)), started: v.string() });
const hostOfEngine = v.object({ ...owner.entries, session: v.string() });
/** What a new engine has to know of a recording to go on with it. */
const recordingNote = v.object({
  id: v.string(),
  path: v.string(),
  socketPath: v.string(),
  token: v.string(),
  /** Where others may read it meanwhile. */
  door: v.optional(doorAddress),
  /** What was started into it, where that was done from the window or by its demo. */
  launched: v.optional(v.object({ command: v.array(v.string()), cwd: v.string() })),
  /** What its programs were told since they were started. */
  pausedSince: v.optional(v.string()),
  level: v.optional(v.picklist(["metrics", "requests"])),
});
const owners = v.object({
  process: owner,
  host: v.optional(hostOfEngine),
  programs: v.array(owner),
  /** They were running before, and are never stopped. */
  attached: v.optional(v.array(owner), []),
  recording: v.optional(recordingNote),
});
export type Owner = v.InferOutput<typeof owner>;
/** Who starts a new engine when this one is killed. */
export type EngineHost = v.InferOutput<typeof hostOfEngine>;
export type RecordingNote = v.InferOutput<typeof recordingNote>;
type Owners = v.InferOutput<typeof owners>;

export interface PrivateFolder {
  readonly path: string;
  /** Programs that an engine before this one started. */
  readonly adopted: readonly Owner[];
  /** Programs that an engine before this one attached to. */
  readonly attached: readonly Owner[];
  /** From now on a new engine of the same host can go on with the recording. */
  holdsRecording(note: RecordingNote): Promise<void>;
  /** From now on the program, leader of its own process group, does not outlive this process for long. */
  holdsProgram(pid: number): Promise<void>;
  /** From now on a new engine of the same host knows that the recording ends with this program; undefined: it has ended. */
  isAttachedTo(pid: number): Promise<Owner | undefined>;
  dispose(): Promise<void>;
}

export async function createPrivateFolder(host: EngineHost | undefined, inFolder = tmpdir()): Promise<PrivateFolder> {
  const path = await mkdtemp(join(inFolder, prefix));
  return heldFolder(path, { process: await ownerOf(process.pid), host, programs: [], attached: [] });
}

async function heldFolder(path: string, first: Owners): Promise<PrivateFolder> {
  let held = first;
  let written = Promise.resolve();
  const write = (): Promise<void> => {
    written = written.then(async () => {
      // In one step: whoever reads it meanwhile finds all of it.
      await writeFile(join(path, `${ownersFile}.new`), JSON.stringify(held), { mode: 0o600 });
      await rename(join(path, `${ownersFile}.new`), join(path, ownersFile));
    });
    return written;
  };
  await write();
  return {
    path,
    adopted: first.programs,
    attached: first.attached,
    holdsRecording: (recording) => {
      held = { ...held, recording };
      return write();
    },
    holdsProgram: async (pid) => {
      const started = await startOf(pid);
      if (started === undefined) return; // it has ended already
      held = { ...held, programs: [...held.programs, { pid, started }] };
      await write();
    },
    isAttachedTo: async (pid) => {
      const started = await startOf(pid);
      if (started === undefined) return undefined;
      held = { ...held, attached: [...held.attached, { pid, started }] };
      await write();
      return { pid, started };
    },
    dispose: async () => {
      await written.catch(() => undefined);
      await rm(path, { recursive: true, force: true });
    },
  };
}

export async function hostWith(pid: number, session: string): Promise<EngineHost> {
  return { ...(await ownerOf(pid)), session };
}

/** Takes over the folders of recordings whose engine, of the same host, is gone. */
export async function takeOverFolders(
  session: string,
  inFolder = tmpdir(),
): Promise<{ readonly folder: PrivateFolder; readonly note: RecordingNote }[]> {
  const taken: { readonly folder: PrivateFolder; readonly note: RecordingNote }[] = [];
  const own = await ownerOf(process.pid);
  for (const path of await foldersIn(inFolder)) {
    const found = await ownersOf(path);
    if (found?.recording === undefined || found.host?.session !== session || (await isRunning(found.process))) continue;
    taken.push({ folder: await heldFolder(path, { ...found, process: own }), note: found.recording });
  }
  return taken;
}

/** Of what engines that run are recording. */
export async function recordingNotes(inFolder = tmpdir()): Promise<readonly RecordingNote[]> {
  const found = await Promise.all((await foldersIn(inFolder)).map(ownersOf));
  const running = await Promise.all(found.map(async (of) => of !== undefined && (await isRunning(of.process))));
  return found.flatMap((of, at) => (running[at] === true ? (of?.recording ?? []) : []));
}

/**
 * A host that runs has this file recorded, also where its engine was killed just now: it starts the next one at any moment, and
 * whoever opened the file meanwhile would keep that from going on. What this `session` records is known without asking.
 */
export async function isRecordedByOther(
  recordingPath: string,
  session: string | undefined,
  inFolder = tmpdir(),
): Promise<boolean> {
  for (const folder of await foldersIn(inFolder)) {
    const found = await ownersOf(folder);
    const host = found?.host;
    if (found?.recording?.path !== recordingPath || host === undefined || host.session === session) continue;
    if (await isRunning(host)) return true;
  }
  return false;
}

/** Folders of engines of the same host that are gone, and that no recording needs. */
export async function abandonedFolders(session: string, inFolder = tmpdir()): Promise<string[]> {
  const abandoned: string[] = [];
  for (const path of await foldersIn(inFolder)) {
    const found = await ownersOf(path);
    if (found?.host?.session === session && found.recording === undefined && !(await isRunning(found.process)))
      abandoned.push(path);
  }
  return abandoned;
}

/**
 * Removes the folders of processes that are gone, and ends the programs they started. What a host that runs will go on with
 * stays, unless it has given that up: then it names its session.
 */
export async function sweepPrivateFolders(inFolder = tmpdir(), givenUp?: string): Promise<void> {
  await Promise.all((await foldersIn(inFolder)).map((folder) => sweep(folder, givenUp)));
}

/** Copies of older files brought up to date (store/open-file.ts) say in their name who reads them. */
async function isAbandonedCopy(folder: string): Promise<boolean> {
  const [, pid] = /hindcast-open-(\d+)-[^/\\]*$/.exec(folder) ?? [];
  return pid !== undefined && (await isOurs(folder)) && (await startOf(Number(pid))) === undefined;
}

/** What another user put there is not to be believed. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder);
  return found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
}

async function foldersIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(prefix));
  return names.map((name) => join(folder, name));
}

/** Undefined for what is none of ours. */
async function ownersOf(folder: string): Promise<Owners | undefined> {
  try {
    if (!(await isOurs(folder))) return undefined;
    const read = v.safeParse(owners, JSON.parse(await readFile(join(folder, ownersFile), "utf8")));
    return read.success ? read.output : undefined;
  } catch {
    // Without owners it is none of ours; otherwise somebody else sweeps it at this moment.
    return undefined;
  }
}

async function sweep(folder: string, givenUp: string | undefined): Promise<void> {
  if (await isAbandonedCopy(folder).catch(() => false)) await rm(folder, { recursive: true, force: true });
  const found = await ownersOf(folder);
  if (found === undefined || (await isRunning(found.process))) return;
  const { host } = found;
  if (host !== undefined && host.session !== givenUp && (await isRunning(host))) return;
  await Promise.all(found.programs.map(stop));
  // Somebody else may sweep it at this moment.
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

async function stop(program: Owner): Promise<void> {
  if (!(await isRunning(program))) return;
  signal(program.pid, "SIGTERM");
  for (const deadline = Date.now() + stopWithinMs; Date.now() < deadline;) {
    await wait(50);
    if (!(await isRunning(program))) return;
  }
  signal(program.pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, name);
  } catch {
    // It ended in this moment.
  }
}

const ownerOf = async (pid: number): Promise<Owner> => ({ pid, started: (await startOf(pid)) ?? "" });

export const isRunning = async ({ pid, started }: Owner): Promise<boolean> => (await startOf(pid)) === started;

const run = promisify(execFile);

/** When a process was started, in whatever unit the system tells it; undefined when there is no such process. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === "linux") {
      // Fields after the name, which may hold anything: state is the first of them, start time the twentieth.
      const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ");
      return fields[0] === "Z" ? undefined : fields[19];
    }
    const [command, args] =
      process.platform === "win32"
        ? ["powershell", ["-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.Ticks`]]
        : ["ps", ["-o", "lstart=", "-p", String(pid)]];
    const { stdout } = await run(command, args, { windowsHide: true });
    return stdout.trim() === "" ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}
