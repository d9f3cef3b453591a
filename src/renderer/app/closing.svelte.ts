// Whoever closes the window while something is recorded is asked: by the desktop app, which hears what is recorded; by a browser in its
// own words. In a browser nothing ends by it: the recording goes on, and whoever stays is told so.
import type { EngineLink } from "../state/engine-link.svelte.js";
import type { Session } from "../state/session.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import type { RecordingSummary } from "../../shared/protocol/recording-summary.js";
import type { Shell } from "./shell.js";

interface Closing {
  readonly link: EngineLink;
  readonly session: Session;
  readonly toasts: Toasts;
  readonly shell: Shell | undefined;
}

export function askBeforeClosing(page: Window, { link, session, toasts, shell }: Closing): void {
  /** Of all that this page heard of, shown or not. */
  const live = new Map<string, RecordingSummary>();
  const tell = (): void => shell?.useLive([...live.values()]);
  const take = (summary: RecordingSummary): void => {
    const wasLive = live.delete(summary.recordingId);
    // What another engine makes goes on whatever is closed here.
    const isLive = summary.state === "live" && summary.elsewhere !== true;
    if (isLive) live.set(summary.recordingId, summary);
    if (wasLive !== isLive) tell();
  };
  link.onNotice((notice) => {
    if (notice.kind === "recording-changed") take(notice.summary);
  });
  link.onReconnected(() => {
    live.clear();
    tell();
  });
  $effect.root(() => {
    $effect(() => {
      const summary = session.workspace?.recording.summary;
      if (summary !== undefined) take(summary);
    });
  });
  if (shell !== undefined) return;
  page.addEventListener("beforeunload", (event) => {
    if (!session.workspaces.some(({ recording }) => recording.isSteered)) return;
    event.preventDefault();
    // Seen by whoever stays: these run only if the page does.
    setTimeout(() => {
      toasts.say("Recording goes on while no page shows it, until it is stopped or Hindcast ends.");
    });
  });
}
