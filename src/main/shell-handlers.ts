// Answers the page's calls to the shell. Only the main frame of our own page is answered, and only with what the table
// of shell-calls.ts says.
import { type BrowserWindow, type IpcMainInvokeEvent, dialog, ipcMain, nativeTheme } from "electron";
import * as v from "valibot";
import {
  type ShellArgs,
  type ShellCallName,
  type ShellResult,
  shellCalls,
  shellChannels,
} from "../shared/protocol/shell-calls.js";
import { questionBeforeClosing } from "./closing.js";
import { pageOrigin } from "./page-protocol.js";
import { revealFile } from "./window.js";

type ShellHandlers = {
  readonly [Name in ShellCallName]: (window: BrowserWindow, args: ShellArgs<Name>) => Promise<ShellResult<Name>>;
};

const fileKinds = [{ name: "Hindcast recordings", extensions: ["hindcast"] }];

export async function askForRecording(window: BrowserWindow): Promise<string | undefined> {
  const { filePaths } = await dialog.showOpenDialog(window, { properties: ["openFile"], filters: fileKinds });
  return filePaths[0];
}

const handlersWith = (liveNow: LiveNow): ShellHandlers => ({
  "dialog.openRecording": async (window) => ({ path: await askForRecording(window) }),
  "dialog.saveRecording": async (window, { suggestedName }) => {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: suggestedName,
      // An export may be of another kind.
      filters: suggestedName.endsWith(".hindcast") ? fileKinds : [],
    });
    return { path: canceled ? undefined : filePath };
  },
  "file.reveal": (_window, { path }) => {
    revealFile(path);
    return Promise.resolve({});
  },
  "recordings.live": (_window, { recordings }) => {
    liveNow.recordings = recordings;
    return Promise.resolve({});
  },
  "theme.set": (_window, { theme }) => {
    nativeTheme.themeSource = theme;
    return Promise.resolve({});
  },
});

/** What the page said last that is recorded. */
export interface LiveNow {
  recordings: ShellArgs<"recordings.live">["recordings"];
}

/** Whether the window may close, as the person says who is asked where something is recorded. */
export async function mayClose(window: BrowserWindow | undefined, { recordings }: LiveNow): Promise<boolean> {
  const question = questionBeforeClosing(recordings);
  if (window === undefined || question === undefined) return true;
  const { buttons, ...words } = question;
  const { response } = await dialog.showMessageBox(window, {
    ...words,
    type: "question",
    buttons: [...buttons],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}

const isShellCall = (name: unknown): name is ShellCallName =>
  typeof name === "string" && Object.hasOwn(shellCalls, name);

function answer<Name extends ShellCallName>(
  handlers: ShellHandlers,
  name: Name,
  window: BrowserWindow,
  given: unknown,
): Promise<ShellResult<Name>> {
  const schema: v.GenericSchema<unknown, ShellArgs<Name>> = shellCalls[name].args;
  return handlers[name](window, v.parse(schema, given));
}

/** `windowOf` knows the window that a message came from; undefined for any other sender. */
export function answerShellCalls(
  windowOf: (event: IpcMainInvokeEvent) => BrowserWindow | undefined,
  liveNow: LiveNow,
): void {
  const handlers = handlersWith(liveNow);
  ipcMain.handle(shellChannels.call, (event, name: unknown, args: unknown) => {
    const window = windowOf(event);
    const isOurPage = event.senderFrame?.parent === null && event.senderFrame.origin === pageOrigin;
    if (window === undefined || !isOurPage || !isShellCall(name)) throw new Error("not answered");
    return answer(handlers, name, window, args);
  });
}
