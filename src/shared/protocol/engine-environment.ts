// The environment on its way through the engine's process. The engine runs without NODE_OPTIONS, which could preload
// anything into it; programs that it starts get the user's own back.

type Environment = Readonly<Record<string, string | undefined>>;

const carrier = "HINDCAST_USER_NODE_OPTIONS";
const hostCarrier = "HINDCAST_ENGINE_HOST";

const crashCarrier = "HINDCAST_ENGINE_CRASHED";
const durabilityCarrier = "HINDCAST_ENGINE_DURABILITY";
const reserveVariable = "HINDCAST_DISK_RESERVE";
const baseVariable = "HINDCAST_MOST_BASE";

/**
 * Options of V8 for the engine's process. Reconstruction makes many small objects that stay: with a small young generation they
 * are copied too often. What has not run often yet is compiled at once, if not well. And V8 looks through the whole heap only
 * when it has come to 96 MB, of which it takes the young generation as used: else it does so every twelve megabytes of bytes
 * that looks inflate, some forty looks.
 */
export const engineV8Options: readonly string[] = [
  "--max-semi-space-size=32",
  "--always-sparkplug",
  "--initial-old-space-size=96",
];

/** How long after it was received a record is on the disk at most, in milliseconds. */
export const defaultDurabilityMs = 250;

/** For an engine of this host: what `engineDurability` reads there. */
export const withDurability = (own: Environment, ms: number | undefined): Record<string, string | undefined> =>
  ms === undefined ? { ...own } : { ...own, [durabilityCarrier]: String(ms) };

export function engineDurability(own: Environment): number {
  const ms = Number(own[durabilityCarrier] ?? defaultDurabilityMs);
  return Number.isInteger(ms) && ms > 0 && ms <= 60_000 ? ms : defaultDurabilityMs;
}

/** Bytes that stay free on the disk where a recording may evict for it, when not a part of the disk; tests set it. */
export const engineDiskReserve = (own: Environment): number | undefined => bytesFrom(own[reserveVariable]);

/** The most that may stand in the place of evicted state, when not what can be read again; tests set it. */
export const engineMostBase = (own: Environment): number | undefined => bytesFrom(own[baseVariable]);

function bytesFrom(text: string | undefined): number | undefined {
  const bytes = Number(text);
  return text !== undefined && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}

/** For an engine that comes after one that ended by a fault of its own, not by being killed. */
export const withCrash = (own: Environment): Record<string, string | undefined> => ({ ...own, [crashCarrier]: "1" });

export const engineHasCrashed = (own: Environment): boolean => own[crashCarrier] === "1";

/** What the system says of a process that was ended from outside: SIGHUP, SIGINT, SIGKILL, SIGTERM, and as exit codes. */
const endedFromOutside = [1, 2, 9, 15, 129, 130, 137, 143];

export const isCrash = (code: number): boolean => code !== 0 && !endedFromOutside.includes(code);

/** Who starts an engine, and another one when that is killed. */
export interface EngineStarter {
  readonly pid: number;
  /** The same for all engines that it starts in place of each other. */
  readonly session: string;
}

/** Of the engine's process, from the host's. */
export function engineEnvironment(own: Environment, starter: EngineStarter): Record<string, string | undefined> {
  const { NODE_OPTIONS: options, [carrier]: _, ...rest } = own;
  const started = { ...rest, [hostCarrier]: `${starter.pid}:${starter.session}` };
  return options === undefined || options === "" ? started : { ...started, [carrier]: options };
}

export function engineStarter(own: Environment): EngineStarter | undefined {
  const [pid, session] = (own[hostCarrier] ?? "").split(":");
  return session === undefined ? undefined : { pid: Number(pid), session };
}

/** Of what the engine's process starts, from its own. */
export function startedEnvironment(own: Environment): Record<string, string | undefined> {
  const {
    NODE_OPTIONS: _,
    [carrier]: options,
    [hostCarrier]: _host,
    [durabilityCarrier]: _ms,
    [crashCarrier]: _crash,
    ...rest
  } = own;
  return options === undefined ? rest : { ...rest, NODE_OPTIONS: options };
}
