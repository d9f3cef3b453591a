// Nothing is lost by closing: what was recorded is saved. But programs started from here are stopped by it, and a recording ends:
// so whoever closes the window or quits while something is recorded is asked.

interface RecordingNow {
  readonly name: string;
  /** It was started from here, and is stopped with the app. */
  readonly hasProgram: boolean;
  /** It ran before, and goes on as it was. */
  readonly isAttached: boolean;
}

interface Question {
  readonly message: string;
  readonly detail: string;
  /** The first is the answer that changes nothing. */
  readonly buttons: readonly [stay: string, leave: string];
}

/** Undefined when there is nothing to ask. */
export function questionBeforeClosing(recordings: readonly RecordingNow[]): Question | undefined {
  const [first] = recordings;
  if (first === undefined) return undefined;
  const details = [
    "Recording ends, and what was recorded until then is saved.",
    ...(recordings.some(({ hasProgram }) => hasProgram) ? ["Programs that were started from here are stopped."] : []),
    ...(recordings.some(({ isAttached }) => isAttached) ? ["Programs attached to go on as they were before."] : []),
  ];
  return {
    message:
      recordings.length === 1 ? `${first.name} is being recorded.` : `${recordings.length} recordings are being made.`,
    detail: details.join(" "),
    buttons: ["Keep recording", "Save and quit"],
  };
}
