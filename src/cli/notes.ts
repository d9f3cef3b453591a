// `hindcast notes`: lists the notes of a recording, or writes one more.
import { failed } from "../shared/base/result.js";
import { hindcastError } from "../shared/protocol/errors.js";
import type { Note } from "../shared/protocol/note-calls.js";
import { labelWords, notesAsMarkdown } from "../shared/protocol/notes-markdown.js";
import { offsetFromStart } from "../shared/trace/iso-time.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, type Reading, done, withRecording } from "./reading.js";
import { type Row, onOneLine, printed } from "./rows.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

export const notes = (world: World, args: CommandArgs<"notes">): Promise<Ending> =>
  withRecording(world, args.file, (reading) =>
    args.add === undefined ? list(reading, args) : add(world, reading, args),
  );

async function list({ call, out, recordingId, summary }: Reading, args: CommandArgs<"notes">): Promise<Done> {
  if (args.at !== undefined || args.to !== undefined)
    return failed(hindcastError("bad-usage", { reason: "--at and --to are where --add writes" }));
  const found = await call("notes.list", { recordingId });
  if (!found.ok) return found;
  const { name, path, start } = summary;
  if (args.markdown) await out.line(notesAsMarkdown({ name, path, start, notes: found.value.notes }).trimEnd());
  else for (const note of found.value.notes) await out.line(printed(noteRow(note, start), args.json));
  return done;
}

async function add(world: World, reading: Reading, args: CommandArgs<"notes">): Promise<Done> {
  const { call, out, recordingId, summary } = reading;
  if (args.at === undefined) return failed(hindcastError("bad-usage", { reason: "--at says where the note belongs" }));
  const from = reading.instant(args.at);
  if (!from.ok) return from;
  const to = args.to === undefined ? undefined : reading.instant(args.to);
  if (to?.ok === false) return to;
  const { add: text = "", label, author } = args;
  const note = { from: from.value, to: to?.value, text, label, author };
  const put = await call("notes.put", { recordingId, note, settled: true });
  if (!put.ok) return put;
  await out.line(printed(noteRow(put.value.note, summary.start), args.json));
  const { aside } = put.value;
  if (aside === undefined) return done;
  await world.terminal.err.line(
    `${summary.path} could not be written: ${aside.reason}. The note is kept in ${aside.path}, and goes into the recording when it can.`,
  );
  await world.terminal.err.flush();
  return done;
}

function noteRow(note: Note, start: bigint): Row {
  const { from, to, text, label, author } = note;
  const times = [from, ...(to === undefined ? [] : [to])].map((time) => offsetFromStart(time, start)).join(" – ");
  return {
    json: { ...note },
    text: onOneLine(`${times}  ${labelWords[label].padEnd(8)}  ${author}  ${text === "" ? "(bookmark)" : text}`),
  };
}
