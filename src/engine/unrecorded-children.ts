// Children of recorded programs that run Node and will not report, because they were started with an environment or options
// that lack what Hindcast needs: found by looking at the processes of the system, on Linux, so that the recording can say so.
// One that lives shorter than the time between two looks may not be seen.
import { readFileSync, readdirSync } from "node:fs";
import { basename, relative } from "node:path";
import { NodeBinaries } from "./attach/node-binaries.js";
import { scriptIn } from "./attach/process-facts.js";
import { readArguments, readEnvironment, readFolder } from "./attach/read-process.js";

const lookEveryMs = 250;
/** At most this part of the time is spent with looking. */
const share = 50;
const mostDepth = 16;

export interface SeesChildren {
  /** Pids of the programs that are recorded and run, with their numbers in the recording. */
  running(): ReadonlyMap<number, number>;
  /** Said once of each child; `parent` is the nearest above it that is recorded. */
  noteUnrecorded(parent: number, words: string): void;
}

export class UnrecordedChildren {
  readonly #recording: SeesChildren;
  readonly #socketPath: string;
  readonly #binaries = new NodeBinaries();
  /** By pid, when they were started; their ids are used again. */
  readonly #known = new Map<number, string>();
  #timer: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();

  constructor(recording: SeesChildren, socketPath: string) {
    this.#recording = recording;
    this.#socketPath = socketPath;
  }

  start(): void {
    if (process.platform === "linux") this.#goOn(lookEveryMs);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#looking;
    clearTimeout(this.#timer);
  }

  #goOn(inMs: number): void {
    this.#timer = setTimeout(() => {
      const startedMs = performance.now();
      this.#looking = this.look()
        .catch(() => undefined)
        .then(() => this.#goOn(Math.max(lookEveryMs, share * (performance.now() - startedMs))));
    }, inMs).unref();
  }

  async look(): Promise<void> {
    const running = this.#recording.running();
    const seen = new Set<number>();
    for (const [pid, number] of running)
      if (await this.#isSeenHere(pid)) await this.#below(pid, number, running, seen, 0);
    for (const pid of this.#known.keys()) if (!seen.has(pid)) this.#known.delete(pid);
  }

  /** A program in a container has a pid of its own there, which is somebody else's here, or nobody's. */
  async #isSeenHere(pid: number): Promise<boolean> {
    const socket = (await readEnvironment(pid)).get("HINDCAST_SOCKET");
    // What was attached to has none.
    return socket === undefined ? this.#binaries.isNode(pid) : socket === this.#socketPath;
  }

  async #below(
    pid: number,
    recorded: number,
    running: ReadonlyMap<number, number>,
    seen: Set<number>,
    depth: number,
  ): Promise<void> {
    if (depth > mostDepth) return;
    for (const child of childrenOf(pid)) {
      if (running.has(child) || seen.has(child)) continue;
      seen.add(child);
      await this.#lookAt(child, pid, recorded);
      await this.#below(child, recorded, running, seen, depth + 1);
    }
  }

  async #lookAt(pid: number, parent: number, recorded: number): Promise<void> {
    const started = startOf(pid);
    if (started === undefined || this.#known.get(pid) === started) return;
    const [argv, parentArgv] = [await readArguments(pid), await readArguments(parent)];
    // Between fork and exec it is a copy of its parent.
    if (argv.length === 0 || argv.join("\0") === parentArgv.join("\0") || !(await this.#binaries.isNode(pid))) return;
    const why = reasonIn(await readEnvironment(pid), this.#socketPath);
    const folder = await readFolder(pid);
    // What was read is of one and the same program.
    if (startOf(pid) !== started || (await readArguments(pid)).join("\0") !== argv.join("\0")) return;
    this.#known.set(pid, started);
    if (why === undefined) return;
    const script = scriptIn(argv, folder);
    const name = [basename(argv[0] ?? "node"), ...(script === "" ? [] : [relative(folder, script)])].join(" ");
    this.#recording.noteUnrecorded(recorded, `a child process, ${name} (pid ${pid}), was not recorded: ${why}`);
  }
}

/** Undefined where it is recorded, or was not meant to be. */
function reasonIn(environment: ReadonlyMap<string, string>, socketPath: string): string | undefined {
  if (environment.get("HINDCAST") === "off") return undefined;
  const socket = environment.get("HINDCAST_SOCKET");
  if (socket === undefined) return "it was started with an environment of its own";
  if (socket !== socketPath || /--require[= ].*agent\.cjs/s.test(environment.get("NODE_OPTIONS") ?? ""))
    return undefined;
  return "it was started with NODE_OPTIONS of its own";
}

/** Of all its threads: the one that started a child is the one that knows it. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      textOf(`/proc/${pid}/task/${thread}/children`)
        .split(" ")
        .map(Number)
        .filter((child) => child > 0),
    );
  } catch {
    return [];
  }
}

/** The twentieth field after the name, which may hold anything. */
const startOf = (pid: number): string | undefined =>
  textOf(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ")[19];

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
