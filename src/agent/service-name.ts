// What to call this program, as `service.name` of OpenTelemetry does: what its environment says, else the package the
// script belongs to. A script in some other folder of a package (an example, a tool, one service of several) goes by
// its own name, or by its folder's when the script is called server.js.
import { readFileSync } from "node:fs";
import { basename, dirname, join, parse, relative, sep } from "node:path";

const sourceFolders = new Set(["src", "lib", "dist", "build", "out", "bin", "cmd", "app"]);
const generalNames = new Set(["index", "main", "server"]);
const maxUnits = 256;
const maxFolders = 32;

export function serviceName(
  script: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const given = environment["OTEL_SERVICE_NAME"];
  if (given !== undefined && given !== "") return given.slice(0, maxUnits);
  return script === undefined ? "node" : nameOfScript(script).slice(0, maxUnits);
}

function nameOfScript(script: string): string {
  const found = nearestPackage(dirname(script));
  if (found !== undefined) {
    const folders = relative(found.folder, dirname(script)).split(sep);
    if (folders.every((folder) => folder === "" || sourceFolders.has(folder))) return found.name;
  }
  const { name } = parse(script);
  return generalNames.has(name) ? basename(dirname(script)) : name;
}

function nearestPackage(from: string): { readonly folder: string; readonly name: string } | undefined {
  let folder = from;
  for (let depth = 0; depth < maxFolders; depth++) {
    const name = packageName(join(folder, "package.json"));
    if (name !== undefined) return { folder, name };
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return undefined;
}

function packageName(path: string): string | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(path, "utf8"));
    const hasName = typeof read === "object" && read !== null && "name" in read;
    return hasName && typeof read.name === "string" && read.name !== "" ? read.name : undefined;
  } catch {
    return undefined; // no package here, or one nobody can read: the folder above is asked
  }
}
