// Shows an address in the person's browser, where there is one to see.
import { spawn } from "node:child_process";

export function hasDisplay(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean {
  if (environment["CI"] !== undefined && environment["CI"] !== "" && environment["CI"] !== "false") return false;
  if (platform === "win32" || platform === "darwin") return environment["SSH_CONNECTION"] === undefined;
  return [environment["DISPLAY"], environment["WAYLAND_DISPLAY"]].some((name) => name !== undefined && name !== "");
}

export function openBrowser(url: string, platform: NodeJS.Platform): void {
  const [command, ...args] = openerOf(url, platform);
  const opener = spawn(command, args, { stdio: "ignore", detached: true });
  // No opener installed: the printed link is there to be clicked.
  opener.on("error", () => undefined);
  opener.unref();
}

function openerOf(url: string, platform: NodeJS.Platform): [command: string, ...args: string[]] {
  if (platform === "darwin") return ["open", url];
  // explorer.exe instead of cmd's `start`: a shell would take "&" in the address for its own.
  if (platform === "win32") return ["explorer.exe", url];
  return ["xdg-open", url];
}
