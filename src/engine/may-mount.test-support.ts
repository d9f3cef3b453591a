// Whether a test may mount a small disk of its own.
import { execFileSync } from "node:child_process";

export const mayMount = process.platform === "linux" && process.getuid?.() === 0 && canMount();

/** Containers may be root without leave to mount. */
function canMount(): boolean {
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
