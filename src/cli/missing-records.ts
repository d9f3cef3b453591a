// What `record` and `run` say when a recording is not whole: how many records are missing, and why.
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { Call } from "../shared/protocol/rpc.js";

/** By the reason of gaps. A program that was killed, or killed itself, is no loss of ours: its end says that it is not known. */
const reasons: ReadonlyMap<string, string> = new Map([
  ["ring-full", "made faster than they could be taken (buffer full)"],
  ["buffer-full", "given up for newer ones (buffer full)"],
  ["unreadable-value", "with a value that could not be read"],
  ["not-sent", "not sent before the program ended"],
  ["engine-away", "at least, of a program that ended while no engine was there"],
]);

/** Undefined when nothing is missing, or when that cannot be asked any more. */
export async function missingRecords(
  call: Call,
  recording: RecordingSummary,
  environment: NodeJS.ProcessEnv,
): Promise<HindcastError | undefined> {
  // Of one that was switched off that has been said.
  if (recording.processes.length === 0)
    return environment["HINDCAST"] === "off" ? undefined : hindcastError("nothing-recorded", { path: recording.path });
  const answer = await call("recording.missing", { recordingId: recording.recordingId });
  if (!answer.ok) return undefined;
  const told = answer.value.flatMap(({ reason, lost }) => {
    const words = reasons.get(reason);
    return words === undefined || (lost === 0 && reason !== "engine-away") ? [] : [{ words, lost }];
  });
  if (told.length === 0) return undefined;
  const total = told.reduce((sum, { lost }) => sum + lost, 0);
  return hindcastError("records-missing", {
    path: recording.path,
    lost: total === 0 ? "some" : text(total),
    reasons: told.map(({ words, lost }) => `${lost === 0 ? "an unknown number" : text(lost)} ${words}`).join(", "),
  });
}

const text = (count: number): string => count.toLocaleString("en-US");

/** Undefined when every child of a recorded program was recorded, as far as was seen. */
export async function missingChildren(call: Call, recording: RecordingSummary): Promise<HindcastError | undefined> {
  const words = await unrecordedChildren(call, recording.recordingId);
  const [first] = words;
  if (first === undefined) return undefined;
  const more = words.length === 1 ? "" : `, and ${text(words.length - 1)} more`;
  return hindcastError("children-not-recorded", { path: recording.path, children: `${first}${more}` });
}

/** What the marks say of children that were not recorded. */
export async function unrecordedChildren(call: Call, recordingId: string): Promise<string[]> {
  const marks = await call("timeline.marks", { recordingId });
  return marks.ok ? marks.value.flatMap(({ reason, label }) => (reason === "not-recorded" ? [label] : [])) : [];
}
