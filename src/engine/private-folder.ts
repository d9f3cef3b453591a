// A temporary folder that only this user may enter and that says whose it is: this process, and the programs it started.
// A process that is killed cannot clean up; whoever sweeps next removes such a folder and stops those programs. Processes are
// recognised by id and start time together, because ids are used again.
import { execFile } from "node:child_process";
import { lstat, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import * as v from "valibot";

const prefix = "hindcast-";
const ownersFile = "owners.json";
/** A program that was asked to stop and has not by then is killed. */
const stopWithinMs = 2000;

const owner = v.object({ pid: v.pipe(v.number(), v.integer(), v.minValue(2)), started: v.string() });
const owners = v.object({ process: owner, programs: v.array(owner) });
type Owner = v.InferOutput<typeof owner>;

export interface PrivateFolder {
  readonly path: string;
  /** From now on the program, leader of its own process group, does not outlive this process for long. */
  holdsProgram(pid: number): Promise<void>;
  dispose(): Promise<void>;
}

export async function createPrivateFolder(inFolder = tmpdir()): Promise<PrivateFolder> {
  const path = await mkdtemp(join(inFolder, prefix));
  const own = { pid: process.pid, started: (await startOf(process.pid)) ?? "" };
  const programs: Owner[] = [];
  let written = Promise.resolve();
  const write = (): Promise<void> => {
    written = written.then(async () => {
      // In one step: whoever reads it meanwhile finds all of it.
      await writeFile(join(path, `${ownersFile}.new`), JSON.stringify({ process: own, programs }), { mode: 0o600 });
      await rename(join(path, `${ownersFile}.new`), join(path, ownersFile));
    });
    return written;
  };
  await write();
  return {
    path,
    holdsProgram: async (pid) => {
      const started = await startOf(pid);
      if (started === undefined) return; // it has ended already
      programs.push({ pid, started });
      await write();
    },
    dispose: async () => {
      await written.catch(() => undefined);
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Removes the folders of processes that are gone, and ends the programs they started. */
export async function sweepPrivateFolders(inFolder = tmpdir()): Promise<void> {
  const names = (await readdir(inFolder).catch(() => [])).filter((name) => name.startsWith(prefix));
  await Promise.all(names.map((name) => sweep(join(inFolder, name))));
}

async function sweep(folder: string): Promise<void> {
  try {
    const found = await lstat(folder);
    // What another user put there is not to be believed.
    if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid())) return;
    const text = await readFile(join(folder, ownersFile), "utf8");
    const read = v.safeParse(owners, JSON.parse(text));
    if (!read.success || (await isRunning(read.output.process))) return;
    await Promise.all(read.output.programs.map(stop));
    await rm(folder, { recursive: true, force: true });
  } catch {
    // Without owners it is none of ours; otherwise somebody else sweeps it at this moment.
  }
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

const isRunning = async ({ pid, started }: Owner): Promise<boolean> => (await startOf(pid)) === started;

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
