// Real folders laid out as npm lays them out, and installers that are real processes: fetching is asked of a server here.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Shell, findShell } from "./electron-binary.js";
import { fetchElectron } from "./fetch-electron.js";

let folder: string;
let electron: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hindcast shell "));
  electron = join(folder, "node_modules/electron");
  mkdirSync(electron, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(electron, "package.json"), '{ "name": "electron", "version": "45.0.0" }');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const display = { DISPLAY: ":0" };

const find = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = "linux", isRoot = false): Shell =>
  findShell({ packageFolder: folder, platform, environment, isRoot });

function install(): string {
  mkdirSync(join(electron, "dist"), { recursive: true });
  writeFileSync(join(electron, "path.txt"), "electron");
  writeFileSync(join(electron, "dist/electron"), "");
  return join(electron, "dist/electron");
}

describe("findShell", () => {
  it("finds the binary that Electron's installer left", () => {
    const binary = install();
    expect(find(display)).toEqual({ kind: "electron", binary });
    expect(find({ WAYLAND_DISPLAY: "wayland-0" })).toEqual({ kind: "electron", binary });
  });

  it("prefers the binary that ELECTRON_OVERRIDE_DIST_PATH names", () => {
    install();
    const override = join(folder, "mine");
    mkdirSync(override);
    writeFileSync(join(override, "electron"), "");
    expect(find({ ...display, ELECTRON_OVERRIDE_DIST_PATH: override })).toEqual({
      kind: "electron",
      binary: join(override, "electron"),
    });
  });

  it("knows the package whose installer could fetch a missing binary", () => {
    expect(find(display)).toMatchObject({ kind: "none", missingIn: electron });
    writeFileSync(join(electron, "path.txt"), "electron");
    expect(find(display)).toMatchObject({ kind: "none", missingIn: electron });
  });

  it.each<[why: string, environment: NodeJS.ProcessEnv, platform: NodeJS.Platform, isRoot: boolean, because: string]>([
    ["without a display", {}, "linux", false, "there is no display"],
    ["in CI", { ...display, CI: "true" }, "linux", false, "there is no display"],
    ["over SSH", { SSH_CONNECTION: "x" }, "darwin", false, "there is no display"],
    ["as root", display, "linux", true, "Electron does not run as root"],
    ["when told so", { ...display, HINDCAST_HOST: "browser" }, "linux", false, "HINDCAST_HOST is set to browser"],
  ])("is a browser %s, and nothing is worth fetching", (_why, environment, platform, isRoot, because) => {
    install();
    expect(find(environment, platform, isRoot)).toEqual({ kind: "none", because });
  });
});

describe("fetchElectron", () => {
  const limits = { unreachableMs: 1500, reachableMs: 20_000 };
  const nowhere = "http://127.0.0.1:9/";
  const installer = (source: string): void => writeFileSync(join(electron, "install.js"), source);

  it("runs the installer, which has what it needs in its cache", async () => {
    installer(`require("node:fs").writeFileSync(__dirname + "/installed", "")`);
    expect(await fetchElectron(electron, { ELECTRON_MIRROR: nowhere }, limits)).toBe(true);
  });

  it("gives up within its bound where nobody answers", async () => {
    installer("setInterval(() => {}, 1000)");
    const startedMs = performance.now();
    expect(await fetchElectron(electron, { ELECTRON_MIRROR: nowhere }, limits)).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(limits.unreachableMs + 1500);
  });

  it("leaves a download that is under way the time it needs", async () => {
    const asked: string[] = [];
    const mirror = createServer((request, response) => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      response.end();
    });
    await new Promise<void>((resolve) => mirror.listen(0, "127.0.0.1", resolve));
    const address = mirror.address();
    if (address === null || typeof address === "string") throw new Error("no address");
    installer("setTimeout(() => {}, 2500)");
    const environment = { ELECTRON_MIRROR: `http://127.0.0.1:${address.port}/` };
    expect(await fetchElectron(electron, environment, limits)).toBe(true);
    expect(asked).toEqual(["HEAD /v45.0.0/SHASUMS256.txt"]);
    mirror.close();
  });

  it("does not try when told not to, and is no success when the installer fails", async () => {
    installer("process.exit(1)");
    expect(await fetchElectron(electron, { ELECTRON_MIRROR: nowhere }, limits)).toBe(false);
    installer("");
    expect(await fetchElectron(electron, { ELECTRON_SKIP_BINARY_DOWNLOAD: "1" }, limits)).toBe(false);
  });
});
