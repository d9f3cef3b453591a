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

const handlers: ShellHandlers = {
  "dialog.openRecording": async (window) => ({ path: await askForRecording(window) }),
  "dialog.saveRecording": async (window, { suggestedName }) => {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: suggestedName,
      filters: fileKinds,
    });
    return { path: canceled ? undefined : filePath };
  },
  "file.reveal": (_window, { path }) => {
    revealFile(path);
    return Promise.resolve({});
  },
  "theme.set": (_window, { theme }) => {
    nativeTheme.themeSource = theme;
    return Promise.resolve({});
  },
};

const isShellCall = (name: unknown): name is ShellCallName =>
  typeof name === "string" && Object.hasOwn(shellCalls, name);

function answer<Name extends ShellCallName>(
  name: Name,
  window: BrowserWindow,
  given: unknown,
): Promise<ShellResult<Name>> {
  const schema: v.GenericSchema<unknown, ShellArgs<Name>> = shellCalls[name].args;
  return handlers[name](window, v.parse(schema, given));
}

/** `windowOf` knows the window that a message came from; undefined for any other sender. */
export function answerShellCalls(windowOf: (event: IpcMainInvokeEvent) => BrowserWindow | undefined): void {
  ipcMain.handle(shellChannels.call, (event, name: unknown, args: unknown) => {
    const window = windowOf(event);
    const isOurPage = event.senderFrame?.parent === null && event.senderFrame.origin === pageOrigin;
    if (window === undefined || !isOurPage || !isShellCall(name)) throw new Error("not answered");
    return answer(name, window, args);
  });
}
