// Changes to the notes and alerts of a recording that are not in its file yet: a line of JSON each, in a file beside it or, where none can
// be made there, in the user's own folder. A change is safe once its line is on the disk. The last line may be cut off.
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { alert, firing, silence } from "../../shared/protocol/alert-calls.js";
import { type NoteChange, note } from "../../shared/protocol/note-calls.js";
import { type KeptChange, isOfNotes } from "./kept-changes.js";

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

/** Of alerts: the change itself, with a time as an object of its digits, since JSON has no number for it. */
const alertLine = v.variant("kind", [
  v.object({ kind: v.literal("alert"), alert }),
  v.object({ kind: v.literal("firing"), firing }),
  v.object({ kind: v.literal("silence"), silence }),
  v.object({ kind: v.literal("unsilence"), id: v.string() }),
]);
const withTimes = (_key: string, part: unknown): unknown =>
  typeof part === "object" && part !== null && "$ns" in part && /^-?\d{1,19}$/.test(String(part.$ns))
    ? BigInt(String(part.$ns))
    : part;

function textOf(change: KeptChange): string {
  const isOfNote = isOfNotes(change);
  const written =
    change.kind === "put" ? { put: change.note } : change.kind === "remove" ? { remove: change.id } : change;
  return JSON.stringify(written, (_key, value: unknown) =>
    typeof value !== "bigint" ? value : isOfNote ? String(value) : { $ns: String(value) },
  );
}

export const besideOf = (path: string): string => `${path.replace(/\.hindcast$/, "")}.hindcast.notes.jsonl`;

/** One for each recording, by where it is. */
export const ownLogOf = (path: string, folder: string): string =>
  join(folder, `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.notes.jsonl`);

/** Resolves when it is on the disk. */
export async function appendChanges(log: string, changes: readonly KeptChange[]): Promise<void> {
  const text = changes.map(textOf).join("\n");
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
  readonly changes: readonly KeptChange[];
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

function changeFrom(text: string): KeptChange | undefined {
  if (text.trim() === "") return undefined;
  try {
    const read = v.safeParse(line, JSON.parse(text));
    if (read.success) return read.output;
    const ofAlerts = v.safeParse(alertLine, JSON.parse(text, withTimes));
    return ofAlerts.success ? ofAlerts.output : undefined;
  } catch {
    return undefined;
  }
}
