// Ways to start processes: each is recorded below the one that started it, and everything is printed and ends as it does
// without us. docs/compatibility.md lists them.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { nodeBinary } from "../../tools/node-binaries.js";
import { listenForAgents } from "./agent-listener.js";
import { lineageTexts } from "./lineage-text.js";
import { runBoth } from "./run-both.js";

const programs = join(import.meta.dirname, "../programs/lineage");
const program = (name: string): string => join(programs, name);
const modules = join(import.meta.dirname, "../../node_modules");
const node = process.execPath;
const npm = join(dirname(process.execPath), "../lib/node_modules/npm/bin");

const folder = mkdtempSync(join(tmpdir(), "hindcast-starts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a child", () => {
  it.each(["spawn", "shell", "execFile", "fork", "detached", "spawnSync", "execFileSync"])(
    "that is started by %s is recorded below its parent",
    async (way) => {
      const { plain, recorded, programs: seen } = await runBoth([program("starts.cjs"), way]);
      expect(recorded).toEqual(plain);
      expect(plain.out).toContain(`child ${way} 0 0`);
      expect(lineageTexts(seen)).toEqual(["process 0", "process 0 > process 3"]);
    },
  );

  it.each([
    "own environment",
    "own options",
    "own environment, waited for",
    "options set in a shell",
    "options taken over in a shell",
    "ours twice",
  ])("that is given an environment is recorded below its parent, once (%s)", async (way) => {
    const { plain, recorded, programs: seen } = await runBoth([program("starts.cjs"), way]);
    expect(recorded).toEqual(plain);
    expect(lineageTexts(seen)).toEqual(["process 0", "process 0 > process 3"]);
  });

  it.each(["switched off", "another recording's"])(
    "that is not meant to be recorded is left alone (%s)",
    async (way) => {
      const { plain, recorded, programs: seen } = await runBoth([program("starts.cjs"), way]);
      expect(recorded).toEqual(plain);
      expect(lineageTexts(seen)).toEqual(["process 0"]);
    },
  );

  it("that is killed has its end from its parent", async () => {
    const { plain, recorded, program: parent } = await runBoth([program("starts.cjs"), "killed"]);
    expect(recorded).toEqual(plain);
    expect(plain.out).toBe("ended null SIGKILL\n");
    expect(parent.childrenEnded).toEqual([{ kind: "child-ended", pid: expect.any(Number), signal: "SIGKILL" }]);
  });
});

describe("a cluster", () => {
  it("has its workers recorded as such, also one that stands in for one that was killed", async () => {
    const { plain, recorded, program: primary, programs: seen } = await runBoth([program("cluster.cjs")]);
    expect(recorded).toEqual(plain);
    expect(plain.code).toBe(0);
    // The one that is killed may be gone before it could connect.
    expect(lineageTexts(seen)).toEqual(
      expect.arrayContaining(["process 0", "process 0 > worker 2 5", "process 0 > worker 3 5"]),
    );
    expect(primary.childrenEnded.map(({ exitCode, signal }) => exitCode ?? signal)).toEqual(["SIGKILL", 5, 5]);
  });
});

describe("npm", () => {
  const place = join(folder, "package");
  const isWindows = process.platform === "win32";
  const sizedScript = `${isWindows ? "" : "NODE_OPTIONS=--max-old-space-size=512 "}node child.cjs run`;
  mkdirSync(place);
  cpSync(program("child.cjs"), join(place, "child.cjs"));
  mkdirSync(join(place, "node_modules/.bin"), { recursive: true });
  writeFileSync(join(place, "node_modules/.bin/child"), `#!/usr/bin/env node\nrequire("../../child.cjs");\n`, {
    mode: 0o755,
  });
  writeFileSync(
    join(place, "package.json"),
    JSON.stringify({ name: "place", version: "1.0.0", scripts: { child: "node child.cjs run", sized: sizedScript } }),
  );
  const quiet = {
    npm_config_loglevel: "silent",
    npm_config_update_notifier: "false",
    npm_config_cache: join(folder, "cache"),
  };

  it.each([
    ["npm run", ["npm-cli.js", "run", "child"]],
    ["npm run, with NODE_OPTIONS in the script", ["npm-cli.js", "run", "sized"]],
    ["npx", ["npx-cli.js", "child", "run"]],
  ] as const)("%s: npm and what it runs are recorded, one below the other", async (_name, [script, ...args]) => {
    const {
      plain,
      recorded,
      programs: seen,
    } = await runBoth([join(npm, script), ...args], [], quiet, "welcome", process.execPath, place);
    expect(recorded).toEqual(plain);
    expect(plain).toMatchObject({ code: 3, out: expect.stringContaining("child run 0 0") });
    expect(lineageTexts(seen)).toEqual(["process 3", "process 3 > process 3"]);
  });
});

describe("a workspace of npm", () => {
  it("is recorded with its packages, and what writes to the state of another one", async () => {
    const root = join(folder, "npm workspace");
    cpSync(join(programs, "../workspace"), root, { recursive: true });
    const environment = { npm_config_loglevel: "silent", npm_config_cache: join(folder, "cache") };
    const npmCli = join(npm, "npm-cli.js");
    spawnSync(node, [npmCli, "install", "--offline"], { cwd: root, env: { ...process.env, ...environment } });
    const {
      plain,
      recorded,
      programs: seen,
    } = await runBoth([npmCli, "start", "--workspace", "app"], [], environment, "welcome", node, root);
    expect(recorded).toEqual(plain);
    expect(plain).toMatchObject({ code: 0, out: expect.stringContaining("served 1\nserved 2\n"), err: "" });
    expect(lineageTexts(seen)).toEqual(["process 0", "process 0 > process 0"]);
    expect(seen.map(({ hello }) => hello?.serviceName)).toContain("app");
    const writes = seen.flatMap(({ records }) =>
      records.flatMap((record) => (record.kind === "write" ? [record.operation.kind] : [])),
    );
    expect(writes).toEqual(["contents", "scope", "set", "set"]);
  });
});

describe("a workspace with symlinks, as pnpm makes them", () => {
  it("is recorded with its packages", async () => {
    const root = join(folder, "workspace");
    const store = join(root, "node_modules/.pnpm/tool@1.0.0/node_modules/tool");
    mkdirSync(store, { recursive: true });
    mkdirSync(join(root, "packages/app/node_modules"), { recursive: true });
    mkdirSync(join(root, "packages/own"));
    writeFileSync(join(store, "package.json"), JSON.stringify({ name: "tool", version: "1.0.0", main: "tool.js" }));
    writeFileSync(join(store, "tool.js"), `console.log("tool", __filename.includes(".pnpm"));`);
    writeFileSync(
      join(root, "packages/own/package.json"),
      JSON.stringify({ name: "own", type: "module", exports: "./own.js" }),
    );
    writeFileSync(join(root, "packages/own/own.js"), `export const own = import.meta.url.includes("packages/own");`);
    symlinkSync(store, join(root, "packages/app/node_modules/tool"), "dir");
    symlinkSync(join(root, "packages/own"), join(root, "packages/app/node_modules/own"), "dir");
    writeFileSync(join(root, "packages/app/package.json"), JSON.stringify({ name: "app", type: "module" }));
    writeFileSync(
      join(root, "packages/app/app.js"),
      `import "tool";\nimport { own } from "own";\nconsole.log("own", own);\n`,
    );
    const { plain, recorded, program: seen } = await runBoth([join(root, "packages/app/app.js")]);
    expect(recorded).toEqual(plain);
    expect(plain.out).toBe("tool true\nown true\n");
    expect([seen.hello?.serviceName, seen.bye?.exitCode]).toEqual(["app", 0]);
  });
});

describe("TypeScript and loaders", () => {
  const source = join(folder, "typed");
  mkdirSync(source);
  symlinkSync(modules, join(source, "node_modules"), "dir");
  const text = `import { Worker } from "node:worker_threads";\nconst n: number = 2;\nconsole.log("typed", n, process.argv.length);\n`;
  writeFileSync(join(source, "app.ts"), text);
  writeFileSync(join(source, "app.cts"), `const n: number = 2;\nconsole.log("typed", n, process.argv.length);\n`);
  writeFileSync(join(source, "package.json"), JSON.stringify({ name: "typed", type: "module" }));
  writeFileSync(
    join(source, "loader.mjs"),
    `import { register } from "node:module";\nregister("./hooks.mjs", import.meta.url);\n`,
  );
  writeFileSync(
    join(source, "hooks.mjs"),
    `export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith("plain.mjs")) return loaded;
  return { ...loaded, source: String(loaded.source).replace("REPLACED", "by the loader") };
}\n`,
  );
  writeFileSync(join(source, "plain.mjs"), `console.log("REPLACED");\n`);

  it("tsx: its processes are recorded, the program below the command", async () => {
    const {
      plain,
      recorded,
      programs: seen,
    } = await runBoth([join(modules, "tsx/dist/cli.mjs"), "app.ts"], [], {}, "welcome", process.execPath, source);
    expect(recorded).toEqual(plain);
    expect(plain).toMatchObject({ code: 0, out: "typed 2 2\n" });
    expect(lineageTexts(seen)).toEqual(["process 0", "process 0 > process 0"]);
  });

  const serving = join(folder, "serving");
  mkdirSync(serving);
  symlinkSync(modules, join(serving, "node_modules"), "dir");
  writeFileSync(join(serving, "helper.ts"), `export const twice = (n: number): number => 2 * n;\n`);
  // Asks itself, sends what its helper has made, and shows where in the source it is.
  const service = (extension: string): string => `import { createServer } from "node:http";
import { twice } from "./helper${extension}";
enum Kind { Known = 4 }
const server = createServer((request, response) => void response.end(String(twice(Kind.Known)))).listen(0, "127.0.0.1", async () => {
  const address = server.address() as { port: number };
  console.log(await (await fetch(\`http://127.0.0.1:\${address.port}/typed\`)).text());
  console.log(new Error("here").stack!.split("\\n")[1]!.replace(/.*[/]|:\\d+.?$/g, ""));
  server.close();
  server.closeAllConnections();
});
`;
  const compilerOptions = {
    module: "nodenext",
    moduleResolution: "nodenext",
    target: "es2022",
    strict: true,
    types: ["node"],
  };
  writeFileSync(join(serving, "tsconfig.json"), JSON.stringify({ compilerOptions }));

  it.each([
    ["ts-node, its command", "commonjs", [join(modules, "ts-node/dist/bin.js")]],
    ["ts-node, as ES module", "module", ["--no-warnings", "--loader", "ts-node/esm"]],
    ["@swc-node/register", "commonjs", ["--require", "@swc-node/register"]],
    ["@swc-node/register, as ES module", "module", ["--import", "@swc-node/register/esm-register"]],
  ] as const)("%s: the program is recorded", async (_name, type, args) => {
    writeFileSync(join(serving, "package.json"), JSON.stringify({ name: "serving", type }));
    writeFileSync(join(serving, "app.ts"), service(type === "module" ? ".js" : ""));
    const { plain, recorded, program } = await runBoth(
      [...args, "app.ts"],
      [],
      { TS_NODE_TRANSPILE_ONLY: "true" },
      "welcome",
      node,
      serving,
    );
    expect(recorded).toEqual(plain);
    expect(plain).toEqual({ code: 0, out: expect.stringMatching(/^8\napp\.ts:\d+\n$/), err: "" });
    expect(
      program.spans.map(({ kind, attributes }) => [kind, attributes["url.path"] ?? attributes["url.full"]]),
    ).toEqual(expect.arrayContaining([["server", "/typed"]]));
    expect(program.logs.flatMap(({ source, body }) => (source === "process" ? [] : [body]))).toEqual(
      plain.out.trim().split("\n"),
    );
  });

  it("a loader that --import registers still loads", async () => {
    const {
      plain,
      recorded,
      programs: seen,
    } = await runBoth(["--import", "./loader.mjs", "plain.mjs"], [], {}, "welcome", process.execPath, source);
    expect(recorded).toEqual(plain);
    expect(plain).toMatchObject({ code: 0, out: "by the loader\n" });
    expect(lineageTexts(seen)).toEqual(["process 0"]);
  });
});

describe("test runners", () => {
  const suite = join(folder, "suite");
  mkdirSync(suite);
  cpSync(program("suite/sums.test.mjs"), join(suite, "sums.test.mjs"));
  symlinkSync(modules, join(suite, "node_modules"), "dir");
  writeFileSync(join(suite, "vitest.config.mjs"), `export default { test: { include: ["*.test.mjs"] } };\n`);
  /** They print how long everything took. */
  const timeless = ({ code, out, err }: { code: number | null; out: string; err: string }) => ({
    code,
    out: out.replace(/[\d.:]+ ?m?s?/g, "#"),
    err: err.replace(/[\d.:]+ ?m?s?/g, "#"),
  });

  it("node --test: its processes are recorded, each file's below the runner", async () => {
    const { plain, recorded, programs: seen } = await runBoth(["--test", join(suite, "sums.test.mjs")]);
    expect(timeless(recorded)).toEqual(timeless(plain));
    expect(plain).toMatchObject({ code: 0, out: expect.stringContaining("adding") });
    expect(lineageTexts(seen)).toEqual(["process 0", "process 0 > process 0"]);
  });

  it.each(["", "--parallel"])(
    "mocha %s: its processes are recorded, and print and end as they do alone",
    async (how) => {
      writeFileSync(
        join(suite, "one.mjs"),
        `import { equal } from "node:assert";
describe("mocha", () => {
  it("adds", () => (console.log("adding"), equal(1 + 1, 2)));
  it("fails", () => equal(1 + 1, 3));
});\n`,
      );
      cpSync(join(suite, "one.mjs"), join(suite, "two.mjs"));
      const mocha = [join(modules, "mocha/bin/mocha.js"), ...(how === "" ? [] : [how]), "one.mjs", "two.mjs"];
      const { plain, recorded, programs: seen } = await runBoth(mocha, [], { CI: "true" }, "welcome", node, suite);
      const inAnyOrder = (ended: typeof plain) => ({ ...timeless(ended), out: timeless(ended).out.split("\n").sort() });
      // Files that run at once print as they come.
      const shown = how === "" ? timeless : inAnyOrder;
      expect(shown(recorded)).toEqual(shown(plain));
      expect(plain).toMatchObject({ code: 2, out: expect.stringContaining("2 passing") });
      // How many it takes is mocha's own business.
      expect([...new Set(lineageTexts(seen))]).toEqual(
        how === "" ? ["process 2"] : ["process 2", "process 2 > process 0"],
      );
      const said = seen.flatMap(({ logs }) => logs.filter(({ body }) => body === "adding"));
      expect(said.length).toBe(2);
    },
  );

  it.each(["threads", "forks"])("vitest, --pool=%s: its workers are recorded below it", async (pool) => {
    const vitest = [join(modules, "vitest/vitest.mjs"), "run", "--root", suite, `--pool=${pool}`];
    const quiet = { NO_COLOR: "1", CI: "true", SUITE_RUNNER: "vitest" };
    const { plain, recorded, programs: seen } = await runBoth(vitest, [], quiet, "welcome", process.execPath, suite);
    expect(timeless(recorded)).toEqual(timeless(plain));
    expect(plain).toMatchObject({ code: 0, out: expect.stringContaining("adding") });
    const texts = lineageTexts(seen);
    expect(texts[0]).toBe("process 0");
    expect(
      texts.some((text) => text.startsWith(pool === "threads" ? "process 0 > thread" : "process 0 > process")),
    ).toBe(true);
  });
});

describe("node --watch", () => {
  it("starts a program anew that is recorded each time, and the earlier one has ended", async () => {
    const place = join(folder, "watched");
    mkdirSync(place);
    const file = join(place, "app.cjs");
    const text = (n: number): string => `console.log("run ${n}"); setInterval(() => undefined, 1000);\n`;
    writeFileSync(file, text(1));
    const listener = await listenForAgents("secret", "welcome");
    const environment = { ...process.env, ...listener.environment };
    const watcher = spawn(node, ["--watch", file], { env: environment, stdio: "ignore" });
    const ended = once(watcher, "close");
    try {
      const saying = (n: number) => listener.programs.find(({ logs }) => logs.some(({ body }) => body === `run ${n}`));
      await vi.waitUntil(() => saying(1) !== undefined, { timeout: 60_000 });
      // It may have begun to watch only now.
      const again = setInterval(() => writeFileSync(file, text(2)), 500);
      await vi.waitUntil(() => saying(2) !== undefined, { timeout: 60_000 });
      clearInterval(again);
      const [first, second] = [saying(1), saying(2)];
      expect(first?.hello?.pid).not.toBe(second?.hello?.pid);
      await vi.waitUntil(() => first?.isGone === true, { timeout: 20_000 });
      // The watcher itself preloads nothing.
      expect(listener.programs.map(({ hello }) => hello?.pid)).not.toContain(watcher.pid);
    } finally {
      watcher.kill();
      await ended;
      await listener.close();
    }
  });
});

describe("a newer Node", () => {
  it("runs TypeScript by itself, recorded", async ({ skip }) => {
    const binary = await nodeBinary("24.21.0");
    if ("missing" in binary) return skip(binary.missing);
    const source = join(folder, "stripped");
    mkdirSync(source);
    writeFileSync(join(source, "app.ts"), `const n: number = 2;\nconsole.log("typed", n as number);\n`);
    const { plain, recorded, programs: seen } = await runBoth([join(source, "app.ts")], [], {}, "welcome", binary.path);
    expect(recorded).toEqual(plain);
    expect(plain).toMatchObject({ code: 0, out: "typed 2\n" });
    expect(lineageTexts(seen)).toEqual(["process 0"]);
  });

  it.for(["22.23.3", "26.10.0"])("keeps to --permission (%s)", async (version, { skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const listener = await listenForAgents("secret");
    try {
      const runs = (...allowed: readonly string[]) =>
        spawnSync(
          binary.path,
          ["--permission", `--allow-fs-read=${programs}/*`, ...allowed, program("permitted.cjs")],
          {
            encoding: "utf8",
            env: { PATH: process.env["PATH"], ...listener.environment },
          },
        );
      // Without leave for our folder it runs as it does alone, and nothing is recorded.
      expect(runs()).toMatchObject({ status: 0, stdout: "runs object\n", stderr: "" });
      expect(listener.programs).toEqual([]);
      const us = join(import.meta.dirname, "../../out");
      expect(runs(`--allow-fs-read=${us}/*`)).toMatchObject({ status: 0, stdout: "runs object\n", stderr: "" });
      expect(listener.programs).toEqual([]);
    } finally {
      await listener.close();
    }
  });
});
