// The window's composition root: builds the state that lives as long as the page and mounts the app on it.
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import { Editor } from "../state/editor.svelte.js";
import { EngineLink, whenIdle } from "../state/engine-link.svelte.js";
import { LaunchDraft } from "../state/launch-draft.svelte.js";
import { Dock } from "../state/dock.svelte.js";
import { NamedLayouts } from "../state/named-layouts.svelte.js";
import { Session } from "../state/session.svelte.js";
import { Theme } from "../state/theme.svelte.js";
import { Toasts } from "../state/toasts.svelte.js";
import { transportSourceFor } from "../state/transports.js";
import { panes } from "../panes/registry.js";
import App from "./App.svelte";
import { askBeforeClosing } from "./closing.svelte.js";
import { keepPlace } from "./keep-place.svelte.js";
import { Overlays } from "./overlays.svelte.js";
import { CaptureDraft } from "./capture-draft.svelte.js";
import { KeepStretch } from "./keep-stretch.svelte.js";
import { ExportDraft } from "./export-draft.svelte.js";
import { SaveCopy } from "./save-copy.svelte.js";
import { AttachDraft } from "./attach-draft.svelte.js";
import { connectToShell } from "./shell.js";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");

const theme = new Theme(window);
const toasts = new Toasts();
const link = new EngineLink(transportSourceFor(window));
const session = new Session(link, toasts, localStorage);
const overlays = new Overlays();
const dock = new Dock(localStorage, panes);
const layouts = new NamedLayouts(localStorage, dock);
const editor = new Editor(localStorage, toasts);
const draft = new LaunchDraft(localStorage, link.call);
const attach = new AttachDraft({ session, overlays });
const shell = connectToShell(window, session, {
  saveCopy: () => void saveCopy.start(),
  exportIt: () => void exporting.start(),
  attach: () => attach.start(),
});
const saveCopy = new SaveCopy({ session, overlays, toasts, shell });
const exporting = new ExportDraft({ session, overlays, toasts, shell });
const keepStretch = new KeepStretch({ session, overlays, toasts });
const capture = new CaptureDraft({ session, overlays, toasts });

// Before anything is shown: what the address names is being opened then, and the first page asks for nothing.
const whenPlaceIsKept = keepPlace(window, session);
mount(App, {
  target,
  props: {
    link,
    session,
    theme,
    toasts,
    overlays,
    dock,
    layouts,
    draft,
    editor,
    saveCopy,
    exporting,
    keepStretch,
    capture,
    attach,
    shell,
  },
});
askBeforeClosing(window, { link, session, toasts, shell });
window.hindcastIdle = async () => {
  await whenIdle(link);
  await whenPlaceIsKept();
};
