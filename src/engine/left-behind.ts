// Reads what programs left in the socket's folder when they ended before their engine had taken everything
// (agent/left-behind.ts): the frames they would have sent. Believed as little as a connection, and taken like one.
import { constants } from "node:fs";
import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MalformedBytes } from "../shared/protocol/bytes.js";
import {
  FrameSplitter,
  type Hello,
  type ToEngine,
  defaultDelivery,
  isLeftFileName,
  leftFileName,
  leftWholeBytes,
  maxFrameBytes,
  readFromAgent,
  wireVersion,
} from "../shared/protocol/agent-wire.js";
import { checkBye } from "./ingest/plausible.js";
import type { ProcessIngest } from "./ingest/process-ingest.js";
import type { LiveRecording } from "./live-recording.js";

/** Besides what may be left behind whole: arguments and paths of a program, names that it defined, gaps. */
const mostOtherBytes = 8 * 1024 * 1024;
const readBytes = 1024 * 1024;

export interface LeftIn {
  readonly socketPath: string;
  readonly token: string;
}

/**
 * Takes such files into the recording, of one process or of all; what cannot be read is left where it is. Everything must have
 * been read that came over a connection: what a file says to be missing is what is not here.
 */
export async function takeLeftBehind(
  live: LiveRecording,
  { socketPath, token }: LeftIn,
  runId?: string,
): Promise<void> {
  // A pipe of Windows is in no folder.
  if (process.platform === "win32") return;
  const folder = dirname(socketPath);
  const names = runId === undefined ? await readdir(folder).catch(() => []) : [leftFileName(runId)];
  for (const name of names.filter(isLeftFileName)) {
    const path = join(folder, name);
    // Should the engine be killed before it is gone: taken once more, its batches and its end are known already.
    if (await isTaken(live, path, token)) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function isTaken(live: LiveRecording, path: string, token: string): Promise<boolean> {
  try {
    // What is no plain file must not hold anybody up.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await new LeftReader(live, token).takeFrom(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof MalformedBytes || isFromSystem(error)) return false;
    throw error;
  }
}

class LeftReader {
  readonly #splitter = new FrameSplitter(mostOtherBytes);
  #process: ProcessIngest | undefined;

  constructor(
    readonly live: LiveRecording,
    readonly token: string,
  ) {}

  /** Whether all of it is in the recording's file now. Throws `MalformedBytes` at the first byte that does not fit. */
  async takeFrom(file: FileHandle): Promise<boolean> {
    const found = await file.stat();
    if (!found.isFile() || found.uid !== process.getuid?.()) return false;
    const buffer = new Uint8Array(readBytes);
    let room = mostOtherBytes;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, readBytes);
      if (bytesRead === 0) return false; // no good-bye at its end
      room -= bytesRead;
      for (const frame of this.#splitter.push(buffer.subarray(0, bytesRead))) {
        const told = readFromAgent(frame, parseJson);
        if (told.kind === "hello") room += this.#greet(told);
        else if (told.kind === "bye") return await this.#end(told);
        else if (told.kind === "batch" && !(await this.#hasTaken(told))) return false;
      }
      if (room < 0) return false;
    }
  }

  /** Answers how many bytes more may follow: what was recorded is there only where it may be left behind whole. */
  #greet(hello: Hello): number {
    if (
      this.#process !== undefined ||
      hello.wireVersion !== wireVersion ||
      hello.token !== this.token ||
      this.live.isFullFor(hello)
    )
      throw new MalformedBytes("not left for this recording");
    this.#process = this.live.leftBy(hello);
    const bytes = leftWholeBytes(hello.settings.delivery ?? defaultDelivery);
    if (bytes > 0) this.#splitter.maxBytes = maxFrameBytes;
    return bytes;
  }

  #greeted(): ProcessIngest {
    if (this.#process === undefined) throw new MalformedBytes("hello expected");
    return this.#process;
  }

  async #hasTaken(batch: Extract<ToEngine, { kind: "batch" }>): Promise<boolean> {
    this.live.take(this.#greeted(), batch);
    while (this.live.shouldPause) {
      await this.live.commit();
      if (this.live.failure !== undefined) return false;
    }
    return true;
  }

  #end(bye: Extract<ToEngine, { kind: "bye" }>): Promise<boolean> {
    checkBye(bye);
    return this.live.saidBye(this.#greeted(), bye);
  }
}

const parseJson = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString("utf8"));

const isFromSystem = (error: unknown): boolean => error instanceof Error && "code" in error;
