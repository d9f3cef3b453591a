// The window's composition root: builds the state that lives as long as the page and mounts the app on it.
import { mount } from "svelte";
import { panes } from "../panes/registry.js";
import { Dock } from "../state/dock.svelte.js";
import { Editor } from "../state/editor.svelte.js";
import type { EngineLink } from "../state/engine-link.svelte.js";
import type { KeptTexts } from "../state/kept-texts.js";
import { LaunchDraft } from "../state/launch-draft.svelte.js";
import { NamedLayouts } from "../state/named-layouts.svelte.js";
import type { Session } from "../state/session.svelte.js";
import { Settings } from "../state/settings.svelte.js";
import { Theme } from "../state/theme.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import App from "./App.svelte";
import { AttachDraft } from "./attach-draft.svelte.js";
import { CaptureDraft } from "./capture-draft.svelte.js";
import { askBeforeClosing } from "./closing.svelte.js";
import { ExportDraft } from "./export-draft.svelte.js";
import { KeepStretch } from "./keep-stretch.svelte.js";
import type Dialogs from "./Dialogs.svelte";
import { Overlays } from "./overlays.svelte.js";
import { SaveCopy } from "./save-copy.svelte.js";
import type { Dialogs as AskedFor, Shell } from "./shell.js";

interface Begun {
  readonly link: EngineLink;
  /** Loaded. */
  readonly kept: KeptTexts;
  readonly session: Session;
  readonly toasts: Toasts;
  readonly shell: Shell | undefined;
  readonly dialogs: Promise<{ readonly default: typeof Dialogs }>;
}

/** Called once; the answer is what the shell's menu asks for. */
export function showWindow({ link, kept, session, toasts, shell, dialogs }: Begun): AskedFor {
  const target = document.getElementById("app");
  if (target === null) throw new Error("index.html has no #app");
  const settings = new Settings(kept);
  const theme = new Theme(window, settings);
  const overlays = new Overlays();
  const editor = new Editor(settings, toasts);
  const attach = new AttachDraft({ session, overlays, settings });
  const saveCopy = new SaveCopy({ session, overlays, toasts, shell });
  const exporting = new ExportDraft({ session, overlays, toasts, shell });
  const keepStretch = new KeepStretch({ session, overlays, toasts });
  const capture = new CaptureDraft({ session, overlays, toasts });
  const dock = new Dock(kept, panes);
  const layouts = new NamedLayouts(kept, dock);
  const draft = new LaunchDraft(kept, link.call, settings);
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
      dialogs,
    },
  });
  askBeforeClosing(window, { link, session, toasts, shell });
  return {
    saveCopy: () => void saveCopy.start(),
    exportIt: () => void exporting.start(),
    attach: () => attach.start(),
    settings: () => overlays.show("settings"),
  };
}
