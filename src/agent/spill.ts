// Chunks kept on disk while the engine is away, first in first out. The file has no name from the moment it is open, so
// nothing of it is left however the program ends, and nobody else can open it; its folder and mode would keep others out.
// Written to its end, it begins anew when everything was taken out again. A disk that is full is a spill that is full.
import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { joined } from "./joined.js";
import type { Chunk } from "./intake.js";

interface Stored {
  readonly at: number;
  readonly definitionBytes: number;
  readonly recordBytes: number;
}

export class Spill {
  #file: number | undefined;
  #end = 0;
  #stored: Stored[] = [];
  #hasFailed = false;

  constructor(
    readonly folder: string,
    public maxBytes: number,
    readonly onFault: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.#stored.length === 0;
  }

  hasRoom(bytes: number): boolean {
    return !this.#hasFailed && this.#end + bytes <= this.maxBytes;
  }

  /** False, and nothing kept, without room. */
  put({ definitions, records }: Chunk): boolean {
    const bytes = joined([definitions, records]);
    if (!this.hasRoom(bytes.length)) return false;
    try {
      this.#file ??= openNameless(this.folder);
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#end + done);
    } catch {
      // No space, or no file at all: tried again when what is there was taken out.
      this.#fail();
      return false;
    }
    this.#stored.push({ at: this.#end, definitionBytes: definitions.length, recordBytes: records.length });
    this.#end += bytes.length;
    return true;
  }

  /** Takes the oldest out; undefined when there is none, or when it cannot be read back, which is a fault. */
  take(): Chunk | undefined {
    const oldest = this.#stored.shift();
    if (oldest === undefined || this.#file === undefined) return undefined;
    const chunk = this.#read(this.#file, oldest);
    if (this.#stored.length === 0) this.#empty();
    return chunk;
  }

  dispose(): void {
    this.#stored = [];
    this.#empty();
  }

  #read(file: number, { at, definitionBytes, recordBytes }: Stored): Chunk | undefined {
    const bytes = new Uint8Array(definitionBytes + recordBytes);
    try {
      for (let done = 0; done < bytes.length;) {
        const count = readSync(file, bytes, done, bytes.length - done, at + done);
        if (count === 0) throw new Error("the file is shorter than what was written");
        done += count;
      }
      return { definitions: bytes.subarray(0, definitionBytes), records: bytes.subarray(definitionBytes) };
    } catch {
      this.onFault();
      return undefined;
    }
  }

  #fail(): void {
    this.#hasFailed = true;
    this.onFault();
    if (this.#stored.length === 0) this.#empty();
    else if (this.#file !== undefined) ftruncateSync(this.#file, this.#end);
  }

  /** Gives the space back. */
  #empty(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#end = 0;
    this.#hasFailed = false;
  }
}

function openNameless(folder: string): number {
  const path = join(folder, `spill-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const file = openSync(path, "wx+", 0o600);
  rmSync(path);
  return file;
}
