// Builds what runs on plain Node: the command line and engine process (out/node), the agent that is preloaded into
// programs (out/agent, one CommonJS file for Node 18 and later, no dependencies left outside) and the package's own
// entry for `import "hindcast"` (out/api). The window and the Electron shell are built by electron-vite.
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type InputOptions, type OutputOptions, rolldown } from "rolldown";

interface Bundle {
  readonly input: InputOptions["input"];
  readonly external?: InputOptions["external"];
  readonly output: OutputOptions;
}

const packageFile: unknown = JSON.parse(readFileSync("package.json", "utf8"));
const version =
  typeof packageFile === "object" && packageFile !== null && "version" in packageFile
    ? String(packageFile.version)
    : "0.0.0";

const bundles: readonly Bundle[] = [
  {
    input: {
      cli: "src/cli/index.ts",
      "engine-process": "src/engine/process.ts",
      "recorder-thread": "src/engine/recorder/recorder-thread.ts",
    },
    // Packages are built in, which a third of a reading command's start was: Node reads their CommonJS twice from ES modules.
    // What is native stays outside, with what others would use of it where it is installed.
    external: ["@duckdb/node-bindings", "bufferutil", "utf-8-validate", "msgpackr-extract"],
    output: { dir: "out/node", format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
  },
  { input: "src/agent/register.ts", output: { file: "out/agent/agent.cjs", format: "cjs", codeSplitting: false } },
  {
    input: "src/agent/guest-side.ts",
    output: { file: "out/agent/guest-side.cjs", format: "cjs", codeSplitting: false },
  },
  {
    input: "src/agent/agent-thread.ts",
    output: { file: "out/agent/agent-thread.cjs", format: "cjs", codeSplitting: false },
  },
  { input: "src/agent/attach.ts", output: { file: "out/agent/attach.cjs", format: "cjs", codeSplitting: false } },
  { input: "src/agent/instrument/loader-thread.ts", output: { file: "out/agent/load-hooks.mjs", format: "esm" } },
  { input: "src/api/index.ts", output: { file: "out/api/index.mjs", format: "esm" } },
  { input: "src/api/index.ts", output: { file: "out/api/index.cjs", format: "cjs" } },
];

// Built beside and swapped in whole: a program that runs from out/ meanwhile finds every file at any time.
const staging = `.cache/build-${process.pid}`;
rmSync(staging, { recursive: true, force: true });
for (const { input, external, output } of bundles) {
  const bundle = await rolldown({
    input,
    platform: "node",
    logLevel: "warn",
    transform: { define: { __HINDCAST_VERSION__: JSON.stringify(version) } },
    ...(external === undefined ? {} : { external }),
  });
  await bundle.write({ ...staged(output), sourcemap: "hidden" });
  await bundle.close();
}
// One text for both module systems: TypeScript takes a declaration file's system from its name.
for (const extension of ["mts", "cts"]) copyFileSync("src/api/index.d.ts", `${staging}/out/api/index.d.${extension}`);
// Read at each start of a recorded program: plain ASCII is read, kept and compiled in half the time.
for (const name of ["guest-side.cjs", "agent-thread.cjs", "agent.cjs"]) escapeNonAscii(`${staging}/out/agent/${name}`);
// The bin of a package that is only linked keeps the mode it was built with.
chmodSync(`${staging}/out/node/cli.js`, 0o755);
for (const folder of ["out/node", "out/agent", "out/api"]) swapIn(folder);
rmSync(staging, { recursive: true, force: true });

function staged(output: OutputOptions): OutputOptions {
  return output.dir === undefined
    ? { ...output, file: `${staging}/${output.file}` }
    : { ...output, dir: `${staging}/${output.dir}` };
}

function escapeNonAscii(file: string): void {
  const text = readFileSync(file, "utf8");
  if (/(?:\\|String\.raw`[^`]*)[^\0-\x7f]/.test(text))
    throw new Error(`${file}: an escape may mean something else here`);
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // By units, not characters: two halves escaped are one character in a string, and there are none in regular expressions.
  writeFileSync(file, text.replace(/[^\0-\x7f]/g, escaped));
}

function swapIn(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const built = readdirSync(`${staging}/${folder}`);
  for (const name of built) renameSync(`${staging}/${folder}/${name}`, `${folder}/${name}`);
  for (const name of readdirSync(folder)) if (!built.includes(name)) rmSync(`${folder}/${name}`, { recursive: true });
}
