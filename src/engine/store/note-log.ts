// Changes to the notes of a recording that are not in its file yet: a line of JSON each, in a file beside it or, where none can
// be made there, in the user's own folder. A change is safe once its line is on the disk. The last line may be cut off.
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { type NoteChange, note } from "../../shared/protocol/note-calls.js";

const ns = v.pipe(
  v.string(),
  v.regex(/^-?\d{1,19}$/),
  v.transform((digits) => BigInt(digits)),
);
const line = v.union([
  v.pipe(
    v.object({
      put: v.object({ ...note.entries, from: ns, to: v.optional(ns), created: ns, changed: ns }),
    }),
    v.transform(({ put }): NoteChange => ({ kind: "put", note: put })),
  ),
  v.pipe(
    v.object({ remove: v.string() }),
    v.transform(({ remove }): NoteChange => ({ kind: "remove", id: remove })),
  ),
]);

export const besideOf = (path: string): string => `${path.replace(/\.hindcast$/, "")}.hindcast.notes.jsonl`;

/** One for each recording, by where it is. */
export const ownLogOf = (path: string, folder: string): string =>
  join(folder, `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.notes.jsonl`);

/** Resolves when it is on the disk. */
export async function appendChange(log: string, change: NoteChange): Promise<void> {
  const text = JSON.stringify(
    change.kind === "put" ? { put: change.note } : { remove: change.id },
    (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );
  await mkdir(dirname(log), { recursive: true, mode: 0o700 }).catch(() => undefined); // opening it says what is wrong
  const file = await open(log, "a", 0o600);
  try {
    // A line before it may have been cut off.
    const { size } = await file.stat();
    await file.writeFile(size === 0 ? `${text}\n` : `\n${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

export interface ReadLog {
  readonly path: string;
  readonly bytes: number;
  readonly changes: readonly NoteChange[];
}

const mostBytes = 64 * 1024 * 1024;

/** Undefined where there is none. A line that is none of ours is passed over. */
export async function readLog(path: string): Promise<ReadLog | undefined> {
  try {
    const about = await stat(path);
    if (!about.isFile() || about.size > mostBytes) return undefined;
    const text = await readFile(path, "utf8");
    const changes = text.split("\n").flatMap((one) => changeFrom(one) ?? []);
    return { path, bytes: Buffer.byteLength(text), changes };
  } catch {
    return undefined;
  }
}

/** What came since stays, and is read again: it does no harm twice. */
export async function removeLog({ path, bytes }: ReadLog): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size;
  if (size === bytes) await rm(path, { force: true });
}

function changeFrom(text: string): NoteChange | undefined {
  if (text.trim() === "") return undefined;
  try {
    const read = v.safeParse(line, JSON.parse(text));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}
