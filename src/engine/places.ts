// Where things are: what came with Hindcast's package, and where a user's recordings and recent files are kept.
import { homedir } from "node:os";
import { join } from "node:path";
import { type Environment, userFolders } from "../shared/base/user-folders.js";

export interface Places {
  /** Built agent that programs preload. */
  readonly agent: string;
  /** Folder of sample recordings that come with Hindcast. */
  readonly samples: string;
  /** Folder of the bundled demo service. */
  readonly demo: string;
  /** Where recordings go that nobody named. */
  readonly recordings: string;
  /** The list of recently used recordings. */
  readonly recents: string;
  /** Notes of recordings beside which nothing can be written. */
  readonly notes: string;
  /** What was saved to start programs again. */
  readonly launches: string;
  /** What the window keeps from one start to the next. */
  readonly window: string;
  /** Files of rules that the window edits. */
  readonly rules: string;
  /** Where webhooks that rules call by name go. */
  readonly webhooks: string;
  /** What programs would have to work out again at each start; undefined: nothing is kept (`HINDCAST_CACHE=off`). */
  readonly cache: string | undefined;
}

export function placesIn(
  packageFolder: string,
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): Places {
  const { data, state } = userFolders(environment, platform, homedir());
  return {
    agent: join(packageFolder, "out", "agent", "agent.cjs"),
    samples: join(packageFolder, "recordings"),
    demo: join(packageFolder, "examples", "ledger"),
    recordings: join(data, "recordings"),
    recents: join(state, "recents.json"),
    notes: join(state, "notes"),
    launches: join(state, "launches.json"),
    window: join(state, "window.json"),
    rules: join(data, "rules"),
    webhooks: join(data, "webhooks.json"),
    cache: environment["HINDCAST_CACHE"] === "off" ? undefined : join(state, "cache"),
  };
}

/** "ledger-20261121-081502.hindcast" for a program and a time, in the user's own time zone. */
export function recordingFileName(program: string, at: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const name = program
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 60);
  return `${name === "" ? "recording" : name}-${day}-${time}.hindcast`;
}

const packageManagers = new Set(["npm", "pnpm", "yarn", "bun"]);

/** What a command runs, in a word: the script of `node script.js`, the folder of `npm start`, else the command itself. */
export function programName(command: readonly string[], folder = ""): string {
  const last = (path: string): string =>
    path
      .split(/[\\/]/)
      .at(-1)
      ?.replace(/\.(?:[cm]?[jt]s|exe)$/, "") ?? "";
  const [file = "", ...args] = command;
  const words = args.filter((arg) => !arg.startsWith("-"));
  const [script] = words;
  if (packageManagers.has(last(file)) && script !== undefined && folder !== "") {
    const run = script === "run" ? words[1] : script;
    return [last(folder), ...(run === undefined || run === "start" ? [] : [run])].join("-");
  }
  return last(file) === "node" && script !== undefined ? last(script) : last(file);
}
