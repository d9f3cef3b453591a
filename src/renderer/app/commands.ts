// Everything the window can be told to do: one table behind the command palette, the keyboard and the help sheet.
import type { PaneKind } from "../panes/registry.js";
import type { Dock } from "../state/dock.svelte.js";
import type { NamedLayouts } from "../state/named-layouts.svelte.js";
import { type Editor, editorTitles } from "../state/editor.svelte.js";
import { editorChoices } from "../../shared/protocol/launch-calls.js";
import type { Session, Workspace } from "../state/session.svelte.js";
import type { Theme } from "../state/theme.svelte.js";
import type { TimeRange } from "../state/time-range.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import { levelOf } from "../state/live-level.js";
import { lastWriter, nextWriter } from "../state/writers.js";
import { bookmarkHere, writeNote } from "./note-commands.js";
import type { Overlays } from "./overlays.svelte.js";
import type { Command } from "./command.js";
import { openCommands } from "./open-commands.js";
import { layoutCommands } from "./layout-commands.js";
import { placeCommands } from "./place-commands.js";
import { focusedPane, focusNextGroup, showPane } from "./pane-focus.js";

export interface CommandTargets {
  readonly page: Document;
  readonly session: Session;
  readonly theme: Theme;
  readonly panes: readonly Pick<PaneKind, "id" | "title">[];
  readonly dock: Dock;
  readonly layouts: NamedLayouts;
  readonly overlays: Overlays;
  readonly toasts: Toasts;
  readonly saveCopy: { start(): Promise<void> };
  readonly exporting: { start(): Promise<void> };
  readonly keepStretch: { start(): void; list(): void };
  readonly capture: { start(): void };
  readonly attach: { start(): void };
  readonly editor: Pick<Editor, "choice" | "choose">;
  /** The native dialog in the desktop app, a field of our own in a browser. */
  readonly openFile: () => void;
}

const zoomFactor = 0.5;
/** Of what a pane shows: how far one key moves it. */
const panShare = 0.2;

/** The commands that make sense now: those of the window, and those of the open recording. */
export function commandsFor(targets: CommandTargets): readonly Command[] {
  const { workspace } = targets.session;
  const time = workspace === undefined ? [] : timeCommands(targets, workspace);
  const view = workspace === undefined ? [] : viewCommands(targets, workspace);
  return [...time, ...view, ...recordingCommands(targets, workspace), ...windowCommands(targets)];
}

function timeCommands({ page, dock, overlays, toasts }: CommandTargets, workspace: Workspace): readonly Command[] {
  const { playhead, recording, selection, marks } = workspace;
  const group = "Time";
  const own = () => playhead.position?.process;
  const goToMark = (mark: { readonly offsetNs: number } | undefined, which: string) => {
    if (mark === undefined) toasts.say(`No ${which} mark.`);
    else playhead.moveTo(mark.offsetNs);
  };
  const goToWriter = async (find: typeof lastWriter, which: string) => {
    if (selection.value === undefined) {
      toasts.say("Select a value in State first.");
      return;
    }
    const found = await find(recording, playhead, selection.value);
    if (!found.ok) toasts.fail(found.error);
    else if (found.value === undefined)
      toasts.say(`No ${which} write of ${selection.value.path || selection.value.scope}.`);
    else playhead.moveToPosition(found.value);
  };
  return [
    {
      id: "play",
      group,
      title: playhead.isPlaying ? "Pause" : "Play",
      keys: ["Space"],
      run: () => playhead.togglePlay(),
    },
    { id: "step-back", group, title: "Step back", keys: ["ArrowLeft"], run: () => void playhead.step("previous") },
    { id: "step-forward", group, title: "Step forward", keys: ["ArrowRight"], run: () => void playhead.step("next") },
    {
      id: "step-back-here",
      group,
      title: "Step back in the same process",
      keys: ["Shift+ArrowLeft"],
      run: () => void playhead.step("previous", playhead.stepKind, own()),
    },
    {
      id: "step-forward-here",
      group,
      title: "Step forward in the same process",
      keys: ["Shift+ArrowRight"],
      run: () => void playhead.step("next", playhead.stepKind, own()),
    },
    {
      id: "step-kind",
      group,
      title: playhead.stepKind === "write" ? "Step by event" : "Step by write",
      keys: ["e"],
      run: () => playhead.chooseStepKind(playhead.stepKind === "write" ? "event" : "write"),
    },
    { id: "undo-jump", group, title: "Undo the last jump", keys: ["Alt+ArrowLeft"], run: () => playhead.goBack() },
    { id: "redo-jump", group, title: "Redo the jump", keys: ["Alt+ArrowRight"], run: () => playhead.goForward() },
    { id: "go-to-time", group, title: "Go to a time…", keys: ["g"], run: () => overlays.show("go-to-time") },
    {
      id: "go-to-start",
      group,
      title: "Go to the start",
      keys: ["Home"],
      run: () => playhead.moveTo(recording.keptFromNs),
    },
    {
      id: "go-live",
      group,
      title: recording.isLive ? "Go live" : "Go to the end",
      keys: ["End"],
      run: () => playhead.goLive(),
    },
    {
      id: "previous-mark",
      group,
      title: "Previous mark",
      keys: ["["],
      run: () => goToMark(marks.before(playhead.offsetNs), "earlier"),
    },
    {
      id: "next-mark",
      group,
      title: "Next mark",
      keys: ["]"],
      run: () => goToMark(marks.after(playhead.offsetNs), "later"),
    },
    {
      id: "last-writer",
      group,
      title: "Last writer of the selected value",
      keys: ["w"],
      run: () => void goToWriter(lastWriter, "earlier"),
    },
    {
      id: "next-writer",
      group,
      title: "Next writer of the selected value",
      keys: ["Shift+w"],
      run: () => void goToWriter(nextWriter, "later"),
    },
    {
      id: "selection-start",
      group,
      title: "Start the selection here",
      keys: ["i"],
      run: () => selection.startRangeAt(playhead.offsetNs, recording.durationNs),
    },
    {
      id: "selection-end",
      group,
      title: "End the selection here",
      keys: ["o"],
      run: () => selection.endRangeAt(playhead.offsetNs, recording.keptFromNs),
    },
    { id: "bookmark", group, title: "Bookmark here", keys: ["b"], run: () => void bookmarkHere(workspace, toasts) },
    { id: "write-note", group, title: "Write a note…", keys: ["n"], run: () => void writeNote(page, dock) },
    { id: "clear-selection", group, title: "Clear the selection", keys: ["Escape"], run: () => selection.clearRange() },
    { id: "faster", group, title: "Play faster", keys: [">"], run: () => playhead.changeSpeed(1) },
    { id: "slower", group, title: "Play slower", keys: ["<"], run: () => playhead.changeSpeed(-1) },
  ];
}

function viewCommands(
  { page, panes, dock, layouts, overlays, toasts }: CommandTargets,
  workspace: Workspace,
): readonly Command[] {
  const { playhead, ranges, selection } = workspace;
  const group = "View";
  const showSpanOfLine = () => {
    const { logLine } = selection;
    if (logLine === undefined) toasts.say("Stand on a log line first.");
    else if (logLine.spanId === "") toasts.say("This line belongs to no span.");
    else {
      playhead.moveToPosition(logLine);
      selection.selectSpan(logLine);
    }
  };
  // The focused pane's own range; a pane without one (Logs, State) speaks for the panes that have.
  const wanted = (): readonly TimeRange[] => {
    const focused = focusedPane(page);
    const own = focused === undefined ? undefined : ranges.existing(focused);
    return own === undefined ? ranges.ofPanes() : [own];
  };
  return [
    {
      id: "zoom-in",
      group,
      title: "Zoom in",
      keys: ["+", "="],
      run: () => wanted().forEach((one) => one.zoomAboutPlayhead(zoomFactor)),
    },
    {
      id: "zoom-out",
      group,
      title: "Zoom out",
      keys: ["-"],
      run: () => wanted().forEach((one) => one.zoomAboutPlayhead(1 / zoomFactor)),
    },
    {
      id: "pan-back",
      group,
      title: "Move the view back",
      keys: ["Ctrl+ArrowLeft"],
      run: () => wanted().forEach((one) => one.pan(-panShare * one.spanNs)),
    },
    {
      id: "pan-forward",
      group,
      title: "Move the view forward",
      keys: ["Ctrl+ArrowRight"],
      run: () => wanted().forEach((one) => one.pan(panShare * one.spanNs)),
    },
    {
      id: "zoom-all",
      group,
      title: "Show the whole recording",
      keys: ["0"],
      run: () => wanted().forEach((one) => one.fitAll()),
    },
    {
      id: "zoom-selection",
      group,
      title: "Zoom to the selection",
      keys: ["z"],
      run: () => {
        if (selection.range !== undefined) ranges.showInPanes(selection.range);
      },
    },
    {
      id: "span-of-line",
      group,
      title: "Show the span of the log line in Lanes",
      keys: ["s"],
      run: showSpanOfLine,
    },
    {
      id: "request-of-line",
      group,
      title: "Open the request of the log line or the selected span",
      keys: ["r"],
      run: () => {
        const { logLine, span } = selection;
        const of = logLine !== undefined && logLine.spanId !== "" ? logLine : span;
        if (of === undefined) toasts.say("Stand on a log line of a request, or select a span, first.");
        else selection.openRequestOf(of);
      },
    },
    {
      id: "follow",
      group,
      title: "Follow the playhead in this pane",
      keys: ["f"],
      run: () => wanted().forEach((one) => one.setFollows(!one.follows)),
    },
    ...panes.map(({ id, title }, index) => ({
      id: `focus-${id}`,
      group: "View" as const,
      title: dock.isOpen(id) ? `Focus ${title}` : `Show ${title}`,
      // There are nine such keys.
      keys: index < 9 ? [`Ctrl+${index + 1}`] : [],
      run: () => void showPane(page, dock, id),
    })),
    ...placeCommands(workspace, toasts),
    ...layoutCommands({ page, panes, dock, layouts, overlays }),
  ];
}

function recordingCommands(
  { session, overlays, openFile, saveCopy, exporting, keepStretch, capture, attach }: CommandTargets,
  workspace: Workspace | undefined,
): readonly Command[] {
  const group = "Recording" as const;
  const copy = {
    id: "save-copy",
    group,
    title: "Save a copy…",
    keys: ["Ctrl+Shift+s"],
    run: () => void saveCopy.start(),
  };
  const leave = {
    id: "export",
    group,
    title: "Export…",
    keys: ["Ctrl+Shift+e"],
    run: () => void exporting.start(),
  };
  const keep = { id: "keep-stretch", group, title: "Keep this stretch…", keys: ["k"], run: () => keepStretch.start() };
  const kept = { id: "kept-stretches", group, title: "Kept stretches…", keys: [], run: () => keepStretch.list() };
  const pipeline = { id: "capture", group, title: "What is captured…", keys: [], run: () => capture.start() };
  const attached = workspace?.recording.attachedTo;
  const stopTitle = attached === undefined ? "Stop recording" : `Detach from ${attached.serviceName} (${attached.pid})`;
  const stop = { id: "stop", group, title: stopTitle, keys: [], run: () => void session.stopRecording() };
  const isPaused = workspace?.recording.summary.pausedSince !== undefined;
  const pause = {
    id: "pause-recording",
    group,
    title: isPaused ? "Resume recording" : "Pause recording",
    keys: [],
    run: () => void session.pauseRecording(!isPaused),
  };
  const level = workspace === undefined ? "requests" : levelOf(workspace.recording);
  const other = level === "metrics" ? "requests" : "metrics";
  const change = {
    id: "change-level",
    group,
    title: other === "metrics" ? "Record metrics and state only" : "Record requests, logs and errors, too",
    keys: [],
    run: () => void session.changeLevel(other),
  };
  const run = { id: "run", group, title: "Run a program…", keys: [], run: () => overlays.show("run") };
  const close = { id: "close", group, title: "Back to the welcome page", keys: [], run: () => session.close() };
  return [
    { id: "open", group, title: "Open a recording file…", keys: ["Ctrl+o"], run: openFile },
    { id: "demo", group, title: "Record the demo", keys: [], run: () => void session.recordDemo() },
    run,
    { id: "attach", group, title: "Attach to a running program…", keys: [], run: () => attach.start() },
    ...(workspace?.recording.isSteered === true ? [keep, pipeline, pause, change, stop] : []),
    ...(workspace?.recording.summary.limits === undefined ? [] : [kept]),
    ...openCommands(session, workspace),
    ...(workspace === undefined ? [] : [copy, leave, close]),
  ];
}

function windowCommands({ page, theme, overlays, editor }: CommandTargets): readonly Command[] {
  const group = "Window";
  const other = theme.effective === "dark" ? "light" : "dark";
  return [
    { id: "palette", group, title: "Search commands", keys: ["Ctrl+k"], run: () => overlays.show("palette") },
    { id: "theme", group, title: `Use the ${other} theme`, keys: [], run: () => theme.toggle() },
    ...editorChoices
      .filter((choice) => choice !== editor.choice)
      .map((choice) => ({
        id: `editor-${choice}`,
        group: "Window" as const,
        title: `Open code in ${editorTitles[choice]}`,
        keys: [],
        run: () => {
          editor.choose(choice);
          if (choice === "custom") overlays.show("settings");
        },
      })),
    { id: "theme-system", group, title: "Use the system's theme", keys: [], run: () => theme.choose("system") },
    { id: "next-group", group, title: "Next part of the window", keys: ["F6"], run: () => focusNextGroup(page, 1) },
    {
      id: "previous-group",
      group,
      title: "Previous part of the window",
      keys: ["Shift+F6"],
      run: () => focusNextGroup(page, -1),
    },
    { id: "settings", group, title: "Settings…", keys: ["Ctrl+,"], run: () => overlays.show("settings") },
    { id: "help", group, title: "Keyboard help", keys: ["?"], run: () => overlays.show("help") },
  ];
}
