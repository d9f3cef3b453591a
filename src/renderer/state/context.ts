// How components reach the state that app/ made. Each pair is typed; a getter outside its provider throws.
import { createContext } from "svelte";
import type { Deletions } from "./deletions.svelte.js";
import type { Editor } from "./editor.svelte.js";
import type { EngineLink } from "./engine-link.svelte.js";
import type { Kept } from "./kept-texts.js";
import type { Marks } from "./marks.svelte.js";
import type { Alerts } from "./alerts.svelte.js";
import type { Notes } from "./notes.svelte.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { Playhead } from "./playhead.svelte.js";
import type { Ranges } from "./ranges.svelte.js";
import type { RuleFirings } from "./rule-firings.svelte.js";
import type { Selection } from "./selection.svelte.js";
import type { Theme } from "./theme.svelte.js";
import type { Toasts } from "./toasts.svelte.js";
import type { Watches } from "./watches.svelte.js";

// For the whole window.
export const [getEngineLink, setEngineLink] = createContext<EngineLink>();
export const [getTheme, setTheme] = createContext<Theme>();
export const [getToasts, setToasts] = createContext<Toasts>();

export const [getEditor, setEditor] = createContext<Editor>();
export const [getDeletions, setDeletions] = createContext<Deletions>();

/** For what a pane keeps from one start to the next. */
export const [getKept, setKept] = createContext<Kept>();

/** What started the open recording's program starts it once more, into a new recording that is shown then. */
export const [getRestart, setRestart] = createContext<() => Promise<void>>();

// While a recording is open.
export const [getRecording, setRecording] = createContext<OpenRecording>();
export const [getPlayhead, setPlayhead] = createContext<Playhead>();
export const [getRanges, setRanges] = createContext<Ranges>();
export const [getSelection, setSelection] = createContext<Selection>();
export const [getWatches, setWatches] = createContext<Watches>();
export const [getMarks, setMarks] = createContext<Marks>();
export const [getAlerts, setAlerts] = createContext<Alerts>();
export const [getNotes, setNotes] = createContext<Notes>();
export const [getRuleFirings, setRuleFirings] = createContext<RuleFirings>();

/** Of a pane: whether it is seen, and not behind a tab or another group. */
export const [getShown, setShown] = createContext<{ readonly isShown: boolean }>();
