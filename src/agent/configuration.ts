// What the command line tells the agent through the environment; undefined: there is nobody to record for.
import * as v from "valibot";
import {
  type CaptureSettings,
  type DeliverySettings,
  attachOrder,
  captureSettings,
  defaultDelivery,
} from "../shared/protocol/agent-wire.js";

export interface AgentConfiguration {
  readonly socketPath: string;
  readonly token: string;
  /** The process that starts the engine anew when it is gone. */
  readonly hostPid: number | undefined;
  readonly settings: CaptureSettings;
  readonly delivery: DeliverySettings;
  /** Put into a program that ran already: nothing of its environment was for us, and it goes on when we leave. */
  readonly isAttached: boolean;
}

const defaultSettings: CaptureSettings = { level: "requests", include: [], exclude: [], writes: true };

export function configurationFrom(
  environment: Readonly<Record<string, string | undefined>>,
): AgentConfiguration | undefined {
  const socketPath = environment["HINDCAST_SOCKET"];
  if (socketPath === undefined || socketPath === "" || environment["HINDCAST"] === "off") return undefined;
  const settings = settingsFrom(environment["HINDCAST_SETTINGS"]);
  return {
    socketPath,
    token: environment["HINDCAST_TOKEN"] ?? "",
    hostPid: pidFrom(environment["HINDCAST_HOST"]),
    settings,
    delivery: settings.delivery ?? defaultDelivery,
    isAttached: false,
  };
}

/** What an engine says when it attaches; undefined: it is not understood. */
export function configurationOfAttaching(order: unknown): AgentConfiguration | undefined {
  const read = v.safeParse(attachOrder, order);
  if (!read.success) return undefined;
  const { socketPath, token, hostPid, settings } = read.output;
  return { socketPath, token, hostPid, settings, delivery: settings.delivery ?? defaultDelivery, isAttached: true };
}

function pidFrom(text: string | undefined): number | undefined {
  const pid = Number(text);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
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
