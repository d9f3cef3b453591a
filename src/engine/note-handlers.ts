// The calls about notes, answered from the notes of the recording that they name.
import { type Result, ok } from "../shared/base/result.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { CallHandlers } from "../shared/protocol/rpc.js";
import type { noteCalls } from "../shared/protocol/note-calls.js";
import { authorHere } from "./notes.js";
import type { OpenRecording } from "./open-recording.js";

type About = <Value>(
  args: { readonly recordingId: string },
  work: (recording: OpenRecording) => Promise<Result<Value, HindcastError>>,
) => Promise<Result<Value, HindcastError>>;

export const noteHandlers = (about: About): Pick<CallHandlers, keyof typeof noteCalls> => ({
  "notes.list": (args) =>
    about(args, async ({ notes }) =>
      ok({ notes: [...(await notes.list())], author: authorHere(), aside: await notes.aside() }),
    ),
  "notes.put": (args) =>
    about(args, async ({ notes }) => {
      const put = await notes.put(args.note);
      if (put.ok && args.settled === true) await notes.settled();
      return put.ok ? ok({ note: put.value, aside: await notes.aside() }) : put;
    }),
  "notes.remove": (args) =>
    about(args, async ({ notes }) => {
      const removed = await notes.remove(args.id);
      return removed.ok ? ok({ left: (await notes.list()).length, aside: await notes.aside() }) : removed;
    }),
});
