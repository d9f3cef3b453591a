// Which package a file belongs to, by its path alone, and what that package's package.json says of it.
import { readFileSync } from "node:fs";
import { join, sep } from "node:path";

/** One copy of a package on the disk; pnpm and npm may keep several. */
export interface PackageCopy {
  /** Its real folder. */
  readonly folder: string;
  /** "" where its package.json does not say. */
  readonly version: string;
}

export interface PackageFile {
  readonly packageName: string;
  readonly folder: string;
  /** Below the folder, with forward slashes. */
  readonly file: string;
}

// The innermost node_modules counts: "/app/node_modules/.pnpm/pg@8.16.0/node_modules/pg/lib/client.js" is of pg.
const pattern = /^(.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))[\\/](.+)$/s;

/** undefined: a file of no installed package. */
export function packageFileFrom(path: string): PackageFile | undefined {
  if (!path.includes("node_modules")) return undefined;
  const [, folder, packageName, file] = pattern.exec(path) ?? [];
  if (folder === undefined || packageName === undefined || file === undefined) return undefined;
  return { folder, packageName: packageName.replaceAll("\\", "/"), file: file.replaceAll("\\", "/") };
}

interface Described {
  readonly copy: PackageCopy;
  readonly mains: ReadonlySet<string>;
}

export class PackageCopies {
  readonly #described = new Map<string, Described>();

  copyIn(folder: string): PackageCopy {
    return this.#describe(folder).copy;
  }

  /** Whether this is what `require` or `import` of the package's name leads to. */
  isMain({ folder, file }: PackageFile): boolean {
    return this.#describe(folder).mains.has(file);
  }

  #describe(folder: string): Described {
    const known = this.#described.get(folder);
    if (known !== undefined) return known;
    const stated = packageJsonIn(folder);
    const version = stated["version"];
    const described = {
      copy: { folder, version: typeof version === "string" ? version : "" },
      mains: new Set(mainsOf(stated).flatMap(spellings)),
    };
    this.#described.set(folder, described);
    return described;
  }
}

function packageJsonIn(folder: string): Record<string, unknown> {
  try {
    const stated: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return isRecord(stated) ? stated : {};
  } catch {
    return {}; // what may not be read has no version and the usual main file
  }
}

/** Files for "." under any condition, and what is taken where nothing is stated. */
function mainsOf({ main, exports }: Record<string, unknown>): string[] {
  const root = isRecord(exports) && "." in exports ? exports["."] : exports;
  return [main, ...leavesOf(root), "index"].flatMap((found) => (typeof found === "string" ? [found] : []));
}

function leavesOf(target: unknown): unknown[] {
  if (Array.isArray(target)) return target.flatMap(leavesOf);
  if (!isRecord(target)) return [target];
  return Object.entries(target).flatMap(([condition, inner]) => (condition.startsWith(".") ? [] : leavesOf(inner)));
}

function spellings(main: string): string[] {
  const file = join(main).split(sep).join("/").replace(/\/$/, "");
  const folder = file === "." ? "" : `${file}/`;
  return [file, `${file}.js`, `${file}.cjs`, `${folder}index.js`, `${folder}index.cjs`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
