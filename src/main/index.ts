// Electron's main process: one window, one engine, and the wiring between them. A start with a file opens it; a second
// start hands its file to the first. `hindcast run` brings its own engine and only borrows a window.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Menu, app, session } from "electron";
import type { ShellCommand } from "../shared/protocol/shell-calls.js";
import { AppWindow } from "./app-window.js";
import { Engine } from "./engine.js";
import { type LaunchRequest, appWords, launchRequest } from "./launch-request.js";
import { menuTemplate } from "./menu.js";
import { declarePageScheme, servePage } from "./page-protocol.js";
import { type LiveNow, answerShellCalls, askForRecording, mayClose } from "./shell-handlers.js";
import { createWindow, denyPermissions } from "./window.js";

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function commandFor(request: LaunchRequest): ShellCommand | undefined {
  if (request.kind === "open") return { kind: "open", path: request.path };
  return request.kind === "demo" ? { kind: "record-demo", limits: request.limits } : undefined;
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
  const first: { request: LaunchRequest; window?: AppWindow } = { request };
  const show = (wanted: LaunchRequest): void => {
    const command = commandFor(wanted);
    if (first.window === undefined) first.request = wanted;
    else if (command !== undefined) first.window.tell(command);
    first.window?.toFront();
  };
  app.on("second-instance", (_event, argv, cwd) => {
    show(launchRequest(appWords(argv, app.isPackaged), cwd, undefined));
  });
  // macOS hands files and links over by events, also before the window is there.
  app.on("open-file", (event, path) => {
    event.preventDefault();
    show({ kind: "open", path });
  });
  app.on("open-url", (event, link) => {
    event.preventDefault();
    show({ kind: "open", path: link });
  });
  declarePageScheme();
  await app.whenReady();
  servePage(built("../renderer"));
  denyPermissions(session.defaultSession);

  const engine = new Engine(built("../node/engine-process.js"), () => first.window?.handPort());
  const liveNow: LiveNow = { recordings: [] };
  const quitting = stopBeforeQuit(engine, () => mayClose(first.window?.window, liveNow));
  const window = new AppWindow(
    built("../preload/index.cjs"),
    () => engine.newPort(),
    // Closing the window is quitting, which asks and saves first.
    () => {
      if (!quitting.isDone) app.quit();
      return quitting.isDone;
    },
  );
  first.window = window;
  answerShellCalls(({ sender }) => window.ifOwn(sender), liveNow);
  const tell = (command: ShellCommand): void => window.tell(command);
  const openRecording = async (): Promise<void> => {
    const path = window.window === undefined ? undefined : await askForRecording(window.window);
    if (path !== undefined) tell({ kind: "open", path });
  };
  const menu = menuTemplate({ openRecording: () => void openRecording(), tell }, process.platform);
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  await window.load(first.request.kind === "open" ? first.request.path : undefined);
  if (first.request.kind === "demo") tell({ kind: "record-demo", limits: first.request.limits });
}

/** Who quits while something is recorded is asked, and what was received is committed before the app goes. */
function stopBeforeQuit(engine: Engine, mayQuit: () => Promise<boolean>): { readonly isDone: boolean } {
  const quitting = { isAsked: false, isDone: false };
  app.on("before-quit", (event) => {
    if (quitting.isDone) return;
    event.preventDefault();
    if (quitting.isAsked) return;
    quitting.isAsked = true;
    void mayQuit().then(async (may) => {
      quitting.isAsked = false;
      if (!may) return;
      await engine.stop();
      quitting.isDone = true;
      app.quit();
    });
  });
  return quitting;
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
