// The app's one window with the page in it, and what goes between page and shell: commands, and ports to the engine.
import { type BrowserWindow, type MessagePortMain, type WebContents, session } from "electron";
import { type ShellCommand, shellChannels } from "../shared/protocol/shell-calls.js";
import { AfterCrash } from "./after-crash.js";
import { pageAddress } from "./page-protocol.js";
import { createWindow } from "./window.js";

export class AppWindow {
  /** Absent once it was closed: Electron's object then throws at every use. */
  #window: BrowserWindow | undefined;
  #isLoaded = false;
  readonly #newPort: () => MessagePortMain | undefined;

  /** `mayClose`: false where it is not to be closed now, and whoever was asked closes it later. */
  constructor(preload: string, newPort: () => MessagePortMain | undefined, mayClose: () => boolean) {
    const window = createWindow({ preload, session: session.defaultSession });
    this.#window = window;
    this.#newPort = newPort;
    window.webContents.on("did-start-navigation", ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#isLoaded = false;
    });
    window.webContents.on("did-finish-load", () => {
      this.#isLoaded = true;
      this.handPort();
    });
    window.on("close", (event) => {
      if (!mayClose()) event.preventDefault();
    });
    window.on("closed", () => {
      this.#window = undefined;
    });
    const crashes = new AfterCrash();
    window.webContents.on("render-process-gone", (_event, { reason }) => {
      // Its address says where it was.
      const address = window.webContents.getURL();
      if (crashes.isToReload(reason, Date.now())) void window.loadURL(address);
    });
  }

  /** Shows the page, with the recording at `open` first. */
  async load(open: string | undefined): Promise<void> {
    await this.#window?.loadURL(pageAddress(open));
  }

  tell(command: ShellCommand): void {
    this.#window?.webContents.send(shellChannels.command, command);
  }

  toFront(): void {
    if (this.#window?.isMinimized() === true) this.#window.restore();
    this.#window?.focus();
  }

  /** To a page that is loading nothing is handed: it gets its port when it has loaded. */
  handPort(): void {
    if (!this.#isLoaded) return;
    const port = this.#newPort();
    if (port !== undefined) this.#window?.webContents.postMessage(shellChannels.port, undefined, [port]);
  }

  /** The window, if these are the contents of it. */
  ifOwn(contents: WebContents): BrowserWindow | undefined {
    return this.#window?.webContents === contents ? this.#window : undefined;
  }

  get window(): BrowserWindow | undefined {
    return this.#window;
  }
}
