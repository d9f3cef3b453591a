// What can be done about several open recordings.
import type { Session, Workspace } from "../state/session.svelte.js";
import type { Command } from "./command.js";

/** Between recordings, where another one is open than the one in front. */
export function openCommands(session: Session, workspace: Workspace | undefined): readonly Command[] {
  const group = "Recording" as const;
  const others = session.workspaces.filter((one) => one !== workspace);
  if (others.length === 0) return [];
  const by = (id: string, title: string, key: string, step: 1 | -1): Command => ({
    id,
    group,
    title,
    keys: [`Ctrl+Alt+${key}`],
    run: () => session.switchBy(step),
  });
  return [
    by("next-recording", "Next open recording", "PageDown", 1),
    by("previous-recording", "Previous open recording", "PageUp", -1),
    ...others.map((one) => ({
      id: `switch-${one.recording.summary.recordingId}`,
      group,
      title: `Switch to ${one.recording.summary.name}`,
      keys: [],
      run: () => session.switchTo(one),
    })),
    ...(workspace === undefined
      ? []
      : [{ id: "close-one", group, title: "Close this recording", keys: [], run: () => session.closeOne(workspace) }]),
  ];
}
