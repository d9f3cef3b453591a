// `hindcast.config.*`: found from a folder up to its package's root, read, and checked. JSON is read as text, so that what is wrong can be
// pointed at; the others are loaded as modules.
import { existsSync, readFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type Pipeline, type PipelineProblem, readPipeline } from "../shared/protocol/pipeline-stages.js";
import { placeAt, placeOf } from "./json-place.js";

const extensions = ["ts", "mts", "js", "mjs", "cjs", "json"] as const;

/**
 * The nearest one, in this folder or above it, as far as the root of its package: what lies further up is about something else.
 * In no package it is this folder only.
 */
export function findConfig(from: string): string | undefined {
  const folders = foldersUpTo(from, (folder) => existsSync(join(folder, "package.json"))) ?? [from];
  return folders
    .flatMap((folder) => extensions.map((end) => join(folder, `hindcast.config.${end}`)))
    .find((path) => existsSync(path));
}

/** From a folder upwards to the first that is a root; undefined where none is. */
function foldersUpTo(from: string, isRoot: (folder: string) => boolean): readonly string[] | undefined {
  const folders = [from];
  for (let folder = from; !isRoot(folder); folders.push(folder)) {
    if (folder === dirname(folder)) return undefined;
    folder = dirname(folder);
  }
  return folders;
}

export async function readConfig(path: string): Promise<Result<Pipeline, HindcastError>> {
  if (!existsSync(path)) return failed(hindcastError("no-such-file", { path }));
  try {
    if (extname(path) === ".json") return readJson(path, readFileSync(path, "utf8"));
    const loaded = await load(path);
    return pipelineFrom(loaded, ({ where, what }) => `${path}: ${where} ${what}`, path);
  } catch (error) {
    return failed(hindcastError("unreadable-config", { path, reason: sentenceOf(error) }));
  }
}

/** A list of stages as JSON: `HINDCAST_PIPELINE`. Files it names are below `folder`. */
export function readPipelineText(name: string, text: string, folder: string): Result<Pipeline, HindcastError> {
  const parsed = parse(name, text);
  if (!parsed.ok) return parsed;
  return checked(parsed.value, folder, ({ path, where, what }) => `${name}${placeText(text, path)}: ${where} ${what}`);
}

function readJson(path: string, text: string): Result<Pipeline, HindcastError> {
  const parsed = parse(path, text);
  if (!parsed.ok) return parsed;
  const at = ({ path: keys, where, what }: PipelineProblem): string =>
    `${path}${placeText(text, ["pipeline", ...keys])}: ${where} ${what}`;
  return pipelineFrom(parsed.value, at, path);
}

function parse(name: string, text: string): Result<unknown, HindcastError> {
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch (error) {
    const offset = /position (\d+)/.exec(sentenceOf(error))?.[1];
    const { line, column } = placeAt(text, offset === undefined ? text.length : Number(offset));
    return failed(hindcastError("bad-config", { reason: `${name}:${line}:${column}: this is not JSON` }));
  }
}

const placeText = (text: string, path: readonly (string | number)[]): string => {
  const { line, column } = placeOf(text, path);
  return `:${line}:${column}`;
};

/** A config is an object with a pipeline and nothing else, so far. */
function pipelineFrom(
  config: unknown,
  tell: (problem: PipelineProblem) => string,
  path: string,
): Result<Pipeline, HindcastError> {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    return failed(hindcastError("unreadable-config", { path, reason: "it exports no object" }));
  const unknown = Object.keys(config).find((key) => key !== "pipeline");
  if (unknown !== undefined)
    return failed(hindcastError("bad-config", { reason: `${path}: ${unknown} is not known here, pipeline is` }));
  return checked("pipeline" in config ? config.pipeline : [], dirname(path), tell);
}

function checked(
  given: unknown,
  folder: string,
  tell: (problem: PipelineProblem) => string,
): Result<Pipeline, HindcastError> {
  const read = readPipeline(Array.isArray(given) ? given.map((stage) => withPath(stage, folder)) : given);
  if (read.ok) return read;
  return failed(hindcastError("bad-config", { reason: read.error.slice(0, 5).map(tell).join("; ") }));
}

/** A stage's own file is named as seen from the file that names it. */
const withPath = (stage: unknown, folder: string): unknown =>
  typeof stage === "object" && stage !== null && "module" in stage && typeof stage.module === "string"
    ? { ...stage, module: resolve(folder, stage.module) }
    : stage;

async function load(path: string): Promise<unknown> {
  const isTypeScript = /\.m?ts$/.test(path);
  // Another address for each version of it: it is read again when it was changed.
  const address = pathToFileURL(path);
  address.searchParams.set("read", String(performance.now()));
  const source =
    isTypeScript && !("typescript" in process.features && process.features.typescript !== false)
      ? `data:text/javascript;base64,${Buffer.from(withoutTypes(path)).toString("base64")}`
      : address.href;
  const loaded: unknown = await import(source);
  return typeof loaded === "object" && loaded !== null && "default" in loaded ? loaded.default : loaded;
}

/** By this Node where it can, else by the TypeScript of the project; what needs neither is read as it is. */
function withoutTypes(path: string): string {
  const source = readFileSync(path, "utf8");
  const strip: unknown = Reflect.get(module, "stripTypeScriptTypes");
  if (typeof strip === "function") return String(Reflect.apply(strip, module, [source]));
  const compiler = projectCompiler(path);
  if (compiler === undefined) return source;
  const options = { compilerOptions: { module: 99, target: 99 } };
  const output: unknown = Reflect.apply(compiler, undefined, [source, options]);
  return typeof output === "object" && output !== null && "outputText" in output ? String(output.outputText) : source;
}

function projectCompiler(path: string): ((...args: unknown[]) => unknown) | undefined {
  try {
    const typescript: unknown = createRequire(path)("typescript");
    const found: unknown =
      typeof typescript === "object" && typescript !== null ? Reflect.get(typescript, "transpileModule") : undefined;
    if (typeof found !== "function") return undefined;
    return (...args) => {
      const output: unknown = Reflect.apply(found, undefined, args);
      return output;
    };
  } catch {
    return undefined; // the project has none
  }
}

function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const isTypes = error instanceof SyntaxError && !/JSON/.test(text);
  return isTypes ? `${text}; types need Node.js 22.13 or TypeScript in the project` : (text.split("\n")[0] ?? text);
}
