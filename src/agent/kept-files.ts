// What recorded programs would have to work out again at each start, kept in a folder of the user's (HINDCAST_CACHE) that
// nobody else may enter: compiled code of the agent, and rewritten source of the program. Each file is named by a hash of all
// that it follows from, and begins with a hash of what follows: one that is damaged is as good as none, and so is any that
// cannot be read. The engine makes the folder and throws the oldest files away (src/engine/cache-folder.ts).
import * as crypto from "node:crypto";
import { closeSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** As they were before the program could change them. */
const files = { closeSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync };

/** In one call where Node has that (20.12, 21.7 on), which takes half the time. */
const sumOf: (data: string | Uint8Array) => string = (() => {
  const { createHash } = crypto;
  const hash: unknown = Reflect.get(crypto, "hash");
  const apply = Reflect.apply;
  return typeof hash === "function"
    ? (data) => String(apply(hash, undefined, ["sha256", data, "hex"]))
    : (data) => createHash("sha256").update(data).digest("hex");
})();
const sumUnits = 64;

const mostBytes = 16 * 1024 * 1024;

export interface KeptFile {
  readonly name: string;
  readonly body: Uint8Array;
}

export const keptFolderVariable = "HINDCAST_CACHE";

/** Undefined where nothing is kept: not asked for, others could write there, or what a program may read is restricted. */
export function keptFolder(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const folder = environment[keptFolderVariable];
  if (folder === undefined || !isAbsolute(folder) || process.getuid === undefined) return undefined;
  if (Reflect.get(process, "permission") !== undefined) return undefined;
  try {
    const found = files.lstatSync(folder);
    return found.isDirectory() && found.uid === process.getuid() && (found.mode & 0o077) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** The name of what follows from `texts` alone. */
export function nameOfKept(kind: "code" | "source", texts: readonly string[]): string {
  const all = texts.map((text) => `${text.length}:${text}`).join("");
  // UTF-8 would make one of what differs in halves of surrogate pairs only.
  return `${kind}-${sumOf(/[\ud800-\udfff]/.test(all) ? Buffer.from(all, "utf16le") : all)}`;
}

export function readKept(folder: string, name: string): Buffer | undefined {
  try {
    const bytes = files.readFileSync(join(folder, name));
    const body = bytes.subarray(sumUnits);
    return body.length > 0 && sumOf(body) === bytes.toString("latin1", 0, sumUnits) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The same of a text, sooner. */
export function readKeptText(folder: string, name: string): string | undefined {
  try {
    const text = files.readFileSync(`${folder}/${name}`, "utf8");
    const body = text.slice(sumUnits);
    return body !== "" && text.startsWith(sumOf(body)) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Whole under its name or not at all, whoever else writes the same at the same time. */
export function writeKept(folder: string, { name, body }: KeptFile): void {
  if (body.length > mostBytes) return;
  const unfinished = join(folder, `${name}.${process.pid}`);
  try {
    write(unfinished, Buffer.concat([Buffer.from(sumOf(body)), body]));
    files.renameSync(unfinished, join(folder, name));
  } catch {
    // No folder, no space, no permission: it is worked out again next time.
    remove(unfinished);
  }
}

function remove(path: string): void {
  try {
    files.rmSync(path, { force: true });
  } catch {
    // The engine clears it away.
  }
}

function write(path: string, bytes: Uint8Array): void {
  const file = files.openSync(path, "wx", 0o600);
  try {
    for (let done = 0; done < bytes.length;) done += files.writeSync(file, bytes, done, bytes.length - done);
  } finally {
    files.closeSync(file);
  }
}
