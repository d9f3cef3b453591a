// Before Node 22.15 module hooks have a thread of their own, which takes longer to start than most programs take: a program
// of CommonJS alone is spared it. This tells when there may be a first ES module. In doubt it says so: then the thread is
// started for nothing. What it cannot see is an `import()` whose very text is put together while the program runs.
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";

/** Options that make something else of a program than the CommonJS file it names, or of the way to that file. */
const tellingOption =
  /^(?:-[a-z]*[cepi]|--(?:eval|print|interactive|import|loader|input-type|test|watch|run|check|build-snapshot|entry-url|experimental-|preserve-symlinks).*)$/;

const longestEntryBytes = 1024 * 1024;

/** Whether a process, which is about to begin, may do so with an ES module. */
export function mayBeginWithModule({
  argv,
  execArgv,
  env,
}: Pick<NodeJS.Process, "argv" | "execArgv" | "env">): boolean {
  const options = [...execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/[\s"]+/)];
  const [, program] = argv;
  // What is imported first and is not there ends the program, and Node says so in other words where there are hooks.
  if (importedIn(options).some((file) => statSync(file, { throwIfNoEntry: false }) === undefined)) return false;
  if (program === undefined || program === "-" || options.some((option) => tellingOption.test(option))) return true;
  try {
    const file = createRequire(resolve("_")).resolve(resolve(program));
    if (extname(file) === ".cjs") return false;
    if (![".js", ""].includes(extname(file)) || statSync(file).size > longestEntryBytes) return true;
    return isInModulePackage(file) || mayLoadModules(readFileSync(file, "utf8"), undefined);
  } catch {
    return true;
  }
}

/** Whether CommonJS with this text may load an ES module, or is one: Node tries what it does not know as CommonJS first. */
export function mayLoadModules(text: string, format: string | undefined): boolean {
  if (format !== undefined && format !== "commonjs") return true;
  if (/\bimport\s*(?:\(|\/[*/])|\bimportModuleDynamically\b|\bUSE_MAIN_CONTEXT_DEFAULT_LOADER\b/.test(text))
    return true;
  return format === undefined && /(?:^|[;}/])[ \t]*(?:import|export)(?:[\s"'{*/]|$)/m.test(text);
}

/** The files that `--import` names by their path. */
function importedIn(options: readonly string[]): readonly string[] {
  const named = options.flatMap((option, at) =>
    option === "--import" ? (options[at + 1] ?? []) : option.startsWith("--import=") ? option.slice(9) : [],
  );
  return named.filter((name) => /^\.{0,2}\//.test(name)).map((name) => resolve(name));
}

function isInModulePackage(file: string): boolean {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = typeOf(join(folder, "package.json"));
    if (found !== undefined) return found !== "commonjs";
    if (folder === dirname(folder)) return false;
  }
}

/** Undefined where there is no such file. */
function typeOf(packageFile: string): string | undefined {
  if (statSync(packageFile, { throwIfNoEntry: false }) === undefined) return undefined;
  const read: unknown = JSON.parse(readFileSync(packageFile, "utf8"));
  const type: unknown = typeof read === "object" && read !== null && "type" in read ? read.type : "commonjs";
  return String(type);
}
