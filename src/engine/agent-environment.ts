// What a program needs in its environment to be recorded: the agent preloaded, and where to send to.
import type { CaptureSettings } from "../shared/protocol/agent-wire.js";
import type { AgentAddress } from "./agent-server.js";

export function agentEnvironment(
  agentFile: string,
  address: Pick<AgentAddress, "socketPath" | "token" | "hostPid">,
  settings: CaptureSettings,
  cache?: string,
): Record<string, string> {
  return {
    NODE_OPTIONS: `--require ${quoted(agentFile)}`,
    HINDCAST_SOCKET: address.socketPath,
    HINDCAST_TOKEN: address.token,
    ...(address.hostPid === undefined ? {} : { HINDCAST_HOST: String(address.hostPid) }),
    HINDCAST_SETTINGS: JSON.stringify(settings),
    ...(cache === undefined ? {} : { HINDCAST_CACHE: cache }),
  };
}

/** NODE_OPTIONS are split at spaces outside double quotes; inside them a backslash escapes. */
const quoted = (path: string): string => `"${path.replace(/[\\"]/g, "\\$&")}"`;

/** `added` on top of `own`; NODE_OPTIONS that were set already come after ours and stay in force. */
export function withAgent(own: NodeJS.ProcessEnv, added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const options = [added["NODE_OPTIONS"], own["NODE_OPTIONS"]].filter((part) => part !== undefined && part !== "");
  return { ...own, ...added, NODE_OPTIONS: options.join(" ") };
}
