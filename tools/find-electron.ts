// Whether an Electron binary is here. Asking the package itself would start a download, so its files are looked at.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function findElectron(root: string): string | undefined {
  const folder = process.env["ELECTRON_OVERRIDE_DIST_PATH"] ?? join(root, "node_modules/electron/dist");
  const nameFile = join(root, "node_modules/electron/path.txt");
  const usual = process.platform === "win32" ? "electron.exe" : "electron";
  const names = [
    ...(existsSync(nameFile) ? [readFileSync(nameFile, "utf8").trim()] : []),
    usual,
    "Electron.app/Contents/MacOS/Electron",
  ];
  return names.map((name) => join(folder, name)).find((path) => existsSync(path));
}
