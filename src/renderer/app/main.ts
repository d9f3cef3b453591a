// The window's composition root: builds the state that lives as long as the page and mounts the app on it.
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import { Editor } from "../state/editor.svelte.js";
import { EngineLink, whenIdle } from "../state/engine-link.svelte.js";
import { KeptTexts } from "../state/kept-texts.js";
import { LaunchDraft } from "../state/launch-draft.svelte.js";
import { Dock } from "../state/dock.svelte.js";
import { NamedLayouts } from "../state/named-layouts.svelte.js";
import { Session } from "../state/session.svelte.js";
import { Settings } from "../state/settings.svelte.js";
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

const longestWaitMs = 2000;

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");

const toasts = new Toasts();
const link = new EngineLink(transportSourceFor(window));
const kept = new KeptTexts(localStorage, link.call, (error) => toasts.fail(error));
link.onReconnected(() => kept.send());
const settings = new Settings(kept);
const theme = new Theme(window, settings);
const session = new Session(link, toasts, kept);
const overlays = new Overlays();
const editor = new Editor(settings, toasts);
const attach = new AttachDraft({ session, overlays, settings });
const shell = connectToShell(window, session, {
  saveCopy: () => void saveCopy.start(),
  exportIt: () => void exporting.start(),
  attach: () => attach.start(),
  settings: () => overlays.show("settings"),
});
const saveCopy = new SaveCopy({ session, overlays, toasts, shell });
const exporting = new ExportDraft({ session, overlays, toasts, shell });
const keepStretch = new KeepStretch({ session, overlays, toasts });
const capture = new CaptureDraft({ session, overlays, toasts });

// What is kept decides what is on the first page. An engine that does not answer does not hold it up for long.
await Promise.race([kept.load(), new Promise((resolve) => setTimeout(resolve, longestWaitMs))]);
settings.read();
const dock = new Dock(kept, panes);
const layouts = new NamedLayouts(kept, dock);
const draft = new LaunchDraft(kept, link.call, settings);
// Before anything is shown: what the address names is being opened then, and the first page asks for nothing.
const whenPlaceIsKept = keepPlace(window, session);
mount(App, {
  target,
  props: {
    link,
    session,
    kept,
    settings,
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
  await kept.sent();
};
