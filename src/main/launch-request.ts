// What a start of the app asks for, from its arguments and environment.
import { isAbsolute, resolve } from "node:path";
import type { RecordingLimits } from "../shared/protocol/recording-summary.js";

export type LaunchRequest =
  | { readonly kind: "welcome" }
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "demo"; readonly limits: RecordingLimits }
  /** A window onto a serve host that `hindcast run` started: that host has the engine. */
  | { readonly kind: "address"; readonly address: string };

/** `words` are the arguments after the app's own; switches that Chromium reads are passed over. */
export function launchRequest(words: readonly string[], cwd: string, address: string | undefined): LaunchRequest {
  if (address !== undefined && isServeHost(address)) return { kind: "address", address };
  if (words.includes("--demo")) return { kind: "demo", limits: limitsFrom(words) };
  const path = words.find((word) => !word.startsWith("-"));
  if (path === undefined || path === "") return { kind: "welcome" };
  // A link to a place in a recording is handed to the page as it is.
  if (path.startsWith("hindcast://")) return { kind: "open", path };
  return { kind: "open", path: isAbsolute(path) ? path : resolve(cwd, path) };
}

function limitsFrom(words: readonly string[]): RecordingLimits {
  const numberOf = (name: string): number | undefined => {
    const [, digits] = words.map((word) => new RegExp(`^--${name}=(\\d{1,15})$`).exec(word)).find(Boolean) ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  return { maxAgeMs: numberOf("max-age-ms"), maxBytes: numberOf("max-bytes") };
}

/** Arguments after the app's own: a packaged app is one program, an unpackaged one is Electron and a path. */
export const appWords = (argv: readonly string[], isPackaged: boolean): readonly string[] =>
  argv.slice(isPackaged ? 1 : 2);

function isServeHost(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && hostname === "127.0.0.1";
}
