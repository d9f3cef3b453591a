// Instrumentation: rewrites the program's own source as it is loaded, so that its writes to tracked state are seen as they
// happen, and lets `import "hindcast"` find us.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import type { Guest } from "../guest.js";
import { foundBelow, together } from "../patch.js";
import type { CaptureSettings } from "../../shared/protocol/agent-wire.js";
import type { ChosenState, StateTracker } from "../state/index.js";
import { apiFilesIn } from "./api-resolution.js";
import { type WrittenPlaces, showWrittenPlaces } from "../stack-text.js";
import { hookCommonJsCompile, hookCommonJsResolution } from "./common-js.js";
import type { CallsTold, LinesTold, MakeWriteHelpers } from "../write-helpers.js";
import { guardedChoice, guardedNotes } from "./helpers.js";
import { offerHelpers } from "./offer-helpers.js";
import { mayBeginWithModule, mayLoadModules } from "./first-module.js";
import { hookModules } from "./module-hooks.js";
import { KeptRewrites, type KeepsTexts } from "./kept-rewrites.js";
import { type Rewrite, rewriterOf } from "./rewrite.js";
import { linesOf, reasonsLeftOut, selectionOf } from "./selection.js";
import { type InternLocation, SiteRegistry } from "./sites.js";
import { type ThrownLine, thrownLine } from "./thrown-lines.js";
import { writtenPlaces } from "./written-places.js";

export type { ThrownLine } from "./thrown-lines.js";
export { type ListedFunction, listedIn, tableOf } from "./sites.js";
export { originalTexts } from "./source-map.js";
export type PositionOf = SiteRegistry["positionOf"];

export interface Instrumentation {
  /** The line that an error was thrown in which nobody caught, where that was rewritten: as it was written. */
  thrownLine(stack: string, isRejection: boolean): ThrownLine | undefined;
  uninstall(): void;
}

export interface InstrumentationOptions {
  readonly settings: Pick<CaptureSettings, "include" | "exclude" | "writes" | "state" | "level" | "lines">;
  readonly tracker: StateTracker;
  readonly internLocation: InternLocation;
  /** The agent's bundle; `load-hooks.mjs` lies beside it and the package's entry in `../api`. */
  readonly agentFile: string;
  readonly guest: Guest;
  readonly makeWriteHelpers: MakeWriteHelpers;
  /** What records calls, where they are recorded. */
  readonly calls: (CallsTold & { positionOf: PositionOf }) | undefined;
  /** What records statements, where they are recorded. */
  readonly lines: (LinesTold & { positionOf: PositionOf }) | undefined;
  /** What follows instances and variables that were chosen by name, where some were. */
  readonly chosen: ChosenState | undefined;
  /** Lets functions of rewritten files show the text that was written; returns what undoes it. */
  readonly showWrittenText: (foundBelow: (standIn: unknown) => object | undefined) => () => void;
  /** Lets stacks tell of places as they were written; returns what undoes it. */
  readonly showWrittenPlaces: (written: WrittenPlaces) => () => void;
  /** The same for what the program makes of stacks itself. */
  readonly giveWrittenPlaces: (written: WrittenPlaces) => () => void;
  /** Where rewritten files are kept for the next start. */
  readonly keeper: KeepsTexts;
  /** A file of the program that could not be read as JavaScript: it runs untouched, and its writes are found by looking. */
  readonly noteUnreadable: (file: string, reason: string) => void;
  /** What is told which files run, where sources are kept. */
  readonly sources: SourcesTold | undefined;
}

export interface SourcesTold {
  /** It is about to run rewritten. */
  given(path: string, text: string): void;
  /** It begins to, and `table` says where its sites and functions are. */
  runs(path: string, table: string): void;
  leftAlone(path: string, reason: string): void;
}

/**
 * Takes effect for files loaded from now on. Files already rewritten stay so after uninstalling, and with them what they
 * call and what lets their functions show the text that was written: stop the tracker, too.
 */
export function installInstrumentation(options: InstrumentationOptions): Instrumentation {
  const { settings, tracker, internLocation, agentFile, guest, makeWriteHelpers, noteUnreadable } = options;
  const kept = new KeptRewrites(options.keeper);
  const sites = new SiteRegistry(internLocation);
  const { sources } = options;
  const announced = {
    add: (file: string, table: string): number => {
      sources?.runs(file, table);
      return sites.add(file, table);
    },
  };
  const told = guardedNotes(guest.at("write sites"), tracker.writeNotes(sites.locationOf), announced);
  if (options.calls !== undefined) options.calls.positionOf = sites.positionOf;
  if (options.lines !== undefined) options.lines.positionOf = sites.positionOf;
  const choice = options.chosen && guardedChoice(guest.at("chosen state"), options.chosen, sites);
  offerHelpers(makeWriteHelpers(tracker, told, options.calls, choice, options.lines));

  const folder = dirname(agentFile);
  const apiFolder = join(folder, "..", "api");
  const { include, exclude, writes } = settings;
  const calls = options.calls !== undefined;
  const { chosen } = options;
  const isRewriting = writes || calls || chosen !== undefined;
  const state = chosen === undefined ? [] : (settings.state ?? []);
  const lines = settings.level === "lines" ? (settings.lines ?? []) : undefined;
  const selection = { include, exclude, writes, calls, state, lines, cwd: process.cwd(), ownFolder: dirname(folder) };
  const isSelected = selectionOf(selection);
  const why = sources === undefined ? undefined : reasonsLeftOut(selection);
  const rewriteSelected = rewriterOf({
    isSelected,
    standsAlone: false,
    noteUnreadable: (file, reason) => {
      noteUnreadable(file, reason);
      sources?.leftAlone(file, `it cannot be read as JavaScript: ${reason}`);
    },
    kept,
    told: { writes, calls, state },
    linesIn: linesOf(selection),
  });
  let hasRewritten = false;
  // V8 has them, too, for as long as their functions are there.
  const running = new Map<string, string>();
  const rewrite: Rewrite = (source, path, format) => {
    const rewritten = rewriteSelected(source, path, format);
    hasRewritten ||= rewritten !== undefined;
    const reason = rewritten === undefined ? why?.(path) : undefined;
    if (reason !== undefined) sources?.leftAlone(path, reason);
    if (rewritten !== undefined) {
      running.set(path, rewritten.source);
      sources?.given(path, source);
    }
    return rewritten;
  };
  const api = apiFilesIn(apiFolder);
  const modules = hookModules({
    rewrite,
    api,
    loaderFile: join(folder, "load-hooks.mjs"),
    loaderData: { ...selection, apiFolder },
    // Without rewriting nobody looks at the text of what is loaded. A thread does not know yet what it will run.
    isExpected: () => !isRewriting || !isMainThread || mayBeginWithModule(process),
  });
  const moduleGuest = guest.at("module hooks");
  const seen = (text: string, format: string | undefined): void => {
    if (mayLoadModules(text, format)) moduleGuest.runAsGuest(modules.expect, undefined);
  };
  const found = (file: unknown): void => {
    if (typeof file === "string" && /\.mt?[jt]s$/.test(file)) moduleGuest.runAsGuest(modules.expect, undefined);
  };
  const releases = [hookCommonJsResolution(api.commonJs, modules.isInThread ? undefined : found), modules.uninstall];
  if (isRewriting) releases.push(hookCommonJsCompile(rewrite, seen));
  const written = writtenPlaces(sites);
  // Call sites are of the realm in which a stack is first asked for, and that may be ours.
  const showPlaces = isRewriting ? [options.showWrittenPlaces(written), showWrittenPlaces(written)] : [];
  if (isRewriting) releases.push(options.giveWrittenPlaces(written));
  const stopShowing = isRewriting ? together([options.showWrittenText(foundBelow), ...showPlaces]) : () => undefined;
  const uninstall = (): void => {
    for (const release of releases.reverse()) release();
    if (!hasRewritten && !modules.isForGood()) stopShowing();
  };
  const runningText = (path: string): string | undefined =>
    running.get(path) ?? (modules.isForGood() ? readFileSync(path, "utf8") : undefined);
  return {
    thrownLine: (stack, isRejection) => thrownLine(stack, isRejection, sites, runningText),
    uninstall,
  };
}
