// What a child needs in its environment to be recorded. Most inherit it; where a program gives its child an environment or
// NODE_OPTIONS of its own, what is missing is added. `HINDCAST=off` there, or another recording's socket, is respected.
import { realpathSync } from "node:fs";
import { shellArguments } from "../shared/base/shell-options.js";
import { parentVariable } from "./lineage.js";
import { dataProperty, isObject } from "./own-data.js";

const names = ["HINDCAST_SOCKET", "HINDCAST_TOKEN", "HINDCAST_HOST", "HINDCAST_SETTINGS", "HINDCAST_CACHE"] as const;

export class ChildEnvironment {
  readonly #socket: string;
  readonly #variables: ReadonlyMap<string, string>;
  /** Ours among the options of Node. */
  readonly #option: string;
  readonly #runId: string;

  constructor(runId: string, agentFile: string, environment: Readonly<Record<string, string | undefined>>) {
    this.#runId = runId;
    this.#socket = environment["HINDCAST_SOCKET"] ?? "";
    this.#option = optionIn(environment["NODE_OPTIONS"] ?? "", agentFile);
    this.#variables = new Map(
      names.flatMap((name): [string, string][] => {
        const value = environment[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /** Changes the pairs `NAME=value` that Node has made for a child. */
  complete(pairs: unknown[]): void {
    const places = new Map<string, number>();
    pairs.forEach((pair, index) => {
      if (typeof pair === "string") places.set(pair.slice(0, pair.indexOf("=")), index);
    });
    const valueOf = (name: string): string | undefined => {
      const pair = pairs[places.get(name) ?? -1];
      return typeof pair === "string" ? pair.slice(name.length + 1) : undefined;
    };
    const put = (name: string, value: string): void =>
      void (pairs[places.get(name) ?? pairs.length] = `${name}=${value}`);
    if (valueOf("HINDCAST") === "off" || (valueOf("HINDCAST_SOCKET") ?? this.#socket) !== this.#socket) return;
    for (const [name, value] of this.#variables) if (!places.has(name)) put(name, value);
    const options = valueOf("NODE_OPTIONS") ?? "";
    if (!options.includes(this.#option))
      put("NODE_OPTIONS", options === "" ? this.#option : `${this.#option} ${options}`);
    // As `node:cluster` tells its workers who they are.
    const worker = valueOf("NODE_UNIQUE_ID");
    put(parentVariable, worker === undefined ? this.#runId : `${this.#runId}.${worker}`);
  }

  /** `options` as Node's own functions start a child with them; another object where its arguments are others. */
  prepare(options: unknown): unknown {
    if (!isObject(options)) return options;
    const pairs = dataProperty(options, "envPairs");
    if (!Array.isArray(pairs) || pairs.includes("HINDCAST=off")) return options;
    this.complete(pairs);
    const [file, given] = [dataProperty(options, "file"), dataProperty(options, "args")];
    if (typeof file !== "string" || !Array.isArray(given)) return options;
    const args = shellArguments(file, given, this.#option);
    return args === undefined ? options : { ...options, args };
  }
}

/** As it stands there, whatever links lead to the file: Node would load it a second time under another name. */
function optionIn(options: string, agentFile: string): string {
  for (const [option, quoted, bare] of options.matchAll(/--require(?:=| +)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g))
    if (realpathOf(quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "") === agentFile) return option;
  return `--require "${agentFile.replace(/[\\"]/g, "\\$&")}"`;
}

function realpathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
