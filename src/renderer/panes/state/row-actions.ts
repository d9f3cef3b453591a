// What can be copied of a row of state: its value as it is shown, its value as JSON, its path.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { At } from "../../../shared/trace/time.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { SelectedValue } from "../../state/selection.svelte.js";
import type { Toasts } from "../../state/toasts.svelte.js";

export interface CopyTo {
  readonly recording: Pick<OpenRecording, "call">;
  readonly toasts: Pick<Toasts, "confirm" | "say" | "fail">;
  readonly clipboard: { writeText(text: string): Promise<void> };
}

export async function copyText({ clipboard, toasts }: CopyTo, text: string, what: string): Promise<void> {
  try {
    await clipboard.writeText(text);
  } catch {
    toasts.say("Nothing was copied: the browser did not allow it.");
    return;
  }
  toasts.confirm(`${what} copied.`);
}

/** All of it, as the engine knows it at that place; what JSON cannot say is an object with "$type". */
export async function copyJson(to: CopyTo, value: SelectedValue, at: At): Promise<void> {
  const answer = await to.recording.call("state.value", { ...value, at, json: true });
  if (!answer.ok) {
    to.toasts.fail(answer.error);
    return;
  }
  const text = jsonText(answer.value);
  if (text === undefined) to.toasts.say("There is no such value at this instant.");
  else await copyText(to, text, "JSON");
}

function jsonText({ json }: CallResult<"state.value">): string | undefined {
  return json === undefined ? undefined : JSON.stringify(json, null, 2);
}

/** The scope itself has no path; its name says which it is. */
export const pathText = ({ scope, path }: SelectedValue): string => (path === "" ? scope : path);
