// When an engine that was lost is tried again, and whether one is to be expected at all.
import { existsSync } from "node:fs";
import { dirname } from "node:path";

/** A host starts its engine again within a second, so nobody waits longer for it than that … */
const firstRetryMs = 50;
const lastRetryMs = 1000;
/** … and as long as that is expected, a try costs microseconds and a longer pause would be time in which nothing is safe. */
const expectingRetryMs = 100;
/** … and not at all while the program waits for us at its exit. */
const hurriedRetryMs = 50;
/** Where it is not known who starts it again: an engine that has been away for longer is not. */
const maxAwayMs = 5000;

export class Reconnection {
  readonly #socketPath: string;
  readonly #hostPid: number | undefined;
  readonly #connect: () => void;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = firstRetryMs;
  /** When the last connection over which we were welcome broke. */
  #lostAtMs = -Infinity;

  constructor(socketPath: string, hostPid: number | undefined, connect: () => void) {
    this.#socketPath = socketPath;
    this.#hostPid = hostPid;
    this.#connect = connect;
  }

  welcomed(): void {
    this.#pauseMs = firstRetryMs;
  }

  /** A connection over which we were welcome broke. */
  lost(): void {
    this.#lostAtMs = performance.now();
  }

  /** Spread, so that many programs do not all come back to a new engine at once. */
  tryAgain(isHurried: boolean): void {
    this.tryIn(isHurried ? hurriedRetryMs : this.#pauseMs * (0.75 + Math.random() / 2));
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.#isExpected ? expectingRetryMs : lastRetryMs);
  }

  tryIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), ms).unref();
  }

  /** Whoever had started it starts it again at the same socket, and takes the folder away when nobody will. */
  get mayComeBack(): boolean {
    if (!this.#isExpected) return false;
    return process.platform === "win32" || existsSync(dirname(this.#socketPath));
  }

  get #isExpected(): boolean {
    if (this.#hostPid !== undefined) return isRunning(this.#hostPid);
    return performance.now() - this.#lostAtMs <= maxAwayMs;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
