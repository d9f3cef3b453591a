// Levels of loggers, as severities of OpenTelemetry.
import { type Severity, severities } from "../../shared/trace/attributes.js";

/** pino's and bunyan's. */
export function severityOfNumber(level: number): number {
  const names: readonly Severity[] = ["trace", "debug", "info", "warn", "error", "fatal"];
  const at = Math.min(Math.max(Math.floor(level / 10) - 1, 0), names.length - 1);
  return severities[names[at] ?? "info"];
}

const byName: Readonly<Record<string, Severity>> = {
  emerg: "fatal",
  alert: "fatal",
  crit: "fatal",
  fatal: "fatal",
  error: "error",
  warning: "warn",
  warn: "warn",
  notice: "info",
  info: "info",
  http: "info",
  verbose: "debug",
  debug: "debug",
  silly: "trace",
  trace: "trace",
};

/** winston's, of npm and syslog; a level of the program's own counts as information. */
export const severityOfName = (level: string): number => severities[byName[level] ?? "info"];
