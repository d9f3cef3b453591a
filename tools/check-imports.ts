// Proves the layering on the files as they are. Prints one line per violation; exits 1 when there is any.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { type SourceFile, violationsIn } from "./import-rules.js";

const roots = ["src", "tools", "e2e", "test", "bench", "examples", "recordings"];

function sourcePathsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : sourcePathsIn(path);
    return /\.(ts|mts|cts|js|mjs|cjs|svelte)$/.test(entry.name) ? [path] : [];
  });
}

/** A component's imports are those of its script blocks. */
function scriptOf(path: string, text: string): string {
  if (!path.endsWith(".svelte")) return text;
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? "").join("\n");
}

/** "./x.js" may stand for x.ts, x.svelte.js for x.svelte.ts; what is no source file (CSS, JSON, ?raw) is left out. */
function resolveFrom(path: string, specifier: string, known: ReadonlySet<string>): string | undefined {
  const target = posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ""));
  const candidates = [target.replace(/\.([mc]?)js$/, ".$1ts"), target, `${target}.ts`, `${target}/index.ts`];
  return candidates.find((candidate) => known.has(candidate));
}

const packageOf = (specifier: string): string =>
  specifier.startsWith("node:")
    ? specifier
    : specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");

function readSource(path: string, known: ReadonlySet<string>): SourceFile {
  const imported = ts
    .preProcessFile(scriptOf(path, readFileSync(path, "utf8")), true, true)
    .importedFiles.map(({ fileName }) => fileName);
  const isRelative = (specifier: string) => specifier.startsWith(".");
  return {
    path,
    files: imported.filter(isRelative).flatMap((specifier) => resolveFrom(path, specifier, known) ?? []),
    packages: imported
      .filter((specifier) => !isRelative(specifier))
      .map(packageOf)
      .filter((name, at, all) => all.indexOf(name) === at),
  };
}

const paths = roots.flatMap(sourcePathsIn);
const known = new Set(paths);
const violations = violationsIn(paths.map((path) => readSource(path, known)));
for (const { path, problem } of violations) console.log(`${path}: ${problem}`);
console.log(`${paths.length} files, ${violations.length} violations of the import rules`);
process.exitCode = violations.length === 0 ? 0 : 1;
