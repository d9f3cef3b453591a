// The Electron shell around the page, where there is one: native dialogs, and what its menu asks for.
import { chosenPathFrom, shellCommandFrom } from "../../shared/protocol/shell-calls.js";
import type { Session } from "../state/session.svelte.js";

export interface Shell {
  /** The path chosen in the native dialog; undefined when it was cancelled. */
  pickRecording(): Promise<string | undefined>;
}

export function connectToShell(page: Window, session: Session): Shell | undefined {
  const { hindcast } = page;
  if (hindcast === undefined) return undefined;
  hindcast.onCommand((told) => {
    const command = shellCommandFrom(told);
    switch (command?.kind) {
      case "open":
        void session.open(command.path);
        break;
      case "show-welcome":
        session.close();
        break;
      case "record-demo":
        void session.recordDemo();
        break;
      case undefined:
        break;
    }
  });
  return {
    pickRecording: async () => chosenPathFrom(await hindcast.call("dialog.openRecording", {})),
  };
}
