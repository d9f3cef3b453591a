// What a started program has for standard input, output and errors: named pipes in the recording's private folder, which the
// program itself holds open at both ends. So an engine that is killed neither ends the program by a broken pipe nor its input,
// and the next engine opens the same pipes and reads on. Windows has none of these; there they are the usual ones.
import { type ChildProcess, type StdioOptions, execFile } from "node:child_process";
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { promisify } from "node:util";
import type { ConsoleStream } from "./console-text.js";

export type PrintedStream = Extract<ConsoleStream, "out" | "err">;
type Listener = (stream: PrintedStream, text: string) => void;

export interface ConsolePipes {
  /** What the program is started with. */
  readonly stdio: StdioOptions;
  /** From now on what it prints is told. `child`: absent where an engine before this one started it. */
  listen(onText: Listener, child?: ChildProcess): void;
  /** False where the program has not read what it was told before, so that there is no room. */
  write(text: string): boolean;
  /** The program has ended: what it printed last is told before this returns. */
  end(): void;
}

/** More would not be taken or refused as a whole by a pipe. */
export const mostInputBytes = 4096;

const names = { in: "console-in", out: "console-out", err: "console-err" } as const;
const run = promisify(execFile);

/** Undefined where there can be none: the program is started without. */
export async function newConsolePipes(folder: string): Promise<ConsolePipes | undefined> {
  if (process.platform === "win32") return new ChildPipes();
  try {
    await run("mkfifo", ["-m", "600", ...Object.values(names).map((name) => join(folder, name))]);
    return new NamedPipes(folder);
  } catch {
    return undefined;
  }
}

/** Of a program that an engine before this one started. */
export function reopenConsolePipes(folder: string): ConsolePipes | undefined {
  try {
    return process.platform === "win32" ? undefined : new NamedPipes(folder);
  } catch {
    return undefined;
  }
}

class Printed {
  readonly #decoder = new StringDecoder("utf8");
  readonly #socket: Socket;
  readonly #bytes = Buffer.alloc(65_536);

  constructor(
    readonly fd: number,
    readonly tell: (text: string) => void,
  ) {
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#socket.on("data", (chunk: Buffer) => tell(this.#decoder.write(chunk)));
    this.#socket.on("error", () => this.#socket.destroy());
  }

  /** Reads what there is without waiting for more. */
  end(): void {
    this.#socket.pause();
    try {
      for (let count = -1; count !== 0;) {
        count = readSync(this.fd, this.#bytes);
        this.tell(this.#decoder.write(this.#bytes.subarray(0, count)));
      }
    } catch {
      // There is nothing left.
    }
    this.tell(this.#decoder.end());
    this.#socket.destroy();
  }
}

class NamedPipes implements ConsolePipes {
  readonly #folder: string;
  /** For the program: they wait, as it expects. */
  readonly #given: number[] = [];
  readonly #input: number;
  #printed: Printed[] = [];
  #isOpen = true;

  constructor(folder: string) {
    this.#folder = folder;
    this.#input = this.#open(names.in, constants.O_NONBLOCK);
  }

  get stdio(): StdioOptions {
    for (const name of [names.in, names.out, names.err]) this.#given.push(this.#open(name, 0));
    return [...this.#given];
  }

  listen(onText: Listener): void {
    for (const fd of this.#given.splice(0)) closeSync(fd);
    this.#printed = (["out", "err"] as const).map(
      (stream) => new Printed(this.#open(names[stream], constants.O_NONBLOCK), (text) => onText(stream, text)),
    );
  }

  write(text: string): boolean {
    if (!this.#isOpen) return false;
    try {
      writeSync(this.#input, text);
      return true;
    } catch {
      return false;
    }
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const fd of [...this.#given.splice(0), this.#input]) closeSync(fd);
    for (const one of this.#printed) one.end();
  }

  /** With both ends, so that nobody waits for the other end, and none is ever broken. */
  #open(name: string, flags: number): number {
    return openSync(join(this.#folder, name), constants.O_RDWR | flags);
  }
}

class ChildPipes implements ConsolePipes {
  readonly stdio: StdioOptions = "pipe";
  #child: ChildProcess | undefined;

  listen(onText: Listener, child?: ChildProcess): void {
    this.#child = child;
    for (const [stream, printed] of [
      ["out", child?.stdout],
      ["err", child?.stderr],
    ] as const) {
      printed?.setEncoding("utf8");
      printed?.on("data", (text: string) => onText(stream, text));
    }
    child?.stdin?.on("error", () => undefined);
  }

  write(text: string): boolean {
    const input = this.#child?.stdin;
    if (input === undefined || input === null || !input.writable || input.writableNeedDrain) return false;
    input.write(text);
    return true;
  }

  /** These are read to their end by themselves. */
  end(): void {
    this.#child?.stdin?.destroy();
  }
}
