// The Electron shell around the page, where there is one: native dialogs, and what its menu asks for.
import * as v from "valibot";
import { shellCalls, shellCommand } from "../../shared/protocol/shell-calls.js";
import type { Session } from "../state/session.svelte.js";

export interface Shell {
  /** The path chosen in the native dialog; undefined when it was cancelled. */
  pickRecording(): Promise<string | undefined>;
}

export function connectToShell(page: Window, session: Session): Shell | undefined {
  const { hindcast } = page;
  if (hindcast === undefined) return undefined;
  hindcast.onCommand((told) => {
    const command = v.safeParse(shellCommand, told);
    if (!command.success) return;
    switch (command.output.kind) {
      case "open":
        void session.open(command.output.path);
        break;
      case "show-welcome":
        session.close();
        break;
      case "record-demo":
        void session.recordDemo();
        break;
    }
  });
  return {
    pickRecording: async () => {
      const answer = v.safeParse(
        shellCalls["dialog.openRecording"].result,
        await hindcast.call("dialog.openRecording", {}),
      );
      return answer.success ? answer.output.path : undefined;
    },
  };
}
