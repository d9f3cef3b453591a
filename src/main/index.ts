// Electron's main process: one window, one engine, and the wiring between them. A start with a file opens it; a second
// start hands its file to the first. `hindcast run` brings its own engine and only borrows a window.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserWindow, Menu, app, session } from "electron";
import { type ShellCommand, shellChannels } from "../shared/protocol/shell-calls.js";
import { Engine } from "./engine.js";
import { type LaunchRequest, appWords, launchRequest } from "./launch-request.js";
import { applicationMenu } from "./menu.js";
import { declarePageScheme, pageAddress, servePage } from "./page-protocol.js";
import { answerShellCalls, askForRecording } from "./shell-handlers.js";
import { createWindow, denyPermissions } from "./window.js";

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function commandFor(request: LaunchRequest): ShellCommand | undefined {
  if (request.kind === "open") return { kind: "open", path: request.path };
  return request.kind === "demo" ? { kind: "record-demo" } : undefined;
}

/** A window onto somebody else's serve host, with a profile of its own so that it never meets another start of the app. */
async function showAddress(address: string): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), "hindcast-window-"));
  app.setPath("userData", profile);
  app.on("quit", () => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }));
  app.on("window-all-closed", () => app.quit());
  await app.whenReady();
  denyPermissions(session.defaultSession);
  Menu.setApplicationMenu(null);
  await createWindow({ preload: undefined, session: session.defaultSession }).loadURL(address);
}

async function showApp(request: LaunchRequest): Promise<void> {
  let window: BrowserWindow | undefined;
  const tell = (command: ShellCommand): void => window?.webContents.send(shellChannels.command, command);
  const show = (path: string): void => {
    tell({ kind: "open", path });
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  };
  app.on("second-instance", (_event, argv, cwd) => {
    const second = launchRequest(appWords(argv, app.isPackaged), cwd, undefined);
    const command = commandFor(second);
    if (command !== undefined) tell(command);
    window?.focus();
  });
  // macOS hands files over by this event, also before the window is there.
  let early: string | undefined;
  app.on("open-file", (event, path) => {
    event.preventDefault();
    if (window === undefined) early = path;
    else show(path);
  });

  declarePageScheme();
  await app.whenReady();
  servePage(built("../renderer"));
  denyPermissions(session.defaultSession);

  const handPort = (): void => {
    if (window === undefined || window.webContents.isLoading()) return;
    const port = engine.newPort();
    if (port !== undefined) window.webContents.postMessage(shellChannels.port, undefined, [port]);
  };
  const engine = new Engine(built("../node/engine-process.js"), handPort);
  const isOwn = window;
  window = createWindow({ preload: built("../preload/index.cjs"), session: session.defaultSession });
  answerShellCalls(({ sender }) => (window?.webContents === sender ? window : isOwn));
  window.webContents.on("did-finish-load", handPort);
  window.on("closed", () => app.quit());
  const openRecording = async (): Promise<void> => {
    const path = window === undefined ? undefined : await askForRecording(window);
    if (path !== undefined) tell({ kind: "open", path });
  };
  Menu.setApplicationMenu(applicationMenu({ openRecording: () => void openRecording(), tell }, process.platform));

  let isStopped = false;
  app.on("before-quit", (event) => {
    if (isStopped) return;
    event.preventDefault();
    void engine.stop().then(() => {
      isStopped = true;
      app.quit();
    });
  });
  const first = early ?? (request.kind === "open" ? request.path : undefined);
  await window.loadURL(pageAddress(first));
  if (request.kind === "demo") tell({ kind: "record-demo" });
}

app.enableSandbox();
const request = launchRequest(
  appWords(process.argv, app.isPackaged),
  process.cwd(),
  process.env["HINDCAST_WINDOW_ADDRESS"],
);
if (request.kind === "address") void showAddress(request.address);
else if (app.requestSingleInstanceLock()) void showApp(request);
else app.quit();
