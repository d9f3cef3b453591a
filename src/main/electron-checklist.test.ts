// What Electron's checklist asks of the shell, as far as the sources show it: docs/security.md names these tests as proof.
// Whether Electron does what it is told takes its binary.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folderOf = (name: string): string => join(import.meta.dirname, "..", name);
const sourcesIn = (name: string): string =>
  readdirSync(folderOf(name))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(folderOf(name), file), "utf8"))
    .join("\n");
const shell = sourcesIn("main");
const preload = sourcesIn("preload");

/** Times that a window is made, and each of them with these settings. */
const windowsMade = shell.split("new BrowserWindow(").length - 1;

describe("Electron's checklist", () => {
  it.each([
    ["2", "nodeIntegration: false"],
    ["3", "contextIsolation: true"],
    ["4", "sandbox: true"],
    ["11", "webviewTag: false"],
  ])("point %s: every window is made with %s", (_point, setting) => {
    expect(windowsMade).toBe(1);
    expect(shell.split("new BrowserWindow(")[1]).toContain(setting);
    const [key = ""] = setting.split(":");
    expect([...shell.matchAll(new RegExp(`\\b${key}\\b`, "g"))]).toHaveLength(1);
  });

  it("point 4: the sandbox is on for every renderer, before any window", () => {
    expect(shell).toMatch(/app\.enableSandbox\(\);/);
  });

  it.each([
    ["6", "webSecurity"],
    ["8", "allowRunningInsecureContent"],
    ["9", "experimentalFeatures"],
    ["10", "enableBlinkFeatures"],
    ["15", "openExternal"],
    ["18", "file://"],
    ["2", "nodeIntegrationInWorker"],
    ["2", "nodeIntegrationInSubFrames"],
  ])("point %s: %s is nowhere set or called", (_point, name) => {
    expect(shell + preload).not.toContain(name);
  });

  it("point 5: one permission is granted, and every session is asked so", () => {
    expect(shell).toContain('permission === "clipboard-sanitized-write"');
    for (const handler of ["PermissionRequest", "PermissionCheck", "DevicePermission"])
      expect(shell.split(`set${handler}Handler(`)).toHaveLength(2);
    expect(shell).toMatch(/setDevicePermissionHandler\(\(\) => false\)/);
  });

  it.each([
    ["12", "will-attach-webview"],
    ["13", "will-navigate"],
    ["13", "will-frame-navigate"],
  ])("point %s: %s is prevented", (_point, event) => {
    expect(shell).toContain(`webContents.on("${event}", (event) => event.preventDefault());`);
  });

  it("point 14: no window is opened by a page", () => {
    expect(shell).toContain('webContents.setWindowOpenHandler(() => ({ action: "deny" }));');
  });

  it("point 17: a call is answered to a window of ours, its main frame, our origin, and by the table only", () => {
    expect([...shell.matchAll(/\bipcMain\b\.(\w+)\(/g)].map(([, name]) => name)).toEqual(["handle"]);
    expect(shell).toContain("event.senderFrame?.parent === null && event.senderFrame.origin === pageOrigin");
    expect(shell).toContain("if (window === undefined || !isOurPage || !isShellCall(name)) throw");
  });

  it("point 20: the page gets one object of ours, with functions that pass on nothing of Electron's", () => {
    expect([...preload.matchAll(/exposeInMainWorld\(([^)]*)\)/g)].map(([, given]) => given)).toEqual([
      '"hindcast", shell',
    ]);
    expect(preload).toMatch(/\(_event, command: unknown\) => listener\(command\)/);
  });
});
