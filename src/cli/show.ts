// Showing recordings: `serve`, `open`, `demo`, and what `run` shares with them. An engine of its own, the serve host in
// front of it, and a window or browser that asks there.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { EngineChild } from "../serve/engine-child.js";
import { withDurability } from "../shared/protocol/engine-environment.js";
import { steadyCallTo } from "../serve/steady-call.js";
import { linkFromRunningHost } from "../serve/door.js";
import { hasDisplay, openBrowser } from "../serve/open-browser.js";
import { type ServeHost, startServeHost } from "../serve/server.js";
import { Disposables } from "../shared/base/disposables.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { RecordingLimits } from "../shared/protocol/recording-summary.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { fileOfLink, isLink } from "../shared/protocol/links.js";
import type { Call } from "../shared/protocol/rpc.js";
import type { CommandArgs } from "./decode-args.js";
import { type Shell, findShell } from "./electron-binary.js";
import { fetchElectron, fetchLimits } from "./fetch-electron.js";
import { limitsFrom } from "./limits.js";
import { type SignalWatch, watchSignals } from "./signals.js";
import { type Ending, type Output, ended, failWith } from "./terminal.js";
import type { World } from "./world.js";

/** The exit code of words that mean nothing. */
const badUsage = 2;
const forEver = new Promise<never>(() => undefined);

export interface Host {
  readonly call: Call;
  readonly engine: EngineChild;
  readonly page: ServeHost;
}

/** `owned` releases the engine first, then the server. */
export async function startHost(
  world: World,
  { port, durability, doorFile }: Pick<HostArgs, "port" | "durability" | "doorFile">,
  owned: Disposables,
): Promise<Result<Host, HindcastError>> {
  const engine = new EngineChild({
    entry: world.paths.engineProcess,
    environment: withDurability(world.environment, durability),
  });
  const stopEngine = (): Promise<void> => engine.stop();
  const page = await startServeHost({
    port,
    pageFolder: world.paths.page,
    doorFile,
    connectEngine: () => engine.connect(),
  });
  if (page.ok) owned.defer(() => page.value.close());
  owned.defer(stopEngine);
  if (!page.ok) return page;
  return ok({ call: steadyCallTo(engine), engine, page: page.value });
}

/** Prints the one line that leads there and, where there is a screen, opens it. */
export async function announce(
  world: World,
  link: string,
  remark: string,
  useBrowser: boolean,
  out: Output,
): Promise<void> {
  await out.line(`Hindcast: ${link} (${remark}; Ctrl+C ends it)`);
  await out.flush();
  if (useBrowser && hasDisplay(world.platform, world.environment)) openBrowser(link, world.platform);
}

const oneTime = "one-time link";

interface WindowRequest {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Let Electron's installer fetch the binary when nothing else is missing. */
  readonly fetchMissing?: boolean;
}

async function shellFor(world: World, fetchMissing: boolean, owned: Disposables): Promise<Shell> {
  const question = { ...world, packageFolder: world.paths.packageFolder };
  const shell = findShell(question);
  if (shell.kind === "electron" || shell.missingIn === undefined || !fetchMissing) return shell;
  await world.terminal.err.line("Fetching Electron, once; this takes seconds or, on a slow line, a few minutes…");
  await world.terminal.err.flush();
  const abort = new AbortController();
  owned.defer(() => abort.abort());
  const isFetched = await fetchElectron(shell.missingIn, world.environment, fetchLimits, abort.signal);
  return isFetched ? findShell(question) : { kind: "none", because: "Electron could not be fetched" };
}

/** The desktop window, if it can be had. Settles with why not, or when it was closed. */
export async function showWindow(
  world: World,
  owned: Disposables,
  { args = [], environment = {}, fetchMissing = false }: WindowRequest,
): Promise<Result<undefined, string>> {
  const shell = await shellFor(world, fetchMissing, owned);
  if (shell.kind === "none") return failed(shell.because);
  const window = spawn(shell.binary, [world.paths.shell, ...args], {
    env: { ...world.environment, ...environment },
    stdio: "ignore",
  });
  owned.defer(() => void window.kill());
  return new Promise((settle) => {
    const couldNot = failed("the desktop window did not start");
    window.once("error", () => settle(couldNot));
    window.once("exit", (code) => settle(code === 0 ? ok(undefined) : couldNot));
  });
}

export async function serve(world: World, args: CommandArgs<"serve">): Promise<Ending> {
  const wanted = wantedBy(world, args.file);
  if (!wanted.ok) return failWith(world.terminal, wanted.error, badUsage);
  return untilInterrupted(world, async (owned) => {
    const link = await servedLink(world, { ...args, doorFile: world.paths.door }, owned, firstOf(wanted.value));
    if (!link.ok) return link;
    await announce(world, link.value, oneTime, args.open, world.terminal.out);
    return ok(forEver);
  });
}

export async function open(world: World, args: CommandArgs<"open">): Promise<Ending> {
  const wanted = wantedBy(world, args.file);
  if (!wanted.ok) return failWith(world.terminal, wanted.error, badUsage);
  const show = wanted.value?.show;
  return inWindow(
    world,
    { ...args, doorFile: world.paths.door },
    { args: show === undefined ? [] : [show], fetchMissing: args.fetchElectron },
    firstOf(wanted.value),
    // Whoever names a port wants a host there.
    args.port === undefined ? () => inRunningWindow(world, args.open, wanted.value) : undefined,
  );
}

/** A recording, and what a page is told to show of it: the file itself, or a link to a place in it. */
interface Wanted {
  readonly path: string;
  readonly show: string;
}

function wantedBy(world: World, text: string | undefined): Result<Wanted | undefined, HindcastError> {
  if (text === undefined) return ok(undefined);
  const path = isLink(text) ? fileOfLink(text) : resolve(world.cwd, text);
  if (path === undefined)
    return failed(hindcastError("bad-usage", { reason: `${text} is no link to a place in a recording` }));
  return ok({ path, show: isLink(text) ? text.trim() : path });
}

/** Where a window is served already it is asked for a link, and nothing is started; undefined where there is none. */
async function inRunningWindow(
  world: World,
  useBrowser: boolean,
  wanted: Wanted | undefined,
): Promise<Result<undefined, HindcastError> | undefined> {
  const link = await linkFromRunningHost(world.paths.door, wanted?.show);
  if (link === undefined) return undefined;
  if (wanted !== undefined && !existsSync(wanted.path))
    return failed(hindcastError("no-such-file", { path: wanted.path }));
  await world.terminal.out.line(`Hindcast: ${link} (${oneTime}, into the window that runs already)`);
  await world.terminal.out.flush();
  if (useBrowser && hasDisplay(world.platform, world.environment)) openBrowser(link, world.platform);
  return ok(undefined);
}

/** What is served here is recorded here, too: the file stays. The desktop app records its own. */
export async function demo(world: World, args: CommandArgs<"demo">): Promise<Ending> {
  let path: string | undefined;
  const limits = limitsFrom(args);
  const ending = await inWindow(world, args, { args: ["--demo", ...limitWords(limits)] }, async (call) => {
    const started = await call("recording.demo", { limits });
    if (started.ok) path = started.value.path;
    return started;
  });
  if (path !== undefined && existsSync(path)) {
    await world.terminal.out.line(`Hindcast: the demo is recorded in ${path}`);
    await world.terminal.out.flush();
  }
  return ending;
}

/** As the desktop app reads them. */
const limitWords = ({ maxAgeMs, maxBytes }: RecordingLimits): readonly string[] => [
  ...(maxAgeMs === undefined ? [] : [`--max-age-ms=${maxAgeMs}`]),
  ...(maxBytes === undefined ? [] : [`--max-bytes=${maxBytes}`]),
];

/** Opens or starts what is to be shown first; undefined shows the welcome page. */
type First = (call: Call) => Promise<Result<{ readonly path: string } | undefined, HindcastError>>;

const firstOf =
  (wanted: Wanted | undefined): First =>
  async (call) => {
    if (wanted === undefined) return ok(undefined);
    const opened = await call("recording.open", { path: wanted.path });
    if (!opened.ok) return opened;
    return ok({ path: wanted.show === wanted.path ? opened.value.path : wanted.show });
  };

interface HostArgs {
  readonly port: number | undefined;
  readonly durability?: number | undefined;
  /** Where those who start later find it; absent: they start one of their own. */
  readonly doorFile?: string | undefined;
  readonly open: boolean;
}

async function servedLink(
  world: World,
  args: HostArgs,
  owned: Disposables,
  first: First,
): Promise<Result<string, HindcastError>> {
  const host = await startHost(world, args, owned);
  if (!host.ok) return host;
  const shown = await first(host.value.call);
  return shown.ok ? ok(host.value.page.newLink(shown.value?.path)) : shown;
}

const inWindow = (
  world: World,
  args: HostArgs,
  request: WindowRequest,
  first: First,
  elsewhere?: () => Promise<Result<undefined, HindcastError> | undefined>,
): Promise<Ending> =>
  untilInterrupted(world, async (owned) => {
    const window = await showWindow(world, owned, request);
    if (window.ok) return ok(Promise.resolve());
    const reached = await elsewhere?.();
    if (reached !== undefined) return reached.ok ? ok(Promise.resolve()) : reached;
    const link = await servedLink(world, args, owned, first);
    if (!link.ok) return link;
    await announce(
      world,
      link.value,
      `${oneTime}, in the browser because ${window.error}`,
      args.open,
      world.terminal.out,
    );
    return ok(forEver);
  });

/** Runs until what was started ends by itself or a signal comes; then everything acquired is released, last first. */
export async function untilInterrupted(
  world: World,
  start: (owned: Disposables) => Promise<Result<Promise<void>, HindcastError>>,
): Promise<Ending> {
  const signals: SignalWatch = watchSignals(world.hasTerminal, world.platform);
  const owned = new Disposables();
  owned.defer(() => signals.release());
  try {
    const started = await Promise.race([start(owned), signals.interrupted]);
    if (typeof started === "string") return ended(0);
    if (!started.ok) return await failWith(world.terminal, started.error);
    await Promise.race([started.value, signals.interrupted]);
    return ended(0);
  } finally {
    await owned.dispose();
  }
}
