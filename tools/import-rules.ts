// The layering of docs/architecture.md as a table, and the pure check of a set of files against it: allowed arrows, entry
// through index.ts, no cycles, no stray barrel files, file names. Reading files is check-imports.ts's part.

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  /** What it imports: paths of other files here, and names of packages ("node:fs", "ws", "@duckdb/node-api"). */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

export interface Violation {
  readonly path: string;
  readonly problem: string;
}

interface Layer {
  readonly folder: string;
  /** Folders whose files it may import besides its own. A folder stands for everything below it. */
  readonly mayImport: readonly string[];
  readonly packages: readonly string[];
}

const shared = ["src/shared"];
const anyPackage = ["*"];
const windowPackages = ["svelte", "bits-ui", "@lucide/svelte", "@internationalized/date"];

/** The deepest folder that holds a file is its layer. */
const layers: readonly Layer[] = [
  { folder: "src/shared/base", mayImport: [], packages: [] },
  { folder: "src/shared/trace", mayImport: ["src/shared/base"], packages: ["valibot"] },
  {
    folder: "src/shared/protocol",
    mayImport: ["src/shared/base", "src/shared/trace"],
    packages: ["valibot", "msgpackr"],
  },
  { folder: "src/redact", mayImport: shared, packages: ["node:crypto"] },
  { folder: "src/rules", mayImport: shared, packages: ["@lezer/*"] },
  { folder: "src/engine/replay", mayImport: shared, packages: [] },
  { folder: "src/engine/correlation", mayImport: shared, packages: [] },
  { folder: "src/engine/requests", mayImport: shared, packages: [] },
  {
    folder: "src/engine/store",
    mayImport: [
      ...shared,
      "src/redact",
      "src/rules",
      "src/engine/replay",
      "src/engine/correlation",
      "src/engine/requests",
    ],
    packages: ["node:*", "@duckdb/*", "valibot", "msgpackr"],
  },
  { folder: "src/engine/attach", mayImport: shared, packages: ["node:*", "valibot", "ws"] },
  {
    folder: "src/engine",
    mayImport: [...shared, "src/redact", "src/rules"],
    packages: ["node:*", "valibot", "msgpackr", "pino"],
  },
  { folder: "src/agent", mayImport: [...shared, "src/redact"], packages: ["node:*", "msgpackr", "valibot", "meriyah"] },
  { folder: "src/api", mayImport: shared, packages: ["node:*"] },
  { folder: "src/serve", mayImport: [...shared, "src/engine"], packages: ["node:*", "ws", "valibot"] },
  {
    folder: "src/cli",
    mayImport: [...shared, "src/engine", "src/rules", "src/serve"],
    packages: ["node:*", "commander", "valibot"],
  },
  { folder: "src/main", mayImport: [...shared, "src/engine"], packages: ["node:*", "electron", "valibot"] },
  { folder: "src/preload", mayImport: shared, packages: ["electron"] },
  {
    folder: "src/renderer/widgets",
    mayImport: ["src/shared/base"],
    packages: [...windowPackages, "@codemirror/*", "@lezer/highlight"],
  },
  { folder: "src/renderer/state", mayImport: shared, packages: ["svelte", "msgpackr"] },
  {
    folder: "src/renderer/timeline",
    mayImport: [...shared, "src/renderer/state", "src/renderer/widgets"],
    packages: windowPackages,
  },
  {
    folder: "src/renderer/panes/rules",
    mayImport: [...shared, "src/rules", "src/renderer/state", "src/renderer/widgets"],
    packages: [...windowPackages, "@codemirror/*", "@lezer/*"],
  },
  {
    folder: "src/renderer/panes/source",
    mayImport: [...shared, "src/renderer/state", "src/renderer/widgets"],
    packages: [...windowPackages, "@codemirror/*", "@lezer/javascript"],
  },
  {
    folder: "src/renderer/panes/*",
    mayImport: [...shared, "src/renderer/state", "src/renderer/widgets"],
    packages: [...windowPackages, "echarts"],
  },
  {
    folder: "src/renderer",
    mayImport: shared,
    packages: [...windowPackages, "echarts", "msgpackr", "@fontsource-variable/*"],
  },
  {
    folder: "examples",
    mayImport: [],
    packages: ["node:*", "express", "fastify", "ioredis", "pg", "pino", "hindcast"],
  },
  { folder: "recordings", mayImport: [...shared, "src/engine"], packages: anyPackage },
  { folder: "tools", mayImport: [...shared, "src/cli"], packages: anyPackage },
  { folder: "e2e", mayImport: ["src/shared", "tools"], packages: anyPackage },
  { folder: "test", mayImport: ["src", "tools", "examples"], packages: anyPackage },
  {
    folder: "bench",
    mayImport: [...shared, "src/agent", "src/engine", "src/rules", "tools", "examples"],
    packages: anyPackage,
  },
];

/** From outside, through their index.ts only. */
const enteredByIndex = ["src/engine", "src/rules", "src/agent/state", "src/agent/instrument"];
/** From outside not at all, but for what is entered by an index inside: it is found as a built file. */
const closed = ["src/agent"];

/** What tests and benchmarks may import besides: they replay what was recorded, as the engine will, and measure. */
const testArrows = [
  { from: "src/agent", to: "src/engine/replay" },
  { from: "test", to: "src/engine/replay" },
  { from: "bench", to: "src/engine/replay" },
  { from: "bench", to: "src/engine/correlation" },
  { from: "bench", to: "src/rules/evaluate" },
  // What a part of the agent costs cannot be measured from outside of its bundle.
  { from: "bench", to: "src/agent/pipeline" },
];
/** Where an index.ts may be: the folders entered through one, and the roots that processes and bundles start from. */
const indexFolders = [...enteredByIndex, "src/cli", "src/main", "src/preload", "src/api"];

/** Tests, and what only tests use. */
const isTest = (path: string): boolean => /\.(test|test-support)\.ts$/.test(path);
/** Benchmarks judge answers as tests do. */
const isJudge = (path: string): boolean => isTest(path) || isInside(path, "bench");
const isInside = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

function folderOf(layer: Layer, path: string): string | undefined {
  if (!layer.folder.endsWith("/*")) return isInside(path, layer.folder) ? layer.folder : undefined;
  const parent = layer.folder.slice(0, -1);
  const name = path.startsWith(parent) ? path.slice(parent.length).split("/") : [];
  return name.length > 1 ? parent + String(name[0]) : undefined;
}

function layerOf(path: string): { readonly layer: Layer; readonly folder: string } | undefined {
  return layers
    .flatMap((layer) => {
      const folder = folderOf(layer, path);
      return folder === undefined ? [] : [{ layer, folder }];
    })
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

const matchesPackage = (name: string, pattern: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern || name.startsWith(`${pattern}/`);

function arrowProblems(file: SourceFile): string[] {
  const own = layerOf(file.path);
  if (own === undefined) return ["lies in no layer; add its folder to tools/import-rules.ts and docs/architecture.md"];
  const reachable = [own.folder, ...own.layer.mayImport];
  const packages = isTest(file.path) ? [...own.layer.packages, "vitest", "node:*"] : own.layer.packages;
  const targets = file.files.filter(
    (target) =>
      !isJudge(file.path) || !testArrows.some(({ from, to }) => isInside(file.path, from) && isInside(target, to)),
  );
  const upward = targets
    .filter((target) => !reachable.some((folder) => isInside(target, folder)))
    .map(
      (target) => `may not import ${target} (${own.folder} may import: ${own.layer.mayImport.join(", ") || "nothing"})`,
    );
  const past = targets.flatMap((target) => {
    if (isTest(target) && isTest(file.path)) return [];
    const isForeign = (folder: string): boolean => isInside(target, folder) && !isInside(file.path, folder);
    const entered = enteredByIndex.find(isForeign);
    if (entered === undefined)
      return closed.filter(isForeign).map((folder) => `imports ${target}; nobody outside ${folder} may`);
    return target === `${entered}/index.ts`
      ? []
      : [`enters ${entered} through ${target}; only ${entered}/index.ts may be imported from outside`];
  });
  const foreign = file.packages
    .filter((name) => !packages.some((pattern) => matchesPackage(name, pattern)))
    .map(
      (name) => `may not import the package ${name} (${own.folder} uses: ${own.layer.packages.join(", ") || "none"})`,
    );
  return [...upward, ...past, ...foreign];
}

function nameProblems(path: string): string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const folder = path.slice(0, path.lastIndexOf("/"));
  if (name === "index.ts" && path.startsWith("src/") && !indexFolders.includes(folder)) {
    return [`is a barrel file; index.ts belongs only to ${indexFolders.join(", ")}`];
  }
  if (name.endsWith(".svelte")) {
    return /^[A-Z][A-Za-z0-9]*\.svelte$/.test(name) ? [] : ["is a component and should be named in PascalCase.svelte"];
  }
  return /^[a-z0-9]+(-[a-z0-9]+)*(\.(svelte|fuzz|integration|torture|test|test-support|spec|config|d))*\.(ts|js|mjs|cjs|mts|cts)$/.test(
    name,
  )
    ? []
    : ["should be named in kebab-case"];
}

/** Every cycle once, as the path that closes it, starting at its alphabetically first file. */
export function cyclesIn(files: readonly SourceFile[]): string[][] {
  const importsOf = new Map(files.map((file) => [file.path, file.files]));
  const finished = new Set<string>();
  const cycles = new Map<string, string[]>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) {
      const cycle = trail.slice(at);
      const first = cycle.indexOf([...cycle].sort()[0] ?? path);
      const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
      cycles.set(turned.join(" "), turned);
      return;
    }
    if (finished.has(path)) return;
    for (const next of importsOf.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const { path } of files) visit(path, []);
  return [...cycles.values()];
}

export function violationsIn(files: readonly SourceFile[]): Violation[] {
  const perFile = files.flatMap((file) =>
    [...arrowProblems(file), ...nameProblems(file.path)].map((problem) => ({ path: file.path, problem })),
  );
  const cyclic = cyclesIn(files).map((cycle) => ({
    path: cycle[0] ?? "",
    problem: `is part of a cycle: ${[...cycle, cycle[0]].join(" → ")}`,
  }));
  return [...perFile, ...cyclic];
}
