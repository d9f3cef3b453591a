// The Electron shell around the page, where there is one: native dialogs, and what its menu asks for.
import {
  chosenPathFrom,
  type ShellArgs,
  type ShellCallName,
  shellCommandFrom,
} from "../../shared/protocol/shell-calls.js";
import type { RecordingSummary } from "../../shared/protocol/recording-summary.js";
import type { Session } from "../state/session.svelte.js";
import type { ThemeChoice } from "../state/settings.svelte.js";

export interface Shell {
  /** The path chosen in the native dialog; undefined when it was cancelled. */
  pickRecording(): Promise<string | undefined>;
  /** The same for a file to be written; a file that is there may then be replaced. */
  pickCopyPath(suggested: string): Promise<string | undefined>;
  /** Where a file lies that was dropped on the window; undefined for one that lies nowhere. */
  pathOf(file: File): string | undefined;
  /** Shows a file in the system's file manager. */
  reveal(path: string): void;
  /** What is recorded now: who quits meanwhile is asked. */
  useLive(recordings: readonly RecordingSummary[]): void;
  /** Native parts of the window in the page's theme. */
  useTheme(theme: ThemeChoice): void;
}

/** What the menu asks for besides what the session does. */
export interface Dialogs {
  saveCopy(): void;
  exportIt(): void;
  attach(): void;
  settings(): void;
}

export function connectToShell(page: Window, session: Session, dialogs: Dialogs): Shell | undefined {
  const { hindcast } = page;
  if (hindcast === undefined) return undefined;
  hindcast.onCommand((told) => {
    const command = shellCommandFrom(told);
    switch (command?.kind) {
      case "open":
        void session.openText(command.path);
        break;
      case "show-welcome":
        session.close();
        break;
      case "record-demo":
        void session.recordDemo(command.limits);
        break;
      case "save-copy":
        dialogs.saveCopy();
        break;
      case "export":
        dialogs.exportIt();
        break;
      case "attach":
        dialogs.attach();
        break;
      case "settings":
        dialogs.settings();
        break;
      case undefined:
        break;
    }
  });
  const call = <Name extends ShellCallName>(name: Name, args: ShellArgs<Name>): Promise<unknown> =>
    hindcast.call(name, args);
  return {
    pathOf: (file) => {
      const path = hindcast.pathOf(file);
      return path === "" ? undefined : path;
    },
    reveal: (path) => void call("file.reveal", { path }),
    useLive: (summaries) =>
      void call("recordings.live", {
        recordings: summaries.map(({ name, launched, processes }) => ({
          name,
          hasProgram: launched !== undefined,
          isAttached: processes.some(({ attached }) => attached === true),
        })),
      }),
    useTheme: (theme) => void call("theme.set", { theme }),
    pickCopyPath: async (suggestedName) => chosenPathFrom(await call("dialog.saveRecording", { suggestedName })),
    pickRecording: async () => chosenPathFrom(await call("dialog.openRecording", {})),
  };
}
