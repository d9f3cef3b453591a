// Places that the palette leads back to: where the playhead was lately, spans that were looked at, and notes.
import type { SelectedSpan } from "../state/selection.svelte.js";
import type { Workspace } from "../state/session.svelte.js";
import { clockText, offsetText } from "../state/text.js";
import type { Command } from "./command.js";

export interface NamedSpan extends SelectedSpan {
  readonly name: string;
  readonly startNs: number;
}

/** The last first; without the one where the playhead is. */
export function placeCommands(
  { recording, playhead, selection, recent, notes }: Workspace,
  spans: readonly NamedSpan[],
): readonly Command[] {
  const group = "Place" as const;
  const clock = (offsetNs: number): string => clockText(recording.instantFromOffset(offsetNs), 3);
  return [
    ...recent.instants
      .filter(({ offsetNs }) => offsetNs !== playhead.offsetNs)
      .map(({ offsetNs, position }): Command => ({
        id: `place ${offsetNs}`,
        group,
        title: `Back to ${clock(offsetNs)} (${offsetText(offsetNs)})`,
        keys: [],
        run: () => (position === undefined ? playhead.moveTo(offsetNs) : playhead.moveToPosition(position)),
      })),
    ...spans.map((span): Command => ({
      id: `span ${span.process} ${span.spanId}`,
      group,
      title: `Span ${span.name} at ${clock(span.startNs)}`,
      keys: [],
      run: () => {
        playhead.moveTo(span.startNs);
        selection.selectSpan(span);
      },
    })),
    ...notes.all.map(({ id, offsetNs, text }): Command => ({
      id: `note ${id}`,
      group,
      title: `${text === "" ? "Bookmark" : `Note: ${text.split("\n")[0] ?? ""}`} at ${clock(offsetNs)}`,
      keys: [],
      run: () => playhead.moveTo(offsetNs),
    })),
  ];
}
