// A window that shows our page and can be led nowhere else.
import { BrowserWindow, type Session, nativeTheme, shell } from "electron";

export interface WindowOptions {
  /** Absent for a page of a serve host: it behaves as in a browser. */
  readonly preload: string | undefined;
  readonly session: Session;
}

export function createWindow({ preload, session }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: "Hindcast",
    // --surface-app of the page's two themes, so that nothing flashes before it has drawn.
    backgroundColor: nativeTheme.shouldUseDarkColors ? "#0b0c0e" : "#dfe1e6",
    webPreferences: {
      ...(preload === undefined ? {} : { preload }),
      session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  const { webContents } = window;
  webContents.setWindowOpenHandler(() => ({ action: "deny" }));
  webContents.on("will-navigate", (event) => event.preventDefault());
  webContents.on("will-frame-navigate", (event) => event.preventDefault());
  webContents.on("will-attach-webview", (event) => event.preventDefault());
  window.once("ready-to-show", () => window.show());
  return window;
}

/** Nothing but putting text on the clipboard, which every copy button does. */
export function denyPermissions(session: Session): void {
  const isAllowed = (permission: string): boolean => permission === "clipboard-sanitized-write";
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(isAllowed(permission)));
  session.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  session.setDevicePermissionHandler(() => false);
}

export const revealFile = (path: string): void => shell.showItemInFolder(path);
