// Who this process is, or this thread of it, as the handshake tells the engine.
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { type Hello, wireVersion } from "../shared/protocol/agent-wire.js";
import type { AgentConfiguration } from "./configuration.js";
import type { Lineage } from "./lineage.js";
import { redactedArguments } from "../redact/arguments.js";
import type { Redaction } from "../redact/redactor.js";
import { serviceName } from "./service-name.js";

declare const __HINDCAST_VERSION__: string;

/** Everything of the hello but the clock, which is read when it is sent. */
export type ProcessFacts = Omit<Hello, "clockMs">;

const maxArguments = 256;
const maxArgumentUnits = 8192;

export function processFacts(
  configuration: AgentConfiguration,
  timeOriginMs: number,
  redaction: Redaction,
  { parentRunId, thread, clusterWorker, beganMs }: Lineage,
  service?: string,
): ProcessFacts {
  return {
    kind: "hello",
    wireVersion,
    token: configuration.token,
    agentVersion: __HINDCAST_VERSION__,
    runId: randomBytes(16).toString("hex"),
    pid: process.pid,
    parentPid: process.ppid,
    ...(parentRunId === undefined ? {} : { parentRunId }),
    ...(thread === undefined
      ? {}
      : { thread: thread.name === undefined ? thread : { ...thread, name: redaction.text(thread.name) } }),
    ...(beganMs === undefined ? {} : { beganMs }),
    ...(clusterWorker === undefined ? {} : { clusterWorker }),
    timeOriginMs,
    argv: bounded(redactedArguments(process.argv, redaction)),
    execArgv: bounded(redactedArguments(process.execArgv, redaction)),
    cwd: redaction.text(process.cwd()),
    serviceName: service ?? redaction.text(serviceName(process.argv[1], process.env)),
    nodeVersion: process.versions.node,
    v8Version: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    hostName: hostname(),
    settings: { ...configuration.settings, ...(configuration.isAttached ? { attached: true } : {}) },
  };
}

const bounded = (list: readonly string[]): string[] =>
  list.slice(0, maxArguments).map((argument) => argument.slice(0, maxArgumentUnits));
