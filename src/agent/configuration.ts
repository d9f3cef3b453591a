// What the command line tells the agent through the environment; undefined: there is nobody to record for.
import * as v from "valibot";
import { type CaptureSettings, captureSettings } from "../shared/protocol/agent-wire.js";

export interface AgentConfiguration {
  readonly socketPath: string;
  readonly token: string;
  readonly settings: CaptureSettings;
  readonly ringBytes: number;
}

const defaultSettings: CaptureSettings = { level: "requests", include: [], exclude: [], writes: true };
const defaultRingBytes = 16 * 1024 * 1024;

export function configurationFrom(
  environment: Readonly<Record<string, string | undefined>>,
): AgentConfiguration | undefined {
  const socketPath = environment["HINDCAST_SOCKET"];
  if (socketPath === undefined || socketPath === "" || environment["HINDCAST"] === "off") return undefined;
  return {
    socketPath,
    token: environment["HINDCAST_TOKEN"] ?? "",
    settings: settingsFrom(environment["HINDCAST_SETTINGS"]),
    ringBytes: defaultRingBytes,
  };
}

function settingsFrom(json: string | undefined): CaptureSettings {
  if (json === undefined) return defaultSettings;
  try {
    const read = v.safeParse(captureSettings, JSON.parse(json));
    return read.success ? read.output : defaultSettings;
  } catch {
    return defaultSettings;
  }
}
