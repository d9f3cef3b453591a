// Who this process is, as the handshake tells the engine.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Hello, wireVersion } from "../shared/protocol/agent-wire.js";
import type { AgentConfiguration } from "./configuration.js";

declare const __HINDCAST_VERSION__: string;

/** Everything of the hello but the clock, which is read when it is sent. */
export type ProcessFacts = Omit<Hello, "clockMs">;

const maxArguments = 256;
const maxArgumentUnits = 8192;

export function processFacts(configuration: AgentConfiguration, timeOriginMs: number): ProcessFacts {
  return {
    kind: "hello",
    wireVersion,
    token: configuration.token,
    agentVersion: __HINDCAST_VERSION__,
    runId: randomBytes(16).toString("hex"),
    pid: process.pid,
    parentPid: process.ppid,
    timeOriginMs,
    argv: bounded(process.argv),
    execArgv: bounded(process.execArgv),
    cwd: process.cwd(),
    serviceName: serviceName(process.argv[1]),
    nodeVersion: process.versions.node,
    v8Version: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    hostName: hostname(),
    settings: configuration.settings,
  };
}

const bounded = (list: readonly string[]): string[] =>
  list.slice(0, maxArguments).map((argument) => argument.slice(0, maxArgumentUnits));

/** The name in the package.json nearest to the script, else the script's own name. */
function serviceName(script: string | undefined): string {
  if (script === undefined) return "node";
  let folder = dirname(script);
  for (let depth = 0; depth < 32; depth++) {
    const name = packageName(join(folder, "package.json"));
    if (name !== undefined) return name.slice(0, maxArgumentUnits);
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return basename(script);
}

function packageName(path: string): string | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(path, "utf8"));
    const hasName = typeof read === "object" && read !== null && "name" in read;
    return hasName && typeof read.name === "string" && read.name !== "" ? read.name : undefined;
  } catch {
    return undefined;
  }
}
