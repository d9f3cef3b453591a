// The application menu. Everything in it the page can do as well; the shell only passes the wish on.
import type { MenuItemConstructorOptions } from "electron";
import type { ShellCommand } from "../shared/protocol/shell-calls.js";

export interface MenuActions {
  /** Asks for a file first. */
  openRecording(): void;
  tell(command: ShellCommand): void;
}

export function menuTemplate(
  { openRecording, tell }: MenuActions,
  platform: NodeJS.Platform,
): MenuItemConstructorOptions[] {
  const isMac = platform === "darwin";
  const file: MenuItemConstructorOptions = {
    label: "&File",
    submenu: [
      { label: "&Open Recording…", accelerator: "CmdOrCtrl+O", click: openRecording },
      { label: "&Save a Copy…", accelerator: "CmdOrCtrl+Shift+S", click: () => tell({ kind: "save-copy" }) },
      { label: "&Export…", accelerator: "CmdOrCtrl+Shift+E", click: () => tell({ kind: "export" }) },
      { label: "Record the &Demo", click: () => tell({ kind: "record-demo", limits: {} }) },
      { label: "&Attach to a Program…", click: () => tell({ kind: "attach" }) },
      { label: "Se&ttings…", accelerator: "CmdOrCtrl+,", click: () => tell({ kind: "settings" }) },
      { label: "&Welcome Page", click: () => tell({ kind: "show-welcome" }) },
      { type: "separator" },
      { role: isMac ? "close" : "quit" },
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: "&View",
    submenu: [
      { role: "reload" },
      { role: "toggleDevTools" },
      { type: "separator" },
      { role: "resetZoom" },
      { role: "zoomIn" },
      { role: "zoomOut" },
      { role: "togglefullscreen" },
    ],
  };
  return [...(isMac ? [{ role: "appMenu" } as const] : []), file, { role: "editMenu" }, view, { role: "windowMenu" }];
}
