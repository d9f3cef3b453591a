// The built command line as a process, with folders of its own for everything it may leave behind.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** Any recording may say so on a busy machine. A test that is about it waits until it is `printed`. */
export const slowNote = /^Hindcast: the program has ended; what it sent is still being written to .*\n/m;

const cli = join(process.cwd(), "out/node/cli.js");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  /** Without the note that it takes long. */
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** The first match in standard output or error, as soon as it is there. */
  printed(pattern: RegExp): Promise<string>;
}

/** A folder whose name has a space, with a place for temporary files that shows what was left in it. */
export class Place {
  readonly root = mkdtempSync(join(tmpdir(), "hindcast cli "));
  readonly #tmp = join(this.root, "tmp");
  /** Every process started from here carries it in its environment. */
  readonly #brand = `HINDCAST_TEST_BRAND=${this.root}`;

  constructor() {
    mkdirSync(this.#tmp);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Of everything that is started from here. */
  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      CI: "true",
      TMPDIR: this.#tmp,
      XDG_STATE_HOME: this.path("state"),
      XDG_DATA_HOME: this.path("data"),
      HINDCAST_TEST_BRAND: this.root,
    };
  }

  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}, cwd = this.root): Running {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...this.environment, ...environment },
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    // A command that reads nothing may be gone before its input is.
    child.stdin.on("error", () => undefined);
    const ended = once(child, "close").then(() => ({
      code: child.exitCode,
      signal: child.signalCode,
      out,
      err: err.replace(slowNote, ""),
    }));
    const printed = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const found = pattern.exec(out) ?? pattern.exec(err);
        if (found !== null) return found[1] ?? found[0];
        if (child.exitCode !== null) throw new Error(`ended without printing ${String(pattern)}: ${out}${err}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    return { child, ended, printed };
  }

  run(
    args: readonly string[],
    input = "",
    environment: Readonly<Record<string, string>> = {},
    cwd = this.root,
  ): Promise<Ended> {
    const { child, ended } = this.start(args, environment, cwd);
    child.stdin.end(input);
    return ended;
  }

  /** Command lines of processes started from here that still run. Linux only: others do not show environments. */
  leftRunning(): string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => readProc(pid, "environ").split("\0").includes(this.#brand))
      .map((pid) => readProc(pid, "cmdline").replaceAll("\0", " ").trim())
      .filter((commandLine) => commandLine !== "");
  }

  pidOf(pattern: RegExp): number {
    const pid = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => readProc(name, "environ").split("\0").includes(this.#brand))
      .find((name) => pattern.test(readProc(name, "cmdline")));
    if (pid === undefined) throw new Error(`no process matches ${String(pattern)}`);
    return Number(pid);
  }

  /** Files and folders left in the temporary folder. */
  leftBehind(): string[] {
    return readdirSync(this.#tmp).filter((name) => name.startsWith("hindcast"));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It ended meanwhile, or is somebody else's.
    return "";
  }
}
